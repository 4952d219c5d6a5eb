package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"releasegraph/internal/server"
)

func TestOnlyJSONIsRead(t *testing.T) {
	r := serving(t, server.Config{})
	for _, media := range []string{"", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/json; charset=latin1"} {
		r.post(`{"query":"{a{x}}"}`, header{"Content-Type": media}).
			wants(t, http.StatusUnsupportedMediaType, "Content-Type: application/json")
	}
	r.post(`{"query":"{a{x}}"}`, header{"Content-Type": "application/json; charset=UTF-8"}).wants(t, http.StatusOK)
}

func TestAMalformedBodyIsExplainedWithoutQuotingIt(t *testing.T) {
	r := serving(t, server.Config{})
	for body, why := range map[string]string{
		"{\"query\":\"{a(b:\\\"\xff\\\")}\"}": "the body cannot be read: it is not valid UTF-8",
		``:                                    "is empty",
		`{"query":"hunter2`:                   "ends in the middle",
		`{"query":hunter2}`:                   "not JSON, from byte 10 on",
		`["hunter2"]`:                         "must be one JSON object, not an array",
		`{"query":["hunter2"]}`:               `"query" must not be an array`,
		`{"query":"{a}","variables":"h2"}`:    `"variables" must not be a string`,
		`{"operationName":"hunter2"}`:         "no document",
		`{"query":"{a{x}}"} hunter2`:          "more after the JSON value",
	} {
		a := r.post(body, nil)
		a.wants(t, http.StatusBadRequest, `"code":"INVALID"`, strings.ReplaceAll(why, `"`, `\"`))
		a.lacks(t, "hunter2", `"data"`)
	}
}

func TestAGetAnswersQueriesAndRefusesMutations(t *testing.T) {
	r := serving(t, server.Config{})
	ask := func(document string) reply { return r.get("/graphql?query=" + url.QueryEscape(document)) }
	ask("{a{x}}").wants(t, http.StatusOK, `"data"`)
	a := ask("mutation {write}")
	a.wants(t, http.StatusMethodNotAllowed, "must be sent by POST")
	if a.header.Get("Allow") != "POST" {
		t.Errorf("Allow: %q", a.header.Get("Allow"))
	}
	r.get("/graphql?query={a}&variables={").wants(t, http.StatusBadRequest, "variables")
	r.query("mutation {write}").wants(t, http.StatusOK, `{"data":{"write":"done"}}`)
}

func TestOtherMethodsAreToldWhichWork(t *testing.T) {
	r := serving(t, server.Config{})
	for method, status := range map[string]int{http.MethodPut: http.StatusMethodNotAllowed, http.MethodDelete: http.StatusMethodNotAllowed, http.MethodOptions: http.StatusNoContent} {
		a := r.do(method, "/graphql", "", nil)
		a.wants(t, status)
		if a.header.Get("Allow") != "GET, POST, OPTIONS" {
			t.Errorf("%s: Allow: %q", method, a.header.Get("Allow"))
		}
	}
}

func TestTheAnswersTypeAndStatusFollowWhatIsAccepted(t *testing.T) {
	r := serving(t, server.Config{})
	for accept, want := range map[string]struct {
		media  string
		status int
	}{
		"":                                  {"application/json", http.StatusOK},
		"*/*":                               {"application/json", http.StatusOK},
		"application/json":                  {"application/json", http.StatusOK},
		"application/graphql-response+json": {"application/graphql-response+json", http.StatusBadRequest},
		"application/json;q=0.5, application/graphql-response+json;q=0.4":      {"application/json", http.StatusOK},
		"application/graphql-response+json, application/json, multipart/mixed": {"application/graphql-response+json", http.StatusBadRequest},
	} {
		a := r.queryAs("{nope}", header{"Accept": accept})
		a.wants(t, want.status, "nope")
		a.lacks(t, `"data"`)
		if got := a.header.Get("Content-Type"); got != want.media+"; charset=utf-8" {
			t.Errorf("Accept %q: Content-Type %q", accept, got)
		}
	}
}

func TestLongAnswersAreCompressed(t *testing.T) {
	r := serving(t, server.Config{})
	long := "{" + repeated(15, " nope%d"+strings.Repeat("x", 150)) + "}"
	for encoding, want := range map[string]string{"gzip": "gzip", "zstd": "zstd", "identity": ""} {
		a := r.queryAs(long, header{"Accept-Encoding": encoding})
		if got := a.header.Get("Content-Encoding"); got != want {
			t.Errorf("Accept-Encoding %s: Content-Encoding %q", encoding, got)
		}
	}
}
