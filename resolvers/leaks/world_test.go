package leaks_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/rs/zerolog"
	"github.com/vektah/gqlparser/v2/ast"
	"pgregory.net/rapid"

	"releasegraph/graph/response"
	"releasegraph/internal/app"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
	"releasegraph/internal/store/topology"
	"releasegraph/resolvers"
)

// shape says what of an estate a world holds.
type shape string

const (
	// whole is the estate as it was drawn.
	whole shape = "the whole estate"
	// part is what the caller ever saw of it, in the same change sets.
	part shape = "what is seen alone"
	// masked is the whole estate, of the same form, in which all that is hidden
	// goes by other names.
	masked shape = "the estate with other names for what is hidden"
)

// Hidden keys sort behind all others, in both worlds that have them.
const (
	hiddenName = "y-secret-"
	maskedName = "z-sealed-"
)

// world is an API over an estate, as one caller sees it.
type world struct {
	*scene
	shape  shape
	app    *app.App
	store  store.Store
	exec   *executor.Executor
	schema *ast.Schema
	fresh  int
	head   int // the revision of the last change set
}

// over opens the API over a store, with the graph in memory or without it.
func (w *world) over(t testing.TB, s store.Store) {
	config := app.Config{
		Now:   func() time.Time { return noon },
		NewID: func() string { w.fresh++; return fmt.Sprintf("fresh-%d", w.fresh) },
	}
	if w.inMemory {
		top, err := topology.Open[domain.Facts, domain.Link](context.Background(), s, entity.TopologyCodec{}, topology.Options{})
		if err != nil {
			t.Fatal(err)
		}
		s, config.Graphs = top, top
	}
	w.store, config.Store = s, s
	w.app = app.New(config)
	served := resolvers.New(w.app, zerolog.Nop())
	w.schema, w.exec = served.Schema(), executor.New(served)
	w.exec.SetErrorPresenter(response.ErrorPresenter(zerolog.Nop()))
	w.exec.SetRecoverFunc(response.RecoverFunc(zerolog.Nop()))
}

// key is what a record is called in the world.
func (w *world) key(n *node) string {
	switch {
	case w.sees(w.caller, n):
		return n.key
	case w.shape == masked:
		return maskedName + n.key
	}
	return hiddenName + n.key
}

// has tells whether the world holds a record.
func (w *world) has(n *node) bool { return w.shape != part || w.needs(w.caller, n) }

// fill makes the estate: each change set with what the world has of it, and in
// place of one of which it has nothing, something else that is hidden from the
// caller, so that revisions stay the same. The last one edits all that the
// caller ever saw.
func (w *world) fill(t *rapid.T) {
	for i, set := range w.sets {
		var ops []store.Op
		for _, c := range set {
			if op := w.op(t, c, i); op != nil {
				ops = append(ops, op)
			}
		}
		if len(ops) == 0 {
			ops = w.dummy(t, i)
		}
		w.commit(t, i, "tool", ops)
	}
	var last []store.Op
	for _, n := range w.nodes {
		if w.sees(w.caller, n) && !w.removed(n) {
			last = append(last, store.UpdateNode{ID: n.id(), Set: store.Props{"name": w.props(t, n)["name"].(string) + " at last"}})
		}
	}
	if len(last) == 0 {
		last = w.dummy(t, len(w.sets))
	}
	w.commit(t, len(w.sets), sentinel, last)
	w.head = len(w.sets) + 1
}

// dummy makes what nobody who is narrowed may see.
func (w *world) dummy(t *rapid.T, i int) []store.Op {
	n := &node{domain.KindCalendarFeed, fmt.Sprintf("dummy%d", i), values{"fingerprint": domain.Fingerprint(fmt.Sprint(i))}}
	return []store.Op{store.CreateNode{ID: n.id(), Kind: n.kind, Props: w.props(t, n)}}
}

func (w *world) commit(t *rapid.T, i int, actor string, ops []store.Op) {
	cs := store.Changeset{Ops: ops, Actor: actor, Source: "api", Reason: "as drawn", At: dawn.Add(time.Duration(i) * time.Minute)}
	if change, err := w.store.Commit(context.Background(), cs); err != nil || int(change.Revision) != i+1 {
		t.Fatalf("%v, revision %d in place of %d\n%+v", err, change.Revision, i+1, ops)
	}
}

// removed tells whether a record goes in the end.
func (w *world) removed(n *node) bool {
	return slices.ContainsFunc(slices.Concat(w.sets...), func(c change) bool { return c.node == n && c.gone })
}

// atLast is the estate in the end, without the links that went: what was seen once may be
// seen no more.
func (w *world) atLast() *estate {
	last := *w.estate
	last.arcs = slices.DeleteFunc(slices.Clone(last.arcs), func(a *arc) bool {
		return slices.ContainsFunc(slices.Concat(w.sets...), func(c change) bool { return c.arc == a && c.gone })
	})
	return &last
}

// op is what a change is in the world, nil for nothing.
func (w *world) op(t *rapid.T, c change, i int) store.Op {
	if c.arc != nil {
		if !w.has(c.from) || !w.has(c.to) {
			return nil
		}
		link, err := c.rel.NewLink(c.link, "")
		if err != nil {
			t.Fatal(err)
		}
		key := c.rel.Key(string(c.from.id()), string(c.to.id()), link)
		if c.gone {
			return store.RemoveEdge{EdgeKey: key}
		}
		return store.PutEdge{EdgeKey: key, Props: c.rel.EncodeLink(link)}
	}
	switch {
	case !w.has(c.node):
		return nil
	case c.edited:
		return store.UpdateNode{ID: c.id(), Set: store.Props{"name": fmt.Sprintf("%s, edited in %d", w.props(t, c.node)["name"], i)}}
	case c.gone:
		return store.RemoveNode{ID: c.id()}
	}
	return store.CreateNode{ID: c.id(), Kind: c.kind, Props: w.props(t, c.node)}
}

// props are what a record says in the world.
func (w *world) props(t *rapid.T, n *node) store.Props {
	k := entity.KindNamed(n.kind)
	raw := maps.Clone(n.values)
	raw["key"] = w.key(n)
	raw["name"] = "The common name of " + w.key(n)
	if _, ok := raw["description"]; ok && w.shape == masked && !w.sees(w.caller, n) {
		raw["description"] = "sealed"
	}
	r, err := k.Bring(raw, "")
	if err != nil {
		t.Fatalf("%s cannot be: %v", n, err)
	}
	if b, ok := r.(*domain.Baseline); ok {
		b.Revision = 3 // which no import brings
	}
	return k.Encode(r)
}
