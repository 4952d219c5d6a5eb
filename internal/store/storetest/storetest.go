// Package storetest is the suite that every store passes, whole: there is no
// list of cases that one of them may leave out. A difference between two
// stores is a bug in one of them, or a case that is missing here.
package storetest

import (
	"context"
	"testing"
	"time"

	"releasegraph/internal/store"
)

// Schema is what the stores under test are opened with: kinds with properties
// of all types, parallel edges, a relationship with two kinds at its far end.
func Schema() store.Schema {
	return store.Schema{
		Kinds: []store.KindSchema{
			{Name: "Item", OpenPrefix: "attributes.", Text: []string{"key", "name", "note", "tags"}, Properties: []store.Property{
				{Name: "key", Type: store.String, Indexed: true, Unique: true},
				{Name: "serial", Type: store.String, Unique: true},
				{Name: "name", Type: store.String, Indexed: true},
				{Name: "rank", Type: store.Int, Indexed: true},
				{Name: "weight", Type: store.Float, Indexed: true},
				{Name: "live", Type: store.Bool, Indexed: true},
				{Name: "since", Type: store.Time, Indexed: true},
				{Name: "note", Type: store.String},
				{Name: "tags", Type: store.Strings},
			}},
			{Name: "Place", Text: []string{"key"}, Properties: []store.Property{
				{Name: "key", Type: store.String, Unique: true},
				{Name: "name", Type: store.String, Indexed: true},
				{Name: "size", Type: store.Int},
			}},
			{Name: "Label", Properties: []store.Property{{Name: "name", Type: store.String, Indexed: true}}},
		},
		Rels: []store.RelSchema{
			{Name: "NEEDS", From: "Item", To: "Item", Properties: []store.Property{
				{Name: "kind", Type: store.String},
				{Name: "minimum", Type: store.Int},
				{Name: "share", Type: store.Float},
				{Name: "hard", Type: store.Bool},
				{Name: "since", Type: store.Time},
				{Name: "notes", Type: store.Strings},
			}},
			{Name: "AT", From: "Item", To: "Place", Properties: []store.Property{{Name: "version", Type: store.String}}},
			{Name: "AT", From: "Item", To: "Label"},
			{Name: "WITHIN", From: "Place", To: "Place"},
		},
	}
}

// Open opens an empty store for one case. It sees to its closing.
type Open func(t *testing.T, schema store.Schema) store.Store

// Run holds a store to all cases.
func Run(t *testing.T, open Open) {
	t.Helper()
	for _, group := range [][]testCase{commitCases, failureCases, guardCases, logCases, readCases, historyCases, pastCases, searchCases, openCases, movingCases, shelfCases, largeCases} {
		for _, c := range group {
			t.Run(c.name, func(t *testing.T) { c.run(&bench{t, t.Context(), open(t, Schema())}) })
		}
	}
	t.Run("random change sets and queries answer as the reference model does", func(t *testing.T) { RunRandom(t, open) })
	t.Run("filters through several relationships answer as the reference model does", func(t *testing.T) {
		testThrough(&bench{t, t.Context(), open(t, Schema())})
	})
	t.Run("as of each past revision the store answers as a copy taken then (C4)", func(t *testing.T) {
		testPast(&bench{t, t.Context(), open(t, Schema())})
	})
	t.Run("what is not seen changes no answer", func(t *testing.T) {
		testScoped(&bench{t, t.Context(), open(t, Schema())})
	})
}

// RunSearch holds a store to the cases of searches only, for one that is opened
// with another way of finding.
func RunSearch(t *testing.T, open func(t *testing.T, schema store.Schema) store.Store) {
	t.Helper()
	for _, c := range searchCases {
		t.Run(c.name, func(t *testing.T) { c.run(&bench{t, t.Context(), open(t, Schema())}) })
	}
}

// RunRandom holds a store to random change sets and questions only, for one that
// passes on what it is asked to another store, which is held to all.
func RunRandom(t *testing.T, open func(t *testing.T, schema store.Schema) store.Store) {
	t.Helper()
	testRandom(&bench{t, t.Context(), open(t, Schema())})
}

type testCase struct {
	name string
	run  func(b *bench)
}

// bench is a case's store with the tools to examine it.
type bench struct {
	*testing.T
	ctx context.Context
	store.Store
}

// noon is when the changes of the suite happen.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

func set(ops ...store.Op) store.Changeset {
	return store.Changeset{Ops: ops, Actor: "ann", Reason: "because", Source: "test", At: noon}
}

func item(id store.ID, key string, props store.Props) store.CreateNode {
	all := props.Clone()
	if all == nil {
		all = store.Props{}
	}
	all["key"] = key
	return store.CreateNode{ID: id, Kind: "Item", Props: all}
}

func place(id store.ID, key string) store.CreateNode {
	return store.CreateNode{ID: id, Kind: "Place", Props: store.Props{"key": key}}
}

func needs(from, to store.ID) store.PutEdge {
	return store.PutEdge{EdgeKey: store.EdgeKey{Rel: "NEEDS", From: from, To: to}}
}

// commit commits what must succeed.
func (b *bench) commit(ops ...store.Op) store.Change {
	b.Helper()
	return b.commitSet(set(ops...))
}

func (b *bench) commitSet(cs store.Changeset) store.Change {
	b.Helper()
	c, err := b.Commit(b.ctx, cs)
	b.must(err)
	return c
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// equal compares by the text that describe gives.
func (b *bench) equal(got, want any) {
	b.Helper()
	if g, w := describe(got), describe(want); g != w {
		b.Fatalf("got\n%s\nwant\n%s", g, w)
	}
}

// head is the store's head.
func (b *bench) head() store.Revision {
	b.Helper()
	head, err := b.Head(b.ctx)
	b.must(err)
	return head
}

// node reads a node that must exist.
func (b *bench) node(id store.ID) store.Node {
	b.Helper()
	found, err := b.Nodes(b.ctx, id)
	b.must(err)
	n, ok := found[id]
	if !ok {
		b.Fatalf("no node %s", id)
	}
	return n
}
