package announcement

import (
	"context"
	"slices"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/announcement"
	"releasegraph/internal/store"
)

// SendAnnouncement sends a draft: it is written anew for the plan as it is, unless a
// person edited it, and fixed (R14). The messages go out afterwards.
func (a *Area) SendAnnouncement(ctx context.Context, in domain.Verb, o *domain.WriteOptions) (*estate.Written, error) {
	return a.send(ctx, in, o, func(*domain.Announcement, *domain.Release) bool { return true })
}

// send sends a draft if it may go, as the plan has it now.
func (a *Area) send(ctx context.Context, in domain.Verb, o *domain.WriteOptions, may func(*domain.Announcement, *domain.Release) bool) (*estate.Written, error) {
	m := estate.Mutation{Action: announces, Kind: domain.KindAnnouncement, Options: o.Because(in.Reason), Input: []any{"send", domain.KindAnnouncement, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		found, err := a.estate.Seen(ctx, announces, k, in.Ref, in.IfVersion)
		if err != nil {
			return nil, nil, err
		}
		before := found.(*domain.Announcement)
		p, err := a.planned(ctx, before)
		if err != nil {
			return nil, nil, err
		}
		now := p.step(before).After
		if !may(now, p.release) {
			return a.draft(p), now, nil
		}
		if now.Status == domain.AnnouncementDropped && before.Status == domain.AnnouncementDraft {
			return nil, nil, domain.Breaks("R14", "input.ref", "%s has nobody left to tell: the plan has moved, or all were told already", before.Key)
		}
		if _, errs := domain.AnnouncementLife.Check(before.Key, domain.SendAnnouncement, now.Status, now); len(errs) > 0 {
			return nil, nil, errs.Under("input").Err()
		}
		now.Send(acting.Name(ctx), a.estate.Clock())
		return a.draft(p), now, nil
	})
}

// planned works out what becomes of the announcements of the release that one is of.
// One that is no draft, or of no release, stays as it is.
func (a *Area) planned(ctx context.Context, one *domain.Announcement) (*planning, error) {
	v := a.estate.Everything()
	id := store.ID(one.ID)
	far, err := estate.Linked[*domain.Release](ctx, v, []store.ID{id}, domain.RelAnnounces, store.Out)
	if err != nil {
		return nil, err
	}
	r := optional.First(far[id])
	if one.Status != domain.AnnouncementDraft || r == nil {
		return &planning{release: r, existing: []*domain.Announcement{one}}, nil
	}
	return a.plan(ctx, v, r, intent{now: a.estate.Clock()})
}

// step is what becomes of an announcement; one of its own where nothing does so far. It
// is the first of all: by it the log tells what was sent, when the same is asked again.
func (p *planning) step(of *domain.Announcement) *announcement.Step {
	i := slices.IndexFunc(p.steps, func(s announcement.Step) bool { return s.Before != nil && s.Before.ID == of.ID })
	if i < 0 {
		p.steps = append(p.steps, announcement.Step{Before: of, After: entity.Clone(of).(*domain.Announcement)})
		i = len(p.steps) - 1
	}
	p.steps[0], p.steps[i] = p.steps[i], p.steps[0]
	return &p.steps[0]
}
