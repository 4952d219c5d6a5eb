package neo4j_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
	"releasegraph/internal/store/asof"
	"releasegraph/internal/store/neo4j"
	"releasegraph/internal/store/storetest"
)

// told is what a store tells of its past.
func told(t *testing.T, s store.Store) string {
	t.Helper()
	var lines []string
	for _, id := range []store.ID{"a", "b"} {
		pages, err := s.History(t.Context(), store.HistoryQuery{Nodes: []store.ID{id}})
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%s: %+v", id, pages[0]))
	}
	for r := range store.Revision(5) {
		nodes, err := asof.At(s, r).Nodes(t.Context(), "a", "b")
		if err != nil {
			t.Fatal(err)
		}
		at, err := s.RevisionAt(t.Context(), moment.Add(time.Duration(r)*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("as of %d: %+v; hour %d: %d", r, nodes, r, at))
	}
	return strings.Join(lines, "\n")
}

func TestALogOfTheFirstVersionIsBroughtForward(t *testing.T) { broughtForward(t, 0) }

// Entries are brought forward in their order, some in each transaction, and the
// version rises last: whatever cuts a migration off, and whenever, leaves the
// first entries in the new form and the others in the old.
func TestAMigrationThatWasCutOffIsFinishedByTheNextOpening(t *testing.T) {
	for done := range store.Revision(4) {
		t.Run(fmt.Sprintf("after %d entries", done+1), func(t *testing.T) { broughtForward(t, done+1) })
	}
}

// broughtForward opens a log of the first version whose first entries have been
// brought forward already.
func broughtForward(t *testing.T, done store.Revision) {
	t.Helper()
	s := open(t)
	many := []store.Op{store.UpdateNode{ID: "b", Set: store.Props{"name": "y"}}}
	for i := range 150 { // more than have a node each that leads to them
		many = append(many, item(fmt.Sprint("m", i), nil))
	}
	for i, ops := range [][]store.Op{
		{item("a", nil), item("b", nil), store.PutEdge{EdgeKey: dependsOn("a", "b")}},
		{store.UpdateNode{ID: "a", Set: store.Props{"name": "x"}}},
		{store.RemoveNode{ID: "a"}},
		many,
	} {
		cs := store.Changeset{Ops: ops, Actor: "ann", At: moment.Add(time.Duration(i) * time.Hour)}
		if _, err := s.Commit(t.Context(), cs); err != nil {
			t.Fatal(err)
		}
	}
	want := told(t, s)
	changes, err := s.Changes(t.Context(), 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	var rows []any
	for _, c := range changes[done:] {
		stamps := []int64{}
		for i := range c.Effects {
			e := &c.Effects[i]
			if e.Node != "" && e.Before != nil {
				stamps = append(stamps, e.CreatedAt.UnixMicro(), e.UpdatedAt.UnixMicro())
			}
			e.CreatedAt, e.UpdatedAt = time.Time{}, time.Time{}
		}
		body, err := store.EncodeEffects(c.Effects)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, map[string]any{"revision": int64(c.Revision), "body": string(body), "stamps": stamps})
	}
	session := rawSession(t)
	raw(t, session, func(run func(string, map[string]any) []any) {
		run("MATCH (t:Touch) WHERE t.revision > $done DELETE t", map[string]any{"done": int64(done)})
		run("UNWIND $rows AS k MATCH (c:Changeset {revision: k.revision}) SET c.body = k.body, c.stamps = k.stamps REMOVE c.touched", map[string]any{"rows": rows})
		run("MATCH (h:LogHead) REMOVE h.schema, h.at", nil)
	})
	uri, user, password := neo4jtest.Address(t)
	for range 2 { // the second finds it done
		again := reopen(t, uri, neo4j.Options{User: user, Password: password})
		if got := told(t, again); got != want {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	}
	var left []any
	raw(t, session, func(run func(string, map[string]any) []any) {
		left = run("MATCH (c:Changeset) RETURN count(c.stamps), count(c.touched)", nil)
	})
	if !slices.Equal(left, []any{int64(0), int64(1)}) {
		t.Fatal(left)
	}
}

func TestADatabaseOfVersion2LosesIndexesThatNoReadNeedsAndItsLogIsReadAsItIs(t *testing.T) {
	s := open(t)
	var many []store.Op
	for i := range 150 { // a long entry
		many = append(many, item(fmt.Sprint("m", i), store.Props{"name": fmt.Sprint("name ", i)}))
	}
	if _, err := s.Commit(t.Context(), store.Changeset{Ops: many, Actor: "ann", At: moment}); err != nil {
		t.Fatal(err)
	}
	want := storetest.Picture(t, s)
	changes, err := s.Changes(t.Context(), 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	body, err := store.EncodeEffects(changes[0].Effects)
	if err != nil {
		t.Fatal(err)
	}
	session := rawSession(t)
	raw(t, session, func(run func(string, map[string]any) []any) {
		run("MATCH (c:Changeset {revision: 1}) SET c.body = $body", map[string]any{"body": string(body)})
		run("MATCH (h:LogHead) SET h.schema = 2", nil)
	})
	for _, p := range indexed(estate) {
		raw(t, session, func(run func(string, map[string]any) []any) {
			run(fmt.Sprintf("CREATE INDEX %s_%s_id FOR (n:%s) ON (n.%s, n.id)", p[0], p[1], p[0], p[1]), nil)
		})
	}
	uri, user, password := neo4jtest.Address(t)
	again := reopen(t, uri, neo4j.Options{User: user, Password: password})
	if got := storetest.Picture(t, again); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, p := range indexed(estate) {
		var left []any
		raw(t, session, func(run func(string, map[string]any) []any) {
			left = run("SHOW INDEXES YIELD name WHERE name = '"+p[0]+"_"+p[1]+"_id' RETURN count(*)", nil)
		})
		if !slices.Equal(left, []any{int64(0)}) {
			t.Error(p, left)
		}
	}
}

// indexed lists the properties of kinds that are indexed, and not unique.
func indexed(s store.Schema) (list [][2]string) {
	for _, k := range s.Kinds {
		for _, p := range k.Properties {
			if p.Indexed && !p.Unique {
				list = append(list, [2]string{k.Name, p.Name})
			}
		}
	}
	return list
}

func TestALogOfANewerProgramIsRefused(t *testing.T) {
	open(t)
	raw(t, rawSession(t), func(run func(string, map[string]any) []any) { run("MATCH (h:LogHead) SET h.schema = 99", nil) })
	uri, user, password := neo4jtest.Address(t)
	_, err := neo4j.Open(t.Context(), uri, neo4j.Options{User: user, Password: password}, estate)
	if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "use the newer program") {
		t.Fatal(err)
	}
}

func TestTimesDoNotFallThoughAnotherInstanceIsAhead(t *testing.T) {
	here := open(t)
	uri, user, password := neo4jtest.Address(t)
	there := reopen(t, uri, neo4j.Options{User: user, Password: password})
	ends := make(chan error, 2)
	for i, s := range []store.Store{here, there} {
		go func() {
			for n := range 20 {
				// One clock runs an hour ahead of the other.
				cs := store.Changeset{Actor: "ann", At: moment.Add(time.Duration(i)*time.Hour + time.Duration(n)*time.Second), Ops: []store.Op{
					item(fmt.Sprintf("i%d-%d", i, n), nil),
				}}
				if _, err := s.Commit(t.Context(), cs); err != nil {
					ends <- err
					return
				}
			}
			ends <- nil
		}()
	}
	for range 2 {
		if err := <-ends; err != nil {
			t.Fatal(err)
		}
	}
	changes, err := here.Changes(t.Context(), 0, 100)
	if err != nil || len(changes) != 40 {
		t.Fatal(len(changes), err)
	}
	var last time.Time
	for _, c := range changes {
		if c.At.Before(last) {
			t.Fatalf("revision %d is at %s, after %s", c.Revision, c.At, last)
		}
		last = c.At
		id := c.Effects[0].Node
		nodes, err := here.Nodes(t.Context(), id)
		if err != nil || !nodes[id].CreatedAt.Equal(c.At) {
			t.Fatalf("%s was created at %s, not %s (%v)", id, nodes[id].CreatedAt, c.At, err)
		}
	}
}
