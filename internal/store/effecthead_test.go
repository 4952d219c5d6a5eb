package store

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

func TestTheHeadsOfEffectsAreThoseOfTheEffects(t *testing.T) {
	text := rapid.SampledFrom([]string{"a", `,{"node":"x"`, `"`, `\`, `,"before":{`, "[1,2]", "é\x01", `},{"rel":"`})
	id := rapid.Custom(func(t *rapid.T) ID { return ID(rapid.StringMatching(`[ -~]{1,8}`).Draw(t, "id")) })
	props := rapid.Custom(func(t *rapid.T) Props {
		return Props{text.Draw(t, "name"): text.Draw(t, "value"), "l": []string{text.Draw(t, "element")}}
	})
	rapid.Check(t, func(t *rapid.T) {
		effects := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Effect {
			e := Effect{Version: rapid.Int64Range(1, 99).Draw(t, "version")}
			if rapid.Bool().Draw(t, "node") {
				e.Node, e.Kind = id.Draw(t, "node id"), "Kind"
			} else {
				e.Edge = EdgeKey{"REL", id.Draw(t, "from"), id.Draw(t, "to"), text.Draw(t, "tag")}
			}
			verb := rapid.IntRange(0, 2).Draw(t, "verb")
			if verb > 0 {
				e.Before = props.Draw(t, "before")
			}
			if verb < 2 {
				e.After = props.Draw(t, "after")
			}
			return e
		}), 0, 6).Draw(t, "effects")
		body, err := EncodeEffects(effects)
		if err != nil {
			t.Fatal(err)
		}
		var got, want []string
		err = ScanEffects(body, func(h EffectHead) error {
			got = append(got, fmt.Sprintf("%+v", h))
			return nil
		})
		for _, e := range effects {
			want = append(want, fmt.Sprintf("%+v", EffectHead{e.Node, e.Kind, e.Edge.From, e.Edge.To, e.Verb() == Created}))
		}
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%v of %s\ngot %v\nwant %v", err, body, got, want)
		}
	})
}

// FuzzScanEffects never panics, whatever a file holds.
func FuzzScanEffects(f *testing.F) {
	f.Add([]byte(`[{"node":"a","kind":"K","version":1,"after":{}},{"rel":"R","from":"a","to":"b","tag":"t","version":2,"was":[1,2],"before":{},"after":{}}]`))
	f.Fuzz(func(_ *testing.T, b []byte) {
		_ = ScanEffects(b, func(EffectHead) error { return nil })
	})
}
