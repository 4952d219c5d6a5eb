// Package kafka publishes events to a topic of Kafka.
package kafka

import (
	"context"
	"crypto/tls"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"releasegraph/internal/app/stream"
	"releasegraph/internal/cloudevent"
)

// Options say where to publish.
type Options struct {
	Brokers []string
	Topic   string // which is there
	TLS     bool
	// User and Password are for SASL (SCRAM-SHA-512); an empty User: none.
	User, Password string
}

// Publisher publishes to a topic of Kafka. Events of one subject have one key, and so stay
// in order.
type Publisher struct {
	client *kgo.Client
	topic  string
}

var _ stream.Publisher = (*Publisher)(nil)

// Connect returns a publisher. It connects when something is published.
func Connect(o Options) (*Publisher, error) {
	options := []kgo.Opt{kgo.SeedBrokers(o.Brokers...), kgo.DefaultProduceTopic(o.Topic), kgo.ClientID("releasegraph")}
	if o.TLS {
		options = append(options, kgo.DialTLSConfig(&tls.Config{MinVersion: tls.VersionTLS12}))
	}
	if o.User != "" {
		options = append(options, kgo.SASL(scram.Auth{User: o.User, Pass: o.Password}.AsSha512Mechanism()))
	}
	client, err := kgo.NewClient(options...)
	if err != nil {
		return nil, fmt.Errorf("the Kafka client: %w", err)
	}
	return &Publisher{client: client, topic: o.Topic}, nil
}

// Close ends the connections.
func (p *Publisher) Close() { p.client.Close() }

// Name implements stream.Publisher.
func (p *Publisher) Name() string { return "kafka:" + p.topic }

// Last implements stream.Publisher. A topic has no last message of all its partitions.
func (*Publisher) Last(context.Context) (string, error) { return "", nil }

// Publish implements stream.Publisher. The client sends what is not taken again, in order,
// until the context ends.
func (p *Publisher) Publish(ctx context.Context, list []stream.Message) error {
	records := make([]*kgo.Record, len(list))
	for i, m := range list {
		records[i] = &kgo.Record{
			Key: []byte(m.Key), Value: m.Body,
			Headers: []kgo.RecordHeader{{Key: "content-type", Value: []byte(cloudevent.MediaType)}, {Key: "id", Value: []byte(m.ID)}},
		}
	}
	if err := p.client.ProduceSync(ctx, records...).FirstErr(); err != nil {
		return fmt.Errorf("the topic %s: %w", p.topic, err)
	}
	return nil
}
