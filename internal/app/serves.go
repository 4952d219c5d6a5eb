package app

import (
	"context"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// bond is a relationship at one end of which only a service may stand.
type bond struct {
	rel    string
	side   store.Direction // in which the service follows it
	joins  func(key string, class domain.Class) *domain.Error
	leaves func(key string, class domain.Class) *domain.Error
}

var bonds = []bond{
	{domain.RelServes, store.Out, domain.CheckServes, domain.CheckStaysService},
	{domain.RelWindowOf, store.In, domain.CheckOpeningService, domain.CheckStaysNamed},
	{domain.RelFreezes, store.In, domain.CheckOpeningService, domain.CheckStaysNamed},
}

// bondOf finds the bond that a relationship is, nil when any item may stand at
// either end.
func bondOf(rel string) *bond {
	i := slices.IndexFunc(bonds, func(b bond) bool { return b.rel == rel })
	if i < 0 {
		return nil
	}
	return &bonds[i]
}

// onlyServices refuses anything but a service at the end of a relationship where
// one has to be. A guard holds the item as it was seen.
func onlyServices(d *draft, p *pair) error {
	b := bondOf(p.rel.Name)
	if b == nil {
		return nil
	}
	end, field := p.from, "input.from"
	if b.side == store.In {
		end, field = p.to, "input.to"
	}
	item, ok := end.(*domain.ConfigurationItem)
	if !ok {
		return nil
	}
	if err := b.joins(item.Key, item.Class); err != nil {
		err.Field = field
		return err
	}
	d.guards = append(d.guards, store.NodeAt{ID: store.ID(item.ID), Version: int64(item.Version)})
	return nil
}

// staysService refuses another class to a service that has customers, or that
// windows or freezes name. Guards hold that it has and they do not.
func (a *App) staysService(ctx context.Context, d *draft, before, after entity.Record) error {
	was, ok := before.(*domain.ConfigurationItem)
	now, isItem := after.(*domain.ConfigurationItem)
	if !ok || !isItem || was.Class != domain.Service || now.Class == domain.Service {
		return nil
	}
	for _, b := range bonds {
		joined, err := a.entire.CountEdges(ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(was.ID)}, Rel: b.rel, Direction: b.side})
		if err != nil {
			return storeError(err)
		}
		if joined[0] > 0 {
			err := b.leaves(was.Key, now.Class)
			err.Field = "input.patch.class"
			return err
		}
		d.guards = append(d.guards, store.NoEdges{ID: store.ID(was.ID), Rel: b.rel, Direction: b.side})
	}
	return nil
}
