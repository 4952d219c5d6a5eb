package app

import (
	"context"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// servesOnlyFromServices refuses SERVES from anything but a service. A guard
// holds the item as it was seen.
func servesOnlyFromServices(d *draft, p *pair) error {
	item, ok := p.from.(*domain.ConfigurationItem)
	if !ok || p.rel.Name != domain.RelServes {
		return nil
	}
	if err := domain.CheckServes(item.Key, item.Class); err != nil {
		err.Field = "input.from"
		return err
	}
	d.guards = append(d.guards, store.NodeAt{ID: p.fromID(), Version: int64(item.Version)})
	return nil
}

// staysService refuses another class to a service that has customers. A guard
// holds that it has none.
func (a *App) staysService(ctx context.Context, d *draft, before, after entity.Record) error {
	was, ok := before.(*domain.ConfigurationItem)
	now, isItem := after.(*domain.ConfigurationItem)
	if !ok || !isItem || was.Class != domain.Service || now.Class == domain.Service {
		return nil
	}
	customers, err := a.entire.CountEdges(ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(was.ID)}, Rel: domain.RelServes})
	if err != nil {
		return storeError(err)
	}
	if customers[0] > 0 {
		err := domain.CheckStaysService(was.Key, now.Class)
		err.Field = "input.patch.class"
		return err
	}
	d.guards = append(d.guards, store.NoEdges{ID: store.ID(was.ID), Rel: domain.RelServes, Direction: store.Out})
	return nil
}
