package importer_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"releasegraph/internal/domain"
	"releasegraph/internal/importer"
)

// without is the text less the lines that contain one of the parts.
func without(text string, parts ...string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		keep := true
		for _, part := range parts {
			keep = keep && !strings.Contains(line, part)
		}
		if keep {
			b.WriteString(line)
		}
	}
	return b.String()
}

func TestAPruneTakesAwayWhatTheFileNoLongerHas(t *testing.T) { // C3
	everywhere(t, func(t *testing.T, p place) {
		p.run(t, estate, importer.Options{})
		rest := without(estate, "db-1", "par-1", "GROUPS", "ReleaseUnit")
		o := importer.Options{Prune: true, PruneLimit: 100, DryRun: true}
		dry := p.run(t, rest, o)
		before := export(t, p.App)
		o.DryRun = false
		s := p.run(t, rest, o)
		if fmt.Sprint(*dry.Pruned) != fmt.Sprint(*s.Pruned) {
			t.Errorf("the dry run told %+v, the run %+v", *dry.Pruned, *s.Pruned)
		}
		if !strings.Contains(before, `"key":"db-1","name":"Orders \"1\"\n🚀","class":"DATABASE","status":"LIVE"`) {
			t.Errorf("the dry run wrote:\n%s", before)
		}
		// db-1 is withdrawn, although a unit of another scope still groups it;
		// INSTALLED_AT and PART_OF do not occur in the file, and so stay: PART_OF
		// leaves from par-1 alone, but db-1 still points at par-1.
		if s.Pruned.Withdrawn != 1 || s.Pruned.Relationships != 1 || s.Pruned.Removed != 0 || s.Pruned.StillUsedCount != 1 || s.Pruned.KeptCount != 1 {
			t.Errorf("%+v", s.Pruned)
		}
		if by := s.Pruned.StillUsed[0]; by.Key != "db-1" || fmt.Sprint(by.By) != "[GROUPS from ReleaseUnit:dbs]" {
			t.Errorf("%+v", by)
		}
		if by := s.Pruned.Kept[0]; by.Key != "par-1" || fmt.Sprint(by.By) != "[INSTALLED_AT from ConfigurationItem:db-1]" {
			t.Errorf("%+v", by)
		}
		out := export(t, p.App)
		if !strings.Contains(out, `"key":"db-1","name":"Orders \"1\"\n🚀","class":"DATABASE","status":"WITHDRAWN"`) ||
			strings.Contains(out, `"from":"ConfigurationItem:shop","to":"ConfigurationItem:db-1"`) {
			t.Error(out)
		}
		if again := p.run(t, rest, o); !again.Same() {
			t.Errorf("again: %+v %+v", again, again.Pruned)
		}
	})
}

func TestATreeOfRecordsWithoutAStatusIsRemovedFromItsLeaves(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		sites := `{"node":"Site","key":"a","name":"A"}
{"node":"Site","key":"b","name":"B"}
{"node":"Site","key":"c","name":"C"}
{"node":"Site","key":"stays","name":"S"}
`
		p.run(t, sites+`{"edge":"PART_OF","from":"Site:c","to":"Site:b"}
{"edge":"PART_OF","from":"Site:b","to":"Site:a"}`, importer.Options{})
		for _, dry := range []bool{true, false} {
			s := p.run(t, `{"node":"Site","key":"stays","name":"S"}`, importer.Options{Prune: true, PruneLimit: 75, DryRun: dry})
			if s.Pruned.Removed != 3 || s.Pruned.KeptCount != 0 || s.Removed() != 3 {
				t.Errorf("dry %v: %+v %+v", dry, s, s.Pruned)
			}
		}
		if out := export(t, p.App); strings.Count(out, "\n") != 1 {
			t.Error(out)
		}
	})
}

func TestAPruneOfTooMuchIsRefusedWithTheNumbers(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		p.run(t, estate, importer.Options{})
		before := export(t, p.App)
		text := p.refused(t, `{"node":"ConfigurationItem","key":"shop","users":9}`, importer.Options{Prune: true, PruneLimit: 20})
		if !strings.Contains(text, "2 of 3 ConfigurationItem (67 %)") || !strings.Contains(text, "--prune-limit 67") {
			t.Error(text)
		}
		if after := export(t, p.App); after != before {
			t.Errorf("something was written:\n%s", after)
		}
		s := p.run(t, `{"node":"ConfigurationItem","key":"shop","users":9}`, importer.Options{Prune: true, PruneLimit: 67})
		if s.Pruned.Withdrawn != 2 || s.Updated() != 3 {
			t.Errorf("%+v %+v", s, s.Pruned)
		}
	})
}

func TestOnlyWhatTheSameSourceBroughtIsPruned(t *testing.T) { // C6
	everywhere(t, func(t *testing.T, p place) {
		p.run(t, estate, importer.Options{Source: "netbox"})
		if _, err := p.Records.Create(t.Context(), "ConfigurationItem", map[string]any{"key": "mine", "name": "Mine", "class": "SERVER"}, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Records.Connect(t.Context(), "DEPENDS_ON", key("db-2"), key("mine"), nil, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Records.Update(t.Context(), "ConfigurationItem", key("db-1"), map[string]any{"status": "IN_TEST"}, nil, nil); err != nil {
			t.Fatal(err)
		}
		other := `{"node":"ConfigurationItem","key":"extra","name":"Extra","class":"SERVER"}`
		if s := p.run(t, other, importer.Options{Source: "cloud", Prune: true}); s.Pruned.Withdrawn != 0 {
			t.Errorf("another source pruned %+v", s.Pruned)
		}
		s := p.run(t, without(estate, "db-1", "db-2"), importer.Options{Source: "netbox", Prune: true, PruneLimit: 100})
		out := export(t, p.App)
		if s.Pruned.Withdrawn != 1 || s.Kept() != 1 || !strings.Contains(out, `"key":"db-1","name":"Orders \"1\"\n🚀","class":"DATABASE","status":"IN_TEST"`) {
			t.Errorf("%+v %+v\n%s", s, s.Pruned, out)
		}
		if !strings.Contains(out, `"from":"ConfigurationItem:db-2","to":"ConfigurationItem:mine"`) || strings.Contains(out, `"key":"mine","name":"Mine","class":"SERVER","status":"WITHDRAWN"`) {
			t.Error(out)
		}
	})
}

func TestAPruneStaysWithinTheKindsThatAreNamed(t *testing.T) {
	a, _ := newApp(t)
	run(t, a, importer.Options{Files: []string{file(t, "a.ndjson", estate)}})
	o := importer.Options{Files: []string{file(t, "b.ndjson", without(estate, "db-1", "db-2", "ReleaseUnit"))}, Prune: true, PruneLimit: 100}
	o.PruneKinds = []string{"ReleaseUnit"}
	s := run(t, a, o)
	if s.Pruned.Removed != 1 || s.Pruned.Withdrawn != 0 || s.Pruned.Relationships != 0 {
		t.Errorf("%+v", s.Pruned)
	}
	o.PruneKinds = []string{"Releases"}
	if text := problems(t, a, o); !strings.Contains(text, `no kind of record "Releases"`) {
		t.Error(text)
	}
}

func TestADryRunOfAPruneShowsWhatWouldGo(t *testing.T) {
	a, _ := newApp(t)
	run(t, a, importer.Options{Files: []string{file(t, "a.ndjson", estate)}})
	var shown []string
	o := importer.Options{
		Files: []string{file(t, "b.ndjson", without(estate, "SITE", "db-2"))}, Prune: true, PruneLimit: 50, DryRun: true, MostShown: -1,
		Show: func(c domain.Change) error { shown = append(shown, string(c.Type)+" "+c.Kind); return nil },
	}
	run(t, a, o)
	if fmt.Sprint(shown) != "[REMOVED DEPENDS_ON UPDATED ConfigurationItem]" {
		t.Errorf("%v", shown)
	}
}

func TestAPruneThatWasCutOffIsFinishedByTheSameCommand(t *testing.T) {
	rest := without(estate, "db-1", "par-1", "PART_OF")
	o := importer.Options{Prune: true, PruneKinds: []string{"ConfigurationItem", "Site"}, PruneLimit: 100}
	pruned := func(cut func(importer.Opener) importer.Opener) (cutOff bool, out string) {
		a, s := newApp(t)
		p := place{a, s, importer.Local(a)}
		p.run(t, estate, importer.Options{})
		o.Files = []string{file(t, "rest.ndjson", rest)}
		_, err := importer.Run(t.Context(), cut(p.to), o)
		p.run(t, rest, o)
		return err != nil, export(t, a)
	}
	_, want := pruned(func(to importer.Opener) importer.Opener { return to })
	cuts := 0
	for at := 1; at <= 8; at++ {
		for _, after := range []bool{false, true} {
			cutOff, got := pruned(func(to importer.Opener) importer.Opener {
				return shaky{Opener: to, at: at, after: after, seen: new(int), fail: func() error { return errors.New("cut off") }}
			})
			if got != want {
				t.Errorf("cut off at write %d:\n%s\nwant\n%s", at, got, want)
			}
			if cutOff {
				cuts++
			}
		}
	}
	if cuts < 8 { // the writes of the files, and those of the prune
		t.Errorf("only %d runs were cut off", cuts)
	}
}
