package running

import (
	"context"
	"time"

	"releasegraph/internal/app/capacity"
	"releasegraph/internal/app/occasion"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/running"
	"releasegraph/internal/store"
)

// ChooseTime is when a site of a PULL begins.
type ChooseTime struct {
	Deployment domain.Ref
	Site       domain.Ref
	Release    *domain.Ref
	From       time.Time
}

// mostChoices is how many hours are told to one whose choice is refused.
const mostChoices = 3

// ChooseSiteTime has a site of a PULL choose when it takes the release, before the deadline,
// in its maintenance windows and in no freeze (P7), behind those on which it depends (P4);
// what its supporting parties take on that day is held for it (P1, P13). It may choose
// again until it begins. Guards hold that nobody on whom it depends chooses meanwhile.
func (a *Area) ChooseSiteTime(ctx context.Context, in ChooseTime, o *domain.WriteOptions) (*Rolled, error) {
	site := SiteVerb{Deployment: in.Deployment, Site: in.Site, Release: in.Release, Reason: optional.Text("chosen at " + in.From.UTC().Format(time.RFC3339))}
	return a.onSite(ctx, reports, "choose", site, o, func(ctx context.Context, c *course, _ *running.Wave, s *running.Step) error {
		since, err := a.estate.Head(ctx)
		if err != nil {
			return err
		}
		left := &running.Occasion{}
		if c.r.Deployment.Approach == domain.Pull {
			if left, s, err = (hours{c}).left(ctx, s.ID); err != nil {
				return err
			}
		}
		at, days := c.r.Chosen(s, in.From), capacity.New(c.view)
		if err := (hours{c}).choosable(ctx, s, at, left, days); err != nil {
			return err
		}
		limited, err := days.Limited(ctx, store.ID(s.ID))
		if err != nil {
			return err
		}
		if limited {
			c.guards = append(c.guards, store.Unchanged{Since: store.Revision(since), Kind: domain.KindSiteRollout})
		}
		next := *s.SiteRollout
		next.WindowFrom, next.WindowTo, next.ChosenAt, next.OverdueSince = &at.From, &at.To, &c.now, nil
		s.SiteRollout = &next
		return nil
	})
}

// hours are the hours of the steps of a deployment.
type hours struct{ *course }

// choosable refuses an hour with all that stands against it, and with hours that are left.
func (c hours) choosable(ctx context.Context, s *running.Step, at domain.TimeRange, left *running.Occasion, days *capacity.Days) error {
	full, _, err := days.Full(ctx, store.ID(s.ID), at)
	if err != nil {
		return err
	}
	es := append(c.r.CheckChoice(s, at, left, c.now), full...)
	if len(es) == 0 {
		return nil
	}
	var others []domain.TimeRange
	if c.r.Deployment.Approach == domain.Pull && s.Waits() {
		if others, err = occasion.Hours(ctx, left, days, store.ID(s.ID), c.r.Choosing(c.now), c.r.Takes(s), mostChoices); err != nil {
			return err
		}
	}
	return running.Choosable(es, others).Under("input").Err()
}

// left reads what leaves a step its hours. All steps are read for that, the step as well.
// What it depends on, and what depends on it, must not move meanwhile.
func (c hours) left(ctx context.Context, id string) (*running.Occasion, *running.Step, error) {
	c.bySite = map[store.ID][]place{}
	if err := c.readAll(ctx); err != nil {
		return nil, nil, err
	}
	all, at, err := c.occasions(ctx, c.r.Choosing(c.now))
	if err != nil {
		return nil, nil, err
	}
	tied, err := all.Tied(at[id])
	if err != nil {
		return nil, nil, err
	}
	for _, place := range tied {
		if s := all.Steps[place]; !s.Status.Final() {
			c.guards = append(c.guards, store.NodeAt{ID: store.ID(s.ID), Version: int64(s.Version)})
		}
	}
	left, err := all.Of(ctx, at[id])
	_, s := c.find(id)
	return left, s, err
}

// occasions reads what leaves the steps that are at hand their hours within a time, with
// their places by id.
func (c hours) occasions(ctx context.Context, within domain.TimeRange) (*occasion.Occasions, map[string]int, error) {
	requests, err := c.proofs.Requests(ctx)
	if err != nil {
		return nil, nil, err
	}
	asked, at := occasion.Asked{View: c.view, Seen: c.area.estate.Today(ctx), Ground: c.ground, Requests: requests, Within: within}, map[string]int{}
	for _, w := range c.r.Waves {
		for _, s := range w.Steps {
			at[s.ID] = len(asked.Steps)
			asked.Steps = append(asked.Steps, occasion.Step{Step: c.groundOf(s), Is: s, At: c.sites[s.ID], Wave: w.Ordinal})
		}
	}
	all, err := c.area.occasions.Read(ctx, asked)
	return all, at, err
}

// timed sets the hours of steps that let the deadline of a PULL pass (P1): the first that is
// left, and one has failed that has none. It needs all steps that are open; where these are
// not at hand the driver does it, which reads them.
func (c hours) timed(ctx context.Context, moves []running.Move) ([]running.Move, error) {
	var rest, forced []running.Move
	for _, m := range moves {
		if m.Tell == running.Forced {
			forced = append(forced, m)
		} else {
			rest = append(rest, m)
		}
	}
	if len(forced) == 0 || !c.open {
		return rest, nil
	}
	since, err := c.area.estate.Head(ctx)
	if err != nil {
		return nil, err
	}
	all, at, err := c.occasions(ctx, domain.TimeRange{From: c.now, To: c.now.AddDate(1, 0, 0)})
	if err != nil {
		return nil, err
	}
	places := make([]int, len(forced))
	for i, m := range forced {
		places[i] = at[m.ID]
	}
	set, err := all.Set(ctx, capacity.New(c.view), c.r.Takes, places)
	if err != nil {
		return nil, err
	}
	c.guards = append(c.guards, store.Unchanged{Since: store.Revision(since), Kind: domain.KindSiteRollout})
	for i, m := range forced {
		if m.Window = set[places[i]]; m.Window == nil {
			_, s := c.find(m.ID)
			m = c.r.Step(s, domain.SiteFailed, m.Why+", and no hour is left to it within a year")
		}
		rest = append(rest, m)
	}
	return rest, nil
}
