package torture

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
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
	// stay is after how many events a subscriber leaves at most. It stalls once in stalls
	// events, for as many milliseconds at most.
	stay, stalls int
	// replace is how long a server stays until it is stopped, and another one started in
	// its place; patience how long all may take.
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
	return setting{events: n, subscribers: 200, writers: 8, stay: max(400, n/25), stalls: 3000, replace: 20 * time.Second, patience: patience}
}

// world is some servers over one store.
type world struct {
	t      *testing.T
	begin  func() *instance // begins a server
	stay   int              // see setting
	stalls int
	// last is the last revision that is told, by choice; nil: there will be more.
	last atomic.Pointer[[]int64]

	// calm is held by who wants no server to be replaced.
	calm    sync.Mutex
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
	w.calm.Lock()
	defer w.calm.Unlock()
	w.mu.Lock()
	old := w.servers[i]
	w.mu.Unlock()
	old.stop()
	next := w.begin()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.servers[i] = next
}

// writerName is the name of a writer.
func writerName(i int) string { return fmt.Sprint("w", i) }

// write commits change sets as fast as it can, until there are so many events in all.
func write(ctx context.Context, s store.Store, name string, left *atomic.Int64, r *rand.Rand) error {
	var made []store.ID
	for i := 0; left.Load() > 0; i++ {
		var ops []store.Op
		for range 1 + r.IntN(10) {
			ops = append(ops, create(r.IntN(3), fmt.Sprintf("%s-%d-%d", name, i, len(ops))))
		}
		if len(made) > 0 && r.IntN(2) == 0 {
			ops = append(ops, store.UpdateNode{ID: made[r.IntN(len(made))], Set: store.Props{"name": fmt.Sprint("renamed ", i)}})
		}
		c, err := s.Commit(ctx, store.Changeset{Ops: ops, Actor: name, Source: "api", At: now()})
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

func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

var kinds = []string{domain.KindSite, domain.KindConfigurationItem, domain.KindParty}

// create creates a node of a kind, by its number.
func create(kind int, key string) store.CreateNode {
	return store.CreateNode{ID: store.ID(key), Kind: kinds[kind], Props: store.Props{"key": key, "name": key}}
}

// ending is a change set at the end, which touches a record of each kind. What a writer
// writes last is one that creates them, and one that changes them.
type ending struct {
	writer, verb string
	revision     int64
}

// ended notes what was written last: what is behind the last of it that a choice has, is not
// waited for by those who follow that.
func (w *world) ended(list []ending) {
	last := make([]int64, len(choices))
	for i, c := range choices {
		for _, e := range list {
			if among(c.Actors, e.writer) && among(c.Verbs, e.verb) {
				last[i] = max(last[i], e.revision)
			}
		}
	}
	w.last.Store(&last)
}

// end writes what is written last.
func end(ctx context.Context, s store.Store, writers int) (list []ending, err error) {
	for i := range writers {
		name := writerName(i)
		var creates, updates []store.Op
		for k := range kinds {
			node := create(k, fmt.Sprintf("%s-end-%d", name, k))
			creates, updates = append(creates, node), append(updates, store.UpdateNode{ID: node.ID, Set: store.Props{"name": "renamed"}})
		}
		for _, one := range []struct {
			verb string
			ops  []store.Op
		}{{"CREATED", creates}, {"UPDATED", updates}} {
			c, err := s.Commit(ctx, store.Changeset{Ops: one.ops, Actor: name, Source: "api", At: now()})
			if err != nil {
				return nil, err
			}
			list = append(list, ending{name, one.verb, int64(c.Revision)})
		}
	}
	return list, nil
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
	defer w.tells(ctx, subscribers, &left)()
	begun := time.Now()
	for i := range of.writers {
		writers.Go(func() {
			if err := write(ctx, writing, writerName(i), &left, rand.New(rand.NewPCG(uint64(i), 8))); err != nil {
				t.Error(err)
			}
		})
	}
	endRestarts := w.replacing(ctx, of.replace)
	writers.Wait()
	w.inTime(ctx, subscribers, &left)
	wrote := time.Since(begun)
	endings, err := end(ctx, writing, of.writers)
	require.NoError(t, err)
	w.ended(endings)
	following.Wait()
	replaced := endRestarts()
	for _, s := range w.servers {
		s.stop()
	}
	w.inTime(ctx, subscribers, &left)
	told := time.Since(begun)
	sums := w.compared(ctx, writing, subscribers)
	t.Logf("%s; all was written in %s, and told in %s; servers replaced: %d", sums, wrote.Round(time.Millisecond), told.Round(time.Millisecond), replaced)
}

func newWorld(t *testing.T, instances int, of setting, begin func() *instance) *world {
	w := &world{t: t, begin: begin, stay: of.stay, stalls: of.stalls}
	for range instances {
		w.servers = append(w.servers, begin())
	}
	return w
}

// followed has subscribers follow, until they were told all.
func (w *world) followed(ctx context.Context, n int) (subscribers []*subscriber, following *sync.WaitGroup) {
	following = &sync.WaitGroup{}
	for i := range n {
		s := &subscriber{world: w, name: fmt.Sprint("s", i), choice: i % len(choices), rand: rand.New(rand.NewPCG(uint64(i), 7)), breaks: map[string]int{}}
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
	if ctx.Err() != nil {
		w.t.Fatal("the time is over: " + soFar(subscribers, left))
	}
}

// soFar says how far it came.
func soFar(subscribers []*subscriber, left *atomic.Int64) string {
	least, told := int64(-1), 0
	for _, s := range subscribers {
		s.mu.Lock()
		if least < 0 || s.after < least {
			least = s.after
		}
		told += s.got.events
		s.mu.Unlock()
	}
	return fmt.Sprintf("%d events are not written yet; %d were told, up to revision %d to the subscriber who is furthest behind", max(0, left.Load()), told, least)
}

// tells says each minute how far it came, until it is ended.
func (w *world) tells(ctx context.Context, subscribers []*subscriber, left *atomic.Int64) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	var telling sync.WaitGroup
	telling.Go(func() {
		begun, every := time.Now(), time.NewTicker(time.Minute)
		defer every.Stop()
		for {
			select {
			case <-every.C:
				w.t.Logf("after %s: %s", time.Since(begun).Round(time.Second), soFar(subscribers, left))
			case <-ctx.Done():
				return
			}
		}
	})
	return func() {
		cancel()
		telling.Wait()
	}
}

// sums is what came to be.
type sums struct {
	events, changeSets, told int
	subscribers              int
	breaks                   map[string]int // why subscriptions ended, and how often
}

func (s sums) String() string {
	return fmt.Sprintf("%d events in %d change sets, %d told to %d subscribers; subscriptions ended: %v", s.events, s.changeSets, s.told, s.subscribers, s.breaks)
}

// compared holds what each subscriber was told to the log, up to the last revision that was
// to be told: what a server did not answer in time may be committed behind it.
func (w *world) compared(ctx context.Context, log store.Store, subscribers []*subscriber) sums {
	t := w.t
	t.Helper()
	last := slices.Max(*w.last.Load())
	want := expected(ctx, t, log, last)
	of := sums{events: want[0].events, changeSets: int(last), subscribers: len(subscribers), breaks: map[string]int{}}
	for _, s := range subscribers {
		require.Empty(t, s.got.differs(&want[s.choice]), "%s, who follows %+v", s.name, choices[s.choice])
		of.told += s.got.events
		for why, n := range s.breaks {
			of.breaks[why] += n
		}
	}
	return of
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
		torture(t, 1, wanted(setting{events: 2500, subscribers: 18, writers: 3, stay: 400, stalls: 300, replace: 700 * time.Millisecond, patience: 2 * time.Minute}), func() store.Store { return shared{s} }, s)
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
		torture(t, 2, wanted(setting{events: 500, subscribers: 9, writers: 3, stay: 100, stalls: 300, replace: 700 * time.Millisecond, patience: 3 * time.Minute}), open, writing)
	})
}
