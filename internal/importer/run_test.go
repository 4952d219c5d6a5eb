package importer_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"strings"
	"testing"

	"releasegraph/internal/app/acting"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"releasegraph/internal/domain"
	"releasegraph/internal/importer"
)

func TestLinesMayStandInAnyOrder(t *testing.T) {
	a, _ := newApp(t)
	s := run(t, a, importer.Options{Files: []string{file(t, "estate.ndjson", estate)}})
	if s.Created() != 11 || s.Updated() != 0 || s.Unchanged() != 0 {
		t.Errorf("created %d, updated %d, unchanged %d", s.Created(), s.Updated(), s.Unchanged())
	}
	out := export(t, a)
	for _, want := range []string{
		`{"node":"ConfigurationItem","key":"db-1","name":"Orders \"1\"\n🚀","class":"DATABASE","status":"LIVE","environment":"LIVE"}`,
		`{"edge":"DEPENDS_ON","from":"ConfigurationItem:shop","to":"ConfigurationItem:db-2","kind":"USES","impact":"FULL","redundancyGroup":"db","minimum":1}`,
		`{"edge":"INSTALLED_AT","from":"ConfigurationItem:db-1","to":"Site:par-1","version":"14.2.0","activeVersion":"14.2.0","since":"2026-03-01T08:00:00Z"}`,
		`"attributes":{"tier":"1"}`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("missing %s in\n%s", want, out)
		}
	}
}

func TestTheSameFileAgainChangesNothingAndSaysSo(t *testing.T) {
	a, s := newApp(t)
	o := importer.Options{Files: []string{file(t, "estate.ndjson", estate)}}
	first := run(t, a, o)
	again := run(t, a, o)
	if !again.Same() || again.Unchanged() != first.Created() || again.Revision != first.Revision {
		t.Errorf("first %+v, again %+v", first, again)
	}
	if head, err := s.Head(context.Background()); err != nil || int64(head) != first.Revision {
		t.Errorf("head %d, %v", head, err)
	}
}

func TestOnlyDifferencesAreWrittenAndFieldsNotNamedStay(t *testing.T) {
	a, _ := newApp(t)
	run(t, a, importer.Options{Files: []string{file(t, "estate.ndjson", estate)}})
	s := run(t, a, importer.Options{Files: []string{file(t, "b.ndjson", `{"node":"Site","key":"par-1","users":430,"region":null}
{"node":"ConfigurationItem","key":"shop","attributes":{"team":"web"}}
{"edge":"DEPENDS_ON","from":"ConfigurationItem:shop","to":"ConfigurationItem:db-1","redundancyGroup":"db","impact":"DEGRADED"}
{"edge":"DEPENDS_ON","from":"ConfigurationItem:shop","to":"ConfigurationItem:db-2","redundancyGroup":"db","impact":"FULL"}
`)}})
	if s.Created() != 0 || s.Updated() != 3 || s.Unchanged() != 1 {
		t.Errorf("%+v", s)
	}
	out := export(t, a)
	for _, want := range []string{
		`{"node":"Site","key":"par-1","name":"Paris 1","timeZone":"Europe/Paris","ring":"GENERAL","users":430}`,
		`"environment":"LIVE","attributes":{"team":"web"}}`,
		`"to":"ConfigurationItem:db-1","kind":"USES","impact":"DEGRADED","redundancyGroup":"db","minimum":1}`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("missing %s in\n%s", want, out)
		}
	}
}

func TestASiteIsMovedToAnotherParent(t *testing.T) {
	a, _ := newApp(t)
	run(t, a, importer.Options{Files: []string{file(t, "estate.ndjson", estate)}})
	s := run(t, a, importer.Options{Files: []string{file(t, "b.ndjson", `{"node":"Site","key":"fr","name":"France"}
{"edge":"PART_OF","from":"Site:par-1","to":"Site:fr"}
{"edge":"PART_OF","from":"Site:fr","to":"Site:emea"}
`)}})
	out := export(t, a)
	if s.Created() != 2 || s.Updated() != 1 || strings.Contains(out, `"from":"Site:par-1","to":"Site:emea"`) {
		t.Errorf("%+v\n%s", s, out)
	}
}

func TestTheHistoryTellsThatRecordsWereImported(t *testing.T) { // C4
	a, s := newApp(t)
	run(t, a, importer.Options{Files: []string{"-"}, Stdin: strings.NewReader(estate)})
	run(t, a, importer.Options{Files: []string{"-"}, Stdin: strings.NewReader(`{"node":"Site","key":"x","name":"X"}`), Reason: "new site"})
	changes, err := s.Changes(context.Background(), 0, 10)
	if err != nil || len(changes) != 3 {
		t.Fatal(len(changes), err)
	}
	if c := changes[0]; !strings.HasPrefix(c.Source, "import;method=LOCAL") || c.Reason != "import of -" || c.Actor != "local" {
		t.Errorf("%+v", c)
	}
	if changes[2].Reason != "new site" {
		t.Errorf("reason %q", changes[2].Reason)
	}
}

func TestCompressedInputIsReadAsItIs(t *testing.T) {
	var gz, zst, xzs bytes.Buffer
	g := gzip.NewWriter(&gz)
	_, _ = g.Write([]byte(estate))
	_ = g.Close()
	z, _ := zstd.NewWriter(&zst)
	_, _ = z.Write([]byte(estate))
	_ = z.Close()
	x, err := xz.NewWriter(&xzs)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = x.Write([]byte(estate))
	_ = x.Close()
	for name, text := range map[string]string{
		"a.ndjson.gz": gz.String(), "a.jsonl.zst": zst.String(), "a.xz": xzs.String(), "unnamed": gz.String(), "bom.ndjson": "\xef\xbb\xbf" + estate,
	} {
		a, _ := newApp(t)
		if s := run(t, a, importer.Options{Files: []string{file(t, name, text)}}); s.Created() != 11 {
			t.Errorf("%s: %+v", name, s)
		}
		b, _ := newApp(t)
		if s := run(t, b, importer.Options{Files: []string{"-"}, Stdin: strings.NewReader(text)}); s.Created() != 11 {
			t.Errorf("%s on standard input: %+v", name, s)
		}
	}
}

func TestSeveralFilesAreOneGraph(t *testing.T) {
	a, _ := newApp(t)
	edges := file(t, "edges.ndjson", `{"edge":"SITE_NEEDS","from":"Site:a","to":"Site:b"}`)
	sites := file(t, "sites.ndjson", `{"node":"Site","key":"a","name":"A"}`+"\n"+`{"node":"Site","key":"b","name":"B"}`)
	if s := run(t, a, importer.Options{Files: []string{edges, sites}}); s.Created() != 3 {
		t.Errorf("%+v", s)
	}
	again := file(t, "again.ndjson", `{"node":"Site","key":"c","name":"C"}`+"\n"+`{"node":"Site","key":"a","name":"A"}`)
	if got := problems(t, a, importer.Options{Files: []string{sites, again}}); !strings.Contains(got, "again.ndjson:2: key: Site:a was given already at sites.ndjson:1") {
		t.Error(got)
	}
}

func TestADryRunTellsWhatWouldChangeAndWritesNothing(t *testing.T) {
	a, _ := newApp(t)
	var shown []domain.Change
	show := func(c domain.Change) error { shown = append(shown, c); return nil }
	o := importer.Options{Files: []string{file(t, "estate.ndjson", estate)}, DryRun: true, Show: show}
	s := run(t, a, o)
	if !s.DryRun || s.Created() != 11 || len(shown) != 11 || shown[0].Type != domain.ChangeCreated {
		t.Errorf("%+v", s)
	}
	if out := export(t, a); out != "" {
		t.Errorf("something was written:\n%s", out)
	}
	o.DryRun = false
	run(t, a, o)
	o.DryRun = true
	if s := run(t, a, o); !s.Same() || len(shown) != 11 {
		t.Errorf("%+v", s)
	}
}

func TestCSVColumnsNamedAsFieldsNeedNoMapping(t *testing.T) {
	a, _ := newApp(t)
	items := "key,name,class,users,attributes.tier\nshop,\"Web, \"\"shop\"\"\",SERVICE,12,1\ndb,DB,DATABASE,,\n"
	run(t, a, importer.Options{Files: []string{file(t, "a.csv", items)}, NodeKind: "ConfigurationItem"})
	links := "from,to,impact,redundancyGroup,minimum\nshop,ConfigurationItem:db,DEGRADED,g,2\n"
	run(t, a, importer.Options{Files: []string{file(t, "b.csv", links)}, EdgeRel: "DEPENDS_ON"})
	want := `{"node":"ConfigurationItem","key":"db","name":"DB","class":"DATABASE","status":"LIVE","environment":"LIVE"}
{"node":"ConfigurationItem","key":"shop","name":"Web, \"shop\"","class":"SERVICE","status":"LIVE","environment":"LIVE","users":12,"attributes":{"tier":"1"}}
{"edge":"DEPENDS_ON","from":"ConfigurationItem:shop","to":"ConfigurationItem:db","kind":"USES","impact":"DEGRADED","redundancyGroup":"g","minimum":2}
`
	if got := export(t, a); got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestOnlyThoseWhoKeepTheConfigurationMayImport(t *testing.T) {
	a, _ := newApp(t)
	ctx := acting.WithActor(context.Background(), domain.Actor{Name: "eve", Roles: []domain.Role{domain.Viewer}})
	_, err := importer.Run(ctx, importer.Local(a), importer.Options{Files: []string{file(t, "a.ndjson", estate)}})
	e, ok := err.(*domain.Error)
	if !ok || e.Code != domain.Forbidden {
		t.Errorf("%v", err)
	}
}

func TestProgressEndsAtTheTotal(t *testing.T) {
	a, _ := newApp(t)
	var last, total int64
	run(t, a, importer.Options{Files: []string{file(t, "a.ndjson", estate)}, Progress: func(done, of int64) {
		if done < last {
			t.Errorf("went back from %d to %d", last, done)
		}
		last, total = done, of
	}})
	if last != total || total == 0 {
		t.Errorf("%d of %d", last, total)
	}
}
