package calendar

import (
	"context"
	"maps"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// FreezeHold is what declaring or lifting a freeze did.
type FreezeHold struct {
	Freeze   *domain.Freeze
	Revision int64
	DryRun   bool
	Changes  []domain.Change

	app   *Area
	moved []movedHold
	of    *Opening // of one that is not stored
}

// HeldChange is a change that a freeze has put on hold or released.
type HeldChange struct {
	ChangeRequest *domain.ChangeRequest
	app           *Area
}

// ChangeRequests lists the changes that were put on hold or released, by key.
func (h *FreezeHold) ChangeRequests() []*HeldChange {
	list := make([]*HeldChange, len(h.moved))
	for i, m := range h.moved {
		list[i] = &HeldChange{m.After, h.app}
	}
	return list
}

// HeldBy lists the freezes that hold the change now.
func (h *HeldChange) HeldBy(ctx context.Context) ([]*FreezeKey, error) {
	return h.app.FreezesOf(ctx, h.ChangeRequest, h.ChangeRequest.HeldBy), nil
}

// People names who asked for the change and who carries it out.
func (h *HeldChange) People() []string {
	people := []string{}
	for _, name := range []*string{h.ChangeRequest.Requester, h.ChangeRequest.Assignee} {
		if name != nil && !domain.ContainsName(people, *name) {
			people = append(people, *name)
		}
	}
	return people
}

// Owners lists who answers for the items that the change affects, by key.
func (h *HeldChange) Owners(ctx context.Context) ([]*domain.Party, error) {
	c := h.app.estate.CohortOf(ctx, h.ChangeRequest)
	owners, err := estate.LoadOf(c, "owners", func() (map[store.ID][]*domain.Party, error) { return ownersOf(ctx, c) })
	return owners[store.ID(h.ChangeRequest.ID)], err
}

// ownersOf finds who answers for the items that each change of a cohort affects.
func ownersOf(ctx context.Context, changes *estate.Cohort) (map[store.ID][]*domain.Party, error) {
	items, err := changes.View.Far(ctx, changes.Members, domain.RelAffects, store.Out, domain.KindConfigurationItem)
	if err != nil {
		return nil, err
	}
	parties, err := estate.Linked[*domain.Party](ctx, changes.View, store.DistinctIDs(slices.Concat(slices.Collect(maps.Values(items))...)), domain.RelOwnedBy, store.Out)
	if err != nil {
		return nil, err
	}
	owners := map[store.ID][]*domain.Party{}
	for change, affected := range items {
		found := map[string]*domain.Party{}
		for _, item := range affected {
			for _, p := range parties[item.ID] {
				found[p.Key] = p
			}
		}
		owners[change] = []*domain.Party{}
		for _, key := range slices.Sorted(maps.Keys(keysOf(found))) {
			owners[change] = append(owners[change], found[key])
		}
	}
	return owners, nil
}

func keysOf[V any](m map[string]V) map[string]bool {
	set := map[string]bool{}
	for key := range m {
		set[key] = true
	}
	return set
}

// CreateFreeze declares a freeze, and puts on hold what is planned in it (H6).
func (a *Area) CreateFreeze(ctx context.Context, in domain.NewOpening, o *domain.WriteOptions) (*FreezeHold, error) {
	written, made, err := a.createOpening(ctx, domain.KindFreeze, in, o)
	h, err := a.held(ctx, written, err)
	if err == nil && h.DryRun && made.Record != nil {
		h.of = made // which the store does not know
	}
	return h, err
}

// Matches tells what the freeze is for.
func (h *FreezeHold) Matches(ctx context.Context) (*OpeningMatches, error) {
	if h.of != nil {
		found, err := matchAll(ctx, h.app.estate.Today(ctx), []*Opening{h.of})
		return found[store.ID(h.of.Record.Meta().ID)], err
	}
	return h.app.Matches(ctx, h.Freeze)
}

// held returns what a mutation of a freeze did, as far as the caller may see.
func (a *Area) held(ctx context.Context, w *estate.Written, err error) (*FreezeHold, error) {
	if err != nil {
		return nil, err
	}
	f, _ := w.Record.(*domain.Freeze)
	moved, err := a.SeenHolds(ctx, w.Told)
	if err != nil {
		return nil, err
	}
	return &FreezeHold{Freeze: f, Revision: w.Revision, DryRun: w.DryRun, Changes: w.Changes, app: a, moved: moved}, nil
}

// LiftFreeze lifts a freeze, and releases exactly what it held.
func (a *Area) LiftFreeze(ctx context.Context, ref domain.Ref, ifVersion *int, o *domain.WriteOptions) (*FreezeHold, error) {
	m := estate.Mutation{Action: authz.Move, Kind: domain.KindFreeze, Options: o, Input: []any{"lift", domain.KindFreeze, ref, ifVersion}}
	written, err := a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		return a.decideLift(ctx, k, ref, ifVersion)
	})
	return a.held(ctx, written, err)
}

func (a *Area) decideLift(ctx context.Context, k *entity.Kind, ref domain.Ref, ifVersion *int) (*estate.Draft, entity.Record, error) {
	before, err := a.estate.Existing(ctx, k, ref, "input.ref")
	if err != nil {
		return nil, nil, err
	}
	var lifted error
	if at := before.(*domain.Freeze).LiftedAt; at != nil {
		lifted = &domain.Error{
			Code: domain.RuleViolation, Rule: "H6", Field: "input.ref", Message: "was lifted already at " + at.UTC().Format("2006-01-02T15:04:05Z"),
		}
	}
	if err := refusal.Both(refusal.Stale(before, ifVersion), lifted); err != nil {
		return nil, nil, err
	}
	after := entity.Clone(before).(*domain.Freeze)
	now := a.estate.Clock()
	after.LiftedAt = &now
	d := &estate.Draft{Explain: a.estate.ExplainTaken("input")}
	d.Update(before, after)
	return d, after, nil
}
