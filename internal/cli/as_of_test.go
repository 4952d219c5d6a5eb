package cli

import (
	"reflect"
	"testing"
)

func TestAMomentIsARevisionATimeOrABaseline(t *testing.T) { // C4
	for text, want := range map[string]map[string]any{
		"42":                        {"revision": "42"},
		"2026-03-01":                {"time": "2026-03-01T00:00:00Z"},
		"2026-03-01 08:30":          {"time": "2026-03-01T08:30:00Z"},
		"2026-03-01T08:30:00+02:00": {"time": "2026-03-01T06:30:00Z"},
		"2026-q1":                   {"baseline": "2026-q1"},
	} {
		if got := asOfInput(text); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v", text, got)
		}
	}
}
