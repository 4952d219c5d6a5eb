package importer_test

import (
	"strings"
	"testing"

	"releasegraph/internal/importer"
)

const parties = `{"node":"Party","key":"desk","name":"Service desk","type":"TEAM","contact":"4444","roleNames":["service desk","support manager"],"timeZone":"Europe/Warsaw"}
{"node":"Party","key":"shoppers","name":"Shoppers","type":"CUSTOMER"}
{"edge":"OWNED_BY","from":"ConfigurationItem:db-1","to":"Party:desk"}
{"edge":"SUPPORTED_BY","from":"ConfigurationItem:shop","to":"Party:desk"}
{"edge":"SUPPLIED_BY","from":"ConfigurationItem:db-2","to":"Party:desk"}
{"edge":"SERVES","from":"ConfigurationItem:shop","to":"Party:shoppers"}
`

func TestPartiesGoOutAndInByThemselves(t *testing.T) {
	a, _ := newApp(t)
	run(t, a, importer.Options{Files: []string{file(t, "estate.ndjson", estate), file(t, "parties.ndjson", parties)}})
	out := export(t, a)
	for line := range strings.Lines(parties) {
		if !strings.Contains(out, line) {
			t.Errorf("missing %s in\n%s", line, out)
		}
	}
	b, _ := newApp(t)
	run(t, b, importer.Options{Files: []string{file(t, "all.ndjson", out)}})
	if again := export(t, b); again != out {
		t.Errorf("imported elsewhere:\n%s", again)
	}
	if s := run(t, b, importer.Options{Files: []string{file(t, "all.ndjson", out)}}); !s.Same() {
		t.Errorf("the same again: %+v", s)
	}
}

func TestWhatIsNoServiceServesNobodyAndNothingIsWritten_SERVES(t *testing.T) {
	a, _ := newApp(t)
	run(t, a, importer.Options{Files: []string{file(t, "estate.ndjson", estate+parties)}})
	before := export(t, a)
	got := problems(t, a, importer.Options{Files: []string{file(t, "b.ndjson", `{"edge":"SERVES","from":"ConfigurationItem:new","to":"Party:shoppers"}
{"node":"ConfigurationItem","key":"new","name":"New","class":"SERVER"}
{"edge":"SERVES","from":"ConfigurationItem:db-1","to":"Party:shoppers"}
{"node":"ConfigurationItem","key":"shop","class":"UTILITY"}
{"node":"Site","key":"new-site","name":"New"}
`)}})
	want := `b.ndjson:1: from: only an item of class SERVICE serves customers, and "new" is of class SERVER
b.ndjson:3: from: only an item of class SERVICE serves customers, and "db-1" is of class DATABASE
b.ndjson:4: class: must stay SERVICE while "shop" serves customers: disconnect these first`
	if got != want {
		t.Errorf("told\n%s", got)
	}
	if export(t, a) != before {
		t.Error("something was written")
	}
}
