package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"

	"releasegraph/internal/app"
	"releasegraph/internal/entity"
	"releasegraph/internal/server"
	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
	"releasegraph/resolvers"
)

// overFile serves the real schema over a file, until it is stopped.
func overFile(t *testing.T, path string) *running {
	t.Helper()
	r := start(t, server.Config{Streams: server.StreamLimits{Grace: time.Millisecond}}, func(*fake) server.Open {
		return func(ctx context.Context) (*server.Core, error) {
			s, err := sqlite.Open(ctx, path, entity.Schema(), sqlite.Options{})
			if err != nil {
				return nil, err
			}
			t.Cleanup(func() { _ = s.Close(context.Background()) })
			return &server.Core{Schema: resolvers.New(appOver(s), zerolog.Nop())}, nil
		}
	})
	r.awaitReady()
	return r
}

func appOver(s store.Store) *app.App {
	return app.New(app.Config{Store: s, Now: time.Now, NewID: func() string { return uuid.Must(uuid.NewV7()).String() }})
}

// item creates an item; what is committed has the next revision.
func (r *running) item(key string) {
	r.t.Helper()
	r.query(`mutation{createConfigurationItem(input:{key:\"`+key+`\" name:\"`+key+`\" class:APPLICATION}){revision}}`).wants(r.t, http.StatusOK, `"revision"`)
}

// told is an event as a client sees it.
type told struct {
	Revision, ResumeAfter, Type string
	Subject                     struct{ Key string }
}

func (t told) String() string { return t.Type + " " + t.Subject.Key }

func eventOf(t *testing.T, text string) told {
	t.Helper()
	var m struct {
		Payload struct{ Data struct{ Events told } }
		Data    struct{ Events told }
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	if m.Data.Events.Type != "" {
		return m.Data.Events
	}
	return m.Payload.Data.Events
}

const eventsQuery = "subscription($after: Revision){events(after:$after){revision resumeAfter type subject{key}}}"

func (w *wire) follows(after string) {
	w.t.Helper()
	w.says(fmt.Sprintf(`{"id":"1","type":"subscribe","payload":{"query":%q,"variables":{"after":%s}}}`, eventsQuery, after))
}

func TestASubscriptionIsResumedAfterARestartWithoutAGap(t *testing.T) {
	path := filepath.Join(t.TempDir(), "estate.db")
	first := overFile(t, path)
	first.item("a")
	w := first.wire().greeted()
	w.follows(`"0"`)
	got := eventOf(t, w.next())
	if got.String() != "configuration_item.created a" || got.ResumeAfter != "1" {
		t.Errorf("%+v", got)
	}
	first.item("b") // live
	got = eventOf(t, w.next())
	if got.String() != "configuration_item.created b" {
		t.Errorf("%+v", got)
	}
	first.stop()
	w.isClosed(1001)
	<-first.done
	second := overFile(t, path)
	second.item("c") // before anyone is back
	w = second.wire().greeted()
	w.follows(`"` + got.ResumeAfter + `"`)
	second.item("d")
	for _, want := range []string{"c", "d"} {
		if got := eventOf(t, w.next()); got.Subject.Key != want {
			t.Errorf("%+v, want %s", got, want)
		}
	}
	// The same over server-sent events.
	events := second.reads(`{"query":"` + eventsQuery + `","variables":{"after":"1"}}`)
	for _, want := range []string{"b", "c", "d"} {
		if got := eventOf(t, <-events); got.Subject.Key != want {
			t.Errorf("%+v, want %s", got, want)
		}
	}
	second.item("e")
	if got := eventOf(t, <-events); got.Subject.Key != "e" {
		t.Errorf("%+v", got)
	}
}

// reads subscribes by server-sent events and gives the data of each.
func (r *running) reads(body string) <-chan string {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.url+"/graphql", strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "text/event-stream")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	events := make(chan string, 100)
	go func() {
		defer answer.Body.Close()
		for line := range lines(answer.Body) {
			if data, ok := strings.CutPrefix(line, "data: "); ok {
				events <- data
			}
		}
		close(events)
	}()
	return events
}

func TestASubscriberThatCannotBeServedIsToldWhy(t *testing.T) {
	r := overDemo(t, server.Config{})
	w := r.wire().greeted()
	w.follows(`"999999"`)
	w.hearsPart(`"type":"next"`, `"code":"INVALID"`, `"field":"after"`, "the last change has the revision")
	w.hears(`{"id":"1","type":"complete"}`)
	w.subscribes("1", `subscription{events(filter:{kinds:[NONSENSE]}){type}}`)
	w.hearsPart(`"type":"error"`, "the values are ACCEPTANCE_TEST, ", "DEPENDS_ON")
	w.subscribes("1", `subscription{configurationChanges(item:{key:"nobody"}){revision}}`)
	w.hearsPart(`"code":"NOT_FOUND"`)
}

// Each answer takes the place of the one before it in memory.
func TestManyEventsInARowAreToldWholeAndInOrder(t *testing.T) {
	r := overDemo(t, server.Config{})
	events := r.reads(`{"query":"` + eventsQuery + `","variables":{"after":"0"}}`)
	w := r.wire().greeted()
	w.follows(`"0"`)
	for range 500 {
		sent, heard := eventOf(t, <-events), eventOf(t, w.next())
		if sent != heard || sent.Subject.Key == "" {
			t.Fatalf("%+v as an event, %+v over a socket", sent, heard)
		}
	}
}
