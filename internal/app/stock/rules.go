package stock

import (
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Rules are the rules of spares.
func (a *Area) Rules() []estate.Rule {
	return []estate.Rule{
		{Name: "L4 what is reserved stays", Binds: estate.ByMutation | estate.ByImport, Minds: estate.Interest{Kinds: []string{domain.KindHardwareSpare}}, Check: reservedStays},
		{Name: "L4 no more is reserved than there is", Binds: estate.ByImport, Minds: estate.Interest{Rels: []string{domain.RelReservedFor}}, Check: a.enoughSpares},
	}
}

// reservedStays refuses to remove stock of which something is reserved, or to leave
// less of it than that (L4).
func reservedStays(_ context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		was, _ := c.Before.(*domain.HardwareSpare)
		now, _ := c.After.(*domain.HardwareSpare)
		switch {
		case was != nil && c.Gone() && was.Reserved > 0:
			p.Refuse(c, domain.Breaks("L4", "", "%d pieces of %s are reserved", was.Reserved, was.Key))
		case was != nil && now != nil && now.Quantity < was.Reserved:
			p.Refuse(c, domain.Breaks("L4", "quantity", "cannot be %d: %d pieces are reserved", now.Quantity, was.Reserved))
		}
	}
	return nil
}

// enoughSpares refuses, line by line, to reserve more of a spare than there is of it
// (L4).
func (a *Area) enoughSpares(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	lines, ids := map[store.ID][]*estate.LinkChange{}, []store.ID{}
	for _, l := range p.Links {
		if l.Goes || l.Stays {
			continue
		}
		if lines[l.Key.From] == nil {
			ids = append(ids, l.Key.From)
		}
		lines[l.Key.From] = append(lines[l.Key.From], l)
	}
	if len(ids) == 0 {
		return nil
	}
	kept, err := a.reserved(ctx, p, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		spare, ok := lines[id][0].From.(*domain.HardwareSpare)
		if !ok {
			continue // it is wrong by itself
		}
		sum := 0
		for key, quantity := range kept[id] {
			if !slices.ContainsFunc(lines[id], func(l *estate.LinkChange) bool { return l.Key == key }) {
				sum += quantity
			}
		}
		for _, l := range lines[id] {
			if free := spare.Quantity - sum; kept[id][l.Key] > free {
				p.Refuse(l, domain.Breaks("L4", "quantity", "is %d, more than is free: of %d pieces of %s %d are left for this line", kept[id][l.Key], spare.Quantity, spare.Key, max(0, free)))
				continue
			}
			sum += kept[id][l.Key]
		}
	}
	return nil
}
