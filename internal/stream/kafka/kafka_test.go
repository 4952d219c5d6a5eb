package kafka_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
	"releasegraph/internal/happening"
	"releasegraph/internal/stream/kafka"
)

const topic = "releasegraph"

func cluster(t *testing.T) *kfake.Cluster {
	t.Helper()
	c, err := kfake.NewCluster(kfake.SeedTopics(3, topic))
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func connect(t *testing.T, brokers []string, topic string) *kafka.Publisher {
	t.Helper()
	p, err := kafka.Connect(kafka.Options{Brokers: brokers, Topic: topic})
	require.NoError(t, err)
	t.Cleanup(p.Close)
	return p
}

// records reads so many records of a topic, by key in their order.
func records(t *testing.T, c *kfake.Cluster, n int) map[string][]happening.Event {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(c.ListenAddrs()...), kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	require.NoError(t, err)
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	of := map[string][]happening.Event{}
	for read := 0; read < n; {
		found := client.PollFetches(ctx)
		require.NoError(t, found.Err())
		found.EachRecord(func(r *kgo.Record) {
			var c struct {
				SpecVersion, ID string
				Data            happening.Event
			}
			require.NoError(t, json.Unmarshal(r.Value, &c))
			require.Equal(t, "1.0", c.SpecVersion)
			require.Equal(t, fmt.Sprintf("%d.%d", c.Data.Revision, c.Data.Place), c.ID)
			require.Equal(t, c.Data.Subject.ID, string(r.Key))
			of[string(r.Key)] = append(of[string(r.Key)], c.Data)
			read++
		})
	}
	return of
}

// All events come to the topic, those of one subject in the order of the log.
func TestAllEventsComeToTheTopicInOrderOfTheirSubjects_E1(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	c := cluster(t)
	p := connect(t, c.ListenAddrs(), topic)
	require.NoError(t, f.Streams.Publish(f.Ctx, p, "one"))
	for i := range 12 {
		apptest.CreateApplication(f, fmt.Sprint("a", i))
	}
	for i := range 4 {
		for n := range 5 {
			_, err := f.Records.Update(f.Ctx, domain.KindConfigurationItem, *apptest.ByKey(fmt.Sprint("a", i)), map[string]any{"name": fmt.Sprint("n", n)}, nil, nil)
			require.NoError(t, err)
		}
		require.NoError(t, f.Streams.Publish(f.Ctx, p, "one"))
	}
	told, err := f.Events.Tell(f.Ctx, nil, 1000, "0")
	require.NoError(t, err)
	want := map[string][]int64{}
	for _, e := range told.Events {
		want[e.Subject.ID] = append(want[e.Subject.ID], e.Revision)
	}
	got := map[string][]int64{}
	for key, list := range records(t, c, len(told.Events)) {
		for _, e := range list {
			got[key] = append(got[key], e.Revision)
		}
	}
	require.Equal(t, want, got)
}

// What cannot be published waits.
func TestWhatCannotBePublishedWaits(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	nobody := connect(t, []string{"127.0.0.1:1"}, topic)
	require.NoError(t, f.Streams.Publish(f.Ctx, nobody, "one"), "there is nothing to publish")
	apptest.CreateApplication(f, "a")
	ctx, cancel := context.WithTimeout(f.Ctx, 500*time.Millisecond)
	defer cancel()
	require.Error(t, f.Streams.Publish(ctx, nobody, "one"))
	c := cluster(t)
	require.NoError(t, f.Streams.Publish(f.Ctx, connect(t, c.ListenAddrs(), topic), "one"))
	require.Len(t, records(t, c, 1), 1)
}
