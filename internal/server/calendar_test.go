package server_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"releasegraph/internal/app"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/server"
	"releasegraph/internal/store/sqlite"
	"releasegraph/resolvers"
)

// withCalendar serves an estate with two changes planned for tomorrow.
func withCalendar(t *testing.T) (*running, *app.App) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Memory, entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	a := appOver(s)
	from := time.Now().Add(24 * time.Hour).UTC()
	line := func(text string) string {
		return fmt.Sprintf(text, from.Format(time.RFC3339), from.Add(time.Hour).Format(time.RFC3339))
	}
	got, err := a.Bulk.ImportLines(t.Context(), bulk.ImportLinesInput{Lines: []string{
		`{"node":"ConfigurationItem","key":"db","name":"Database","class":"DATABASE"}`,
		`{"node":"Site","key":"par","name":"Paris","timeZone":"Europe/Paris"}`,
		line(`{"node":"ChangeRequest","key":"RFC-1","name":"Patch, then restart","type":"NORMAL","status":"AUTHORISED","plannedFrom":"%s","plannedTo":"%s"}`),
		line(`{"node":"ChangeRequest","key":"RFC-2","name":"Given up","type":"NORMAL","status":"WITHDRAWN","plannedFrom":"%s","plannedTo":"%s"}`),
		`{"edge":"AFFECTS","from":"RFC-1","to":"db"}`, `{"edge":"TAKES_PLACE_AT","from":"RFC-1","to":"par"}`,
	}}, nil)
	if err != nil || len(got.Wrong) > 0 {
		t.Fatal(err, got)
	}
	r := start(t, server.Config{}, func(*fake) server.Open {
		return func(context.Context) (*server.Core, error) {
			return &server.Core{Schema: resolvers.New(a, zerolog.Nop()), Calendar: a.Feeds}, nil
		}
	})
	r.awaitReady()
	return r, a
}

func (r *running) fetch(path string, headers ...string) (*http.Response, string) {
	r.t.Helper()
	q, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.url+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		q.Header.Set(headers[i], headers[i+1])
	}
	w, err := http.DefaultClient.Do(q)
	if err != nil {
		r.t.Fatal(err)
	}
	defer w.Body.Close()
	body, err := io.ReadAll(w.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return w, string(body)
}

// H5: the feed, its filters, and what a reader has already.
func TestTheCalendarIsAFileThatReadersFetchAgainOnlyWhenItChanged_H5(t *testing.T) {
	r, a := withCalendar(t)
	w, file := r.fetch("/calendar.ics")
	if w.StatusCode != http.StatusOK || w.Header.Get("Content-Type") != "text/calendar; charset=utf-8" {
		t.Fatalf("%s, %s: %.200s", w.Status, w.Header.Get("Content-Type"), file)
	}
	for _, part := range []string{`SUMMARY:RFC-1: Patch\, then restart`, "STATUS:CONFIRMED", "DTSTART;TZID=Europe/Paris:", "SUMMARY:RFC-2: Given up", "STATUS:CANCELLED"} {
		if !strings.Contains(file, part+"\r\n") && !strings.Contains(file, part) {
			t.Errorf("%q is missing in\n%s", part, file)
		}
	}
	again, body := r.fetch("/calendar.ics", "If-None-Match", w.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified || body != "" {
		t.Errorf("the same file again: %s", again.Status)
	}
	later := time.Now().Add(30 * time.Hour).UTC().Truncate(time.Second)
	moved := map[string]any{"plannedTo": later.Format(time.RFC3339)}
	if _, err := a.Records.Update(t.Context(), domain.KindChangeRequest, domain.Ref{Key: new("RFC-1")}, moved, nil, nil); err != nil {
		t.Fatal(err)
	}
	changed, body := r.fetch("/calendar.ics", "If-None-Match", w.Header.Get("ETag"))
	if changed.StatusCode != http.StatusOK || !strings.Contains(body, "DTEND;TZID=Europe/Paris:"+later.In(paris(t)).Format("20060102T150405")) || !strings.Contains(body, "SEQUENCE:2\r\n") {
		t.Errorf("after a change: %s\n%s", changed.Status, body)
	}
	for path, want := range map[string]string{"?site=par": "RFC-1", "?service=db": "RFC-1"} {
		if _, body := r.fetch("/calendar.ics" + path); !strings.Contains(body, want) || strings.Contains(body, "RFC-2") {
			t.Errorf("%s holds\n%s", path, body)
		}
	}
	if w, body := r.fetch("/calendar.ics?site=nowhere"); w.StatusCode != http.StatusNotFound || !strings.Contains(body, "nowhere") {
		t.Errorf("an unknown site: %s %s", w.Status, body)
	}
}

func paris(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// H5: a secret address opens the calendar and nothing else, until it is revoked.
func TestASecretAddressShowsItsCalendarUntilItIsRevoked_H5(t *testing.T) {
	r, a := withCalendar(t)
	made, err := a.Feeds.Create(t.Context(), "paris", "Changes in Paris", &domain.Ref{Key: new("par")}, nil, nil)
	if err != nil || made.Path == nil {
		t.Fatal(err, made)
	}
	supplier := []string{server.ActAs, "sue; roles=SUPPLIER"} // who may see nothing by themselves
	w, file := r.fetch(*made.Path, supplier...)
	if w.StatusCode != http.StatusOK || !strings.Contains(file, "X-WR-CALNAME:Changes in Paris") || !strings.Contains(file, "RFC-1") || strings.Contains(file, "RFC-2") {
		t.Fatalf("%s\n%s", w.Status, file)
	}
	if _, wider := r.fetch(*made.Path+"&site=", supplier...); strings.Contains(wider, "RFC-2") {
		t.Error("a secret shows more than it was made for")
	}
	_, secret, _ := strings.Cut(*made.Path, "secret=")
	if len(secret) < 40 || strings.Contains(made.CalendarFeed.Fingerprint, secret) || strings.Contains(r.log.String(), secret) {
		t.Errorf("the secret %q is short, kept or logged", secret)
	}
	if w, _ := r.fetch("/calendar.ics?secret=" + secret[:len(secret)-1]); w.StatusCode != http.StatusNotFound {
		t.Errorf("a part of the secret: %s", w.Status)
	}
	if w, _ := r.fetch("/calendar.ics?secret="); w.StatusCode != http.StatusNotFound {
		t.Errorf("no secret: %s", w.Status)
	}
	if _, err := a.Records.Remove(t.Context(), domain.KindCalendarFeed, domain.Ref{Key: new("paris")}, nil, nil); err != nil {
		t.Fatal(err)
	}
	if w, body := r.fetch(*made.Path); w.StatusCode != http.StatusNotFound || !strings.Contains(body, "revoked") {
		t.Errorf("after it was revoked: %s %s", w.Status, body)
	}
}
