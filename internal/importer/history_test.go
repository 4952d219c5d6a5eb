package importer_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/importer"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
	"releasegraph/internal/store/asof"
)

const past = `{"at":"2024-01-01T00:00:00Z","node":"ConfigurationItem","key":"nova","name":"Nova","class":"PROGRAM","productVersion":"1.0"}
{"at":"2024-01-01T00:00:00Z","node":"ConfigurationItem","key":"lib","name":"Lib","class":"PROGRAM"}
{"at":"2024-01-01T01:00:00+01:00","edge":"DEPENDS_ON","from":"nova","to":"lib"}
{"at":"2024-06-01T00:00:00Z","node":"ConfigurationItem","key":"nova","productVersion":"2.0"}
{"change":{"revision":9,"at":"2025-01-01T00:00:00Z","actor":"alice","reason":"clean up","source":"api"}}
{"op":"remove","edge":"DEPENDS_ON","from":"nova","to":"lib"}
{"op":"remove","node":"ConfigurationItem","key":"lib"}
{"node":"ConfigurationItem","key":"nova","productVersion":"3.0","sources":{"productVersion":"api"}}
`

// versions tells the version of an item, and what it needs, as of each time.
func versions(t *testing.T, s store.Store, times ...string) string {
	t.Helper()
	var list []string
	for _, text := range times {
		when, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.RevisionAt(t.Context(), when)
		if err != nil {
			t.Fatal(err)
		}
		view := asof.At(s, r)
		found, err := view.Lookup(t.Context(), "ConfigurationItem", "key", "nova")
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 0 {
			list = append(list, "none")
			continue
		}
		pages, err := view.Edges(t.Context(), store.EdgeQuery{Nodes: []store.ID{found["nova"].ID}, Rel: "DEPENDS_ON", Direction: store.Out})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, fmt.Sprintf("%v needs %d", found["nova"].Props["productVersion"], len(pages[0].Edges)))
	}
	return strings.Join(list, ", ")
}

func TestAHistoryIsReplayedAsOfItsTimes(t *testing.T) { // C4
	onStores(t, func(t *testing.T, p place) {
		s := p.run(t, past, importer.Options{History: true})
		if s.Revision != 3 || s.Removed() != 2 {
			t.Errorf("%+v", s)
		}
		got := versions(t, p.store, "2023-12-31T00:00:00Z", "2024-01-01T00:00:00Z", "2024-05-31T23:59:59Z", "2024-06-01T00:00:00Z", "2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z")
		if got != "none, 1.0 needs 1, 1.0 needs 1, 2.0 needs 1, 3.0 needs 0, 3.0 needs 0" {
			t.Error(got)
		}
		changes, err := p.store.Changes(t.Context(), 0, 10)
		if err != nil || len(changes) != 3 {
			t.Fatal(len(changes), err)
		}
		if c := changes[2]; c.Actor != "alice" || c.Reason != "clean up" || c.Source != "api" || !c.At.Equal(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%+v", c)
		}
		if c := changes[0]; c.Actor != "local" || !strings.HasPrefix(c.Source, "import;method=LOCAL") || len(c.Effects) != 3 {
			t.Errorf("%+v", c)
		}
		if out := export(t, p.App); !strings.Contains(out, `"sources":{"productVersion":"api"}`) {
			t.Error(out)
		}
		if again := p.run(t, past, importer.Options{History: true}); !again.Same() || again.Revision != 3 || again.Unchanged() != 7 {
			t.Errorf("again: %+v", again)
		}
	})
}

func TestAHistoryThatWasCutOffGoesOnWhereItEnded(t *testing.T) {
	onStores(t, func(t *testing.T, p place) {
		broken := errors.New("the plug was pulled")
		for _, after := range []bool{false, true} {
			seen := 0
			shaky := shakyHistory{p.to, &seen, func() error { return broken }, after}
			_, err := importer.Run(t.Context(), shaky, importer.Options{Files: []string{file(t, "h.ndjson", past)}, History: true})
			if !errors.Is(err, broken) || !strings.Contains(err.Error(), "h.ndjson:4") && !strings.Contains(err.Error(), "h.ndjson:5") {
				t.Fatal(err)
			}
		}
		p.run(t, past, importer.Options{History: true})
		changes, err := p.store.Changes(t.Context(), 0, 10)
		if err != nil || len(changes) != 3 {
			t.Fatal(len(changes), err)
		}
	})
}

// shakyHistory opens targets that fail at the second change set they replay.
type shakyHistory struct {
	importer.Opener
	seen  *int
	fail  func() error
	after bool
}

func (s shakyHistory) Open(ctx context.Context, o bulk.ImportOptions) (importer.Target, error) {
	t, err := s.Opener.Open(ctx, o)
	return &shakyReplay{Target: t, shakyHistory: s}, err
}

type shakyReplay struct {
	importer.Target
	shakyHistory
}

type replayer interface {
	Replay(ctx context.Context, c interchange.Change, key string, items []*interchange.Item) (bulk.Imported, error)
	Last(ctx context.Context) (bulk.LastChange, time.Time, error)
	Stored(ctx context.Context, kind string, keys []string) (map[string]store.Props, error)
	Stands(c interchange.Change, revision int64)
}

func (s *shakyReplay) Last(ctx context.Context) (bulk.LastChange, time.Time, error) {
	return s.Target.(replayer).Last(ctx)
}

func (s *shakyReplay) Stored(ctx context.Context, kind string, keys []string) (map[string]store.Props, error) {
	return s.Target.(replayer).Stored(ctx, kind, keys)
}

func (s *shakyReplay) Stands(c interchange.Change, revision int64) {
	s.Target.(replayer).Stands(c, revision)
}

func (s *shakyReplay) Replay(ctx context.Context, c interchange.Change, key string, items []*interchange.Item) (bulk.Imported, error) {
	*s.seen++
	if *s.seen == 2 && !s.after {
		return bulk.Imported{}, s.fail()
	}
	done, err := s.Target.(replayer).Replay(ctx, c, key, items)
	if *s.seen == 2 && err == nil {
		err = s.fail()
	}
	return done, err
}

func TestWhatAHistoryCannotSayIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	item := func(at, key string) string {
		return fmt.Sprintf(`{"at":%q,"node":"ConfigurationItem","key":%q,"name":"N","class":"PROGRAM"}`+"\n", at, key)
	}
	for name, c := range map[string]struct{ text, want string }{
		"out of order":   {item("2025-02-01T00:00:00Z", "a") + item("2025-01-01T00:00:00Z", "b"), ":2: at: is 2025-01-01T00:00:00Z, and the line before is of 2025-02-01T00:00:00Z: sort the history by time"},
		"still to come":  {item("2099-01-01T00:00:00Z", "a"), ":1: at: is 2099-01-01T00:00:00Z, which is still to come"},
		"no time":        {`{"node":"Site","key":"a","name":"A"}`, ":1: at: is missing"},
		"no such time":   {item("yesterday", "a"), `:1: at: must be a time such as 2026-03-01T08:00:00Z, not "yesterday"`},
		"change set":     {`{"change":{"when":"2025-01-01T00:00:00Z"}}`, ":1: change.when: a change set has at, actor, reason, source and revision"},
		"twice at once":  {item("2025-01-01T00:00:00Z", "a") + item("2025-01-01T00:00:00Z", "a"), ":2: ConfigurationItem:a is given twice at the same time, here and on line 1"},
		"not there yet":  {`{"at":"2025-01-01T00:00:00Z","edge":"DEPENDS_ON","from":"a","to":"b"}` + "\n" + item("2025-01-02T00:00:00Z", "a") + item("2025-01-02T00:00:00Z", "b"), `:1: from: there is no ConfigurationItem with the key "a" at this time, neither in the files nor in the store`},
		"gone":           {item("2025-01-01T00:00:00Z", "a") + item("2025-01-01T00:00:00Z", "b") + `{"at":"2025-01-02T00:00:00Z","op":"remove","node":"ConfigurationItem","key":"b"}` + "\n" + `{"at":"2025-01-03T00:00:00Z","edge":"DEPENDS_ON","from":"a","to":"b"}`, `:4: to: there is no ConfigurationItem with the key "b" at this time any more`},
		"still in use":   {strings.Replace(past, `{"op":"remove","edge":"DEPENDS_ON","from":"nova","to":"lib"}`, "", 1), `:7: key: "lib" cannot be removed while 1 relationships point at it`},
		"incomplete":     {`{"at":"2025-01-01T00:00:00Z","node":"ConfigurationItem","key":"a","users":3}`, ":1: class: is missing"},
		"removed fields": {`{"at":"2025-01-01T00:00:00Z","op":"remove","node":"Site","key":"a","users":3}`, ":1: users: says nothing of a record that is to go"},
		"other op":       {`{"at":"2025-01-01T00:00:00Z","op":"drop","node":"Site","key":"a"}`, `:1: op: cannot be drop: it is "remove", or left out`},
	} {
		t.Run(name, func(t *testing.T) {
			a, s := newApp(t)
			text := place{a, s, importer.Local(a)}.refused(t, c.text, importer.Options{History: true})
			if !strings.Contains(text, c.want) {
				t.Errorf("%s\nwant %s", text, c.want)
			}
			if head, err := s.Head(t.Context()); err != nil || head != 0 {
				t.Errorf("head %d, %v", head, err)
			}
		})
	}
}

func TestAHistoryIsReplayedOnlyIntoAStoreThatHasNothingLater(t *testing.T) {
	onStores(t, func(t *testing.T, p place) {
		p.run(t, estate, importer.Options{})
		text := p.refused(t, past, importer.Options{History: true})
		if !strings.Contains(text, "can only be replayed into a store that has nothing later") {
			t.Error(text)
		}
	})
	a, s := newApp(t)
	far := place{a, s, importer.Remote(serve(t, a), nil, nil)}
	if text := far.refused(t, past, importer.Options{History: true}); !strings.Contains(text, "into a store (--store), not through a server") {
		t.Error(text)
	}
	if text := far.refused(t, past, importer.Options{}); !strings.Contains(text, ":1: at: says when it was so: import such lines by --history") ||
		!strings.Contains(text, ":5: change: begins a change set") || !strings.Contains(text, ":6: op: removes") {
		t.Error(text)
	}
}

func TestAnItemKeepsItsPastUnderANewKey(t *testing.T) { // C1
	onStores(t, func(t *testing.T, p place) {
		p.run(t, past+`{"at":"2025-02-01T00:00:00Z","node":"ConfigurationItem","key":"nova-2","formerly":"nova"}
{"at":"2025-03-01T00:00:00Z","node":"ConfigurationItem","key":"nova","name":"Another","class":"UTILITY"}
{"at":"2025-03-01T00:00:00Z","edge":"DEPENDS_ON","from":"nova","to":"nova-2"}
`, importer.Options{History: true})
		r, err := p.Records.Record(t.Context(), "ConfigurationItem", domain.Ref{Key: new("nova-2")}, nil)
		if err != nil || *r.(*domain.ConfigurationItem).ProductVersion != "3.0" || entity.Meta(r).Version != 4 {
			t.Errorf("%+v, %v", r, err)
		}
		if got := versions(t, p.store, "2025-01-15T00:00:00Z", "2025-02-15T00:00:00Z", "2025-03-15T00:00:00Z"); got != "3.0 needs 0, none, <nil> needs 1" {
			t.Error(got)
		}
	})
}
