package event_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/event"
	"releasegraph/internal/app/history"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// walked is a store that counts how often it is walked.
type walked struct {
	store.Store
	walks atomic.Int64
}

func (w *walked) Walk(ctx context.Context, of store.Walk) (store.Subgraph, error) {
	w.walks.Add(1)
	return w.Store.Walk(ctx, of)
}

// However many watch a hub, it is walked once in each direction when they begin, and once
// more for each change set that moves what is near: for each audience.
func TestAHubThatManyWatchAtOnceIsWalkedOnce_E2(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		const subscribers = 1000
		const once = 3 // questions: downwards one level, where there is nothing, and upwards two
		counted := &walked{Store: f.Store.Store}
		f.App = app.New(app.Config{Store: counted, Now: time.Now, NewID: func() string { return uuid.Must(uuid.NewV7()).String() }})
		for _, key := range []string{"hub", "a", "b", "c"} {
			apptest.CreateApplication(f, key)
		}
		depend(f, "a", "hub")
		counted.walks.Store(0)
		streams := make([]*event.Stream[*history.ChangeSet], subscribers)
		everyone := func(do func(i int) error) {
			t.Helper()
			var wg sync.WaitGroup
			var failed atomic.Value
			for i := range streams {
				wg.Go(func() {
					if err := do(i); err != nil {
						failed.Store(err)
					}
				})
			}
			wg.Wait()
			require.Nil(t, failed.Load())
		}
		everyone(func(i int) (err error) {
			streams[i], err = f.Events.ConfigurationChanges(f.Ctx, *apptest.ByKey("hub"), 2, nil)
			return err
		})
		require.EqualValues(t, once, counted.walks.Load())
		told := func() {
			t.Helper()
			everyone(func(i int) error {
				_, err := streams[i].Next(f.Ctx)
				return err
			})
		}
		depend(f, "b", "hub")
		told()
		require.EqualValues(t, 2*once, counted.walks.Load())
		_, err := f.Records.Update(f.Ctx, domain.KindConfigurationItem, *apptest.ByKey("hub"), map[string]any{"name": "Hub"}, nil, nil)
		require.NoError(t, err)
		told()
		require.EqualValues(t, 2*once, counted.walks.Load(), "a name moves nothing")
		for _, s := range streams {
			s.Close()
		}
	})
}
