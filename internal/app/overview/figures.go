package overview

import (
	"cmp"
	"context"
	"slices"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/planning"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/planner"
)

// Comparison is how the plan of one deployment differs from that of another.
type Comparison struct {
	From, To *Figures

	moves []*Move
}

// Figures are what a plan is judged by.
type Figures struct {
	Deployment   *domain.Deployment
	Waves, Sites int
	LowerBound   *int
	Proved       bool
	Window       *domain.TimeRange
	Exposure     []*Exposure
	Waived       []*planning.Waiver
}

// Move is a site that one of two plans puts elsewhere, or at another time.
type Move struct {
	Site     *domain.Site
	Release  *domain.Release
	From, To *Place // nil: the plan leaves it out
}

// Place is where a plan puts a site.
type Place struct {
	Wave   int
	Window *domain.TimeRange
}

// ComparePlans tells how the plan of one deployment differs from that of another.
func (a *Area) ComparePlans(ctx context.Context, from, to domain.Ref) (*Comparison, error) {
	v := a.estate.Today(ctx)
	first, firstErr := estate.One[*domain.Deployment](ctx, v, from, "from")
	second, secondErr := estate.One[*domain.Deployment](ctx, v, to, "to")
	if err := refusal.Both(firstErr, secondErr); err != nil {
		return nil, err
	}
	return a.compare(ctx, v, first, second)
}

// CompareWith tells how the plan of a deployment differs from that of another, nil when
// there is none that the caller may see.
func (a *Area) CompareWith(ctx context.Context, d *domain.Deployment, with domain.Ref) (*Comparison, error) {
	v := a.estate.CohortOf(ctx, d).View
	other, err := v.Record(ctx, entity.KindNamed(domain.KindDeployment), with, "with")
	if err != nil || other == nil {
		return nil, err
	}
	return a.compare(ctx, v, d, other.(*domain.Deployment))
}

func (a *Area) compare(ctx context.Context, v estate.View, first, second *domain.Deployment) (*Comparison, error) {
	both := []*domain.Deployment{first, second}
	plans, err := plansOf(ctx, v, both)
	if err != nil {
		return nil, err
	}
	figures := planner.Compare(&plans[0].kept, &plans[1].kept)
	c := &Comparison{moves: moves(plans[0], plans[1])}
	for i, into := range []**Figures{&c.From, &c.To} {
		waived, err := a.planning.WaiversOf(ctx, v, both[i])
		if err != nil {
			return nil, err
		}
		*into = plans[i].figures(&figures[i], waived)
	}
	return c, nil
}

func (p *plan) figures(of *rollout.Figures, waived []*planning.Waiver) *Figures {
	f := &Figures{Deployment: p.deployment, Waves: of.Waves, LowerBound: p.deployment.LowerBound, Proved: of.Proved, Exposure: curve(of.Exposure), Waived: waived}
	if window := (domain.TimeRange{From: of.Begins, To: of.Ends}); !window.Empty() {
		f.Window = &window
	}
	sites := map[string]bool{}
	for _, s := range p.kept.Steps {
		sites[s.Site] = true
	}
	f.Sites = len(sites)
	return f
}

// Exposure is how many users have a release before and after a wave.
type Exposure struct {
	Wave          int
	At            *time.Time
	Before, After int
}

func curve(list []rollout.Exposure) []*Exposure {
	points := make([]*Exposure, len(list))
	for i := range list {
		one := &list[i]
		points[i] = &Exposure{Wave: one.Wave, Before: one.Before, After: one.After}
		if !one.At.IsZero() {
			points[i].At = &one.At
		}
	}
	return points
}

// Moves lists the first sites that move, by key.
func (c *Comparison) Moves(first int) ([]*Move, error) {
	if first < 0 {
		return nil, refusal.Wrong("first", "must not be negative")
	}
	return c.moves[:min(first, len(c.moves))], nil
}

// MovedSites counts the sites that move.
func (c *Comparison) MovedSites() int { return len(c.moves) }

// moves lists the steps that came, went, or stand elsewhere, by site and release.
func moves(from, to *plan) []*Move {
	list := []*Move{}
	was := map[name]int{}
	for i, s := range from.steps {
		was[from.name(s)] = i
	}
	stays := map[name]bool{}
	for i, s := range to.steps {
		key, after := to.name(s), to.place(i)
		at, had := was[key]
		stays[key] = true
		switch {
		case !had:
			list = append(list, &Move{Site: s.site, Release: s.release, To: after})
		case !from.place(at).same(after):
			list = append(list, &Move{Site: s.site, Release: s.release, From: from.place(at), To: after})
		}
	}
	for i, s := range from.steps {
		if !stays[from.name(s)] {
			list = append(list, &Move{Site: s.site, Release: s.release, From: from.place(i)})
		}
	}
	slices.SortFunc(list, func(x, y *Move) int {
		return cmp.Or(cmp.Compare(x.Site.Key, y.Site.Key), cmp.Compare(x.Release.Key, y.Release.Key))
	})
	return list
}

func (p *plan) place(step int) *Place {
	return &Place{Wave: p.kept.Steps[step].Wave, Window: p.steps[step].Window()}
}

// same reports whether a step has the same wave and hour in both plans.
func (p *Place) same(other *Place) bool {
	a, b := optional.Or(p.Window, domain.TimeRange{}), optional.Or(other.Window, domain.TimeRange{})
	return p.Wave == other.Wave && a.From.Equal(b.From) && a.To.Equal(b.To)
}
