package overview

import (
	"cmp"
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/rollout/picture"
	"releasegraph/internal/store"
)

// ReleaseCalendar tells when releases come to each region.
type ReleaseCalendar struct {
	Entries []*CalendarEntry
	// Truncated says that there are more waves in the period than are told.
	Truncated bool
}

// CalendarEntry is a wave as far as it comes to a region.
type CalendarEntry struct {
	Region       *string // nil: of sites whose region nobody told
	Release      *domain.Release
	Deployment   *domain.Deployment
	Wave         *domain.Wave
	Window       domain.TimeRange
	Sites, Users int
}

// mostWaves is how many waves a calendar tells.
const mostWaves = 1_000

// ReleaseCalendar tells when releases come to each region, or to one, in a period: the
// waves of all plans that are accepted or carried out.
func (a *Area) ReleaseCalendar(ctx context.Context, during domain.TimeRange, region *string) (*ReleaseCalendar, error) {
	if during.Empty() {
		return nil, refusal.Wrong("during.to", "must be after from")
	}
	v := a.estate.Today(ctx)
	waves, err := estate.All[*domain.Wave](ctx, v, store.Query{
		Order: []store.Order{{Property: "windowFrom"}, {Property: "key"}}, First: mostWaves + 1,
		Filter: store.And{
			store.Compare{Property: "windowFrom", Op: store.Lt, Value: during.To}, store.Compare{Property: "windowTo", Op: store.Gt, Value: during.From},
			store.Not{Filter: store.Compare{Property: "status", Op: store.Eq, Value: string(domain.WaveSkipped)}},
		},
	})
	if err != nil {
		return nil, err
	}
	c := &ReleaseCalendar{Entries: []*CalendarEntry{}, Truncated: len(waves) > mostWaves}
	waves = waves[:min(mostWaves, len(waves))]
	above, err := estate.Linked[*domain.Deployment](ctx, v, entity.IDsOf(waves), domain.RelHasWave, store.In)
	if err != nil {
		return nil, err
	}
	plans, err := plansOf(ctx, v, announced(waves, above))
	for _, p := range plans {
		c.Entries = append(c.Entries, p.entries(during, region)...)
	}
	slices.SortStableFunc(c.Entries, func(x, y *CalendarEntry) int {
		return cmp.Or(cmp.Compare(optional.Or(x.Region, ""), optional.Or(y.Region, "")), x.Window.From.Compare(y.Window.From), cmp.Compare(x.Wave.Key, y.Wave.Key))
	})
	return c, err
}

// announced are the deployments of some waves whose plans are more than proposals and
// were not given up, each once.
func announced(waves []*domain.Wave, above map[store.ID][]*domain.Deployment) (list []*domain.Deployment) {
	seen := map[string]bool{}
	for _, w := range waves {
		for _, d := range above[store.ID(w.ID)] {
			proposal := d.Status == domain.DeploymentPlanned && d.AcceptedAt == nil
			if !seen[d.ID] && !proposal && d.Status != domain.DeploymentAborted {
				seen[d.ID], list = true, append(list, d)
			}
		}
	}
	return list
}

// entries are the waves of a plan by region, as far as they lie in a period.
func (p *plan) entries(during domain.TimeRange, region *string) (list []*CalendarEntry) {
	for i, w := range p.kept.Waves {
		by := map[string]*CalendarEntry{}
		for _, s := range p.steps[w.First : w.First+w.Count] {
			window, at := p.when(s, i), optional.Or(s.site.Region, "")
			if window == nil || !window.Overlaps(during) || region != nil && at != *region || s.Status == domain.SiteSkipped {
				continue
			}
			one := by[at]
			if one == nil {
				one = &CalendarEntry{Region: s.site.Region, Release: s.release, Deployment: p.deployment, Wave: p.waves[i]}
				by[at], list = one, append(list, one)
			}
			one.Window = one.Window.Span(*window)
			one.Sites++
			one.Users += optional.Or(s.site.Users, 0)
		}
	}
	return list
}

// when is when a step is planned, or else its wave.
func (p *plan) when(s step, wave int) *domain.TimeRange {
	if window := s.Window(); window != nil {
		return window
	}
	return p.waves[wave].Window()
}

// Mermaid draws the calendar as a Mermaid gantt, a section for each region.
func (c *ReleaseCalendar) Mermaid() string {
	bars := make([]picture.Bar, len(c.Entries))
	for i, e := range c.Entries {
		bars[i] = picture.Bar{
			Section: optional.Or(e.Region, ""), Release: e.Release.Key, Wave: e.Wave.Ordinal, Window: e.Window, Sites: e.Sites, Users: e.Users,
			Over: e.Wave.Status == domain.WaveSucceeded || e.Wave.Status == domain.WaveFailed, Active: e.Wave.Status == domain.WaveRunning,
		}
	}
	return picture.Calendar(bars, c.Truncated)
}
