package server_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"releasegraph/internal/app"
	"releasegraph/internal/entity"
	"releasegraph/internal/graphgen"
	"releasegraph/internal/server"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/topology"
	"releasegraph/resolvers"
)

// overEstate serves a large made estate, half of which depends on the item that
// its answer names.
func overEstate(t *testing.T) (*running, *graphgen.Estate, *app.App) {
	t.Helper()
	ctx := context.Background()
	s, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "estate.db"), entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(ctx) })
	e, err := graphgen.Generate(graphgen.Spec{Seed: 7, Items: 10_000, Reach: 5_000})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Fill(ctx, s, graphgen.FillOptions{Batch: 1_000, At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}); err != nil {
		t.Fatal(err)
	}
	top, err := topology.Open(ctx, s, entity.TopologyCodec{}, topology.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = top.Close(ctx) })
	a := app.New(app.Config{Store: top, Graphs: top, Now: time.Now, NewID: func() string { return uuid.Must(uuid.NewV7()).String() }})
	registry := prometheus.NewRegistry()
	r := start(t, server.Config{Metrics: registry, Gather: registry}, func(*fake) server.Open {
		return func(context.Context) (*server.Core, error) {
			return &server.Core{Schema: resolvers.New(a, zerolog.Nop()), Calendar: a.Feeds, Exporter: a.Export}, nil
		}
	})
	r.awaitReady()
	return r, e, a
}

// sieges are what took gigabytes and minutes, each within the price limit, or
// refused by it.
func sieges(source string) map[string]string {
	impact := `impact(input:{sources:{items:[{key:"` + source + `"}]}}`
	return map[string]string{
		"hits and what depends on each":    "{" + impact + "){hits(first:1000){nodes{item{key dependents(first:1){nodes{key}}}}}}}",
		"hits and their histories":         "{" + impact + "){hits(first:300){nodes{item{key history(first:1){nodes{revision}}}}}}}",
		"hits and how much each needs":     "{" + impact + "){hits(first:1000){nodes{item{key dependsOn{totalCount}}}}}}",
		"one impact sixteen times":         "{" + repeated(16, "a%d:"+impact+"){hits(first:1000){nodes{item{key} depth}}} ") + "}",
		"the whole log's difference twice": `{a:graphDiff(from:{revision:"0"}){summary{added}} b:graphDiff(from:{revision:"1"}){summary{added}}}`,
		"impacts of five moments":          "{" + repeated(5, `a%d:`+impact+`,asOf:{revision:"1%[1]d"}){summary{total}} `) + "}",
		"all drawings":                     "{" + repeated(8, "a%d:"+impact+"){mermaid dot} ") + "}",
		"searches in each text":            "{" + repeated(12, `a%d:configurationItems(first:1,filter:{name:{contains:"zz%[1]d"}}){totalCount} `) + "}",
		"the quality of everything":        "{dataQuality{orphans{totalCount} duplicates{totalCount} withoutOwner{totalCount} cycles{totalCount}}}",
		"long pages":                       "{configurationItems(first:1000){nodes{key name description dependsOn(first:20){nodes{key name owner}}}}}",
	}
}

// Others ask for one item meanwhile, and are answered: their slowest tenth takes
// no more than this many times that of a request for which nothing is to be
// done, and which has to wait for the busy machine all the same.
const patience = 20

func TestASiegeByOneCallerLeavesMemoryAndOthersAlone(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a while")
	}
	r, e, _ := overEstate(t)
	source := e.Key(e.Source())
	ask := document(t, `{configurationItem(key:"`+source+`"){key}}`, nil)
	small := func() time.Duration {
		begun := time.Now()
		r.post(ask, header{"Releasegraph-Act-As": "alice; roles=ADMIN"}).wants(t, http.StatusOK, source)
		return time.Since(begun)
	}
	nothing := func() time.Duration {
		begun := time.Now()
		r.get("/healthz").wants(t, http.StatusOK)
		return time.Since(begun)
	}
	for name, query := range sieges(source) { // each alone is answered, or refused by its price
		a := r.post(document(t, query, nil), nil)
		if a.status != http.StatusOK || strings.Contains(a.body, `"errors"`) && !strings.Contains(a.body, `"LIMIT"`) {
			t.Errorf("%s: %d %.300s", name, a.status, a.body)
		}
	}
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	ctx, end := context.WithCancel(t.Context())
	var stop atomic.Bool
	var attackers sync.WaitGroup
	for _, query := range sieges(source) {
		body := document(t, query, nil)
		for range 6 {
			attackers.Go(func() {
				for !stop.Load() {
					q, _ := http.NewRequestWithContext(ctx, http.MethodPost, r.url+"/graphql", strings.NewReader(body))
					q.Header.Set("Content-Type", "application/json")
					q.Header.Set("Releasegraph-Act-As", "mallory; roles=ADMIN")
					if a, err := http.DefaultClient.Do(q); err == nil {
						a.Body.Close() // without reading it
					}
				}
			})
		}
	}
	w := r.wire().greetedAs("mallory; roles=ADMIN")
	for i := range 60 {
		w.subscribes(fmt.Sprint(i), sieges(source)["hits and what depends on each"])
	}
	var most uint64
	goroutines := 0
	var during, busy []time.Duration
	for begun := time.Now(); time.Since(begun) < 8*time.Second; {
		during, busy = append(during, small()), append(busy, nothing())
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most, goroutines = max(most, m.HeapInuse+m.StackInuse), max(goroutines, runtime.NumGoroutine())
	}
	w.conn.CloseNow()
	stop.Store(true)
	end()
	attackers.Wait()
	slow, least := tenth(during), tenth(busy)
	t.Logf("%d small questions, the slowest tenth above %s (%s for nothing); %d MB more at most, %d goroutines", len(during), slow, least, (most-before.HeapInuse)/mb, goroutines)
	if most > before.HeapInuse+before.StackInuse+1024*mb {
		t.Errorf("%d MB more were in use", (most-before.HeapInuse)/mb)
	}
	if goroutines > 5_000 {
		t.Errorf("%d goroutines", goroutines)
	}
	if slow > patience*max(least, 5*time.Millisecond) {
		t.Errorf("small questions took %s, and nothing took %s", slow, least)
	}
	r.awaitQuiet()
}

// tenth is above what the slowest tenth takes.
func tenth(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)*9/10]
}

// awaitQuiet waits until nothing runs any more: nobody waits for it.
func (r *running) awaitQuiet() {
	r.t.Helper()
	for range 500 {
		if a := r.get("/metrics"); strings.Contains(a.body, `releasegraph_running_price{lane="dear"} 0`) && strings.Contains(a.body, `releasegraph_waiting_operations{lane="dear"} 0`) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.t.Error("something runs on")
}
