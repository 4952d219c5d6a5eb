package stock

import (
	"context"
	"maps"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Consequences are what follows for spares.
func (a *Area) Consequences() []estate.Consequence {
	return []estate.Consequence{
		{
			Name: "L4 what is reserved is counted", Binds: estate.ByImport,
			Minds: estate.Interest{Rels: []string{domain.RelReservedFor}},
			Owns:  []string{"HardwareSpare.reserved"}, Follow: a.countReserved,
		},
	}
}

// countReserved keeps how many pieces of a spare are reserved the sum of its
// reservations (L4), which an import may bring.
func (a *Area) countReserved(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	var spares []*domain.HardwareSpare
	var ids []store.ID
	known := map[string]bool{}
	for _, l := range p.Links {
		if s, ok := l.From.(*domain.HardwareSpare); ok && !known[s.ID] {
			known[s.ID] = true
			spares, ids = append(spares, s), append(ids, store.ID(s.ID))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	kept, err := a.reserved(ctx, p, ids)
	if err != nil {
		return err
	}
	for _, s := range spares {
		sum := 0
		for _, quantity := range kept[store.ID(s.ID)] {
			sum += quantity
		}
		if err := p.Change(s, func(after entity.Record) { after.(*domain.HardwareSpare).Reserved = sum }); err != nil {
			return err
		}
	}
	return nil
}

// reserved are how many pieces of each of some spares each reservation will keep.
func (a *Area) reserved(ctx context.Context, p *estate.Proposal, spares []store.ID) (map[store.ID]map[store.EdgeKey]int, error) {
	pages, err := a.estate.Entire.Edges(ctx, store.EdgeQuery{Nodes: spares, Rel: domain.RelReservedFor, Direction: store.Out, Kind: domain.KindRelease})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	proposed, kept := reservations(p.Draft.Ops), map[store.ID]map[store.EdgeKey]int{}
	for i, id := range spares {
		kept[id] = map[store.EdgeKey]int{}
		for _, e := range pages[i].Edges {
			kept[id][e.EdgeKey] = pieces(e.Props)
		}
		maps.Copy(kept[id], proposed[id])
	}
	return kept, nil
}

// reservations are how many pieces each spare is to have reserved by each link
// that some operations write; none of one that goes.
func reservations(ops []store.Op) map[store.ID]map[store.EdgeKey]int {
	list := map[store.ID]map[store.EdgeKey]int{}
	note := func(key store.EdgeKey, quantity int) {
		if key.Rel != domain.RelReservedFor {
			return
		}
		if list[key.From] == nil {
			list[key.From] = map[store.EdgeKey]int{}
		}
		list[key.From][key] = quantity
	}
	for _, op := range ops {
		switch op := op.(type) {
		case store.PutEdge:
			note(op.EdgeKey, pieces(op.Props))
		case store.RemoveEdge:
			note(op.EdgeKey, 0)
		}
	}
	return list
}

// pieces are how many a reservation keeps.
func pieces(props store.Props) int {
	quantity, _ := props["quantity"].(int64)
	return int(quantity)
}
