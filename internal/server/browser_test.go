package server_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"releasegraph/internal/server"
)

func TestPagesOfListedSitesMayUseTheAPIAndOfNoOthers(t *testing.T) {
	r := serving(t, server.Config{Origins: []string{"https://portal.example"}})
	const mutation = `{"query":"mutation {write}"}`
	ours := r.post(mutation, header{"Origin": "https://portal.example", "Sec-Fetch-Site": "cross-site"})
	ours.wants(t, http.StatusOK)
	if got := ours.header.Get("Access-Control-Allow-Origin"); got != "https://portal.example" {
		t.Errorf("Access-Control-Allow-Origin: %q", got)
	}
	theirs := r.post(mutation, header{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"})
	theirs.wants(t, http.StatusForbidden)
	if got := theirs.header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("Access-Control-Allow-Origin: %q", got)
	}
	preflight := func(origin string) string {
		t.Helper()
		return r.do(http.MethodOptions, "/graphql", "", header{
			"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type",
		}).header.Get("Access-Control-Allow-Headers")
	}
	if preflight("https://portal.example") == "" || preflight("https://evil.example") != "" {
		t.Error("preflights are answered the wrong way around")
	}
	if got := serving(t, server.Config{}).queryAs("{a{x}}", header{"Origin": "https://portal.example"}).header; got.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("without a list: %v", got)
	}
	for _, bad := range []string{"*", "portal.example", "https://portal.example/", "https://*.example/x"} {
		if _, err := server.New(server.Config{Origins: []string{bad}}, fakeSDL); err == nil || !strings.Contains(err.Error(), "https://portal.example.com") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// certify writes a certificate for localhost with a serial number.
func certify(t *testing.T, files server.TLS, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	made, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{files.Cert: {Type: "CERTIFICATE", Bytes: made}, files.Key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestACertificateIsServedAndReadAgainWhenItHasChanged(t *testing.T) {
	dir := t.TempDir()
	files := server.TLS{Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem")}
	if _, err := server.New(server.Config{TLS: files}, fakeSDL); err == nil || !strings.Contains(err.Error(), "TLS: ") {
		t.Errorf("without files: %v", err)
	}
	certify(t, files, 1)
	r := start(t, server.Config{TLS: files}, nil)
	secure := *r
	secure.url = strings.Replace(r.url, "http:", "https:", 1)
	client := func() *running {
		return secure.with(&http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}})
	}
	client().awaitReady()
	answer := client().query("{a{x}}")
	answer.wants(t, http.StatusOK)
	if got := answer.header.Get("Strict-Transport-Security"); got != "max-age=31536000" {
		t.Errorf("Strict-Transport-Security: %q", got)
	}
	client().queryAs("subscription {ticks}", asEvents).wants(t, http.StatusOK, `"ticks":"3"`) // over HTTP/2
	serial := func() string {
		t.Helper()
		conn, err := tls.Dial("tcp", strings.TrimPrefix(secure.url, "https://"), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		return conn.ConnectionState().PeerCertificates[0].SerialNumber.String()
	}
	if got := serial(); got != "1" {
		t.Errorf("serial %s", got)
	}
	certify(t, files, 2)
	for serial() != "2" { // it looks once a second
		time.Sleep(10 * time.Millisecond)
	}
	if err := os.WriteFile(files.Cert, []byte("half a certif"), 0o600); err != nil {
		t.Fatal(err)
	}
	for !strings.Contains(r.log.String(), "the former one serves on") {
		if got := serial(); got != "2" {
			t.Fatalf("serial %s", got)
		}
		time.Sleep(10 * time.Millisecond)
	}
	if got := serving(t, server.Config{}).query("{a{x}}").header.Get("Strict-Transport-Security"); got != "" {
		t.Errorf("without TLS: %q", got)
	}
}

func TestNoPageOfAnotherSiteHasAnythingWorkedOut(t *testing.T) {
	r := serving(t, server.Config{})
	shared := serving(t, server.Config{Origins: []string{"https://portal.example.com"}})
	const image = "/graphql?query=%7Ba%7Bx%7D%7D"
	for name, h := range map[string]header{
		"an image":                   {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
		"a link to an answer":        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
		"a page of a neighbour":      {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
		"an older browser's script":  {"Origin": "https://elsewhere.example"},
		"a page without an origin":   {"Origin": "null"},
		"an origin that is not one":  {"Origin": "https://portal.example.com.elsewhere.example", "Sec-Fetch-Site": "cross-site"},
		"a word that browsers lack":  {"Sec-Fetch-Site": "sideways"},
		"another port of this host":  {"Origin": "http://127.0.0.1:1", "Sec-Fetch-Site": "same-site"},
		"a script that asks by POST": {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"},
	} {
		for _, s := range []*running{r, shared} {
			for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions} {
				a := s.do(method, image, "", h)
				if a.status != http.StatusForbidden && (method != http.MethodOptions || a.header.Get("Access-Control-Allow-Origin") != "") {
					t.Errorf("%s by %s: %d", name, method, a.status)
				}
			}
			s.do(http.MethodGet, "/calendar.ics", "", h).wants(t, http.StatusForbidden)
		}
	}
	for name, h := range map[string]header{
		"its own page":          {"Sec-Fetch-Site": "same-origin"},
		"a typed address":       {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"},
		"a program":             {},
		"its own page, by CORS": {"Origin": r.url},
	} {
		if a := r.do(http.MethodGet, image, "", h); a.status != http.StatusOK {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	shared.do(http.MethodGet, image, "", header{"Origin": "https://portal.example.com", "Sec-Fetch-Site": "cross-site"}).wants(t, http.StatusOK, `"data"`)
	// A link elsewhere may lead to a page.
	for _, path := range []string{"/", "/graphiql?example=path", "/schema.graphqls"} {
		r.do(http.MethodGet, path, "", header{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}).wants(t, http.StatusOK)
	}
}

func TestAnswersAreForWhoAskedAlone(t *testing.T) {
	r := serving(t, server.Config{})
	for path, a := range map[string]reply{
		"an answer": r.query("{a{x}}"), "a refusal": r.do(http.MethodPut, "/graphql", "", nil), "a page": r.get("/"),
		"another site's": r.do(http.MethodGet, "/graphql", "", header{"Sec-Fetch-Site": "cross-site"}),
		"a calendar":     r.get("/calendar.ics"), "nothing": r.get("/nothing"), "readiness": r.get("/readyz"),
	} {
		if got := a.header.Get("Cross-Origin-Resource-Policy"); got != "same-origin" {
			t.Errorf("%s: Cross-Origin-Resource-Policy %q", path, got)
		}
		if got := a.header.Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("%s: X-Content-Type-Options %q", path, got)
		}
	}
	for _, a := range []reply{r.query("{a{x}}"), r.query("{nope"), r.do(http.MethodPut, "/graphql", "", nil), r.queryAs("subscription {ticks}", asEvents)} {
		if got := a.header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("Cache-Control %q: %s", got, a.body)
		}
	}
}
