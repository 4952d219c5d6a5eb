package stock

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Stock names a spare and a number of pieces.
type Stock struct {
	Ref       domain.Ref
	Quantity  int
	IfVersion *int
}

// DeliverSpares adds pieces that came, or came back, to the stock (L4).
func (a *Area) DeliverSpares(ctx context.Context, in Stock, o *domain.WriteOptions) (*estate.Written, error) {
	return a.stock(ctx, "deliver", in, o, in.Quantity)
}

// WithdrawSpares takes pieces out of the stock that nobody reserved (L4).
func (a *Area) WithdrawSpares(ctx context.Context, in Stock, o *domain.WriteOptions) (*estate.Written, error) {
	return a.stock(ctx, "withdraw", in, o, -in.Quantity)
}

func (a *Area) stock(ctx context.Context, verb string, in Stock, o *domain.WriteOptions, more int) (*estate.Written, error) {
	m := estate.Mutation{Action: authz.Stock, Kind: domain.KindHardwareSpare, Options: o, Input: []any{verb, domain.KindHardwareSpare, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		found, err := a.estate.Seen(ctx, authz.Stock, k, in.Ref, in.IfVersion)
		if err != nil {
			return nil, nil, err
		}
		if in.Quantity < 1 {
			return nil, nil, refusal.Wrong("input.quantity", "must be 1 or more")
		}
		before := found.(*domain.HardwareSpare)
		after := entity.Clone(before).(*domain.HardwareSpare)
		after.Quantity += more
		if after.Free() < 0 {
			return nil, nil, domain.Breaks("L4", "input.quantity", "is more than is free: of %d pieces %d are reserved", before.Quantity, before.Reserved)
		}
		if es := after.Check(); len(es) > 0 {
			return nil, nil, es.Under("input").Err()
		}
		d := &estate.Draft{}
		d.Decide(before, after)
		return d, after, nil
	})
}

// Reserve names a spare, the release for which pieces of it are kept, and how many
// in all; none gives them back.
type Reserve struct {
	Ref       domain.Ref
	Release   domain.Ref
	Quantity  int
	IfVersion *int
}

// ReserveSpares keeps pieces of a spare for a release (L4): as many as are free,
// and never the same twice. A guard holds the stock as it was seen.
func (a *Area) ReserveSpares(ctx context.Context, in Reserve, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: authz.Stock, Kind: domain.KindHardwareSpare, Options: o, Input: []any{"reserve", domain.KindHardwareSpare, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		found, err := a.estate.Seen(ctx, authz.Stock, k, in.Ref, in.IfVersion)
		if err != nil {
			return nil, nil, err
		}
		release, err := a.estate.Existing(ctx, entity.KindNamed(domain.KindRelease), in.Release, "input.release")
		if err != nil {
			return nil, nil, err
		}
		if in.Quantity < 0 {
			return nil, nil, refusal.Wrong("input.quantity", "must be 0 or more")
		}
		return a.reserve(ctx, found.(*domain.HardwareSpare), release.(*domain.Release), in.Quantity)
	})
}

func (a *Area) reserve(ctx context.Context, before *domain.HardwareSpare, r *domain.Release, quantity int) (*estate.Draft, entity.Record, error) {
	rel := entity.RelationshipsNamed(domain.RelReservedFor)[0]
	key := rel.Key(before.ID, r.ID, &domain.Reservation{Quantity: quantity})
	edges, err := a.estate.Entire.EdgesBetween(ctx, key)
	if err != nil {
		return nil, nil, refusal.OfStore(err)
	}
	edge, had := edges[key]
	after := entity.Clone(before).(*domain.HardwareSpare)
	after.Reserved += quantity - pieces(edge.Props)
	if after.Free() < 0 {
		return nil, nil, domain.Breaks("L4", "input.quantity", "is more than is free: of %d pieces of %s %d are reserved", before.Quantity, before.Key, before.Reserved)
	}
	d := &estate.Draft{Guards: []store.Guard{store.EdgeAt{EdgeKey: key, Version: edge.Version}}}
	d.Update(before, after)
	d.Known = append(d.Known, r)
	switch {
	case quantity > 0:
		props := rel.EncodeLink(&domain.Reservation{Quantity: quantity})
		entity.SetSource(props, domain.SourceAPI)
		d.Ops = append(d.Ops, store.PutEdge{EdgeKey: key, Props: props})
	case had:
		d.Ops = append(d.Ops, store.RemoveEdge{EdgeKey: key})
	}
	return d, after, nil
}
