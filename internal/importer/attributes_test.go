package importer_test

import (
	"strings"
	"testing"

	"releasegraph/internal/importer"
)

const definitions = `{"node":"AttributeDefinition","key":"cores","name":"Cores","attribute":"cores","type":"INTEGER","classes":["SERVER"],"required":true}
`

func TestAttributesThatBreachADefinitionAreNamedAndNothingIsWritten_C7(t *testing.T) {
	a, _ := newApp(t)
	run(t, a, importer.Options{Files: []string{file(t, "d.ndjson", definitions)}})
	before := export(t, a)
	got := problems(t, a, importer.Options{Files: []string{file(t, "b.ndjson", `{"node":"ConfigurationItem","key":"a","name":"A","class":"SERVER"}
{"node":"ConfigurationItem","key":"b","name":"B","class":"SERVER","attributes":{"cores":"8"}}
{"node":"ConfigurationItem","key":"c","name":"C","class":"SERVER","attributes":{"cores":"eight"}}
`)}})
	want := `b.ndjson:1: attributes.cores: is missing: by the definition "cores" it is a whole number of at most 15 digits
b.ndjson:3: attributes.cores: cannot be "eight": by the definition "cores" it is a whole number of at most 15 digits`
	if got != want {
		t.Errorf("told\n%s", got)
	}
	if export(t, a) != before {
		t.Error("something was written")
	}
}

func TestAnEstateThatBreachesADefinitionMovesAsItIs_C7(t *testing.T) {
	a, _ := newApp(t)
	run(t, a, importer.Options{Files: []string{file(t, "all.ndjson", definitions+`{"node":"ConfigurationItem","key":"c","name":"C","class":"SERVER","attributes":{"cores":"eight"}}
`)}})
	out := export(t, a)
	b, _ := newApp(t)
	run(t, b, importer.Options{Files: []string{file(t, "out.ndjson", out)}})
	if again := export(t, b); again != out {
		t.Errorf("moved:\n%s", again)
	}
	if s := run(t, b, importer.Options{Files: []string{file(t, "out.ndjson", out)}}); !s.Same() {
		t.Errorf("the same again: %+v", s)
	}
	got := problems(t, b, importer.Options{Files: []string{file(t, "c.ndjson", `{"node":"ConfigurationItem","key":"c","attributes":{"cores":"nine"}}
`)}})
	if !strings.HasPrefix(got, `c.ndjson:1: attributes.cores: cannot be "nine"`) {
		t.Errorf("told %s", got)
	}
}
