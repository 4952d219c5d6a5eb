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

	"releasegraph/internal/entity"
	"releasegraph/internal/store/sqlite"
)

// servedFile is the variable by which this program is told to be a server over a file.
const servedFile = "RELEASEGRAPH_TORTURE_SERVES"

// serveUntilKilled serves a file, and says where. It ends with who began it.
func serveUntilKilled(path string) {
	s, err := sqlite.Open(context.Background(), path, entity.Schema(), sqlite.Options{})
	if err != nil {
		panic(err)
	}
	fmt.Println(serve(s).url)
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

// process is a server over a file in a process of its own, which is stopped by SIGKILL.
func process(t *testing.T, path string) *instance {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), servedFile+"="+path)
	c.Stderr = os.Stderr
	_, err := c.StdinPipe() // which ends with this process
	require.NoError(t, err)
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	url, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return &instance{url: strings.TrimSpace(url), stop: func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	}}
}

const bringing = `mutation($records: [String!]!) { importRecords(input: {records: $records}) { revision errors { message } } }`

// bring writes records through a server, and returns the revision after them.
func bring(ctx context.Context, url string, records []string) (int64, error) {
	body, err := json.Marshal(map[string]any{"query": bringing, "variables": map[string]any{"records": records}})
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/graphql", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
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
	}
	if err := json.NewDecoder(answer.Body).Decode(&a); err != nil {
		return 0, err
	}
	if a.Data.ImportRecords == nil || len(a.Data.ImportRecords.Errors) > 0 {
		return 0, errors.New("it was refused")
	}
	return strconv.ParseInt(a.Data.ImportRecords.Revision, 10, 64)
}

// record is a line of a kind, by its number.
func record(kind int, key string) string {
	return fmt.Sprintf([]string{
		`{"node":"Site","key":%q,"name":"s"}`, `{"node":"ConfigurationItem","key":%q,"name":"i","class":"APPLICATION"}`, `{"node":"Party","key":%q,"name":"p","type":"TEAM"}`,
	}[kind], key)
}

// brings writes through whatever server is there, until so much was written; what a killed
// server did not answer may be written, or not.
func (w *world) brings(ctx context.Context, name string, left *atomic.Int64, r *rand.Rand) {
	for i := 0; left.Load() > 0 && ctx.Err() == nil; i++ {
		var records []string
		for n := range 1 + r.IntN(20) {
			records = append(records, record(r.IntN(3), fmt.Sprintf("%s-%d-%d", name, i, n)))
		}
		if _, err := bring(ctx, w.address(r), records); err != nil {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		left.Add(-int64(len(records)))
	}
}

// Servers that are killed in the middle of whatever they do leave nobody with a gap, and
// nobody with what is not in the log.
func TestSubscribersMissNothingWhenServersAreKilled_E1(t *testing.T) {
	of := wanted(setting{events: 3000, subscribers: 18, writers: 3, stay: 400, replace: 500 * time.Millisecond, patience: 2 * time.Minute})
	ctx, cancel := context.WithTimeout(t.Context(), of.patience)
	defer cancel()
	path := t.TempDir() + "/estate.db"
	w := newWorld(t, 1, of, func() *instance { return process(t, path) })
	subscribers, following := w.followed(ctx, of.subscribers)
	endKilling := w.replacing(ctx, of.replace)
	var left atomic.Int64
	left.Store(int64(of.events))
	var writers sync.WaitGroup
	begun := time.Now()
	for i := range of.writers {
		writers.Go(func() { w.brings(ctx, fmt.Sprint("w", i), &left, rand.New(rand.NewPCG(uint64(i), 8))) })
	}
	writers.Wait()
	for r := rand.New(rand.NewPCG(1, 9)); ctx.Err() == nil; time.Sleep(10 * time.Millisecond) {
		if end, err := bring(ctx, w.address(r), []string{record(0, "end"), record(1, "end")}); err == nil {
			w.last.Store(end)
			break
		}
	}
	following.Wait()
	killed := endKilling()
	w.servers[0].stop()
	require.NoError(t, ctx.Err(), "not all subscribers were told all in time")
	require.Positive(t, killed)
	s, err := sqlite.Open(t.Context(), path, entity.Schema(), sqlite.Options{})
	require.NoError(t, err)
	defer s.Close(context.Background())
	events, breaks := w.compared(ctx, s, subscribers)
	t.Logf("%d events told to %d subscribers in %s; servers killed: %d; subscriptions ended: %v", events, len(subscribers), time.Since(begun).Round(time.Millisecond), killed, breaks)
}
