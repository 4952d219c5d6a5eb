package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"releasegraph/internal/server"
)

func TestTheIDEIsServedFromThisServerAlone(t *testing.T) {
	r := serving(t, server.Config{})
	page := r.get("/graphiql")
	page.wants(t, http.StatusOK, `src="/graphiql/assets/main.js"`)
	page.lacks(t, "http://", "https://")
	if policy := page.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "connect-src 'self'") {
		t.Errorf("policy: %q", policy)
	}
	for name, media := range map[string]string{
		"main.js": "text/javascript", "main.css": "text/css", "graphql.worker.js": "text/javascript",
		"json.worker.js": "text/javascript", "editor.worker.js": "text/javascript", "licences.txt": "text/plain",
	} {
		a := r.get("/graphiql/assets/" + name)
		a.wants(t, http.StatusOK)
		if !strings.HasPrefix(a.header.Get("Content-Type"), media) || len(a.body) < 1000 {
			t.Errorf("%s: %s, %d bytes", name, a.header.Get("Content-Type"), len(a.body))
		}
	}
	r.get("/graphiql/assets/nope.js").wants(t, http.StatusNotFound)
}

func TestAssetsAreSentAsTheyAreKeptAndOnlyOnce(t *testing.T) {
	r := serving(t, server.Config{})
	packed := r.do(http.MethodGet, "/graphiql/assets/main.js", "", header{"Accept-Encoding": "gzip"})
	if packed.header.Get("Content-Encoding") != "gzip" || !strings.HasPrefix(packed.body, "\x1f\x8b") {
		t.Errorf("not packed: %v", packed.header)
	}
	plain := r.do(http.MethodGet, "/graphiql/assets/main.js", "", header{"Accept-Encoding": "identity"})
	if plain.header.Get("Content-Encoding") != "" || strings.HasPrefix(plain.body, "\x1f\x8b") {
		t.Errorf("packed for a client that cannot unpack: %v", plain.header)
	}
	if packed.header.Get("ETag") == plain.header.Get("ETag") {
		t.Error("different bytes under one strong tag")
	}
	for _, one := range []struct{ encoding, tag string }{{"gzip", packed.header.Get("ETag")}, {"identity", plain.header.Get("ETag")}} {
		r.do(http.MethodGet, "/graphiql/assets/main.js", "", header{"Accept-Encoding": one.encoding, "If-None-Match": one.tag}).
			wants(t, http.StatusNotModified)
	}
}

func TestTheExamplesAndTheSchemaAreServed(t *testing.T) {
	r := serving(t, server.Config{})
	r.get("/schema.graphqls").wants(t, http.StatusOK, "type Query")
	r.get("/").wants(t, http.StatusOK, "/graphiql?example=what-if", ">What if the shop had no second database?<", "/schema.graphqls",
		r.url+"/graphql")
	serving(t, server.Config{HideSchema: true}).get("/").lacks(t, "/schema.graphqls")
	var list []struct{ Name, Query, Variables string }
	if err := json.Unmarshal([]byte(r.get("/graphiql/examples.json").body), &list); err != nil {
		t.Fatal(err)
	}
	if len(list) < 5 || list[0].Name != "impact" || !strings.Contains(list[0].Variables, "db-orders-1") {
		t.Errorf("examples: %+v", list)
	}
}
