package torture

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/happening"
	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/server"
	"releasegraph/internal/store"
	"releasegraph/internal/store/neo4j"
	"releasegraph/internal/store/sqlite"
	"releasegraph/resolvers"
)

func TestMain(m *testing.M) {
	if arguments := os.Getenv(servedBy); arguments != "" {
		releasegraph(arguments)
	}
	neo4jtest.Main(m)
}

// setting is how much is asked of a world.
type setting struct {
	events, subscribers, writers int
	// stay is after how many events a subscriber leaves at most, replace how often a
	// server is stopped, and another one started in its place.
	stay              int
	replace, patience time.Duration
}

// wanted is the setting of `make torture`, where that is asked for, else a short one.
func wanted(short setting) setting {
	text := os.Getenv("RELEASEGRAPH_TORTURE")
	if text == "" {
		return short
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		panic("RELEASEGRAPH_TORTURE is how many events there are to be: " + err.Error())
	}
	patience := 4 * time.Hour
	if text := os.Getenv("RELEASEGRAPH_TORTURE_TIME"); text != "" {
		if patience, err = time.ParseDuration(text); err != nil {
			panic("RELEASEGRAPH_TORTURE_TIME is how long it may take, such as 30m: " + err.Error())
		}
	}
	return setting{events: n, subscribers: 200, writers: 8, stay: max(400, n/25), replace: 10 * time.Second, patience: patience}
}

// world is some servers over one store.
type world struct {
	t     *testing.T
	begin func() *instance // begins a server
	stay  int              // see setting
	last  atomic.Int64     // the last revision that is told; 0: there will be more

	mu      sync.Mutex
	servers []*instance
}

// instance is a server that may be stopped at any time.
type instance struct {
	url  string
	stop func()
}

// serve serves a store, which it closes in the end.
func serve(s store.Store) *instance {
	a := app.New(app.Config{Store: s, Now: time.Now, NewID: func() string { return uuid.Must(uuid.NewV7()).String() }})
	h, err := server.New(server.Config{
		Log: zerolog.Nop(), Drain: time.Second,
		Streams: server.StreamLimits{Grace: time.Millisecond, PerClient: 10_000, Newcomers: 10_000, Write: 500 * time.Millisecond},
	}, "")
	if err != nil {
		panic(err)
	}
	l, err := server.Listen(context.Background(), "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = h.Serve(ctx, l, func(context.Context) (*server.Core, error) {
			return &server.Core{Schema: resolvers.New(a, zerolog.Nop())}, nil
		})
	}()
	return &instance{url: "http://" + l.Addr().String(), stop: func() {
		cancel()
		<-done
		_ = s.Close(context.Background())
	}}
}

// address is that of a server.
func (w *world) address(r *rand.Rand) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.servers[r.IntN(len(w.servers))].url
}

// replace stops a server and starts another one in its place.
func (w *world) replace(i int) {
	w.mu.Lock()
	old := w.servers[i]
	w.mu.Unlock()
	old.stop()
	next := w.begin()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.servers[i] = next
}

// write commits change sets as fast as it can, until there are so many events in all.
func write(ctx context.Context, s store.Store, name string, left *atomic.Int64, r *rand.Rand) error {
	var made []store.ID
	for i := 0; left.Load() > 0; i++ {
		var ops []store.Op
		for range 1 + r.IntN(4) {
			id := store.ID(fmt.Sprintf("%s-%d-%d", name, i, len(ops)))
			kind := []string{domain.KindSite, domain.KindConfigurationItem, domain.KindParty}[r.IntN(3)]
			ops = append(ops, store.CreateNode{ID: id, Kind: kind, Props: store.Props{"key": string(id), "name": string(id)}})
		}
		if len(made) > 0 && r.IntN(3) == 0 {
			ops = append(ops, store.UpdateNode{ID: made[r.IntN(len(made))], Set: store.Props{"name": fmt.Sprint("renamed ", i)}})
		}
		c, err := s.Commit(ctx, store.Changeset{Ops: ops, Actor: name, Source: "api", At: time.Now().UTC().Truncate(time.Microsecond)})
		if err != nil {
			return err
		}
		left.Add(-int64(len(c.Effects)))
		if node, ok := ops[0].(store.CreateNode); ok && len(made) < 100 {
			made = append(made, node.ID)
		}
	}
	return nil
}

// expected is what the log has of some kinds, up to a revision.
func expected(ctx context.Context, t *testing.T, s store.Store, kinds []string, last int64) (list []heard) {
	t.Helper()
	for at := store.Revision(0); ; {
		changes, err := s.Changes(ctx, at, 500)
		require.NoError(t, err)
		if len(changes) == 0 {
			return list
		}
		for _, c := range changes {
			require.Equal(t, at+1, c.Revision)
			if at = c.Revision; int64(at) > last {
				return list
			}
			for i := range c.Effects {
				if kinds == nil || slices.Contains(kinds, entity.EnumOf(c.Effects[i].Kind)) {
					list = append(list, heard{int64(c.Revision), happening.TypeOf(&c.Effects[i])})
				}
			}
		}
	}
}

// torture has writers write, subscribers come and go, and servers be stopped and started,
// and holds what each subscriber was told to the log.
func torture(t *testing.T, instances int, of setting, open func() store.Store, writing store.Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), of.patience)
	defer cancel()
	w := newWorld(t, instances, of, func() *instance { return serve(open()) })
	var writers sync.WaitGroup
	subscribers, following := w.followed(ctx, of.subscribers)
	var left atomic.Int64
	left.Store(int64(of.events))
	begun := time.Now()
	for i := range of.writers {
		writers.Go(func() {
			if err := write(ctx, writing, fmt.Sprint("w", i), &left, rand.New(rand.NewPCG(uint64(i), 8))); err != nil {
				t.Error(err)
			}
		})
	}
	endRestarts := w.replacing(ctx, of.replace)
	writers.Wait()
	w.inTime(ctx, subscribers, &left)
	wrote := time.Since(begun)
	end, err := writing.Commit(ctx, store.Changeset{Actor: "end", At: time.Now().UTC().Truncate(time.Microsecond), Ops: []store.Op{
		store.CreateNode{ID: "end-site", Kind: domain.KindSite, Props: store.Props{"key": "end", "name": "end"}},
		store.CreateNode{ID: "end-item", Kind: domain.KindConfigurationItem, Props: store.Props{"key": "end", "name": "end"}},
	}})
	require.NoError(t, err)
	w.last.Store(int64(end.Revision))
	following.Wait()
	replaced := endRestarts()
	for _, s := range w.servers {
		s.stop()
	}
	w.inTime(ctx, subscribers, &left)
	events, breaks := w.compared(ctx, writing, subscribers)
	t.Logf("%d events in %d change sets, written in %s, told to %d subscribers by %s; servers replaced: %d; subscriptions ended: %v",
		events, end.Revision, wrote.Round(time.Millisecond), len(subscribers), time.Since(begun).Round(time.Millisecond), replaced, breaks)
}

func newWorld(t *testing.T, instances int, of setting, begin func() *instance) *world {
	w := &world{t: t, begin: begin, stay: of.stay}
	for range instances {
		w.servers = append(w.servers, begin())
	}
	return w
}

// followed has subscribers follow, until they were told all.
func (w *world) followed(ctx context.Context, n int) (subscribers []*subscriber, following *sync.WaitGroup) {
	following = &sync.WaitGroup{}
	for i := range n {
		s := &subscriber{world: w, name: fmt.Sprint("s", i), rand: rand.New(rand.NewPCG(uint64(i), 7)), breaks: map[string]int{}}
		s.kinds = [][]string{nil, {"SITE"}, {"CONFIGURATION_ITEM", "PARTY"}}[i%3]
		subscribers = append(subscribers, s)
		following.Go(func() { s.follow(ctx) })
	}
	return subscribers, following
}

// replacing replaces one server after the other, until it is ended, and then says how often
// it did.
func (w *world) replacing(ctx context.Context, every time.Duration) (end func() int) {
	ctx, cancel := context.WithCancel(ctx)
	var restarts sync.WaitGroup
	replaced := 0
	restarts.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			select {
			case <-time.After(every):
				w.replace(i % len(w.servers))
				replaced++
			case <-ctx.Done():
			}
		}
	})
	return func() int {
		cancel()
		restarts.Wait()
		return replaced
	}
}

// inTime ends the test when its time is over, and tells how far it came.
func (w *world) inTime(ctx context.Context, subscribers []*subscriber, left *atomic.Int64) {
	w.t.Helper()
	if ctx.Err() == nil {
		return
	}
	least, told := int64(-1), 0
	for _, s := range subscribers {
		s.mu.Lock()
		if least < 0 || s.after < least {
			least = s.after
		}
		told += len(s.got)
		s.mu.Unlock()
	}
	w.t.Fatalf("the time is over: %d events are not written yet; %d were told, up to revision %d to the subscriber who is furthest behind", max(0, left.Load()), told, least)
}

// compared holds what each subscriber was told to the log, up to the last revision that was
// to be told: what a server did not answer in time may be committed behind it. It returns
// how many events that are, and why subscriptions ended.
func (w *world) compared(ctx context.Context, log store.Store, subscribers []*subscriber) (events int, breaks map[string]int) {
	t := w.t
	t.Helper()
	breaks = map[string]int{}
	want := map[string][]heard{}
	for _, s := range subscribers {
		filter := strings.Join(s.kinds, " ")
		if want[filter] == nil {
			want[filter] = expected(ctx, t, log, s.kinds, w.last.Load())
		}
		require.Equal(t, len(want[filter]), len(s.got), "events of %q", filter)
		for i := range s.got {
			require.Equal(t, want[filter][i], s.got[i], "event %d of %q", i, filter)
		}
		for why, n := range s.breaks {
			breaks[why] += n
		}
	}
	return len(want[""]), breaks
}

// shared is a store that several servers use in turn, and none closes.
type shared struct{ store.Store }

func (shared) Close(context.Context) error { return nil }

// Subscribers who leave, stall, are cut off, and go on at any server miss nothing, and are
// told nothing twice.
func TestSubscribersMissNothingWhateverHappens_E1(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		s, err := sqlite.Open(t.Context(), t.TempDir()+"/estate.db", entity.Schema(), sqlite.Options{})
		require.NoError(t, err)
		defer s.Close(context.Background())
		torture(t, 1, wanted(setting{events: 2500, subscribers: 18, writers: 3, stay: 400, replace: 700 * time.Millisecond, patience: 2 * time.Minute}), func() store.Store { return shared{s} }, s)
	})
	t.Run("neo4j", func(t *testing.T) {
		uri, user, password := neo4jtest.EmptiedOf(t, entity.Schema())
		open := func() store.Store {
			s, err := neo4j.Open(context.Background(), uri, neo4j.Options{User: user, Password: password}, entity.Schema())
			if err != nil {
				panic(err)
			}
			return s
		}
		writing := open()
		defer writing.Close(context.Background())
		torture(t, 2, wanted(setting{events: 500, subscribers: 9, writers: 3, stay: 100, replace: 700 * time.Millisecond, patience: 3 * time.Minute}), open, writing)
	})
}
