package calendar

import (
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// movedHold is a change that is put on hold or released, as it is from then on,
// with the freezes that held it before.
type movedHold struct {
	After  *domain.ChangeRequest
	Before []string
}

// standing are the freezes that are not lifted.
var standing = store.Compare{Property: "liftedAt", Op: store.IsNull}

// hold keeps holds as the freezes want them (H6). A request that comes into a freeze is put
// on hold, one that comes out of it is released, in the change set that moved it. hold
// looks at the estate as it would be, and guards that nobody changes that before the
// commit. It tells a movedHold for each request, by key.
func (a *Area) hold(ctx context.Context, p *estate.Proposal) error {
	b := holdBearingOf(p.Draft.Ops)
	if !b.any() {
		return nil
	}
	if none, err := a.frozenByNone(ctx, &b, p); err != nil || none {
		return err
	}
	would, err := p.Would(ctx)
	if err != nil || len(would.Effects) == 0 {
		return err
	}
	h := &holding{app: a, would: would, requests: map[store.ID]*domain.ChangeRequest{}}
	h.view = a.estate.Supposing(would)
	return h.decide(ctx, p)
}

// frozenByNone reports whether no freeze can matter to the change set. If there is none
// at all, it adds a guard that there still is none at commit.
func (a *Area) frozenByNone(ctx context.Context, b *holdBearing, p *estate.Proposal) (bool, error) {
	if b.freezes {
		return false, nil
	}
	since, err := a.estate.Store.Head(ctx)
	if err != nil {
		return false, refusal.OfStore(err)
	}
	found, err := a.estate.Entire.Count(ctx, domain.KindFreeze, standing)
	switch {
	case err != nil:
		return false, refusal.OfStore(err)
	case found == 0 && b.plan:
		p.Guard(store.Unchanged{Since: since, Kind: domain.KindFreeze})
		return true, nil
	case found == 0:
		return true, nil
	case b.plan:
		return false, nil
	}
	minded, err := a.minds(ctx, b)
	return !minded, err
}

// minds reports whether any freeze minds how the estate changes: those that
// name sites mind where items are, and so on.
func (a *Area) minds(ctx context.Context, b *holdBearing) (bool, error) {
	freezes, err := readOpeningsOf(ctx, a.estate.Everything(), domain.KindFreeze, standing, domain.RelFreezesAt, domain.RelFreezes)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(toCome(freezes, a.estate.Clock()), func(o *Opening) bool {
		return b.facts && o.byFact() || b.places && o.byPlace() || b.needs && len(o.Services) > 0
	}), nil
}

// byFact reports whether it matters to an opening what items are.
func (o *Opening) byFact() bool {
	return len(o.Opening().Classes)+len(o.Opening().Environments) > 0
}

// byPlace reports whether it matters to an opening where items are.
func (o *Opening) byPlace() bool { return len(o.Sites)+len(o.Opening().Regions) > 0 }

// holdBearing says by which of its operations a change set can move holds: those on plans,
// on freezes, or on the estate (what items are, where they are, what they need).
type holdBearing struct{ plan, freezes, facts, places, needs bool }

func (b *holdBearing) any() bool { return *b != holdBearing{} }

// Fields on which holds depend. That a freeze is lifted, or stands again, is
// among those of freezes.
var (
	planFields   = []string{"plannedFrom", "plannedTo", "status", "key"}
	freezeFields = []string{
		"from", "to", "recurrence", "startsAt", "duration", "timeZone", "except", "everywhere", "regions", "classes", "environments", "liftedAt",
	}
	factFields  = []string{"class", "environment"}
	placeFields = []string{"region"}
)

func holdBearingOf(ops []store.Op) (b holdBearing) {
	for _, op := range ops {
		switch op := op.(type) {
		case store.CreateNode:
			b.plan = b.plan || op.Kind == domain.KindChangeRequest
			b.freezes = b.freezes || op.Kind == domain.KindFreeze
		case store.UpdateNode:
			b.plan = b.plan || sets(op.Set, planFields)
			b.freezes = b.freezes || sets(op.Set, freezeFields)
			b.facts = b.facts || sets(op.Set, factFields)
			b.places = b.places || sets(op.Set, placeFields)
		case store.RemoveNode:
			b.plan = true // it may be a freeze
		case store.PutEdge:
			b.edge(op.Rel)
		case store.RemoveEdge:
			b.edge(op.Rel)
		}
	}
	return b
}

func (b *holdBearing) edge(rel string) {
	switch rel {
	case domain.RelAffects, domain.RelTakesPlaceAt, domain.RelExcepts, domain.RelExceptionFor, domain.RelFreezes, domain.RelFreezesAt:
		b.plan = true
	case domain.RelInstalledAt, domain.RelPartOf:
		b.places = true
	case domain.RelDependsOn:
		b.needs = true
	}
}

func sets(props store.Props, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { _, ok := props[name]; return ok })
}

// SeenHolds leaves out the changes that the caller may not see.
func (a *Area) SeenHolds(ctx context.Context, all []any) ([]movedHold, error) {
	var moved []movedHold
	var ids []store.ID
	for _, one := range all {
		if m, ok := one.(movedHold); ok {
			moved, ids = append(moved, m), append(ids, store.ID(m.After.ID))
		}
	}
	hidden, err := a.estate.Today(ctx).Hidden(ctx, ids...)
	return slices.DeleteFunc(moved, func(m movedHold) bool { return hidden[store.ID(m.After.ID)] }), err
}
