package relay_test

import (
	"testing"

	"releasegraph/graph/relay"
)

func TestAListOfReferencesIsReadWhetherOneOrSeveralAreGiven(t *testing.T) {
	ref := func(k string) map[string]any { return map[string]any{"key": k} }
	for _, c := range []struct {
		given any
		want  []string
	}{
		{nil, nil}, {[]any{}, nil}, {[]any{ref("a"), ref("b")}, []string{"a", "b"}}, {ref("a"), []string{"a"}},
	} {
		got := relay.Input{"sites": c.given}.Refs("sites")
		if len(got) != len(c.want) {
			t.Fatalf("%v: %d references", c.given, len(got))
		}
		for i, key := range c.want {
			if got[i].Key == nil || *got[i].Key != key {
				t.Errorf("%v: reference %d is %v", c.given, i, got[i])
			}
		}
	}
	byID := relay.Input{"sites": []any{map[string]any{"id": "7"}}}.Refs("sites")
	if byID[0].ID == nil || *byID[0].ID != "7" || byID[0].Key != nil {
		t.Errorf("by id: %+v", byID[0])
	}
}
