package records

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// explainInUse says what still points at a record that was to be removed (C3):
// the first ten, and how many there are.
func (a *Area) explainInUse(r entity.Record) func(context.Context, error) error {
	return func(ctx context.Context, err error) error {
		var e *store.InUseError
		if !errors.As(err, &e) {
			return nil
		}
		ids := make([]store.ID, len(e.Edges))
		for i, edge := range e.Edges {
			ids[i] = edge.From
		}
		nodes, err := a.estate.Entire.Nodes(ctx, ids...)
		if err != nil {
			return refusal.OfStore(err)
		}
		hidden, err := a.estate.Today(ctx).Hidden(ctx, ids...)
		if err != nil {
			return err
		}
		return InUse(r, e, nodes, hidden)
	}
}

// InUse says what still points at a record.
func InUse(r entity.Record, e *store.InUseError, nodes map[store.ID]store.Node, hidden map[store.ID]bool) *domain.Error {
	var users []map[string]any
	var names []string
	for _, edge := range e.Edges {
		if hidden[edge.From] {
			continue // is counted, and not named
		}
		n := nodes[edge.From]
		key := n.Props.Text("key")
		users = append(users, map[string]any{"relationship": edge.Rel, "kind": n.Kind, "id": string(edge.From), "key": key})
		names = append(names, fmt.Sprintf("%s %q (%s)", n.Kind, key, edge.Rel))
	}
	if more := e.Count - int64(len(names)); more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	advice := "remove these relationships first"
	if entity.KindOf(r).OutOfUse != nil {
		advice = "withdraw it, or remove these relationships first"
	}
	return &domain.Error{
		Code: domain.RuleViolation, Rule: "C3", Field: "input.ref",
		Message: fmt.Sprintf("%q cannot be removed while something points at it: %s; %s", r.Meta().Key, strings.Join(names, ", "), advice),
		Details: map[string]any{"count": e.Count, "usedBy": users},
	}
}
