package importer_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"releasegraph/internal/app"
	"releasegraph/internal/importer"
	"releasegraph/internal/store"
)

func exportHistory(t *testing.T, a *app.App) string {
	t.Helper()
	var out strings.Builder
	if _, err := importer.ExportHistory(context.Background(), a, &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// drawChange draws operations on a few items, of which many cannot be done.
func drawChange(t *rapid.T) []store.Op {
	id := func(label string) store.ID {
		return store.ID(rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, label))
	}
	text := rapid.SampledFrom([]string{"x", "é \"q\"\n", "/\\", "<&>"})
	key := rapid.SampledFrom([]string{"k1", "k2", "k3", "k4", "k5", "k6"})
	op := rapid.Custom(func(t *rapid.T) store.Op {
		switch rapid.IntRange(0, 7).Draw(t, "op") {
		case 0, 1:
			return store.CreateNode{ID: id("id"), Kind: "ConfigurationItem", Props: store.Props{
				"key": key.Draw(t, "key"), "name": text.Draw(t, "name"), "class": "SERVER", "status": "LIVE", "environment": "LIVE",
				"attributes.a/b": text.Draw(t, "attribute"), "criticality": int64(rapid.IntRange(1, 5).Draw(t, "criticality"))}}
		case 2:
			return store.UpdateNode{ID: id("id"), Set: store.Props{"name": text.Draw(t, "name"), "criticality": nil, "attributes.c": text.Draw(t, "attribute")}}
		case 3:
			return store.UpdateNode{ID: id("id"), Set: store.Props{"attributes.a/b": nil, "users": int64(rapid.IntRange(0, 9).Draw(t, "users")), "sources": []string{"api=users"}}}
		case 4:
			return store.UpdateNode{ID: id("id"), Set: store.Props{"key": key.Draw(t, "key"), "sources": nil}}
		case 5:
			return store.RemoveNode{ID: id("id")}
		case 6:
			return store.RemoveEdge{EdgeKey: store.EdgeKey{Rel: "DEPENDS_ON", From: id("from"), To: id("to"), Tag: "USES"}}
		}
		group := rapid.SampledFrom([]string{"", "g/1", "g\\"}).Draw(t, "group")
		props, tag := store.Props{"kind": "USES", "impact": rapid.SampledFrom([]string{"FULL", "DEGRADED"}).Draw(t, "impact")}, "USES"
		if group != "" {
			props["redundancyGroup"], tag = group, "USES/"+strings.NewReplacer(`\`, `\\`, `/`, `\/`).Replace(group)
			if rapid.Bool().Draw(t, "minimum") {
				props["minimum"] = int64(1)
			}
		}
		if rapid.Bool().Draw(t, "by people") {
			props["source"] = "api"
		}
		return store.PutEdge{EdgeKey: store.EdgeKey{Rel: "DEPENDS_ON", From: id("from"), To: id("to"), Tag: tag}, Props: props}
	})
	return rapid.SliceOfN(op, 1, 4).Draw(t, "ops")
}

// sayable tells whether the lines of a history can say what operations do: at
// most one gives or frees a key. None depends on itself.
func sayable(ops []store.Op) bool {
	keys := 0
	for _, op := range ops {
		switch op := op.(type) {
		case store.CreateNode, store.RemoveNode:
			keys++
		case store.UpdateNode:
			if op.Set["key"] != nil {
				keys++
			}
		case store.PutEdge:
			if op.From == op.To {
				return false
			}
		}
	}
	return keys < 2
}

// live commits random change sets, an hour apart.
func live(t *testing.T, s store.Store, seed int) (revisions store.Revision) {
	t.Helper()
	sets := rapid.Custom(drawChange)
	for n := range 120 {
		ops := sets.Example(seed*1000 + n)
		if !sayable(ops) {
			continue
		}
		c, err := s.Commit(t.Context(), store.Changeset{
			Ops: ops, Actor: fmt.Sprint("person ", n%3), Reason: fmt.Sprint("reason ", n%5), Source: []string{"api", "import"}[n%2],
			At: time.Date(2025, 1, 1, n, 0, 0, 1000*n, time.UTC),
		})
		if err == nil {
			revisions = c.Revision
		}
	}
	if revisions < 10 {
		t.Fatalf("only %d change sets", revisions)
	}
	return revisions
}

func TestAnExportedHistoryIsReplayedAsItWas(t *testing.T) { // C4
	onStores(t, func(t *testing.T, p place) {
		for seed := range 4 {
			a, s := newApp(t)
			last := live(t, s, seed)
			want := exportHistory(t, a)
			to := p
			if seed > 0 { // one database is there for the first only
				to.App, to.store = newApp(t)
				to.to = importer.Local(to.App)
			}
			if sum := to.run(t, want, importer.Options{History: true}); sum.Revision != int64(last) {
				t.Errorf("seed %d: revision %d, want %d", seed, sum.Revision, last)
			}
			if got := exportHistory(t, to.App); got != want {
				t.Errorf("seed %d: got\n%s\nwant\n%s", seed, got, want)
			}
			if got, want := export(t, to.App), export(t, a); got != want {
				t.Errorf("seed %d: got\n%s\nwant\n%s", seed, got, want)
			}
		}
	})
}

func TestTheHistoryOfACompactedLogBeginsWithAState(t *testing.T) {
	a, s := newApp(t)
	last := live(t, s, 9)
	if err := s.Compact(t.Context(), last/2); err != nil {
		t.Fatal(err)
	}
	text := exportHistory(t, a)
	if !strings.Contains(text, fmt.Sprintf(`{"change":{"revision":%d,`, last/2)) || !strings.Contains(text, "what was before it is forgotten") {
		t.Error(text)
	}
	b, to := newApp(t)
	place{b, to, importer.Local(b)}.run(t, text, importer.Options{History: true})
	if got, want := export(t, b), export(t, a); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	head, err := to.Head(t.Context())
	if err != nil || head != last-last/2+1 {
		t.Errorf("%d change sets, want %d and the state", head, last-last/2)
	}
}

func TestAKeyThatIsFreedAndGivenAtOnceIsToldRatherThanLost(t *testing.T) {
	a, s := newApp(t)
	item := func(id store.ID) store.Op {
		return store.CreateNode{ID: id, Kind: "Site", Props: store.Props{"key": "k", "name": "N"}}
	}
	for _, ops := range [][]store.Op{{item("a")}, {store.RemoveNode{ID: "a"}, item("b")}} {
		if _, err := s.Commit(t.Context(), store.Changeset{Ops: ops, Actor: "ann", At: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := importer.ExportHistory(t.Context(), a, &strings.Builder{})
	if err == nil || !strings.Contains(err.Error(), "revision 2 takes the key of Site:k away and gives it to another record") {
		t.Error(err)
	}
}
