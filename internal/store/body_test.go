package store_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"releasegraph/internal/store"
)

func drawProps(t *rapid.T) store.Props {
	props := rapid.MapOfN(rapid.String(), rapid.OneOf(
		rapid.Bool().AsAny(), rapid.Int64().AsAny(), rapid.String().AsAny(), rapid.SliceOf(rapid.String()).AsAny(),
		rapid.Float64().AsAny(), rapid.SampledFrom([]any{math.Inf(1), math.Inf(-1), 3.0, 1e21}),
		rapid.Custom(func(t *rapid.T) any {
			return time.UnixMicro(rapid.Int64Range(-62135596800000000, 253402300799999999).Draw(t, "time")).UTC()
		}),
	), 0, 5).Draw(t, "props")
	return props
}

func drawTime(t *rapid.T) time.Time {
	return time.UnixMicro(rapid.Int64Range(-62135596800000000+1, 253402300799999999).Draw(t, "time")).UTC()
}

func TestEffectsComeBackFromTheLogAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := []store.Effect{
			{Node: "n", Kind: "K", Version: 3, CreatedAt: drawTime(t), UpdatedAt: drawTime(t), Before: drawProps(t), After: drawProps(t)},
			{Node: "n", Kind: "K", Version: 1, After: store.Props{}},
			{Edge: store.EdgeKey{Rel: "R", From: "a", To: "b", Tag: rapid.String().Draw(t, "tag")}, Version: 1, Before: drawProps(t)},
		}
		body, err := store.EncodeEffects(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := store.DecodeEffects(body)
		if err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		for i, e := range got {
			w := want[i]
			if e.Verb() != w.Verb() || e.Node != w.Node || e.Edge != w.Edge || e.Version != w.Version ||
				!e.CreatedAt.Equal(w.CreatedAt) || !e.UpdatedAt.Equal(w.UpdatedAt) || !e.Before.Equal(w.Before) || !e.After.Equal(w.After) {
				t.Fatalf("%s: got %+v, want %+v", body, e, w)
			}
		}
	})
}

func TestWhatUndoingAnEffectNeedsIsReadOfTheLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		change := store.Change{At: drawTime(t), Effects: []store.Effect{
			{Node: "n", Kind: "K", Version: 3, CreatedAt: drawTime(t), UpdatedAt: drawTime(t), Before: drawProps(t), After: drawProps(t)},
			{Node: "m", Kind: "K", Version: 1, After: drawProps(t)},
			{Edge: store.EdgeKey{Rel: "R", From: "a", To: "b"}, Version: 1, After: drawProps(t)},
			{Edge: store.EdgeKey{Rel: "R", From: "b", To: "a"}, Version: 2, Before: drawProps(t)},
		}}
		body, err := store.EncodeEffects(change.Effects)
		if err != nil {
			t.Fatal(err)
		}
		read := change
		if read.Effects, err = store.DecodeUndo(body); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		for i, got := range read.Inverse().Effects {
			want := change.Inverse().Effects[i]
			whole := want.Verb() == store.Removed || got.Before.Equal(want.Before)
			if got.Verb() != want.Verb() || got.Node != want.Node || got.Edge != want.Edge || got.Version != want.Version || !whole || !got.After.Equal(want.After) {
				t.Fatalf("%s: got %+v, want %+v", body, got, want)
			}
		}
	})
}

// FuzzDecodeEffects never panics, whatever a file holds, and what it reads can
// be written and read again.
func FuzzDecodeEffects(f *testing.F) {
	f.Add([]byte(`[{"node":"a","kind":"K","version":1,"after":{"n":-1,"f":1.5,"t":{"time":"2026-01-02T03:04:05Z"},"l":["x"],"b":true}}]`))
	f.Add([]byte(`[{"rel":"R","from":"a","to":"b","tag":"t","version":2,"was":[1,2],"before":{"i":{"float":"+Inf"}},"after":{}}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = store.DecodeUndo(b)
		effects, err := store.DecodeEffects(b)
		if err != nil {
			return
		}
		again, err := store.EncodeEffects(effects)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := store.DecodeEffects(again); err != nil || len(got) != len(effects) {
			t.Fatalf("%d effects of %d, %v", len(got), len(effects), err)
		}
	})
}

func TestEntriesFromBeforeTimesWereKeptCanBeRead(t *testing.T) {
	effects, err := store.DecodeEffects([]byte(`[{"node":"n","kind":"K","version":2,"before":{"a":1},"after":{"a":2}}]`))
	if err != nil || len(effects) != 1 || !effects[0].UpdatedAt.IsZero() || effects[0].Before["a"] != int64(1) {
		t.Fatal(effects, err)
	}
}

// Ids and texts that look like the log's own.
var confusing = []string{"node", "rel", "a", "from", `,{"node":"a"`, `"`, `\`, `,{`, `,{"rel":"x","from":"a"`, "[{", "to"}

func TestTheEffectsOfANodeAreFoundAmongOthers(t *testing.T) {
	text := rapid.SampledFrom(confusing)
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) store.Effect {
			e := store.Effect{Version: 1, After: store.Props{text.Draw(t, "name"): text.Draw(t, "value"), "l": []string{text.Draw(t, "element")}}}
			if rapid.Bool().Draw(t, "is a node") {
				e.Node, e.Kind = store.ID(text.Draw(t, "id")), "K"
				return e
			}
			e.Edge = store.EdgeKey{Rel: "R", From: store.ID(text.Draw(t, "from")), To: store.ID(text.Draw(t, "to")), Tag: text.Draw(t, "tag")}
			return e
		}), 0, 6).Draw(t, "effects")
		body, err := store.EncodeEffects(all)
		if err != nil {
			t.Fatal(err)
		}
		id := store.ID(text.Draw(t, "id"))
		var want []store.Effect
		for _, e := range all {
			if e.Concerns(id) {
				want = append(want, e)
			}
		}
		same := func(got []store.Effect, err error) {
			t.Helper()
			if err != nil || len(got) != len(want) {
				t.Fatalf("%s: %d effects of %q, want %d (%v)", body, len(got), id, len(want), err)
			}
			for i := range got {
				if got[i].Node != want[i].Node || got[i].Edge != want[i].Edge || !got[i].After.Equal(want[i].After) {
					t.Fatalf("%s: got %+v, want %+v", body, got[i], want[i])
				}
			}
		}
		same(store.DecodeEffectsOf(body, id))
		index, err := store.IndexEffects(body)
		if err != nil {
			t.Fatal(err)
		}
		same(index.Of(id))
	})
}
