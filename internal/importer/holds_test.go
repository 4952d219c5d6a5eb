package importer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	changearea "releasegraph/internal/app/change"
	"releasegraph/internal/domain"
	"releasegraph/internal/importer"
)

// soon is a moment that lies some days ahead of the clock of newApp.
func soon(days int) string {
	return time.Date(2026, 3, 1+days, 0, 0, 0, 0, time.UTC).Format(time.RFC3339)
}

// plan is two changes, of which a freeze holds one by what it changes.
func plan() string {
	return strings.Join([]string{
		`{"node":"ConfigurationItem","key":"shop","name":"Shop","class":"SERVICE"}`,
		`{"node":"ConfigurationItem","key":"db","name":"DB","class":"DATABASE"}`,
		`{"node":"ConfigurationItem","key":"mail","name":"Mail","class":"APPLICATION"}`,
		`{"edge":"DEPENDS_ON","from":"ConfigurationItem:shop","to":"ConfigurationItem:db"}`,
		change("A", 10), change("B", 10),
		`{"edge":"AFFECTS","from":"ChangeRequest:A","to":"ConfigurationItem:db"}`,
		`{"edge":"AFFECTS","from":"ChangeRequest:B","to":"ConfigurationItem:mail"}`,
	}, "\n") + "\n"
}

func change(key string, day int) string {
	return fmt.Sprintf(`{"node":"ChangeRequest","key":%q,"name":"C","type":"NORMAL","status":"SUBMITTED","plannedFrom":%q,"plannedTo":%q,"heldBy":["nonsense"]}`, key, soon(day), soon(day+1))
}

// sale is a freeze of the shop with all that it needs.
func sale(from, to int) string {
	return fmt.Sprintf(`{"node":"Freeze","key":"sale","name":"Sale","from":%q,"to":%q}`, soon(from), soon(to)) + "\n" +
		`{"edge":"FREEZES","from":"Freeze:sale","to":"ConfigurationItem:shop"}` + "\n"
}

func told(s importer.Summary) (list []string) {
	for _, h := range s.Held {
		list = append(list, fmt.Sprint(h.ChangeRequest, h.Before, "→", h.After))
	}
	return list
}

// H6: an import puts on hold and releases what mutations would, tells it, and
// does nothing the second time; a dry run tells the same.
func TestAnImportHoldsAndReleases_H6(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		step := func(what, text string, o importer.Options, want ...string) {
			t.Helper()
			dry := o
			dry.DryRun = true
			if s := p.run(t, text, dry); !slices.Equal(told(s), want) && !o.Prune {
				t.Errorf("%s: a dry run tells %v, want %v", what, told(s), want)
			}
			if s := p.run(t, text, o); !slices.Equal(told(s), want) {
				t.Errorf("%s: got %v, want %v", what, told(s), want)
			}
			if s := p.run(t, text, o); !s.Same() || len(s.Held) > 0 {
				t.Errorf("%s, again: %+v", what, s)
			}
		}
		o := importer.Options{Source: "plan"}
		step("a plan", plan(), o)
		step("a freeze", sale(9, 12), o, "A[]→[sale]")
		step("an item", `{"edge":"AFFECTS","from":"ChangeRequest:B","to":"ConfigurationItem:db"}`, o, "B[]→[sale]")
		step("another time", change("B", 20), o, "B[sale]→[]")
		step("a longer freeze", sale(9, 22), o, "B[]→[sale]")
		step("an exception", fmt.Sprintf(`{"node":"FreezeException","key":"X","name":"X","status":"GRANTED","decidedBy":"eve","decidedAt":%q}`, soon(-1))+"\n"+
			`{"edge":"EXCEPTS","from":"FreezeException:X","to":"Freeze:sale"}`+"\n"+
			`{"edge":"EXCEPTION_FOR","from":"FreezeException:X","to":"ChangeRequest:A"}`, o, "A[sale]→[]")
		step("a withdrawal", `{"node":"ChangeRequest","key":"B","status":"WITHDRAWN"}`, o, "B[sale]→[]")
		step("a new beginning", `{"node":"ChangeRequest","key":"B","status":"DRAFT"}`, o, "B[]→[sale]")
		step("an end of need", `{"node":"Freeze","key":"sale","liftedAt":"2026-01-01T00:00:00Z"}`, o, "B[sale]→[]")
		step("a new need", `{"node":"Freeze","key":"sale","liftedAt":null}`, o, "B[]→[sale]")
	})
}

// H6: what comes all at once is held at once; what no longer stands in the files
// holds nothing any more.
func TestAnImportOfAFreezeAndItsChangesAtOnce_H6(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		o := importer.Options{Source: "plan"}
		if s := p.run(t, sale(9, 12)+plan(), o); !slices.Equal(told(s), []string{"A[]→[sale]"}) {
			t.Error(told(s))
		}
		whole := export(t, p.App)
		if s := p.run(t, whole, importer.Options{}); !s.Same() || len(s.Held) > 0 {
			t.Errorf("%+v", s)
		}
		copied, _ := newApp(t)
		run(t, copied, importer.Options{Files: []string{"-"}, Stdin: strings.NewReader(whole)})
		if got := export(t, copied); got != whole {
			t.Errorf("got\n%s\nwant\n%s", got, whole)
		}
		o.Prune, o.PruneLimit, o.PruneKinds = true, 100, []string{domain.KindFreeze, domain.KindConfigurationItem}
		gone := strings.ReplaceAll(sale(9, 12), "sale", "other")
		if s := p.run(t, gone+plan(), o); !slices.Equal(told(s), []string{"A[sale]→[other]"}) {
			t.Error(told(s))
		}
	})
}

// H3: however many calls an import takes, it changes no content of what it
// brings as a whole: the votes on it stand.
func TestAVoteThatIsBroughtWithItsRequestStands_H3(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		for _, said := range []string{`,"contentVersion":1`, ""} {
			request := "R" + fmt.Sprint(len(said))
			lines := []string{
				`{"node":"ConfigurationItem","key":"shop","name":"Shop","class":"SERVICE"}`,
				`{"node":"Board","key":"cab","name":"CAB","members":["ann","bob"],"quorum":2}`,
				fmt.Sprintf(`{"node":"ChangeRequest","key":%q,"name":"R","type":"NORMAL","status":"ASSESSED"%s}`, request, said),
				fmt.Sprintf(`{"node":"Vote","key":"%s-v","name":"V","voter":"ann","seat":"ann","verdict":"APPROVE","board":"cab","castAt":"2026-01-01T00:00:00Z","contentVersion":1}`, request),
				fmt.Sprintf(`{"edge":"CAST_ON","from":"Vote:%s-v","to":"ChangeRequest:%s"}`, request, request),
				fmt.Sprintf(`{"edge":"AFFECTS","from":"ChangeRequest:%s","to":"ConfigurationItem:shop"}`, request),
				fmt.Sprintf(`{"edge":"DECIDED_BY","from":"ChangeRequest:%s","to":"Board:cab"}`, request),
			}
			p.run(t, strings.Join(lines, "\n"), importer.Options{})
			version := func() int {
				r, err := p.Records.Record(t.Context(), domain.KindChangeRequest, key(request), nil)
				if err != nil {
					t.Fatal(err)
				}
				return r.(*domain.ChangeRequest).ContentVersion
			}
			if got := version(); got != 1 {
				t.Errorf("the content is of version %d (said: %q)", got, said)
			}
			if s := p.run(t, strings.Join(lines, "\n"), importer.Options{}); !s.Same() {
				t.Errorf("%+v", s)
			}
			p.run(t, `{"edge":"AFFECTS","from":"ChangeRequest:`+request+`","to":"ConfigurationItem:db"}`+"\n"+
				`{"node":"ConfigurationItem","key":"db","name":"DB","class":"DATABASE"}`, importer.Options{})
			if got := version(); got != 2 {
				t.Errorf("an item more, and the content is of version %d", got)
			}
			p.run(t, "", importer.Options{})
			if _, err := p.Records.Remove(t.Context(), domain.KindConfigurationItem, key("db"), nil, nil); err == nil {
				t.Error("an item that a request affects was removed")
			}
			if _, err := p.Records.Disconnect(t.Context(), domain.RelAffects, key(request), key("db"), nil, nil); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// H4: what was decided on here no import changes, and it says where; of what was
// decided elsewhere, an import may go on to tell.
func TestAnImportChangesNothingThatWasDecidedHere_H4(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		p.run(t, `{"node":"ConfigurationItem","key":"shop","name":"Shop","class":"SERVICE"}`+"\n"+
			`{"node":"ChangeRequest","key":"theirs","name":"Theirs","type":"NORMAL","status":"CLOSED"}`, importer.Options{})
		if _, err := p.Records.Create(t.Context(), domain.KindChangeRequest, map[string]any{"key": "ours", "name": "Ours"}, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Changes.WithdrawChangeRequest(t.Context(), changearea.ChangeVerb{Ref: key("ours")}, nil); err != nil {
			t.Fatal(err)
		}
		link := func(request string) string {
			return `{"edge":"AFFECTS","from":"ChangeRequest:` + request + `","to":"ConfigurationItem:shop"}`
		}
		got := p.refused(t, link("theirs")+"\n"+link("ours"), importer.Options{})
		want := "a.ndjson:2: ours is WITHDRAWN, and what was decided on is fixed: withdraw the request, and ask anew (H4)"
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if s := p.run(t, link("theirs"), importer.Options{}); s.Created() != 1 {
			t.Errorf("%+v", s)
		}
		if got := p.refused(t, `{"node":"ChangeRequest","key":"ours","plan":"another"}`, importer.Options{Overwrite: true}); !strings.Contains(got, "(H4)") {
			t.Error(got)
		}
	})
}
