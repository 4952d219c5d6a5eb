package server_test

import (
	"bufio"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"releasegraph/internal/server"
)

var asEvents = header{"Accept": "text/event-stream"}

func TestServerSentEventsTellEachAnswerAndTheEnd(t *testing.T) {
	r := serving(t, server.Config{})
	a := r.queryAs("subscription {ticks}", asEvents)
	a.wants(t, http.StatusOK)
	want := ":\n\n"
	for _, n := range []string{"1", "2", "3"} {
		want += "event: next\ndata: {\"data\":{\"ticks\":\"" + n + "\"}}\n\n"
	}
	if want += "event: complete\ndata:\n\n"; a.body != want {
		t.Errorf("heard %q", a.body)
	}
	if got := a.header.Get("Content-Type"); got != "text/event-stream; charset=utf-8" {
		t.Error(got)
	}
	r.queryAs("{a{x}}", asEvents).wants(t, http.StatusOK, `data: {"data":{"a":"done"}}`, "event: complete")
	r.queryAs("{nope}", asEvents).wants(t, http.StatusOK, `event: next`, `"errors"`, "event: complete")
	broken := r.queryAs("subscription {broken}", asEvents)
	broken.wants(t, http.StatusOK, `"INTERNAL"`, "event: complete")
	broken.lacks(t, "secret")
}

func TestServerSentEventsCanBeHadByGetButNoMutation(t *testing.T) {
	r := serving(t, server.Config{})
	get := func(query string) reply {
		return r.do(http.MethodGet, "/graphql?query="+url.QueryEscape(query), "", asEvents)
	}
	get("subscription {ticks}").wants(t, http.StatusOK, `"ticks":"3"`)
	get("mutation {write}").wants(t, http.StatusMethodNotAllowed, "POST")
	r.query("subscription {ticks}").wants(t, http.StatusMethodNotAllowed, "text/event-stream")
}

func TestAClientOfEventsThatGoesAwayEndsTheSubscription(t *testing.T) {
	r := serving(t, server.Config{})
	c := r.dial()
	const body = `{"query":"subscription {endless}"}`
	_, _ = c.Write([]byte("POST /graphql HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: 34\r\n\r\n" + body))
	<-r.fake.started
	c.Close()
	<-r.fake.ended
}

func TestEventsGoOnWithSignsOfLifeAndEndWithoutCompleteWhenTheServerStops(t *testing.T) {
	r := serving(t, server.Config{Streams: server.StreamLimits{Ping: 5 * time.Millisecond, Grace: 20 * time.Millisecond}})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+"/graphql?query="+url.QueryEscape("subscription {endless}"), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "text/event-stream")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	<-r.fake.started
	var heard strings.Builder
	scanned := bufio.NewScanner(answer.Body)
	for signs := 0; signs < 4 && scanned.Scan(); { // the first comes at once
		if scanned.Text() == ":" {
			signs++
		}
	}
	r.stop()
	for scanned.Scan() {
		heard.WriteString(scanned.Text() + "\n")
	}
	if !strings.Contains(heard.String(), "connect again\nretry: 100") || strings.Contains(heard.String(), "complete") {
		t.Errorf("heard %q", heard.String())
	}
	<-r.fake.ended
	if err := <-r.done; err != nil {
		t.Error(err)
	}
}

func TestDeferredPartsComeLaterWhereTheyMayAndAtOnceElsewhere(t *testing.T) {
	r := overDemo(t, server.Config{})
	const query = "{configurationItem(key:\\\"db-orders-1\\\"){key ...@defer(label:\\\"later\\\"){dependents{nodes{key}} ...F}}} fragment F on ConfigurationItem{dependsOn{nodes{key}}}"
	parts := r.queryAs(query, header{"Accept": "multipart/mixed; deferSpec=20220824, application/json"})
	parts.wants(t, http.StatusOK, "\r\n---\r\nContent-Type: application/json", `"hasNext":true`, `{"incremental":[{`, `"label":"later"`, `"hasNext":false`)
	if !strings.HasSuffix(parts.body, "\r\n-----\r\n") || !strings.HasPrefix(parts.header.Get("Content-Type"), "multipart/mixed; boundary=") {
		t.Errorf("%q, %v", parts.body, parts.header)
	}
	first, _, _ := strings.Cut(parts.body, "incremental")
	if strings.Contains(first, `"nodes"`) || !strings.Contains(first, `"key"`) {
		t.Errorf("the first part: %q", first)
	}
	for _, accept := range []string{"application/json", "text/event-stream", "*/*"} {
		whole := r.queryAs(query, header{"Accept": accept})
		whole.wants(t, http.StatusOK, `"key":"db-orders-1"`, `"dependents":{`, `"dependsOn":{`)
		whole.lacks(t, "hasNext")
	}
	r.queryAs("{a:__typename}", header{"Accept": "multipart/mixed, application/json"}).wants(t, http.StatusOK, `{"data":{"a":"Query"}}`)
}

// lines reads a stream line by line.
func lines(from io.Reader) iter.Seq[string] {
	return func(yield func(string) bool) {
		for each := bufio.NewScanner(from); each.Scan(); {
			if !yield(each.Text()) {
				return
			}
		}
	}
}
