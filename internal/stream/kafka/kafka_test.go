package kafka_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
	"releasegraph/internal/happening"
	"releasegraph/internal/stream/kafka"
)

// topic is a new topic of three partitions: of the Kafka that RELEASEGRAPH_TEST_KAFKA names,
// or else of one in this process.
func topic(t *testing.T) (brokers []string, name string) {
	t.Helper()
	name = "releasegraph-" + uuid.NewString()
	if broker := os.Getenv("RELEASEGRAPH_TEST_KAFKA"); broker != "" {
		brokers = []string{broker}
		create := kmsg.NewPtrCreateTopicsRequest()
		made := kmsg.NewCreateTopicsRequestTopic()
		made.Topic, made.NumPartitions, made.ReplicationFactor = name, 3, 1
		create.Topics = append(create.Topics, made)
		asked(t, brokers, create)
		t.Cleanup(func() {
			drop := kmsg.NewPtrDeleteTopicsRequest()
			drop.TopicNames = []string{name}
			asked(t, brokers, drop)
		})
		return brokers, name
	}
	c, err := kfake.NewCluster(kfake.SeedTopics(3, name))
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c.ListenAddrs(), name
}

func asked(t *testing.T, brokers []string, what kmsg.Request) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...))
	require.NoError(t, err)
	defer client.Close()
	_, err = client.Request(context.WithoutCancel(t.Context()), what)
	require.NoError(t, err)
}

func connect(t *testing.T, brokers []string, topic string) *kafka.Publisher {
	t.Helper()
	p, err := kafka.Connect(kafka.Options{Brokers: brokers, Topic: topic})
	require.NoError(t, err)
	t.Cleanup(p.Close)
	return p
}

// records reads so many records of a topic, by key in their order.
func records(t *testing.T, brokers []string, topic string, n int) map[string][]happening.Event {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
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
			headers := map[string]string{}
			for _, h := range r.Headers {
				headers[h.Key] = string(h.Value)
			}
			require.Equal(t, map[string]string{"id": c.ID, "content-type": "application/cloudevents+json"}, headers)
			of[string(r.Key)] = append(of[string(r.Key)], c.Data)
			read++
		})
	}
	return of
}

// All events come to the topic, those of one subject in the order of the log.
func TestAllEventsComeToTheTopicInOrderOfTheirSubjects_E1(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	brokers, topic := topic(t)
	p := connect(t, brokers, topic)
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
	for key, list := range records(t, brokers, topic, len(told.Events)) {
		for _, e := range list {
			got[key] = append(got[key], e.Revision)
		}
	}
	require.Equal(t, want, got)
}

// What cannot be published waits.
func TestWhatCannotBePublishedWaits(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	brokers, topic := topic(t)
	nobody := connect(t, []string{"127.0.0.1:1"}, topic)
	require.NoError(t, f.Streams.Publish(f.Ctx, nobody, "one"), "there is nothing to publish")
	apptest.CreateApplication(f, "a")
	ctx, cancel := context.WithTimeout(f.Ctx, 500*time.Millisecond)
	defer cancel()
	require.Error(t, f.Streams.Publish(ctx, nobody, "one"))
	require.NoError(t, f.Streams.Publish(f.Ctx, connect(t, brokers, topic), "one"))
	require.Len(t, records(t, brokers, topic, 1), 1)
}
