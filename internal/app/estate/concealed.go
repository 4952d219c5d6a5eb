package estate

import (
	"context"
	"errors"
	"maps"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
	"releasegraph/internal/store/scoped"
)

// Unseen stands for the name of what the caller may not see.
const Unseen = scoped.Unseen

// plain returns an error with Unseen in the place of the names that a view without
// names gave.
func plain(e *domain.Error) *domain.Error {
	one := *e
	one.Message = scoped.Plain(e.Message)
	if e.Details != nil {
		one.Details = plainDetail(e.Details).(map[string]any)
	}
	return &one
}

func plainDetail(detail any) any {
	switch d := detail.(type) {
	case string:
		return scoped.Plain(d)
	case []string:
		return each(d, scoped.Plain)
	case []any:
		return each(d, plainDetail)
	case map[string]any:
		told := maps.Clone(d)
		for name, one := range d {
			told[name] = plainDetail(one)
		}
		return told
	}
	return detail
}

func each[T any](list []T, f func(T) T) []T {
	told := make([]T, len(list))
	for i, one := range list {
		told[i] = f(one)
	}
	return told
}

// plainly returns an error, each that it is made of with Unseen in the place of
// the names that a view without names gave.
func plainly(err error) error {
	var es domain.Errors
	var one *domain.Error
	switch {
	case errors.As(err, &es):
		return domain.Errors(each(es, plain))
	case errors.As(err, &one):
		return plain(one)
	}
	return err
}

// Concealed returns a record, or, of one that is hidden, a copy without its
// names.
func Concealed[R entity.Record](r R, hidden map[store.ID]bool) R {
	if !hidden[store.ID(r.Meta().ID)] {
		return r
	}
	c := entity.Clone(r).(R)
	c.Meta().Key, c.Meta().Name = Unseen, Unseen
	return c
}

// KeysSeen returns the keys of nodes, those of hidden ones concealed.
func KeysSeen(ctx context.Context, v View, nodes []store.Node) ([]string, error) {
	hidden, err := v.Hidden(ctx, IDsOf(nodes)...)
	var keys []string
	for _, n := range nodes {
		key := Text(n.Props["key"])
		if hidden[n.ID] {
			key = Unseen
		}
		keys = append(keys, key)
	}
	return keys, err
}
