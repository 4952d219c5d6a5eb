package server_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"releasegraph/examples"
	"releasegraph/internal/server"
)

// pricesOf tells what queries cost.
func pricesOf(t *testing.T, r *running, want map[string]string) {
	t.Helper()
	for query, want := range want {
		body := strings.TrimSuffix(document(t, query, nil), "}") + `,"extensions":{"cost":true}}`
		a := r.post(body, nil)
		a.wants(t, http.StatusOK, `"price":`)
		_, after, _ := strings.Cut(a.body, `"price":`)
		if got := after[:strings.IndexAny(after, ",}")]; got != want {
			t.Errorf("%s costs %s, want %s", query, got, want)
		}
	}
}

func TestThePriceIsToldWhenItIsAskedFor(t *testing.T) {
	r := overDemo(t, server.Config{})
	pricesOf(t, r, map[string]string{
		"{configurationItems(first:10){totalCount}}":                                                 "102", // 1 + 50 for the page, 1 + 50 for the total
		"{configurationItems(first:10){nodes{key name}}}":                                            "81",  // 51 + 10 × (1 + 2)
		"{configurationItems{nodes{key}}}":                                                           "151",
		"{configurationItems(last:2){edges{node{key}}}}":                                             "57", // 51 + 2 × (1 + 1 + 1)
		"{configurationItems(first:10){...C}} fragment C on ConfigurationItemConnection{nodes{key}}": "71",
		`{nodes(ids:["a","b"]){id}}`:                                                                 "54",
	})
	r.query("{configurationItems{totalCount}}").lacks(t, "extensions")
}

func TestThePriceCountsWhatIsLoaded(t *testing.T) {
	r := overDemo(t, server.Config{})
	const during = `during:{from:"2026-11-01T00:00:00Z",to:"2026-12-01T00:00:00Z"}`
	pricesOf(t, r, map[string]string{
		// What each of a page's records is asked for in the store.
		"{configurationItems(first:100){nodes{dependsOn(first:1){nodes{key}}}}}": "5451",  // 51 + 100 × (1 + 51 + 2)
		"{sites(first:100){nodes{partOf{key}}}}":                                 "5351",  // 51 + 100 × (1 + 51 + 1)
		"{configurationItems(first:100){nodes{dependsOn{totalCount}}}}":          "10351", // 51 + 100 × (1 + 51 + 51)
		// A list that says its length by first, and pages of other names.
		"{dataQuality{cycles(first:10){nodes{items(first:1000){key}}}}}": "30062", // 1 + 10,051 + 10 × (1 + 1,000 × 2)
		"{changeSchedule(" + during + ",first:1000){nodes{status}}}":     "52051",
		"{changeSchedule(" + during + "){nodes{status}}}":                "50251", // 100 long unless said otherwise
		// What a search looks through counts once for each place in the document.
		`{configurationItems(first:1,filter:{name:{contains:"x"}}){nodes{key}}}`:                              "5053",
		`{configurationItems(first:1,filter:{or:[{name:{contains:"x"}},{key:{contains:"x"}}]}){nodes{key}}}`:  "10053",
		`{configurationItems(first:1,filter:{dependsOn:{some:{name:{contains:"x"}}}}){nodes{key}}}`:           "55053",
		`{configurationItems(first:100){nodes{dependsOn(first:1,filter:{name:{contains:"x"}}){nodes{key}}}}}`: "10451",
		// A moment counts once, however often it is named.
		`{a:configurationItem(key:"a",asOf:{revision:"1"}){key} b:configurationItem(key:"b",asOf:{revision:"1"}){key}}`: "200104",
		`{a:configurationItem(key:"a",asOf:{revision:"1"}){key} b:configurationItem(key:"b",asOf:{revision:"2"}){key}}`: "400104",
		// The whole graph of a moment costs more than records of it.
		`{impact(input:{sources:{items:[{key:"a"}]}},asOf:{revision:"1"}){revision}}`: "270052",
		`{impact(input:{sources:{items:[{key:"a"}]}},asOf:null){revision}}`:           "10052",
	})
}

func TestAFilterFollowsThreeRelationshipsAtMost(t *testing.T) {
	r := overDemo(t, server.Config{Limits: server.Limits{Price: 1_000_000}})
	filter := func(depth int) string {
		return strings.Repeat("dependsOn:{some:{", depth) + `name:{contains:"zz"}` + strings.Repeat("}}", depth)
	}
	ask := func(depth int) reply {
		return r.post(document(t, "{configurationItems(first:1,filter:{"+filter(depth)+"}){nodes{key}}}", nil), nil)
	}
	ask(3).wants(t, http.StatusOK, `"data"`)
	ask(4).wants(t, http.StatusOK, `"code":"LIMIT"`, "follows 4 relationships", "at most 3")
	// The same in variables, and by "none" within "and".
	deep := map[string]any{"name": map[string]any{"contains": "zz"}}
	for range 4 {
		deep = map[string]any{"and": []any{map[string]any{"dependents": map[string]any{"none": deep}}}}
	}
	r.post(document(t, "query($f:ConfigurationItemFilter){configurationItems(first:1,filter:$f){nodes{key}}}", map[string]any{"f": deep}), nil).
		wants(t, http.StatusOK, `"code":"LIMIT"`, "follows 4 relationships")
}

func TestAListOfAnImpactIsNoLongerThanOtherPages(t *testing.T) {
	r := overDemo(t, server.Config{})
	ask := func(list string, first int) reply {
		return r.post(document(t, fmt.Sprintf(`{impact(input:{sources:{items:[{key:"db-orders-1"}]}}){%s(first:%d){totalCount}}}`, list, first), nil), nil)
	}
	for _, list := range []string{"toTell", "problems", "knownErrors", "changeRequests", "agreements"} {
		ask(list, 1000).wants(t, http.StatusOK, `"totalCount"`)
		ask(list, 1001).wants(t, http.StatusOK, `"code":"LIMIT"`, `"field":"first"`, "1000")
	}
	ask("hits", 100_000).wants(t, http.StatusOK, `"totalCount"`)
	ask("hits", 100_001).wants(t, http.StatusOK, `"code":"LIMIT"`, `"field":"first"`, "100000")
}

func TestAnOperationThatCostsTooMuchIsRefusedWithItsPrice(t *testing.T) {
	r := overDemo(t, server.Config{Limits: server.Limits{Price: 200}})
	r.query("{configurationItems(first:100){nodes{key}}}").
		wants(t, http.StatusOK, `"code":"LIMIT"`, `"details":{"limit":200,"price":251}`, "ask for shorter pages")
	r.query("{configurationItems(first:49){nodes{key}}}").wants(t, http.StatusOK, `"data"`)
}

// Each example of the documentation, and of the IDE's tabs, costs less than two
// thirds of what an operation may.
func TestEveryExampleCostsFarLessThanAnOperationMay(t *testing.T) {
	list, err := examples.Operations()
	if err != nil {
		t.Fatal(err)
	}
	r := overDemo(t, server.Config{Limits: server.Limits{Price: 1}})
	for _, o := range list {
		var variables map[string]any
		if o.Variables != "" {
			if err := json.Unmarshal([]byte(o.Variables), &variables); err != nil {
				t.Fatal(err)
			}
		}
		a := r.post(document(t, o.Query, variables), nil)
		_, after, _ := strings.Cut(a.body, `"price":`)
		price, err := strconv.Atoi(after[:max(0, strings.IndexAny(after, ",}"))])
		if err != nil || price > 330_000 {
			t.Errorf("%s costs %d: %.300s", o.Name, price, a.body)
		}
	}
}

func TestWhoSendsTooMuchIsToldHowLongToWait(t *testing.T) {
	r := serving(t, server.Config{Rate: server.RateLimit{PerSecond: 0.001, Burst: 2}})
	first := r.query("{a{x}}")
	first.wants(t, http.StatusOK)
	if got := first.header.Get("RateLimit-Policy"); got != `"operations";q=2;w=2000` {
		t.Errorf("RateLimit-Policy: %s", got)
	}
	if got := first.header.Get("RateLimit"); !strings.HasPrefix(got, `"operations";r=1;t=`) {
		t.Errorf("RateLimit: %s", got)
	}
	r.query("{a{x}}").wants(t, http.StatusOK)
	refused := r.query("{a{x}}")
	refused.wants(t, http.StatusTooManyRequests, `"code":"LIMIT"`, "0.001 a second")
	if got := refused.header.Get("Retry-After"); len(got) < 3 {
		t.Errorf("Retry-After: %q", got)
	}
	// Somebody else has their own.
	r.queryAs("{a{x}}", header{"Releasegraph-Act-As": "alice; roles=VIEWER"}).wants(t, http.StatusOK)
	r.get("/healthz").wants(t, http.StatusOK)
}

func TestTheAddressThatCountsIsThatOfTheClientBehindATrustedProxy(t *testing.T) {
	trusted, err := server.ParseProxies([]string{"127.0.0.0/8", "10.0.0.7"})
	if err != nil {
		t.Fatal(err)
	}
	limit := server.RateLimit{PerSecond: 0.001, Burst: 1}
	from := func(r *running, hops string) reply { return r.queryAs("{a{x}}", header{"X-Forwarded-For": hops}) }
	r := serving(t, server.Config{Rate: limit, TrustedProxies: trusted})
	from(r, "203.0.113.1, 10.0.0.7").wants(t, http.StatusOK)
	from(r, "203.0.113.2").wants(t, http.StatusOK)
	from(r, "198.51.100.9, 203.0.113.2").wants(t, http.StatusTooManyRequests) // what a client writes before its own address
	from(r, "2001:db8::1").wants(t, http.StatusOK)
	from(r, "2001:db8::2").wants(t, http.StatusTooManyRequests) // one network, one caller
	r = serving(t, server.Config{Rate: limit})
	from(r, "203.0.113.1").wants(t, http.StatusOK)
	from(r, "203.0.113.2").wants(t, http.StatusTooManyRequests) // nobody is trusted
	if _, err := server.ParseProxies([]string{"proxy"}); err == nil || !strings.Contains(err.Error(), "10.0.0.0/8") {
		t.Errorf("a name: %v", err)
	}
}

func hashOf(document string) string {
	sum := sha256.Sum256([]byte(document))
	return hex.EncodeToString(sum[:])
}

func persisted(hash string) string {
	return `"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + hash + `"}}`
}

func TestADocumentSentOnceCanBeNamedByItsHash(t *testing.T) {
	r := serving(t, server.Config{})
	hash := persisted(hashOf("{a{x}}"))
	r.post("{"+hash+"}", nil).wants(t, http.StatusOK, "PERSISTED_QUERY_NOT_FOUND")
	r.post(`{"query":"{a{x}}",`+hash+"}", nil).wants(t, http.StatusOK, `"data"`)
	r.post("{"+hash+"}", nil).wants(t, http.StatusOK, `"data"`)
}

func TestWhatIsKeptOfDocumentsIsBoundedByBytes(t *testing.T) {
	r := serving(t, server.Config{})
	keep := func(n int) {
		for i := range n { // each a document of its own, sent under its hash
			query := fmt.Sprintf("query Q%d {a{%s}}", i, strings.Repeat("... {...{x}} ", 95))
			r.post(`{"query":"`+query+`",`+persisted(hashOf(query))+"}", nil).wants(t, http.StatusOK, `"data"`)
		}
	}
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	keep(1_000) // 100 KB each, as parsed
	if after := heap(); after > before+44*mb {
		t.Errorf("%d MB are kept", (after-before)/mb)
	}
}

func TestWithAnAllowListNothingElseIsRun(t *testing.T) {
	const listed = "query Listed {a{x}}"
	write := func(text string) *server.PersistedOperations {
		t.Helper()
		path := filepath.Join(t.TempDir(), "operations.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		list, err := server.ReadPersistedOperations(path)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	for form, list := range map[string]*server.PersistedOperations{
		"relay":  write(`{"any-id":"` + listed + `"}`),
		"apollo": write(`{"format":"apollo-persisted-query-manifest","version":1,"operations":[{"id":"1","name":"Listed","type":"query","body":"` + listed + `"}]}`),
	} {
		r := serving(t, server.Config{Persisted: list})
		r.query(listed).wants(t, http.StatusOK, `"data"`)
		r.post("{"+persisted(hashOf(listed))+"}", nil).wants(t, http.StatusOK, `"data"`)
		for _, body := range []string{`{"query":"{a{x}}"}`, `{"query":"{a{x}}",` + persisted(hashOf(listed)) + "}", "{" + persisted(hashOf("{a{x}}")) + "}"} {
			r.post(body, nil).wants(t, http.StatusOK, `"code":"FORBIDDEN"`, "listed operations only")
		}
		if t.Failed() {
			t.Fatal(form)
		}
	}
	for text, why := range map[string]string{"[]": "Apollo manifest", `{"a":"query {"}`: "a: "} {
		path := filepath.Join(t.TempDir(), "bad.json")
		_ = os.WriteFile(path, []byte(text), 0o600)
		if _, err := server.ReadPersistedOperations(path); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestWhatExistsIsHiddenWhereItIsToBe(t *testing.T) {
	open := overDemo(t, server.Config{})
	open.query("{__schema{types{name}}}").wants(t, http.StatusOK, "ConfigurationItem")
	open.query("{configurationItem(key:\\\"a\\\"){nam}}").wants(t, http.StatusOK, "Did you mean")
	r := overDemo(t, server.Config{HideSchema: true, HideSuggestions: true})
	r.query("{__schema{types{name}}}").lacks(t, "ConfigurationItem")
	r.get("/schema.graphqls").wants(t, http.StatusNotFound)
	for _, query := range []string{
		"{configurationItem(key:\\\"a\\\"){nam}}", "{configurationItem(kee:\\\"a\\\"){name}}",
		"query($a: ConfigurationItm){configurationItem(key:$a){name}}",
		"{configurationItems(filter:{class:{eq:SERVIC}}){totalCount}}", "{configurationItems(filter:{klass:{eq:SERVICE}}){totalCount}}",
	} {
		a := r.query(query)
		a.wants(t, http.StatusOK, `"errors"`)
		a.lacks(t, "Did you mean", "SERVICE,")
	}
}

func TestAnUnknownValueOfAnEnumIsAnsweredWithTheLegalOnes(t *testing.T) {
	r := overDemo(t, server.Config{})
	const legal = "the values are SERVICE, "
	r.query("{configurationItems(filter:{class:{eq:SERVIC}}){totalCount}}").wants(t, http.StatusOK, legal)
	r.query("{configurationItems(filter:{class:{eq:\\\"SERVICE\\\"}}){totalCount}}").wants(t, http.StatusOK, legal)
	r.post(`{"query":"query($f: ConfigurationItemFilter){configurationItems(filter:$f){totalCount}}","variables":{"f":{"class":{"eq":"PLATINUM"}}}}`, nil).
		wants(t, http.StatusOK, legal)
}
