package running

import (
	"context"
	"time"

	"releasegraph/internal/app/capacity"
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

// ChooseSiteTime has a site of a PULL choose when it takes the release, before the deadline;
// what its supporting parties take on that day is held for it (P1, P13). It may choose
// again until it begins. A guard holds that nobody else chooses meanwhile.
func (a *Area) ChooseSiteTime(ctx context.Context, in ChooseTime, o *domain.WriteOptions) (*Rolled, error) {
	site := SiteVerb{Deployment: in.Deployment, Site: in.Site, Release: in.Release, Reason: optional.Text("chosen at " + in.From.UTC().Format(time.RFC3339))}
	return a.onSite(ctx, reports, "choose", site, o, func(ctx context.Context, c *course, _ *running.Wave, s *running.Step) error {
		since, err := a.estate.Head(ctx)
		if err != nil {
			return err
		}
		at := c.r.Chosen(s, in.From)
		full, limited, err := capacity.Full(ctx, c.view, store.ID(s.ID), at)
		if err != nil {
			return err
		}
		if err := append(c.r.CheckChoice(s, at, c.now), full...).Under("input").Err(); err != nil {
			return err
		}
		if limited {
			c.guards = append(c.guards, store.Unchanged{Since: store.Revision(since), Kind: domain.KindSiteRollout})
		}
		next := *s.SiteRollout
		next.WindowFrom, next.WindowTo, next.OverdueSince = &at.From, &at.To, nil
		s.SiteRollout = &next
		return nil
	})
}
