package server_test

import (
	"net/http"
	"strings"
	"testing"

	"releasegraph/internal/server"
)

func TestOnlyLoopbackIsListenedOn(t *testing.T) {
	for _, address := range []string{":8080", "0.0.0.0:8080", "[::]:8080", "192.0.2.1:8080"} {
		l, err := server.Listen(t.Context(), address)
		if err == nil {
			l.Close()
			t.Errorf("%s was listened on", address)
			continue
		}
		if !strings.Contains(err.Error(), "Listen on 127.0.0.1, and let a tunnel or a reverse proxy on this host") {
			t.Errorf("%s: the error does not say what to do: %v", address, err)
		}
	}
	if _, err := server.Listen(t.Context(), "8080"); err == nil || !strings.Contains(err.Error(), "HOST:PORT") {
		t.Errorf("an address without a host: %v", err)
	}
	l, err := server.Listen(t.Context(), "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}

func TestTheActorIsTheLocalAdministratorOrWhomTheHeaderNames(t *testing.T) {
	r := serving(t, server.Config{})
	r.query("{actor}").wants(t, http.StatusOK, `"actor":"local"`)
	r.queryAs("{actor}", header{"Releasegraph-Act-As": "alice; roles=REQUESTER,CAB_MEMBER; sites=par-1"}).
		wants(t, http.StatusOK, `"actor":"alice"`)
	if !strings.Contains(r.log.String(), `"actor":"alice"`) {
		t.Error("the log does not name the actor")
	}
}

func TestABadActorIsRefusedNamingTheRoles(t *testing.T) {
	r := serving(t, server.Config{})
	for bad, why := range map[string]string{
		"alice; roles=KING":      "no role \\\"KING\\\"; the roles are VIEWER, REQUESTER",
		"; roles=VIEWER":         "no name",
		"alice; crown=yes":       "the parts are roles, sites and suppliers",
		strings.Repeat("x", 2e3): "longer than 1000 bytes",
	} {
		r.queryAs("{actor}", header{"Releasegraph-Act-As": bad}).wants(t, http.StatusBadRequest, why, `"code":"INVALID"`)
	}
}

func TestANameThatIsNotLoopbackIsRefused(t *testing.T) {
	r := serving(t, server.Config{})
	for _, host := range []string{"evil.example", "evil.example:8080", "192.0.2.1", "localhost.evil.example"} {
		for _, path := range []string{"/graphql?query={a{x}}", "/graphiql", "/readyz"} {
			r.do(http.MethodGet, path, "", header{"Host": host}).wants(t, http.StatusMisdirectedRequest, "localhost")
		}
	}
	for _, host := range []string{"localhost", "LOCALHOST:8080", "127.0.0.1:9", "[::1]:80", "app.localhost"} {
		r.do(http.MethodGet, "/healthz", "", header{"Host": host}).wants(t, http.StatusOK)
	}
}

func TestAPageOfAnotherSiteChangesNothing(t *testing.T) {
	r := serving(t, server.Config{})
	document := `{"query":"mutation {write}"}`
	r.post(document, header{"Origin": "https://evil.example"}).wants(t, http.StatusForbidden, "another site")
	r.post(document, header{"Sec-Fetch-Site": "cross-site"}).wants(t, http.StatusForbidden, "another site")
	r.post(document, header{"Origin": r.url, "Sec-Fetch-Site": "same-origin"}).wants(t, http.StatusOK)
}

func TestEachRequestHasAnID(t *testing.T) {
	r := serving(t, server.Config{})
	if a := r.query("{a{x}}"); len(a.header.Get("X-Request-Id")) != 36 {
		t.Errorf("X-Request-Id: %q", a.header.Get("X-Request-Id"))
	}
	a := r.queryAs("query Mine {nope}", header{"X-Request-Id": "from-the-proxy-7"})
	a.wants(t, http.StatusOK, `"requestId":"from-the-proxy-7"`)
	r.queryAs("query Mine {a{x}}", header{"X-Request-Id": "from-the-proxy-8"})
	if a.header.Get("X-Request-Id") != "from-the-proxy-7" || !strings.Contains(r.log.String(), `"operation":"query Mine"`) {
		t.Errorf("%v, log:\n%s", a.header, r.log)
	}
	forged := r.queryAs("{a{x}}", header{"X-Request-Id": `a"b`})
	if forged.header.Get("X-Request-Id") == `a"b` {
		t.Error("an id that could forge log lines was taken")
	}
}
