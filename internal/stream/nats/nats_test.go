package nats_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats-server/v2/server"
	client "github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/stream"
	"releasegraph/internal/domain"
	"releasegraph/internal/happening"
	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
	"releasegraph/internal/stream/nats"
)

func TestMain(m *testing.M) { neo4jtest.Main(m) }

// serve starts a real server with JetStream on files.
func serve(t *testing.T, folder string, port int) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: folder, NoSigs: true, NoLog: true})
	require.NoError(t, err)
	go s.Start()
	require.True(t, s.ReadyForConnections(20*time.Second))
	t.Cleanup(s.Shutdown)
	return s
}

func connect(t *testing.T, s *server.Server) *nats.Publisher {
	t.Helper()
	p, err := nats.Connect(nats.Options{URL: s.ClientURL(), Stream: "EVENTS", Prefix: "releasegraph"})
	require.NoError(t, err)
	t.Cleanup(p.Close)
	return p
}

// published reads all that a stream has: the ids and the bodies.
func published(t *testing.T, s *server.Server) (ids []string, bodies [][]byte) {
	t.Helper()
	conn, err := client.Connect(s.ClientURL())
	require.NoError(t, err)
	defer conn.Close()
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	found, err := js.Stream(t.Context(), "EVENTS")
	require.NoError(t, err)
	info, err := found.Info(t.Context())
	require.NoError(t, err)
	for seq := info.State.FirstSeq; seq <= info.State.LastSeq && info.State.Msgs > 0; seq++ {
		m, err := found.GetMsg(t.Context(), seq)
		require.NoError(t, err)
		ids, bodies = append(ids, m.Header.Get(jetstream.MsgIDHeader)), append(bodies, m.Data)
		var c struct{ Type string }
		require.NoError(t, json.Unmarshal(m.Data, &c))
		require.Equal(t, "releasegraph."+c.Type, m.Subject)
	}
	return ids, bodies
}

// logged are the ids of all events of the log after a revision.
func logged(t *testing.T, f *apptest.Fixture, after int64) (ids []string) {
	t.Helper()
	told, err := f.Events.Tell(f.Ctx, nil, 1000, fmt.Sprint(after))
	require.NoError(t, err)
	for _, e := range told.Events {
		ids = append(ids, fmt.Sprintf("%d.%d", e.Revision, e.Place))
	}
	return ids
}

// All events come to the stream once and in order, whatever is started anew meanwhile, and
// each is a CloudEvent that its JSON Schema allows.
func TestAllEventsComeToTheStreamInOrder_E1(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		folder := t.TempDir()
		apptest.CreateApplication(f, "before")
		head := f.Head()
		s := serve(t, folder, -1)
		p := connect(t, s)
		require.NoError(t, f.Streams.Publish(f.Ctx, p, "one"))
		for i := range 5 {
			apptest.CreateApplication(f, fmt.Sprint("a", i))
		}
		f.Brings(`{"node":"Site","key":"par","name":"Paris"}`, `{"node":"Site","key":"lyo","name":"Lyon"}`, `{"node":"Site","key":"nyc","name":"New York"}`)
		require.NoError(t, f.Streams.Publish(f.Ctx, p, "one"))
		s.Shutdown()
		s.WaitForShutdown()
		apptest.CreateApplication(f, "while it is away")
		ctx, cancel := context.WithTimeout(f.Ctx, 300*time.Millisecond)
		require.Error(t, f.Streams.Publish(ctx, p, "one"))
		cancel()
		p.Close()
		s = serve(t, folder, -1)
		p = connect(t, s)
		require.NoError(t, f.Streams.Publish(f.Ctx, p, "one"))
		ids, bodies := published(t, s)
		require.Equal(t, logged(t, f, head), ids)
		fits(t, bodies)
	})
}

// fits holds bodies to the JSON Schema of events.
func fits(t *testing.T, bodies [][]byte) {
	t.Helper()
	text, err := happening.Schema()
	require.NoError(t, err)
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource(happening.SchemaID, document))
	for _, body := range bodies {
		var of struct {
			Type string
			Data json.RawMessage
		}
		require.NoError(t, json.Unmarshal(body, &of))
		schema, err := c.Compile(happening.SchemaID + "#/$defs/" + of.Type)
		require.NoError(t, err)
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(of.Data))
		require.NoError(t, err)
		require.NoError(t, schema.Validate(value))
	}
}

// What was published, and not noted any more, is not published again.
func TestWhatWasPublishedBeforeACrashIsNotPublishedAgain(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	s := serve(t, t.TempDir(), -1)
	p := connect(t, s)
	require.NoError(t, f.Streams.Publish(f.Ctx, p, "one"))
	f.Brings(`{"node":"Site","key":"par","name":"Paris"}`, `{"node":"Site","key":"lyo","name":"Lyon"}`)
	shelf := apptest.ShelfOf(f.Store.Store)
	before, err := shelf.Shelved(f.Ctx, "streams")
	require.NoError(t, err)
	require.NoError(t, f.Streams.Publish(f.Ctx, p, "one"))
	for id, value := range before {
		require.NoError(t, shelf.Shelve(f.Ctx, "streams", id, value))
	}
	apptest.CreateApplication(f, "a")
	require.NoError(t, f.Streams.Publish(f.Ctx, p, "one"))
	ids, _ := published(t, s)
	require.Equal(t, logged(t, f, 0), ids)
}

// What the log has no more is told once, and the rest is published.
func TestWhatWasCompactedBeforeItWasPublishedIsTold_C4(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	s := serve(t, t.TempDir(), -1)
	p := connect(t, s)
	require.NoError(t, f.Streams.Publish(f.Ctx, p, "one"))
	for _, key := range []string{"a1", "a2", "a3"} {
		apptest.CreateApplication(f, key)
	}
	require.NoError(t, f.Store.Compact(f.Ctx, store.Revision(f.Head())))
	left := f.Head()
	apptest.CreateApplication(f, "b")
	require.ErrorContains(t, f.Streams.Publish(f.Ctx, p, "one"), "was compacted")
	require.NoError(t, f.Streams.Publish(f.Ctx, p, "one"))
	ids, _ := published(t, s)
	require.Subset(t, ids, logged(t, f, left))
}

// Several servers over one store publish each event once.
func TestServersAtOncePublishEachEventOnce(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	s := serve(t, t.TempDir(), -1)
	other := app.New(app.Config{Store: f.Store, Now: time.Now, NewID: uuid.NewString, Shelf: apptest.ShelfOf(f.Store.Store)})
	one, two := connect(t, s), connect(t, s)
	require.NoError(t, f.Streams.Publish(f.Ctx, one, "one"))
	var wg sync.WaitGroup
	publish := func(a *app.App, p stream.Publisher, holder string) {
		wg.Go(func() {
			for range 60 {
				_ = a.Streams.Publish(a.WithLoads(t.Context()), p, holder) // who comes too late is refused by the stream
			}
		})
	}
	publish(f.App, one, "one")
	publish(other, two, "two")
	for i := range 40 {
		_, err := f.Records.Create(f.WithLoads(t.Context()), domain.KindSite, map[string]any{"key": fmt.Sprint(i), "name": "n"}, nil)
		require.NoError(t, err)
	}
	wg.Wait()
	require.NoError(t, f.Streams.Publish(f.Ctx, one, "one"))
	ids, _ := published(t, s)
	require.Equal(t, logged(t, f, 0), ids)
}
