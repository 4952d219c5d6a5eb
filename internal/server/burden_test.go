package server_test

import (
	"context"
	"fmt"
	"net/http"
	"runtime/metrics"
	"strings"
	"sync"
	"testing"
	"time"

	"releasegraph/internal/app"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/benchtest"
	"releasegraph/internal/graphgen"
	"releasegraph/internal/server"
)

// burden is what a request makes the process do: its processors' work, what it
// allocates, and how many goroutines it keeps at a time. None of them grows
// since others keep the machine busy.
type burden struct {
	cpu        time.Duration
	mb         uint64
	goroutines uint64
}

const (
	allocated = "/gc/heap/allocs:bytes"
	goroutine = "/sched/goroutines:goroutines"
)

func metered(name string) uint64 {
	sample := []metrics.Sample{{Name: name}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// weigh tells what something makes the process do, the asking included.
func weigh(do func()) burden {
	before, at, bytes := metered(goroutine), benchtest.CPU(), metered(allocated)
	stop, most := make(chan struct{}), make(chan uint64)
	go func() {
		var peak uint64
		for {
			select {
			case <-stop:
				most <- peak
				return
			case <-time.After(2 * time.Millisecond):
				peak = max(peak, metered(goroutine))
			}
		}
	}()
	do()
	close(stop)
	peak := <-most
	return burden{benchtest.CPU() - at, (metered(allocated) - bytes) / mb, peak - min(peak, before)}
}

// within holds a burden to its bounds. While races are looked for all takes more.
func (b burden) within(t *testing.T, most burden) {
	t.Helper()
	t.Logf("%.2f s of processors, %d MB, %d goroutines; at most %s, %d, %d", b.cpu.Seconds(), b.mb, b.goroutines, most.cpu, most.mb, most.goroutines)
	if b.cpu > most.cpu*slower {
		t.Errorf("it took %s of processors", b.cpu)
	}
	if b.mb > most.mb*slower {
		t.Errorf("it allocated %d MB", b.mb)
	}
	if b.goroutines > most.goroutines {
		t.Errorf("it kept %d goroutines", b.goroutines)
	}
}

// manyChanges plans changes that last a year each, in freezes that come again
// each week.
func manyChanges(t *testing.T, a *app.App, e *graphgen.Estate) {
	t.Helper()
	var lines []string
	for i := range 300 {
		lines = append(lines, fmt.Sprintf(`{"node":"ChangeRequest","key":"C-%d","name":"C","type":"NORMAL","plannedFrom":"2027-01-01T00:00:00Z","plannedTo":"2027-12-31T00:00:00Z"}`, i),
			fmt.Sprintf(`{"edge":"AFFECTS","from":"C-%d","to":%q}`, i, e.Key(e.Len()-1-i)))
	}
	for i := range 60 {
		lines = append(lines, fmt.Sprintf(
			`{"node":"Freeze","key":"F-%d","name":"F","reason":"R","timeZone":"Europe/Paris","startsAt":"2026-01-01T%02d:00","duration":"PT2H","recurrence":"FREQ=WEEKLY","everywhere":true}`, i, i%20))
	}
	got, err := a.Bulk.ImportLines(context.Background(), bulk.ImportLinesInput{Lines: lines}, nil)
	if err != nil || len(got.Wrong) > 0 {
		t.Fatal(err, got.Wrong)
	}
}

// Each of these took tens of seconds and gigabytes: the bounds beside it are
// some times what it takes on an estate of ten thousand items.
func TestEachAttackCostsNoMoreThanItsBounds(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a while")
	}
	r, e, a := overEstate(t)
	manyChanges(t, a, e)
	source := e.Key(e.Source())
	impact := `impact(input:{sources:{items:[{key:"` + source + `"}]}}`
	const year = `(during:{from:"2027-01-01T00:00:00Z",to:"2027-12-31T00:00:00Z"}`
	r.post(document(t, "{"+impact+"){summary{total}}}", nil), nil).wants(t, http.StatusOK) // the graph is read
	for _, row := range []struct {
		name, query, want string
		most              burden
	}{
		{"hits and what depends on each", "{" + impact + "){hits(first:1000){nodes{item{key dependents(first:1){nodes{key}}}}}}}", `"dependents"`, burden{2 * time.Second, 96, 1_500}},
		{"hits and their histories", "{" + impact + "){hits(first:300){nodes{item{key history(first:1){nodes{revision}}}}}}}", `"revision"`, burden{2 * time.Second, 128, 1_500}},
		{"hits and how much each needs", "{" + impact + "){hits(first:1000){nodes{item{key dependsOn{totalCount}}}}}}", `"totalCount"`, burden{2 * time.Second, 160, 1_500}},
		{"one impact sixteen times", "{" + repeated(16, "a%d:"+impact+"){hits(first:1000){nodes{item{key} depth}}} ") + "}", "", burden{3 * time.Second, 256, 1_500}},
		{"the whole log's difference", `{graphDiff(from:{revision:"0"}){summary{added}}}`, `"added"`, burden{5 * time.Second, 512, 1_500}},
		{"the conflicts of a year", "{scheduleConflicts" + year + ",first:1){totalCount truncated}}", `"truncated":true`, burden{2 * time.Second, 128, 3_000}},
		{"the conflicts of a year four times", "{" + repeated(4, "a%d:scheduleConflicts"+year+",first:1){totalCount} ") + "}", "", burden{4 * time.Second, 400, 3_000}},
		{"the conflicts of each change", "{changeRequests(first:24){nodes{conflicts(first:1){totalCount}}}}", "", burden{8 * time.Second, 800, 3_000}},
		{"free slots", `{freeSlots(changeRequest:{key:"C-1"},length:"PT1H",first:100){from}}`, `"freeSlots"`, burden{2 * time.Second, 96, 3_000}},
		{"the schedule of a year", "{changeSchedule" + year + ",first:1000){nodes{changeRequest{key} items{key} sites{key}}}}", `"C-1"`, burden{2 * time.Second, 64, 3_000}},
		{"relationships in filters", `{configurationItems(first:1,filter:{dependsOn:{some:{dependents:{some:{name:{contains:"zz"}}}}}}){totalCount}}`, "", burden{2 * time.Second, 16, 500}},
		{"relationships in relationships in filters", `{configurationItems(first:1,filter:{dependsOn:{some:{dependents:{some:{dependsOn:{some:{name:{contains:"zz"}}}}}}}}){totalCount}}`, "", burden{2 * time.Second, 16, 500}},
		{"impacts of two moments", "{" + repeated(2, `a%d:`+impact+`,asOf:{revision:"1%[1]d"}){summary{total}} `) + "}", "", burden{5 * time.Second, 700, 1_500}},
		{"an or of ninety searches", `{configurationItems(filter:{or:[` + repeated(90, `{name:{contains:"zz%d"}},`) + `]}){totalCount}}`, `"totalCount"`, burden{2 * time.Second, 32, 500}},
		{"statistics nine times", "{statistics{" + repeated(9, `a%d:configurationItems(by:[CLASS,STATUS,ENVIRONMENT]){total} `) + "}}", "", burden{2 * time.Second, 16, 500}},
		{"searches in each text ninety times", "{" + repeated(90, `a%d:configurationItems(first:1,filter:{name:{contains:"zz%[1]d"}}){totalCount} `) + "}", "", burden{4 * time.Second, 32, 500}},
		{"a search", `{search(text:"app"){totalCount}}`, `"totalCount"`, burden{time.Second, 16, 500}},
		{"the quality of everything", "{dataQuality{orphans{totalCount} duplicates{totalCount} withoutOwner{totalCount} cycles{totalCount}}}", `"cycles"`, burden{2 * time.Second, 32, 500}},
		{"twelve drawings", "{" + repeated(12, "a%d:"+impact+"){mermaid dot} ") + "}", "", burden{2 * time.Second, 128, 500}},
		{"ten thousand nodes", "{nodes(ids:[" + repeated(10_000, `"%d",`) + "]){id}}", `"errors"`, burden{time.Second, 48, 500}},
	} {
		t.Run(row.name, func(t *testing.T) {
			weigh(func() {
				a := r.post(document(t, row.query, nil), nil)
				a.wants(t, http.StatusOK, row.want)
				if strings.Contains(a.body, `"errors"`) && !strings.Contains(a.body, `"LIMIT"`) {
					t.Errorf("%.300s", a.body)
				}
			}).within(t, row.most)
		})
	}
	for path, most := range map[string]burden{"/calendar.ics": {time.Second, 64, 1_500}, server.ExportPath: {3 * time.Second, 400, 500}} {
		t.Run(path, func(t *testing.T) {
			weigh(func() { r.get(path).wants(t, http.StatusOK) }).within(t, most)
		})
	}
	t.Run("a socket with a hundred operations, closed again", func(t *testing.T) { r.closesASocket(t, impact) })
	t.Run("two hundred sockets that say nothing", func(t *testing.T) {
		weigh(func() {
			for range 200 {
				r.wire()
			}
			w := r.wire().greeted()
			w.subscribes("last", "{__typename}")
			w.hearsPart(`"Query"`)
		}).within(t, burden{3 * time.Second, 64, 1_500})
	})
	t.Run("a client that leaves each of a hundred requests", func(t *testing.T) { r.leaves(t, impact) })
}

// heavy is an operation of some hundred thousand points.
func heavy(impact string) string {
	return "{" + impact + "){hits(first:1000){nodes{item{key dependents(first:4){nodes{key dependsOn{totalCount}}}}}}}}"
}

// closesASocket begins many operations on a socket, and closes it: what runs
// ends, and what stands in line never begins.
func (r *running) closesASocket(t *testing.T, impact string) {
	weigh(func() {
		w := r.wire().greeted()
		for i := range 100 {
			w.subscribes(fmt.Sprint(i), heavy(impact))
		}
		r.awaitBusy()
		w.conn.CloseNow()
		r.awaitQuiet()
	}).within(t, burden{3 * time.Second, 256, 3_000})
	r.isIdle(t)
}

// leaves begins many requests, and waits for the answer of none.
func (r *running) leaves(t *testing.T, impact string) {
	body := document(t, heavy(impact), nil)
	weigh(func() {
		ctx, leave := context.WithCancel(t.Context())
		var clients sync.WaitGroup
		for range 100 {
			clients.Go(func() {
				q, _ := http.NewRequestWithContext(ctx, http.MethodPost, r.url+"/graphql", strings.NewReader(body))
				q.Header.Set("Content-Type", "application/json")
				if answer, err := http.DefaultClient.Do(q); err == nil {
					answer.Body.Close()
				}
			})
		}
		r.awaitBusy()
		leave()
		clients.Wait()
		r.awaitQuiet()
	}).within(t, burden{3 * time.Second, 256, 3_000})
	r.isIdle(t)
}

// awaitBusy waits until something dear runs.
func (r *running) awaitBusy() {
	r.t.Helper()
	for range 500 {
		if a := r.get("/metrics"); !strings.Contains(a.body, `releasegraph_running_price{lane="dear"} 0`) {
			return
		}
		time.Sleep(time.Millisecond)
	}
	r.t.Error("nothing runs")
}

// isIdle fails when something still works though nothing is asked.
func (r *running) isIdle(t *testing.T) {
	t.Helper()
	if idle := weigh(func() { time.Sleep(500 * time.Millisecond) }); idle.cpu > 250*time.Millisecond || idle.mb > 32 {
		t.Errorf("in half a second in which nobody asks it took %s of processors, and %d MB", idle.cpu, idle.mb)
	}
}
