package impact

import (
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/shape"
	"releasegraph/internal/store"
)

// agreementsAtStake are the service level agreements that a dependency, of
// either direction, joins to a service among the items, or that are among them
// themselves (I7).
var agreementsAtStake = &concernKind{kind: domain.KindConfigurationItem, rel: relAgreement, read: agreements}

// relAgreement leads from an agreement to a service, in the graph that is made
// of them.
const relAgreement = "AGREEMENT"

// inForce selects the agreements that bind anybody still.
var inForce = store.And{
	store.Compare{Property: "class", Op: store.Eq, Value: string(domain.ServiceLevelAgreement)},
	store.Not{Filter: store.Compare{Property: "status", Op: store.OneOf, Value: store.AnyOf([]domain.ItemStatus{domain.ItemWithdrawn, domain.ItemDisposed})}},
}

// AgreementsOf are the agreements at stake where some services are lost: those that a
// dependency, of either direction, joins to them, each once.
func AgreementsOf(ctx context.Context, v estate.View, services ...store.ID) (list []store.Node, err error) {
	known := map[store.ID]bool{}
	err = eachAgreement(ctx, v, services, func(agreement store.Node, _ store.ID) {
		if !known[agreement.ID] {
			known[agreement.ID], list = true, append(list, agreement)
		}
	})
	return list, err
}

// eachAgreement tells the agreements of services, a fixed number of services to a call.
func eachAgreement(ctx context.Context, v estate.View, services []store.ID, tell func(agreement store.Node, service store.ID)) error {
	query := store.EdgeQuery{Rel: domain.RelDependsOn, Kind: domain.KindConfigurationItem, Filter: inForce}
	for chunk := range slices.Chunk(services, listing.MaxPage) {
		for _, query.Direction = range []store.Direction{store.In, store.Out} {
			query.Nodes = chunk
			pages, err := v.Edges(ctx, query)
			if err != nil {
				return refusal.OfStore(err)
			}
			for i, p := range pages {
				for _, agreement := range p.Nodes {
					tell(agreement, chunk[i])
				}
			}
		}
	}
	return nil
}

// agreements reads the agreements of the services among the items.
func agreements(ctx context.Context, c *Concerns) (*shape.Graph, error) {
	v, g, b := c.Load.View, c.Found.Graph(), newBearing()
	var services, hit []store.ID
	items, err := c.Asked(ctx)
	if err != nil {
		return nil, err
	}
	for _, h := range items {
		switch id := store.ID(g.ID(h.Node)); g.Facts(h.Node).Class() {
		case domain.Service:
			services = append(services, id)
		case domain.ServiceLevelAgreement:
			hit = append(hit, id)
		}
	}
	for chunk := range slices.Chunk(hit, listing.MaxPage) {
		ids := store.Compare{Property: "id", Op: store.OneOf, Value: store.AnyOf(chunk)}
		found, err := v.Find(ctx, store.Query{Kind: domain.KindConfigurationItem, Filter: store.And{ids, inForce}})
		if err != nil {
			return nil, refusal.OfStore(err)
		}
		for _, n := range found.Nodes {
			b.add(n, n.ID, relAgreement)
		}
	}
	if err := eachAgreement(ctx, v, services, func(agreement store.Node, service store.ID) { b.add(agreement, service, relAgreement) }); err != nil {
		return nil, err
	}
	return b.Graph(g.Revision()), nil
}

// Agreements counts the service level agreements at stake.
func (t *ImpactTotals) Agreements(ctx context.Context) (int, error) {
	return t.about.count(ctx, agreementsAtStake)
}

// Agreements returns a page of the service level agreements at stake.
func (r *ImpactResult) Agreements(ctx context.Context, first *int, after *string) (*ConcernPage, error) {
	return r.about.Page(ctx, agreementsAtStake, first, after)
}

// Agreement returns the service level agreement that is at stake, nil when the
// concern is of another kind.
func (c *Concern) Agreement() *domain.ConfigurationItem {
	return as[*domain.ConfigurationItem](c.record)
}
