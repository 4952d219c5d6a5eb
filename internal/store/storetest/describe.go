package storetest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"releasegraph/internal/store"
)

// describe writes what is compared, so that nil and empty lists, and times of
// the same instant, look alike, and a difference can be read.
func describe(v any) string {
	switch v := v.(type) {
	case store.Node:
		return fmt.Sprintf("%s %q v%d created %s updated %s %s", v.Kind, v.ID, v.Version, moment(v.CreatedAt), moment(v.UpdatedAt), held(v.Props))
	case store.Edge:
		return fmt.Sprintf("%q v%d %s", v.EdgeKey, v.Version, held(v.Props))
	case store.Change:
		head := fmt.Sprintf("revision %d at %s by %q for %q from %q key %q", v.Revision, moment(v.At), v.Actor, v.Reason, v.Source, v.Key)
		return head + lines(v.Effects)
	case store.Effect:
		return fmt.Sprintf("%s %q %s %q v%d was %s %s: %s -> %s%s", v.Verb(), v.Node, v.Kind, v.Edge, v.Version,
			moment(v.CreatedAt), moment(v.UpdatedAt), props(v.Before), props(v.After), becomes(v.Becomes))
	case store.EdgePage:
		return fmt.Sprintf("previous %v next %v", v.HasPrevious, v.HasNext) + lines(v.Edges) + lines(v.Nodes)
	case store.Page:
		return fmt.Sprintf("previous %v next %v", v.HasPrevious, v.HasNext) + lines(v.Nodes)
	case []store.Node:
		return lines(v)
	case []store.Edge:
		return lines(v)
	case []store.Change:
		return lines(v)
	case []store.Effect:
		return lines(v)
	case []store.EdgePage:
		return lines(v)
	case []store.Group:
		return lines(v)
	case store.Group:
		texts := make([]string, len(v.Values))
		for i, x := range v.Values {
			texts[i] = value(x)
		}
		return fmt.Sprintf("%d of %s", v.Count, strings.Join(texts, ", "))
	case store.Props:
		return props(v)
	case string:
		return v
	case error:
		return failure(v)
	}
	return fmt.Sprintf("%v", v)
}

func lines[T any](list []T) string {
	var b strings.Builder
	for _, e := range list {
		b.WriteString("\n  " + strings.ReplaceAll(describe(e), "\n", "\n  "))
	}
	return b.String()
}

func becomes(t store.Times) string {
	if t == (store.Times{}) {
		return ""
	}
	return " now " + moment(t.CreatedAt) + " " + moment(t.UpdatedAt)
}

func moment(t time.Time) string { return t.Format(time.RFC3339Nano) }

func props(p store.Props) string {
	if p == nil {
		return "-"
	}
	b, err := store.AppendProps(nil, p)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// held writes the properties of a node or edge: none is as good as nil there.
func held(p store.Props) string {
	if p == nil {
		p = store.Props{}
	}
	return props(p)
}

func value(v any) string {
	if v == nil {
		return "null"
	}
	return props(store.Props{"": v})
}

// failure writes an error with the details that its typed errors carry.
func failure(err error) string {
	var b strings.Builder
	var op *store.FailedOp
	if errors.As(err, &op) {
		fmt.Fprintf(&b, "operation %d: ", op.Index)
	}
	var taken *store.TakenError
	var missing *store.MissingError
	var conflict *store.ConflictError
	var inUse *store.InUseError
	switch {
	case errors.As(err, &taken):
		fmt.Fprintf(&b, "taken %+v", *taken)
	case errors.As(err, &missing) && missing.Edge != nil:
		fmt.Fprintf(&b, "missing edge %+v", *missing.Edge)
	case errors.As(err, &missing):
		fmt.Fprintf(&b, "missing node %q", missing.Node)
	case errors.As(err, &conflict):
		fmt.Fprintf(&b, "conflict %T%+v at %d", conflict.Guard, conflict.Guard, conflict.Current)
	case errors.As(err, &inUse):
		fmt.Fprintf(&b, "in use %+v", *inUse)
	}
	for _, e := range []error{
		store.ErrNotFound, store.ErrConflict, store.ErrExists, store.ErrInvalid, store.ErrUnavailable, store.ErrCompacted,
	} {
		if errors.Is(err, e) {
			return b.String() + " (" + e.Error() + ")"
		}
	}
	return b.String() + " (unexpected) " + err.Error()
}
