package torture

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/cli"
	"releasegraph/internal/entity"
	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/server"
	"releasegraph/internal/store"
	"releasegraph/internal/store/neo4j"
	"releasegraph/internal/store/sqlite"
)

// servedBy is the variable by which this program is told to be releasegraph, by these
// arguments.
const servedBy = "RELEASEGRAPH_TORTURE_ARGUMENTS"

// releasegraph is the program itself. It ends with who began it.
func releasegraph(arguments string) {
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	os.Exit(cli.Run(ctx, strings.Fields(arguments), cli.System()))
}

// process is a server in a process of its own, which is stopped by SIGKILL.
func process(t *testing.T, store string, environment ...string) *instance {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(append(os.Environ(), servedBy+"=serve --listen 127.0.0.1:0 --store "+store), environment...)
	_, err := c.StdinPipe() // which ends with this process
	require.NoError(t, err)
	log, err := c.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	at, ended := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(log); lines.Scan(); {
			var line struct{ Level, URL, Message string }
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Message == "listening" {
				at <- line.URL
			}
			if line.Level == "error" {
				t.Log(lines.Text())
			}
		}
	}()
	select {
	case url := <-at:
		return &instance{url: url, stop: func() {
			_ = c.Process.Kill()
			<-ended
			_ = c.Wait()
		}}
	case <-ended:
		_ = c.Wait()
		t.Error("a server did not begin")
		return &instance{stop: func() {}}
	}
}

const bringing = `mutation($records: [String!]!) { importRecords(input: {records: $records}) { revision errors { message } } }`

// errOpening says that a server was started and has not opened its store yet.
var errOpening = errors.New("the server is being started")

// bring writes records through a server, and returns the revision after them.
func bring(ctx context.Context, url, writer string, records []string) (int64, error) {
	body, err := json.Marshal(map[string]any{"query": bringing, "variables": map[string]any{"records": records}})
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/graphql", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set(server.ActAs, writer+"; roles=ADMIN")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	var a struct {
		Data struct {
			ImportRecords *struct {
				Revision string
				Errors   []struct{ Message string }
			}
		}
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	if err := json.NewDecoder(answer.Body).Decode(&a); err != nil {
		return 0, err
	}
	switch {
	case len(a.Errors) > 0 && a.Errors[0].Extensions.Code == "UNAVAILABLE":
		return 0, errOpening
	case a.Data.ImportRecords == nil || len(a.Data.ImportRecords.Errors) > 0:
		return 0, fmt.Errorf("it was refused: %+v", a)
	}
	return strconv.ParseInt(a.Data.ImportRecords.Revision, 10, 64)
}

// record is a line of a kind, by its number.
func record(kind int, key, name string) string {
	return fmt.Sprintf([]string{
		`{"node":"Site","key":%q,"name":%q}`, `{"node":"ConfigurationItem","key":%q,"name":%q,"class":"APPLICATION"}`, `{"node":"Party","key":%q,"name":%q,"type":"TEAM"}`,
	}[kind], key, name)
}

// brings writes through whatever server is there, until so much was written; what a killed
// server did not answer may be written, or not.
func (w *world) brings(ctx context.Context, name string, left *atomic.Int64, r *rand.Rand) {
	var made []func(name string) string // of records that are there
	for i := 0; left.Load() > 0 && ctx.Err() == nil; i++ {
		kind, key := r.IntN(3), fmt.Sprintf("%s-%d", name, i)
		first := func(name string) string { return record(kind, key, name) }
		records := []string{first("new")}
		for n := range r.IntN(20) {
			records = append(records, record(r.IntN(3), fmt.Sprintf("%s-%d", key, n), "new"))
		}
		if len(made) > 0 && r.IntN(2) == 0 {
			records = append(records, made[r.IntN(len(made))](fmt.Sprint("renamed ", i)))
		}
		if _, err := bring(ctx, w.address(r), name, records); err != nil {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		left.Add(-int64(len(records)))
		if len(made) < 100 {
			made = append(made, first)
		}
	}
}

// bringsEnd writes what is written last, while no server is killed.
func (w *world) bringsEnd(ctx context.Context, writers int, r *rand.Rand) (list []ending, err error) {
	w.calm.Lock()
	defer w.calm.Unlock()
	for i := range writers {
		name := writerName(i)
		for verb, called := range []string{"new", "renamed"} {
			var records []string
			for k := range kinds {
				records = append(records, record(k, fmt.Sprintf("%s-end-%d", name, k), called))
			}
			revision, err := bring(ctx, w.address(r), name, records)
			for errors.Is(err, errOpening) && ctx.Err() == nil {
				time.Sleep(10 * time.Millisecond)
				revision, err = bring(ctx, w.address(r), name, records)
			}
			if err != nil {
				return nil, err
			}
			list = append(list, ending{name, []string{"CREATED", "UPDATED"}[verb], revision})
		}
	}
	return list, nil
}

// Servers that are killed in the middle of whatever they do leave nobody with a gap, and
// nobody with what is not in the log.
func TestSubscribersMissNothingWhenServersAreKilled_E1(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		path := t.TempDir() + "/estate.db"
		killing(t, 1, wanted(setting{events: 3000, subscribers: 18, writers: 3, stay: 400, stalls: 300, replace: 700 * time.Millisecond, patience: 2 * time.Minute}),
			func() *instance { return process(t, "sqlite:"+path) },
			func() store.Store {
				s, err := sqlite.Open(t.Context(), path, entity.Schema(), sqlite.Options{})
				require.NoError(t, err)
				return s
			})
	})
	t.Run("neo4j", func(t *testing.T) {
		uri, user, password := neo4jtest.EmptiedOf(t, entity.Schema())
		killing(t, 2, wanted(setting{events: 800, subscribers: 9, writers: 3, stay: 100, stalls: 300, replace: 2 * time.Second, patience: 3 * time.Minute}),
			func() *instance {
				return process(t, uri, "RELEASEGRAPH_STORE_USER="+user, "RELEASEGRAPH_STORE_PASSWORD="+password)
			},
			func() store.Store {
				s, err := neo4j.Open(t.Context(), uri, neo4j.Options{User: user, Password: password}, entity.Schema())
				require.NoError(t, err)
				return s
			})
	})
}

// killing has writers write through servers that are killed, one after the other, and holds
// what each subscriber was told to the log.
func killing(t *testing.T, instances int, of setting, begin func() *instance, log func() store.Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), of.patience)
	defer cancel()
	w := newWorld(t, instances, of, begin)
	subscribers, following := w.followed(ctx, of.subscribers)
	endKilling := w.replacing(ctx, of.replace)
	var left atomic.Int64
	left.Store(int64(of.events))
	defer w.tells(ctx, subscribers, &left)()
	var writers sync.WaitGroup
	begun := time.Now()
	for i := range of.writers {
		writers.Go(func() { w.brings(ctx, writerName(i), &left, rand.New(rand.NewPCG(uint64(i), 8))) })
	}
	writers.Wait()
	wrote := time.Since(begun)
	if ctx.Err() == nil {
		endings, err := w.bringsEnd(ctx, of.writers, rand.New(rand.NewPCG(1, 9)))
		require.NoError(t, err)
		w.ended(endings)
	}
	following.Wait()
	killed := endKilling()
	for _, s := range w.servers {
		s.stop()
	}
	w.inTime(ctx, subscribers, &left)
	require.Positive(t, killed)
	s := log()
	defer s.Close(context.Background())
	told := time.Since(begun)
	sums := w.compared(ctx, s, subscribers)
	t.Logf("%s; all was written in %s, and told in %s; servers killed: %d", sums, wrote.Round(time.Millisecond), told.Round(time.Millisecond), killed)
}
