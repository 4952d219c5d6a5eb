package cli

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestTablesNeverControlTheTerminal(t *testing.T) {
	var b strings.Builder
	var f found
	if err := json.Unmarshal([]byte(`{"totalCount":1,"edges":[{"node":{"name":"a\u009b31mred\u202egnp"}}]}`), &f); err != nil {
		t.Fatal(err)
	}
	f.table(&b)
	if text := b.String(); strings.ContainsAny(text, "\u009b\u202e") || !strings.Contains(text, "31mred") {
		t.Errorf("%q", text)
	}
}
