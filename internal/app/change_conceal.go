package app

import (
	"context"

	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// conceal takes the names of what the caller may not see out of the facts:
// whatever is then said of them, by a rule or a list of what is lacking, names
// nothing hidden. What is decided stays the same.
func (a *App) conceal(ctx context.Context, f *changeFacts) error {
	f.decider = f.Board
	v := a.today(ctx)
	if v.part == nil {
		return nil
	}
	var ids []store.ID
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
	hidden, err := v.hidden(ctx, ids...)
	if err != nil {
		return err
	}
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
	return nil
}
