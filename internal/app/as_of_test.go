package app_test

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Whatever changes afterwards, an impact analysis of the past tells to the word
// what one made then told (C4), over the topology and without it.
func TestAnImpactAnalysisOfThePastIsTheOneMadeThen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := openTwoWays(t)
		n := rapid.IntRange(2, 6).Draw(t, "items")
		key := rapid.Custom(func(t *rapid.T) string { return fmt.Sprint("i", rapid.IntRange(0, n-1).Draw(t, "item")) })
		ops := []store.Op{w.site("hub"), w.site("branch"), w.edge(domain.RelPartOf, "branch", "hub")}
		for i := range n {
			ops = append(ops, w.item(fmt.Sprint("i", i), i))
		}
		w.commit(t, ops...)
		in := drawImpactInput(t, key)
		ctx := w.over.WithLoads(context.Background())
		type moment struct {
			revision int64
			told     string
		}
		var past []moment
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			head, err := w.over.Head(ctx)
			if err != nil {
				t.Fatal(err)
			}
			told, err := tell(ctx, w.over, in)
			if err != nil {
				t.Fatal(err)
			}
			past = append(past, moment{head, told})
			if op := drawStep(t, w, key); op != nil {
				w.commit(t, op)
			}
		}
		for _, m := range past {
			asOf := &domain.AsOf{Revision: &m.revision}
			over, err := tellAsOf(ctx, w.over, in, asOf)
			beneath, err2 := tellAsOf(ctx, w.beneath, in, asOf)
			if err != nil || err2 != nil || over != m.told || beneath != m.told {
				t.Fatalf("revision %d then:\n%s\nover the topology: %v\n%s\nwithout: %v\n%s", m.revision, m.told, err, over, err2, beneath)
			}
		}
	})
}

// drawStep draws a change of the estate that matters to an analysis, nil when
// it comes to nothing.
func drawStep(t *rapid.T, w *twoWays, key *rapid.Generator[string]) store.Op {
	from, to := key.Draw(t, "from"), key.Draw(t, "to")
	id := w.ids[from]
	switch rapid.SampledFrom([]string{"connect", "connect", "disconnect", "install", "users", "rename"}).Draw(t, "step") {
	case "connect":
		if from != to {
			return w.dependency(from, to, drawDependency(t))
		}
	case "disconnect":
		page, err := w.store.Edges(context.Background(), store.EdgeQuery{Nodes: []store.ID{id}, Rel: domain.RelDependsOn})
		if err != nil {
			t.Fatal(err)
		}
		if list := page[0].Edges; len(list) > 0 {
			return store.RemoveEdge{EdgeKey: rapid.SampledFrom(list).Draw(t, "edge").EdgeKey}
		}
	case "install":
		return w.edge(domain.RelInstalledAt, from, rapid.SampledFrom([]string{"hub", "branch"}).Draw(t, "at"))
	case "users":
		return store.UpdateNode{ID: id, Set: store.Props{"users": int64(rapid.IntRange(0, 9).Draw(t, "users"))}}
	case "rename":
		return store.UpdateNode{ID: id, Set: store.Props{"name": "The " + from + rapid.SampledFrom([]string{"", "!"}).Draw(t, "name")}}
	}
	return nil
}
