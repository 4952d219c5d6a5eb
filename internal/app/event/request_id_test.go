package event_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/cloudevent"
	"releasegraph/internal/domain"
)

// The id that a caller gave a request is told with the events of what it did, in whatever
// it is written, and stands in the way of no idempotency key; a request without one has
// none in the log.
func TestAnEventTellsTheRequestThatItsCallerNamed_E1(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		begin := f.Head()
		const id = `a;method=TOKEN;sha256=b%"`
		once := &domain.WriteOptions{IdempotencyKey: apptest.Some("k1")}
		create := func(ctx string, key string) int64 {
			named := f.Ctx
			if ctx != "" {
				named = acting.WithRequestID(f.Ctx, ctx)
			}
			w, err := f.Records.Create(named, domain.KindSite, map[string]any{"key": key, "name": key}, once)
			require.NoError(t, err)
			return w.Revision
		}
		first := create(id, "par")
		require.Equal(t, first, create("another", "par"), "the key answers")
		once = nil
		create("", "lyo")
		told, err := f.Events.Tell(f.Ctx, nil, 10, fmt.Sprint(begin))
		require.NoError(t, err)
		require.Equal(t, []string{id, ""}, []string{told.Events[0].RequestID, told.Events[1].RequestID})
		require.Equal(t, []string{"api", "api"}, []string{told.Events[0].Source, told.Events[1].Source})
		for i, want := range []any{id, nil} {
			body, err := cloudevent.Encode(&told.Events[i], cloudevent.Envelope{ID: "1.1", Source: "urn:releasegraph"})
			require.NoError(t, err)
			var c map[string]any
			require.NoError(t, json.Unmarshal(body, &c))
			require.Equal(t, want, c["correlationid"])
		}
		changes, err := f.Store.Changes(f.Ctx, 1, 10)
		require.NoError(t, err)
		require.NotContains(t, changes[len(changes)-1].Source, "request")
	})
}
