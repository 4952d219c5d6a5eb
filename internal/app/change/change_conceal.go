package change

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
	"releasegraph/internal/store/scoped"
)

// conceal removes the names of what the caller may not see from the facts. What is said of
// the facts afterwards names nothing hidden; what is decided by them stays the same.
func conceal(ctx context.Context, v estate.View, facts []*changeFacts) error {
	var ids []store.ID
	for _, f := range facts {
		f.decider = f.Board
		ids = append(ids, f.named()...)
	}
	if v.Part == nil {
		return nil
	}
	hidden, err := v.Hidden(ctx, ids...)
	if err != nil {
		return err
	}
	for _, f := range facts {
		f.conceal(hidden)
	}
	return nil
}

// named lists the records that may be named by what is said of the facts.
func (f *changeFacts) named() (ids []store.ID) {
	note := func(r entity.Record) { ids = append(ids, store.ID(r.Meta().ID)) }
	for _, i := range f.Items {
		note(i)
	}
	for _, t := range f.Tasks {
		note(t)
	}
	if f.Board != nil {
		note(f.Board)
	}
	if f.Model != nil {
		note(f.Model)
	}
	return ids
}

func (f *changeFacts) conceal(hidden map[store.ID]bool) {
	for n, i := range f.Items {
		f.Items[n] = concealed(i, hidden)
	}
	for n, t := range f.Tasks {
		f.Tasks[n] = concealed(t, hidden)
	}
	if f.Board != nil {
		f.Board = concealed(f.Board, hidden)
	}
	if f.Model != nil {
		f.Model = concealed(f.Model, hidden)
	}
}

// concealed returns a record, or, of one that is hidden, a copy without its names.
func concealed[R entity.Record](r R, hidden map[store.ID]bool) R {
	if !hidden[store.ID(r.Meta().ID)] {
		return r
	}
	c := entity.Clone(r).(R)
	c.Meta().Key, c.Meta().Name = scoped.Unseen, scoped.Unseen
	return c
}
