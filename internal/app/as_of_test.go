package app_test

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Whatever changes afterwards, an impact analysis of the past tells to the word
// what one made then told (C4), over the topology and without it.
func TestAnImpactAnalysisOfThePastIsTheOneMadeThen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := apptest.OpenTwoWays(t)
		n := rapid.IntRange(2, 6).Draw(t, "items")
		key := rapid.Custom(func(t *rapid.T) string { return fmt.Sprint("i", rapid.IntRange(0, n-1).Draw(t, "item")) })
		ops := []store.Op{w.Site("hub"), w.Site("branch"), w.Edge(domain.RelPartOf, "branch", "hub")}
		for i := range n {
			ops = append(ops, w.Item(fmt.Sprint("i", i), i))
		}
		w.Commit(t, ops...)
		in := apptest.DrawImpactInput(t, key)
		ctx := w.Over.WithLoads(context.Background())
		type moment struct {
			revision int64
			told     string
		}
		var past []moment
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			head, err := w.Over.Head(ctx)
			if err != nil {
				t.Fatal(err)
			}
			told, err := apptest.Tell(ctx, w.Over, in)
			if err != nil {
				t.Fatal(err)
			}
			past = append(past, moment{head, told})
			if op := drawStep(t, w, key); op != nil {
				w.Commit(t, op)
			}
		}
		for _, m := range past {
			asOf := &domain.AsOf{Revision: &m.revision}
			over, err := apptest.TellAsOf(ctx, w.Over, in, asOf)
			beneath, err2 := apptest.TellAsOf(ctx, w.Beneath, in, asOf)
			if err != nil || err2 != nil || over != m.told || beneath != m.told {
				t.Fatalf("revision %d then:\n%s\nover the topology: %v\n%s\nwithout: %v\n%s", m.revision, m.told, err, over, err2, beneath)
			}
		}
	})
}

// drawStep draws a change of the estate that matters to an analysis, nil when
// it comes to nothing.
func drawStep(t *rapid.T, w *apptest.TwoWays, key *rapid.Generator[string]) store.Op {
	from, to := key.Draw(t, "from"), key.Draw(t, "to")
	id := w.Ids[from]
	switch rapid.SampledFrom([]string{"connect", "connect", "disconnect", "install", "users", "rename"}).Draw(t, "step") {
	case "connect":
		if from != to {
			return w.Dependency(from, to, apptest.DrawDependency(t))
		}
	case "disconnect":
		page, err := w.Store.Edges(context.Background(), store.EdgeQuery{Nodes: []store.ID{id}, Rel: domain.RelDependsOn})
		if err != nil {
			t.Fatal(err)
		}
		if list := page[0].Edges; len(list) > 0 {
			return store.RemoveEdge{EdgeKey: rapid.SampledFrom(list).Draw(t, "edge").EdgeKey}
		}
	case "install":
		return w.Edge(domain.RelInstalledAt, from, rapid.SampledFrom([]string{"hub", "branch"}).Draw(t, "at"))
	case "users":
		return store.UpdateNode{ID: id, Set: store.Props{"users": int64(rapid.IntRange(0, 9).Draw(t, "users"))}}
	case "rename":
		return store.UpdateNode{ID: id, Set: store.Props{"name": "The " + from + rapid.SampledFrom([]string{"", "!"}).Draw(t, "name")}}
	}
	return nil
}
