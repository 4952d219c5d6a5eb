package topology_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/topology"

	"pgregory.net/rapid"
)

func TestMain(m *testing.M) {
	neo4jtest.FewerDraws(25)
	neo4jtest.Main(m)
}

type (
	graph = adjacency.Graph[store.Props, label]
	topo  = topology.Store[store.Props, label]
	// fataler is a testing.TB or a rapid.T.
	fataler interface {
		Helper()
		Fatalf(format string, args ...any)
	}
)

// soon is how long a test waits for what must happen before it fails.
const soon = 20 * time.Second

func openBeneath(t fataler) *faulty {
	t.Helper()
	st, err := sqlite.Open(context.Background(), sqlite.Memory, schema, sqlite.Options{Readers: 2})
	if err != nil {
		t.Fatalf("opening the store beneath: %v", err)
	}
	return &faulty{Store: st}
}

func openOver(t fataler, beneath store.Store, opts topology.Options) *topo {
	t.Helper()
	opts.FirstPause, opts.LongestPause, opts.Patience = time.Millisecond, 2*time.Millisecond, soon
	s, err := topology.Open(context.Background(), beneath, itemCodec, opts)
	if err != nil {
		t.Fatalf("opening the topology: %v", err)
	}
	return s
}

// open gives a loaded topology over an empty store.
func open(t *testing.T) (*topo, *faulty) {
	t.Helper()
	beneath := openBeneath(t)
	s := openOver(t, beneath, topology.Options{})
	t.Cleanup(func() { closeStore(t, s) })
	graphOf(t, s)
	return s, beneath
}

func closeStore(t fataler, s store.Store) {
	t.Helper()
	if err := s.Close(context.Background()); err != nil {
		t.Fatalf("closing: %v", err)
	}
}

func graphOf(t fataler, s *topo) *graph {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	g, err := s.Graph(ctx, 0)
	if err != nil {
		t.Fatalf("the graph: %v", err)
	}
	return g
}

// eventually waits for a status.
func eventually(t *testing.T, s *topo, what string, is func(topology.Status) bool) {
	t.Helper()
	for range int(soon / time.Millisecond) {
		if is(s.Status()) {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("never %s: %+v", what, s.Status())
}

var at = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func commit(t fataler, s store.Store, ops ...store.Op) store.Revision {
	t.Helper()
	c, err := s.Commit(context.Background(), store.Changeset{Ops: ops, Actor: "alice", At: at})
	if err != nil {
		t.Fatalf("committing: %v", err)
	}
	return c.Revision
}

func item(id string) store.CreateNode {
	return store.CreateNode{ID: store.ID(id), Kind: "Item", Props: store.Props{"key": "key of " + id}}
}

func edge(rel, from, to string) store.PutEdge {
	return store.PutEdge{EdgeKey: store.EdgeKey{Rel: rel, From: store.ID(from), To: store.ID(to)}, Props: store.Props{}}
}

// dump writes down all that a graph tells.
func dump(g *graph) []string {
	var lines []string
	for n := range adjacency.Node(g.Size()) {
		if !g.Live(n) {
			continue
		}
		lines = append(lines, fmt.Sprintf("%s %s %v", g.ID(n), g.Key(n), *g.Facts(n)))
		for _, a := range g.Out(n) {
			lines = append(lines, fmt.Sprintf("%s -> %s %v", g.ID(n), g.ID(a.Node), g.Label(a.Label)))
		}
		for _, a := range g.In(n) {
			lines = append(lines, fmt.Sprintf("%s <- %s %v", g.ID(n), g.ID(a.Node), g.Label(a.Label)))
		}
	}
	slices.Sort(lines)
	return lines
}

// known is what a random series of change sets has made so far.
type known struct {
	nodes map[store.ID]string // kind
	edges map[store.EdgeKey]bool
}

func (k known) clone() known { return known{maps.Clone(k.nodes), maps.Clone(k.edges)} }

// change commits a random change set and gives what is known after it.
func change(t *rapid.T, s store.Store, k known) known {
	next, cs := k.clone(), store.Changeset{Actor: "alice", At: at}
	for range rapid.IntRange(1, 6).Draw(t, "ops") {
		cs.Ops = append(cs.Ops, drawOp(t, next))
	}
	_, err := s.Commit(context.Background(), cs)
	switch {
	case err == nil:
		return next
	case errors.Is(err, store.ErrConflict): // edges still come in to a node that was to go
		return k
	}
	t.Fatalf("committing %+v: %v", cs.Ops, err)
	return k
}

func drawOp(t *rapid.T, k known) store.Op {
	kinds := map[string]string{"a": "Item", "b": "Item", "c": "Item", "d": "Item", "m": "Memo"}
	id := store.ID(rapid.SampledFrom([]string{"a", "b", "c", "d", "m"}).Draw(t, "id"))
	kind := kinds[string(id)]
	if k.nodes[id] == "" {
		k.nodes[id] = kind
		return store.CreateNode{ID: id, Kind: kind, Props: drawProps(t, kind, id, false)}
	}
	if kind == "Item" && rapid.IntRange(0, 2).Draw(t, "edge") > 0 {
		return drawEdge(t, k, id)
	}
	if rapid.IntRange(0, 3).Draw(t, "remove") > 0 {
		return store.UpdateNode{ID: id, Set: drawProps(t, kind, id, true)}
	}
	delete(k.nodes, id)
	maps.DeleteFunc(k.edges, func(e store.EdgeKey, _ bool) bool { return e.From == id || e.To == id })
	return store.RemoveNode{ID: id}
}

func drawEdge(t *rapid.T, k known, from store.ID) store.Op {
	rel := rapid.SampledFrom([]string{"LINKS", "LINKS", "HAS", "SKIPS"}).Draw(t, "rel")
	var ends []store.ID
	for id, kind := range k.nodes {
		if (kind == "Memo") == (rel == "HAS") {
			ends = append(ends, id)
		}
	}
	if len(ends) == 0 {
		return store.UpdateNode{ID: from, Set: drawProps(t, "Item", from, true)}
	}
	slices.Sort(ends)
	key := store.EdgeKey{Rel: rel, From: from, To: rapid.SampledFrom(ends).Draw(t, "to")}
	props := store.Props{}
	if rel == "LINKS" {
		key.Tag = rapid.SampledFrom([]string{"", "x"}).Draw(t, "tag")
		props = drawProps(t, rel, "", false)
	}
	if k.edges[key] && rapid.Bool().Draw(t, "remove edge") {
		delete(k.edges, key)
		return store.RemoveEdge{EdgeKey: key}
	}
	k.edges[key] = true
	return store.PutEdge{EdgeKey: key, Props: props}
}

// drawProps draws properties for a kind or relationship; with clear some are nil.
func drawProps(t *rapid.T, kind string, id store.ID, clear bool) store.Props {
	p := store.Props{}
	if kind == "Memo" {
		return p
	}
	if kind == "Item" && rapid.Bool().Draw(t, "with key") {
		p["key"] = rapid.SampledFrom([]string{"1", "2"}).Draw(t, "key") + string(id)
	}
	if rapid.Bool().Draw(t, "with size") {
		p["size"] = rapid.Int64Range(0, 3).Draw(t, "size")
	} else if clear && rapid.Bool().Draw(t, "without size") {
		p["size"] = nil
	}
	if rapid.Bool().Draw(t, "with remark") {
		p["remark"] = rapid.SampledFrom([]string{"r", "s"}).Draw(t, "remark")
	}
	return p
}
