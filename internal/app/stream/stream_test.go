package stream_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/stream"
	"releasegraph/internal/domain"
)

// kept is a stream that keeps what is published.
type kept struct{ got []stream.Message }

func (*kept) Name() string                         { return "kept" }
func (*kept) Last(context.Context) (string, error) { return "", nil }
func (*kept) Close()                               {}
func (k *kept) Publish(_ context.Context, list []stream.Message) error {
	k.got = append(k.got, list...)
	return nil
}

// types are those of the messages and of the CloudEvents in them, which are the same.
func (k *kept) types(t *testing.T) (list []string) {
	t.Helper()
	for _, m := range k.got {
		var c struct{ Type string }
		require.NoError(t, json.Unmarshal(m.Body, &c))
		require.Equal(t, m.Type, c.Type)
		list = append(list, c.Type)
	}
	return list
}

// Where it is asked for, what has a type of CDEvents is published as that, in the place of
// its own, and all else as it is.
func TestEventsArePublishedAsCDEventsWhereThatIsAsked_E3(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.App = app.New(app.Config{Store: f.Store, Now: time.Now, NewID: func() string { return uuid.NewString() }, Shelf: apptest.ShelfOf(f.Store.Store)})
		to := &kept{}
		publish := func() {
			require.NoError(t, f.Streams.Publish(f.Ctx, to, "one"))
		}
		publish()
		f.Site("par")
		publish()
		require.Equal(t, []string{"site.created"}, to.types(t))
		f.Streams.CDEvents = true
		f.Site("lyo")
		apptest.CreateApplication(f, "a")
		f.Connect(domain.RelInstalledAt, "a", "par", map[string]any{"version": "1.0"})
		publish()
		require.Equal(t, []string{"dev.cdevents.environment.created.0.3.0", "configuration_item.created", "dev.cdevents.service.deployed.0.3.0"}, to.types(t)[1:])
	})
}
