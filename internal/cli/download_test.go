package cli_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"releasegraph/internal/server"
)

func TestAnExportFromAServerIsThatOfItsStore(t *testing.T) {
	db := "--store=sqlite:" + filepath.Join(t.TempDir(), "a.db")
	call(t, "", "import", db, "../../examples/data/estate.ndjson").wants(t, 0)
	call(t, shop, "import", db, "-").wants(t, 0)
	ways := map[string][]string{
		"everything": nil, "kinds": {"--kind", "Site", "--kind", "ConfigurationItem"}, "needs": {"--from", "ConfigurationItem:shop"},
		"dependents": {"--from", "ConfigurationItem:db-1", "--dependents", "--depth", "1"}, "history": {"--with-history"},
	}
	want := map[string]outcome{}
	for name, flags := range ways {
		want[name] = call(t, "", append([]string{"export", db}, flags...)...)
		want[name].wants(t, 0)
	}
	url, _ := serving(t, "serve", db)
	for name, flags := range ways {
		got := call(t, "", append([]string{"export", "--url", url}, flags...)...)
		if got != want[name] || got.out == "" {
			t.Errorf("%s: got\n%.2000s\nwant\n%.2000s\n%s%s", name, got.out, want[name].out, got.err, want[name].err)
		}
	}
	if got := call(t, "", "export", db); got.out != want["everything"].out {
		t.Error("reading changed something")
	}
}

func TestTheDemosExportIsImportedWhole(t *testing.T) {
	demo, _ := serving(t, "demo", "--still")
	estate := call(t, "", "export", "--url", demo)
	estate.wants(t, 0, "records and", "as of revision")
	db := "--store=sqlite:" + filepath.Join(t.TempDir(), "a.db")
	call(t, estate.out, "import", db, "-").wants(t, 0)
	if again := call(t, "", "export", db); again.out != estate.out {
		t.Errorf("got\n%.3000s\nwant\n%.3000s", again.out, estate.out)
	}
}

func TestAnExportThatAServerRefusesIsToldAsSuch(t *testing.T) {
	demo, _ := serving(t, "demo", "--still")
	call(t, "", "export", "--url", demo, "--kind", "Dragon").wants(t, 1, `there is no kind of record "Dragon"`)
	call(t, "", "export", "--url", demo, "--from", "Site:moon", "--from", "Site:mars").wants(t, 1, `"moon"`, `"mars"`)
	call(t, "", "export", "--url", "nowhere").wants(t, 2, "write the address of a server")
	call(t, "", "export", "--url", demo, "--depth", "2").wants(t, 2, "need --from")
	old := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(old.Close)
	call(t, "", "export", "--url", old.URL).wants(t, 1, "404", "is it a server of this version?")
}

func TestAnExportThatBreaksOffIsNoExport(t *testing.T) {
	for name, end := range map[string]func(w http.ResponseWriter){
		"cut":       func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
		"unsaid":    func(http.ResponseWriter) {},
		"nonsense":  func(w http.ResponseWriter) { w.Header().Set(server.ExportedHeader, "yes") },
		"and whole": func(w http.ResponseWriter) { w.Header().Set(server.ExportedHeader, `{"records":1}`) },
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Trailer", server.ExportedHeader)
			_, _ = w.Write([]byte(shop))
			_ = http.NewResponseController(w).Flush()
			end(w)
		}))
		t.Cleanup(s.Close)
		if name == "and whole" {
			call(t, "", "export", "--url", s.URL).wants(t, 0, "1 records and")
			continue
		}
		call(t, "", "export", "--url", s.URL).wants(t, 1, "whole")
	}
}
