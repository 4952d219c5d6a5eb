package strictyaml_test

import (
	"strings"
	"testing"

	"releasegraph/internal/strictyaml"
)

func TestATextIsReadOrRefusedWithThePlace(t *testing.T) {
	var got struct {
		Name  string
		Pairs [][]string
	}
	if err := strictyaml.Read([]byte("name: a"), &got); err != nil || got.Name != "a" {
		t.Fatal(got, err)
	}
	if err := strictyaml.Read(nil, &got); err != nil {
		t.Fatal("an empty text has no fields", err)
	}
	for text, want := range map[string]string{
		"nome: a":                   `unknown field "nome"`,
		"name: [a":                  "1 | name: [a",
		"pairs: !000000000000 0000": "cannot be read as YAML",
	} {
		if err := strictyaml.Read([]byte(text), &got); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// FuzzRead: any text is read or refused.
func FuzzRead(f *testing.F) {
	f.Add([]byte("a: [1, {b: c}]"))
	f.Add([]byte("a: !000000000000 0000"))
	f.Fuzz(func(_ *testing.T, text []byte) {
		var got map[string]any
		_ = strictyaml.Read(text, &got)
	})
}
