package app

import (
	"context"
	"errors"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// staysDiagnosed refuses to empty the cause of a problem that counts as
// diagnosed, unless a known error diagnoses it. A guard holds that one does.
func (a *App) staysDiagnosed(ctx context.Context, d *draft, before, after entity.Record) error {
	was, ok := before.(*domain.Problem)
	now, still := after.(*domain.Problem)
	if !ok || !still || !was.StaysDiagnosed(0) || now.StaysDiagnosed(0) {
		return nil
	}
	links, err := a.diagnoses(ctx, now)
	if err != nil {
		return err
	}
	if len(links) == 0 {
		return domain.LeftWithoutCause(now, "input.patch.cause")
	}
	d.guards = append(d.guards, store.EdgeAt{EdgeKey: links[0].EdgeKey, Version: links[0].Version})
	return nil
}

// leavesDiagnosed refuses to take away the last known error of a problem that
// counts as diagnosed and says no cause. Guards hold that it says one, or that
// another known error stays.
func (a *App) leavesDiagnosed(ctx context.Context, d *draft, p *pair, gone store.EdgeKey) error {
	problem, ok := p.to.(*domain.Problem)
	if !ok || p.rel.Name != domain.RelDiagnoses {
		return nil
	}
	d.guards = append(d.guards, store.NodeAt{ID: p.toID(), Version: int64(problem.Version)})
	if problem.StaysDiagnosed(0) {
		return nil
	}
	links, err := a.diagnoses(ctx, problem)
	if err != nil {
		return err
	}
	for _, e := range links {
		if e.EdgeKey != gone {
			d.guards = append(d.guards, store.EdgeAt{EdgeKey: e.EdgeKey, Version: e.Version})
			return nil
		}
	}
	return domain.LeftWithoutCause(problem, "input.to")
}

// diagnoses reads by what a problem is diagnosed.
func (a *App) diagnoses(ctx context.Context, p *domain.Problem) ([]store.Edge, error) {
	pages, err := a.entire.Edges(ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(p.ID)}, Rel: domain.RelDiagnoses, Direction: store.In})
	if err != nil {
		return nil, storeError(err)
	}
	return pages[0].Edges, nil
}

// removesDiagnoses refuses to remove a known error that is all that some
// diagnosed problem has.
func (a *App) removesDiagnoses(ctx context.Context, d *draft, r entity.Record) error {
	known, ok := r.(*domain.KnownError)
	if !ok {
		return nil
	}
	k := entity.KindNamed(domain.KindProblem)
	pages, err := a.entire.Edges(ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(known.ID)}, Rel: domain.RelDiagnoses, Direction: store.Out, Kind: k.Name})
	if err != nil {
		return storeError(err)
	}
	rel := entity.RelationshipsNamed(domain.RelDiagnoses)[0]
	for i, n := range pages[0].Nodes {
		p := &pair{rel: rel, from: known, to: k.Decode(n)}
		if err := a.leavesDiagnosed(ctx, d, p, pages[0].Edges[i].EdgeKey); err != nil {
			return whole(err, "input.ref")
		}
	}
	return nil
}

// whole says of an error that it is about this field.
func whole(err error, field string) error {
	var e *domain.Error
	if errors.As(err, &e) {
		e.Field = field
	}
	return err
}
