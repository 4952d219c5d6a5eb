package announcement

import (
	"context"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
)

// Edit is what a draft is to say; nil: as it is.
type Edit struct {
	Ref           domain.Ref
	Subject, Text *string
	PlannedAt     *time.Time
	// ByHand says that somebody sends it, and the clock does not.
	ByHand    *bool
	IfVersion *int
}

// EditAnnouncement changes what a draft says. From then on it is its editor's: it is not
// written anew when the plan moves (R14).
func (a *Area) EditAnnouncement(ctx context.Context, in Edit, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: announces, Kind: domain.KindAnnouncement, Options: o, Input: []any{"edit", domain.KindAnnouncement, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		found, err := a.estate.Seen(ctx, announces, k, in.Ref, in.IfVersion)
		if err != nil {
			return nil, nil, err
		}
		before := found.(*domain.Announcement)
		if before.Status != domain.AnnouncementDraft {
			return nil, nil, domain.Breaks("R14", "input.ref", "%s is %s, and stays as it is: only a DRAFT is edited", before.Key, before.Status)
		}
		if in.PlannedAt != nil && optional.Or(in.ByHand, false) {
			return nil, nil, refusal.Wrong("input.byHand", "cannot be true beside plannedAt: either the clock sends it then, or somebody does")
		}
		after := entity.Clone(before).(*domain.Announcement)
		in.apply(after)
		if es := after.Check(); len(es) > 0 {
			return nil, nil, es.Under("input").Err()
		}
		d := &estate.Draft{}
		d.Update(before, after)
		return d, after, nil
	})
}

func (in Edit) apply(a *domain.Announcement) {
	a.Subject, a.Text = optional.Or(in.Subject, a.Subject), optional.Or(in.Text, a.Text)
	switch {
	case in.PlannedAt != nil:
		at := in.PlannedAt.UTC()
		a.PlannedAt = &at
	case optional.Or(in.ByHand, false):
		a.PlannedAt = nil
	}
	a.Edited, a.Outdated = true, false
}
