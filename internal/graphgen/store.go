package graphgen

import (
	"context"
	"fmt"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// FillOptions say how to write an estate to a store.
type FillOptions struct {
	// Batch is how many operations go into one change set; 0: 10,000.
	Batch int
	At    time.Time // UTC in whole microseconds
}

// Fill writes the estate to an empty store opened with entity.Schema, in
// change sets of many operations each.
func (e *Estate) Fill(ctx context.Context, st store.Store, opts FillOptions) error {
	if opts.Batch == 0 {
		opts.Batch = 10_000
	}
	f := filling{ctx: ctx, st: st, opts: opts}
	for n := range e.Nodes() {
		record := n.record()
		f.add(store.CreateNode{ID: store.ID(n.ID), Kind: n.Kind, Props: entity.KindNamed(n.Kind).Encode(record)})
		if f.err != nil {
			return f.err
		}
	}
	for d := range e.Edges() {
		f.add(e.put(&d))
		if f.err != nil {
			return f.err
		}
	}
	f.commit()
	return f.err
}

// filling gathers operations into change sets.
type filling struct {
	ctx  context.Context
	st   store.Store
	opts FillOptions
	ops  []store.Op
	err  error
}

func (f *filling) add(op store.Op) {
	f.ops = append(f.ops, op)
	if len(f.ops) == f.opts.Batch {
		f.commit()
	}
}

func (f *filling) commit() {
	if len(f.ops) == 0 {
		return
	}
	_, err := f.st.Commit(f.ctx, store.Changeset{Ops: f.ops, Actor: "graphgen", Reason: "made up", Source: "import", At: f.opts.At})
	if err != nil {
		f.err = fmt.Errorf("filling the store: %w", err)
	}
	f.ops = nil
}

// record is the node as the domain knows it.
func (n *Node) record() entity.Record {
	common := domain.Record{ID: n.ID, Key: n.Key, Name: n.Name}
	if n.Kind == domain.KindSite {
		return &domain.Site{Record: common, Region: &n.Region, TimeZone: &n.TimeZone, Ring: n.Ring, Users: &n.Users}
	}
	return &domain.ConfigurationItem{
		Record: common, Class: n.Class, Status: n.Status, Environment: n.Environment,
		Criticality: &n.Criticality, Users: &n.Users,
	}
}

// put is the operation that writes the edge.
func (e *Estate) put(d *Edge) store.Op {
	rel := entity.RelationshipsNamed(d.Rel)[0]
	link := d.value()
	op := store.PutEdge{EdgeKey: rel.Key(e.ID(d.From), e.ID(d.To), link)}
	if link != nil {
		op.Props = rel.EncodeLink(link)
	}
	return op
}

// value is what the relationship says, as the domain knows it.
func (d *Edge) value() any {
	switch d.Rel {
	case domain.RelDependsOn:
		v := &domain.Dependency{Kind: d.Kind, Impact: d.Impact}
		if d.Group != "" {
			v.RedundancyGroup = &d.Group
		}
		if d.Minimum > 0 {
			v.Minimum = &d.Minimum
		}
		return v
	case domain.RelInstalledAt:
		return &domain.Installation{Version: &d.Version, ActiveVersion: &d.ActiveVersion, Since: &d.Since}
	}
	return nil
}
