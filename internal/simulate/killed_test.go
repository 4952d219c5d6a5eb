package simulate_test

import (
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
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/cli"
	"releasegraph/internal/entity"
	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/simulate"
)

// serverArgs are the arguments of the server that TestServer runs.
const serverArgs = "RELEASEGRAPH_TEST_SERVER_ARGS"

func TestServer(t *testing.T) {
	args := os.Getenv(serverArgs)
	if args == "" {
		return // it is only run by tests that kill it
	}
	os.Exit(cli.Run(t.Context(), strings.Split(args, "\n"), cli.System()))
}

// said is what a process has said so far.
type said struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// server is a process that serves.
type server struct {
	process *exec.Cmd
	url     string
	log     *said
}

var listening = regexp.MustCompile(`"url":"(http://127\.0\.0\.1:\d+)"`)

// serve starts a server whose clock begins at a time.
func serve(t *testing.T, at time.Time, store ...string) *server {
	t.Helper()
	args := append([]string{"serve", "--listen=127.0.0.1:0", "--clock=" + at.UTC().Format(time.RFC3339Nano)}, store...)
	c, log := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestServer$"), &said{}
	c.Env, c.Stderr = append(os.Environ(), serverArgs+"="+strings.Join(args, "\n")), log
	require.NoError(t, c.Start())
	s := &server{process: c, log: log}
	t.Cleanup(s.kill)
	require.True(t, s.opens(log), "the server does not begin: %s", log)
	return s
}

// opens waits until the server hears requests, or has ended.
func (s *server) opens(log *said) bool {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		text := log.String()
		if found := listening.FindStringSubmatch(text); found != nil && strings.Contains(text, "the store is open") {
			s.url = found[1]
			return true
		}
		if strings.Contains(text, "releasegraph: ") {
			return false
		}
	}
	return false
}

// kill ends a server as a power cut would.
func (s *server) kill() {
	_ = s.process.Process.Kill()
	_ = s.process.Wait()
}

// cluster is some servers over one store, that are killed at any time and started again.
type cluster struct {
	t       *testing.T
	rand    *rand.Rand
	store   []string // the flags that say which
	servers []*server
	now     time.Time
	// revision is the last one that a server acknowledged.
	revision string
	// kills is how often one is still to be killed, jump by how much its clock is off when
	// it is started again, at most.
	kills int
	jump  time.Duration
}

func newCluster(t *testing.T, seed uint64, servers, kills int, jump time.Duration, store ...string) *cluster {
	c := &cluster{t: t, rand: rand.New(rand.NewPCG(seed, 1<<43)), store: store, now: time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC), kills: kills, jump: jump}
	for range servers {
		c.servers = append(c.servers, serve(t, c.now, store...))
	}
	return c
}

// ask asks one of the servers, again and again until it is heard. While it asks a server
// may be killed.
func (c *cluster) ask(ctx context.Context, document string, variables map[string]any) (data json.RawMessage, err error) {
	for {
		asked := c.servers // each has a clock of its own
		if i := c.rand.IntN(len(c.servers)); !strings.Contains(document, "advanceClock") {
			asked = c.servers[i : i+1]
		}
		for _, s := range asked {
			if data, err = c.killing(func() (json.RawMessage, error) { return post(ctx, s.url, c.revision, document, variables) }); err != nil {
				break
			}
			c.note(data)
		}
		if err == nil || simulate.Refused(err) || ctx.Err() != nil {
			return data, err
		}
		for _, s := range c.servers {
			require.NotContains(c.t, s.log.String(), "panic:", "a server ended by itself")
		}
	}
}

// killing does something, and kills a server meanwhile, if its time has come.
func (c *cluster) killing(does func() (json.RawMessage, error)) (json.RawMessage, error) {
	if c.kills == 0 || c.rand.IntN(8) > 0 {
		return does()
	}
	c.kills--
	i := c.rand.IntN(len(c.servers))
	killed := make(chan struct{})
	go func() {
		defer close(killed)
		time.Sleep(time.Duration(c.rand.IntN(15_000)) * time.Microsecond)
		c.servers[i].kill()
	}()
	data, err := does()
	<-killed
	at := c.now
	if c.jump > 0 {
		at = at.Add(time.Duration(c.rand.Int64N(int64(2*c.jump))) - c.jump)
	}
	c.servers[i] = serve(c.t, at, c.store...)
	return data, err
}

var revisions = regexp.MustCompile(`"revision":"(\d+)"`)

// note keeps what an answer says of the clock and of the log.
func (c *cluster) note(data json.RawMessage) {
	if found := revisions.FindSubmatch(data); found != nil {
		c.revision = string(found[1])
	}
	var moved struct{ AdvanceClock struct{ Now time.Time } }
	if json.Unmarshal(data, &moved) == nil && !moved.AdvanceClock.Now.IsZero() {
		c.now = moved.AdvanceClock.Now
	}
}

// post asks a server, which has to know a revision.
func post(ctx context.Context, url, revision, document string, variables map[string]any) (json.RawMessage, error) {
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/graphql", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if revision != "" {
		request.Header.Set("Releasegraph-After", revision)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	var out struct {
		Data   json.RawMessage
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, err
	}
	if len(out.Errors) == 0 {
		return out.Data, nil
	}
	if e := out.Errors[0]; e.Extensions.Code != "UNAVAILABLE" {
		return nil, &simulate.Refusal{Code: e.Extensions.Code, Message: e.Message}
	}
	return nil, errors.New(out.Errors[0].Message)
}

// killed plays a whole roll-out while servers are killed.
func killed(t *testing.T, seed uint64, servers, kills int, jump time.Duration, store ...string) {
	e := simulate.NewEstate(seed, 7)
	var out, errs said
	code := cli.Run(t.Context(), append([]string{"import", "-"}, store...), cli.Streams{Stdin: strings.NewReader(strings.Join(e.Lines, "\n")), Stdout: &out, Stderr: &errs})
	require.Zero(t, code, "%s%s", &out, &errs)
	c := newCluster(t, seed, servers, 0, jump, store...)
	p := &simulate.Play{Ask: c.ask, Fleet: simulate.NewFleet(seed, simulate.Rough(), e.Has).Fetches(e.Kit), Sent: map[string]simulate.Report{}}
	require.NoError(t, p.Plan(t.Context(), e.Release, plan(seed)))
	c.kills = kills
	w := newWitness(t, p, e, soak)
	require.NoError(t, p.Run(t.Context(), seed, simulate.NewPeople(seed, simulate.Ending(seed%2)), w.sees))
	require.Less(t, c.kills, kills, "the roll-out was over before")
	c.kills = 0
	w.agrees(t.Context())
}

// A server that is killed at any moment, and started again, loses no report that it
// acknowledged and does nothing twice, whatever its clock shows then.
func TestAServerThatIsKilledLosesNothing_D5_D6_D10(t *testing.T) {
	for _, seed := range seeds(t, 2) {
		t.Run(fmt.Sprintf("sqlite/seed-%d", seed), func(t *testing.T) {
			killed(t, seed, 1, 4, time.Duration(seed%2)*time.Hour, "--store=sqlite:"+filepath.Join(t.TempDir(), "estate.db"))
		})
	}
}

// Two servers over one store, of which one or the other is killed at any moment, lose no
// report that either acknowledged, and do nothing twice.
func TestTwoServersOfWhichOneIsKilledLoseNothing_D5_D6_D10(t *testing.T) {
	for _, seed := range seeds(t, 1) {
		t.Run(fmt.Sprintf("neo4j/seed-%d", seed), func(t *testing.T) {
			uri, user, password := neo4jtest.EmptiedOf(t, entity.Schema())
			t.Setenv("RELEASEGRAPH_STORE_PASSWORD", password)
			killed(t, seed, 2, 4, 0, "--store="+uri, "--store-user="+user)
		})
	}
}
