package replays_test

import (
	"context"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/entity"
	"releasegraph/internal/importer"
	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store/sqlite"
)

// moved exports a world with its history, replays that into another, and wants
// the same logs and graphs.
func moved(t tester, from, to *world) {
	t.Helper()
	want := from.history()
	to.now = from.now
	_, err := importer.Run(from.ctx, importer.Local(to.app), importer.Options{
		Files: []string{"-"}, Stdin: strings.NewReader(want), History: true, Reason: "moved",
	})
	if err != nil {
		t.Fatalf("%v\nof\n%s", err, want)
	}
	before, after := from.log(), to.log()
	for i := range before {
		if i >= len(after) || before[i] != after[i] {
			t.Fatalf("got\n%s\nwant\n%s", append(after, "nothing")[i], before[i])
		}
	}
	if len(after) > len(before) {
		t.Fatalf("%d change sets more than %d", len(after)-len(before), len(before))
	}
	if got, want := to.graph(), from.graph(); got != want {
		t.Fatalf("got\n%s\nwant\n%s", got, want)
	}
	if got := to.history(); got != want {
		t.Fatalf("got\n%s\nwant\n%s", got, want)
	}
}

// C4: whatever happens to an estate, its history says it, and another store
// takes it as it was.
func TestAHistoryOfAnyMutationsIsReplayedAsItWas(t *testing.T) {
	t.Cleanup(neo4jtest.FewerDraws(15))
	rapid.Check(t, func(t *rapid.T) {
		open := func() *world {
			s, err := sqlite.Open(context.Background(), sqlite.Memory, entity.Schema(), sqlite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close(context.Background()) })
			return newWorld(t, s, rapid.Uint64().Draw(t, "seed"))
		}
		w, to := open(), open()
		if rapid.Bool().Draw(t, "story") {
			w.story()
		}
		for _, name := range rapid.SliceOfN(rapid.SampledFrom(w.mutations()), 0, 60).Draw(t, "mutations") {
			w.attempt(name)
		}
		moved(t, w, to)
	})
}

// C4: what moves between two stores of one kind moves into one of another.
func TestAHistoryOfMutationsIsReplayedInEitherStore(t *testing.T) {
	w := sqliteWorld(t, 3)
	w.live(2)
	t.Run("sqlite", func(t *testing.T) { moved(t, w, sqliteWorld(t, 1)) })
	t.Run("neo4j", func(t *testing.T) { moved(t, w, neo4jWorld(t, 1)) })
}

// C4: no kind of mutation is left out; most are drawn so that they do something.
func TestAHistoryOfAllMutationsIsReplayedAsItWas(t *testing.T) {
	w := sqliteWorld(t, 7)
	w.live(12)
	all := w.mutations()
	var idle []string
	for _, name := range all {
		if w.drawn[name] == 0 {
			t.Errorf("%s was not drawn", name)
		} else if w.done[name] == 0 {
			idle = append(idle, name)
			t.Logf("%s was always refused\n\t%s", name, w.last[name])
		}
	}
	if len(idle)*10 > len(all) {
		t.Errorf("%d of %d mutations were always refused: %s", len(idle), len(all), strings.Join(idle, ", "))
	}
	moved(t, w, sqliteWorld(t, 1))
}
