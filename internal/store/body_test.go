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

func TestEffectsComeBackFromTheLogAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := []store.Effect{
			{Node: "n", Kind: "K", Version: 3, Before: drawProps(t), After: drawProps(t)},
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
				!e.Before.Equal(w.Before) || !e.After.Equal(w.After) {
				t.Fatalf("%s: got %+v, want %+v", body, e, w)
			}
		}
	})
}
