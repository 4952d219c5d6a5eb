package neo4j_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"releasegraph/internal/benchtest"
	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
	"releasegraph/internal/store/neo4j"
)

// BenchmarkCommit compares 32 writers whose change sets are grouped with 32
// that use a transaction each.
func BenchmarkCommit(b *testing.B) {
	const writers = 32
	shared := open(b)
	fill(b, shared, 5_000, 0)
	apart := make([]store.Store, writers)
	for i := range apart {
		uri, user, password := neo4jtest.Address(b)
		apart[i] = reopen(b, uri, neo4j.Options{User: user, Password: password})
	}
	together := make([]store.Store, writers)
	for i := range together {
		together[i] = shared
	}
	small(b, apart, 200) // warm up
	small(b, together, 1000)
	for b.Loop() {
		one := small(b, apart, 500)
		all := small(b, together, 5000)
		benchtest.RatioAtLeast(b, "sets/s", all, one, 5)
	}
}

// small commits n small change sets and returns their rate.
func small(b *testing.B, stores []store.Store, n int) float64 {
	b.Helper()
	begin := time.Now()
	var wg sync.WaitGroup
	for i, s := range stores {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range n / len(stores) {
				if _, err := s.Commit(context.Background(), smallSet(i)); err != nil {
					b.Error(err)
				}
			}
		}()
	}
	wg.Wait()
	return float64(n) / time.Since(begin).Seconds()
}

func smallSet(writer int) store.Changeset {
	one := func() string { return id(rand.IntN(5_000)) }
	cs := store.Changeset{Actor: "bench", At: moment}
	for range 2 {
		cs.Ops = append(cs.Ops, store.UpdateNode{ID: store.ID(one()), Set: store.Props{"name": fmt.Sprint("name ", rand.Int(), " of ", writer)}})
	}
	for range 3 {
		cs.Ops = append(cs.Ops, store.PutEdge{EdgeKey: dependsOn(one(), one()), Props: store.Props{"impact": "FULL"}})
	}
	return cs
}

func id(i int) string { return fmt.Sprintf("item-%07d", i) }

// fill commits items, each with some dependencies on earlier ones.
func fill(b testing.TB, s store.Store, items, dependencies int) {
	b.Helper()
	for start := 0; start < items; start += 5_000 {
		commit(b, s, itemOps(start, min(items, start+5_000))...)
	}
	r := rand.New(rand.NewPCG(1, 2))
	var ops []store.Op
	for i := 1; i < items; i++ {
		for range dependencies {
			ops = append(ops, store.PutEdge{EdgeKey: dependsOn(id(i), id(r.IntN(i))), Props: store.Props{"impact": "FULL"}})
		}
		if len(ops) >= 10_000 || i == items-1 && len(ops) > 0 {
			commit(b, s, ops...)
			ops = nil
		}
	}
}

func itemOps(from, to int) []store.Op {
	var ops []store.Op
	for i := from; i < to; i++ {
		ops = append(ops, item(id(i), store.Props{
			"name": fmt.Sprint("item ", i), "status": "LIVE", "users": int64(i % 100), "attributes.tier": "1",
		}))
	}
	return ops
}

// BenchmarkWalk compares a walk with the best template run by hand: level by
// level, internal ids, columns, names last.
func BenchmarkWalk(b *testing.B) {
	s := open(b)
	fill(b, s, 20_000, 4)
	w := store.Walk{Roots: []store.ID{store.ID(id(0))}, Rels: []string{"DEPENDS_ON"}, Direction: store.In}
	session := rawSession(b)
	for range 3 {
		_, _ = s.Walk(b.Context(), w)
		template(b, session)
	}
	var ours, theirs time.Duration
	reached := 0
	for b.Loop() {
		begin := time.Now()
		g, err := s.Walk(b.Context(), w)
		if err != nil {
			b.Fatal(err)
		}
		middle := time.Now()
		reached = template(b, session)
		ours, theirs = ours+middle.Sub(begin), theirs+time.Since(middle)
		if reached != len(g.Hits) {
			b.Fatalf("%d hits, the template reaches %d", len(g.Hits), reached)
		}
	}
	b.ReportMetric(float64(reached), "reached")
	benchtest.RatioAtMost(b, "s", ours.Seconds()/float64(b.N), theirs.Seconds()/float64(b.N), 1.5)
}

func rawSession(b testing.TB) driver.SessionWithContext {
	b.Helper()
	uri, user, password := neo4jtest.Address(b)
	auth := driver.NoAuth()
	if user != "" {
		auth = driver.BasicAuth(user, password, "")
	}
	d, err := driver.NewDriverWithContext(uri, auth)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = d.Close(context.Background()) })
	return d.NewSession(b.Context(), driver.SessionConfig{})
}

// raw runs statements in one transaction, and returns the last record of each.
func raw(b testing.TB, session driver.SessionWithContext, work func(run func(cypher string, p map[string]any) []any)) {
	b.Helper()
	_, err := session.ExecuteWrite(b.Context(), func(t driver.ManagedTransaction) (any, error) {
		var failed error
		work(func(cypher string, p map[string]any) []any {
			result, err := t.Run(b.Context(), "CYPHER 5 "+cypher, p)
			if err != nil {
				failed = err
				return nil
			}
			records, err := result.Collect(b.Context())
			if err != nil {
				failed = err
			}
			if len(records) == 0 {
				return nil
			}
			return records[len(records)-1].Values
		})
		return nil, failed
	})
	if err != nil {
		b.Fatal(err)
	}
}

func template(b *testing.B, session driver.SessionWithContext) int {
	seen := map[int64]int{}
	raw(b, session, func(run func(string, map[string]any) []any) {
		root := run("MATCH (n:Node {id: $id}) RETURN id(n)", map[string]any{"id": id(0)})[0].(int64)
		seen[root] = 0
		all, level := []int64{root}, []int64{root}
		for depth := 1; len(level) > 0; depth++ {
			columns := run("UNWIND $f AS i MATCH (n)<-[r:DEPENDS_ON]-(m) WHERE id(n)=i RETURN collect(i), collect(id(m)), collect(type(r)), collect(properties(r))",
				map[string]any{"f": level})
			level = nil
			for _, far := range columns[1].([]any) {
				if _, again := seen[far.(int64)]; !again {
					seen[far.(int64)] = depth
					level = append(level, far.(int64))
				}
			}
			all = append(all, level...)
		}
		run("UNWIND $all AS i MATCH (n) WHERE id(n)=i RETURN collect(i), collect(n.id)", map[string]any{"all": all})
	})
	return len(seen)
}

// BenchmarkBulk compares change sets of 5,000 nodes and 10,000 edges with bare
// UNWIND batches of the same rows into the same indexes.
func BenchmarkBulk(b *testing.B) {
	const items, dependencies = 20_000, 4
	for b.Loop() {
		s := open(b)
		fill(b, s, 5_000, 2) // warm up
		s = open(b)
		session := rawSession(b)
		begin := time.Now()
		fill(b, s, items, dependencies)
		ours := time.Since(begin)
		open(b) // empties the database
		begin = time.Now()
		bare(b, session, items, dependencies)
		theirs := time.Since(begin)
		rows := float64(items * (1 + dependencies))
		benchtest.RatioAtLeast(b, "rows/s", rows/ours.Seconds(), rows/theirs.Seconds(), 0.7)
	}
}

func bare(b *testing.B, session driver.SessionWithContext, items, dependencies int) {
	for start := 0; start < items; start += 5_000 {
		var rows []any
		for i := start; i < min(items, start+5_000); i++ {
			rows = append(rows, map[string]any{
				"id": id(i), "key": "key-" + id(i), "name": fmt.Sprint("item ", i), "status": "LIVE", "users": int64(i % 100),
				"attributes.tier": "1", "_version": 1, "createdAt": moment, "updatedAt": moment,
			})
		}
		raw(b, session, func(run func(string, map[string]any) []any) {
			run("UNWIND $rows AS p CREATE (n:Node:ConfigurationItem) SET n = p", map[string]any{"rows": rows})
		})
	}
	r := rand.New(rand.NewPCG(1, 2))
	var rows []any
	for i := 1; i < items; i++ {
		for range dependencies {
			rows = append(rows, []any{id(i), id(r.IntN(i)), map[string]any{"impact": "FULL", "_version": 1}})
		}
		if len(rows) >= 10_000 || i == items-1 {
			raw(b, session, func(run func(string, map[string]any) []any) {
				run("UNWIND $rows AS k MATCH (a:Node {id: k[0]}) MATCH (b:Node {id: k[1]}) CREATE (a)-[r:DEPENDS_ON]->(b) SET r = k[2]", map[string]any{"rows": rows})
			})
			rows = nil
		}
	}
}
