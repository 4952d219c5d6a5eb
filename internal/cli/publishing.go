package cli

import (
	"context"
	"os"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"releasegraph/internal/app/stream"
	"releasegraph/internal/stream/kafka"
	"releasegraph/internal/stream/nats"
)

// streamFlags say to which streams events are published.
type streamFlags struct {
	NATS            string `name:"nats" placeholder:"URL" help:"A NATS server with JetStream, such as nats://nats.example.org:4222, to publish all events to, as CloudEvents. With a password in it, give it as $$RELEASEGRAPH_NATS. Default: nothing is published."`
	NATSCredentials string `name:"nats-credentials" placeholder:"FILE" help:"A file of credentials for the NATS server."`
	NATSStream      string `name:"nats-stream" default:"RELEASEGRAPH" placeholder:"NAME" help:"The stream, which is made where there is none, and to which nothing else may publish. Default: ${default}."`
	NATSSubject     string `name:"nats-subject" default:"releasegraph" placeholder:"PREFIX" help:"What subjects begin with, before the type of an event. Default: ${default}."`

	CDEvents bool `name:"cdevents" help:"Publish what has a type of CDEvents, such as dev.cdevents.service.deployed.0.3.0, as that."`

	Kafka      []string `placeholder:"BROKER" help:"A broker of Kafka, such as kafka.example.org:9092, to publish all events to, as CloudEvents; several with commas. Default: nothing is published."`
	KafkaTopic string   `default:"releasegraph" placeholder:"NAME" help:"The topic, which must be there. Default: ${default}."`
	KafkaTLS   bool     `name:"kafka-tls" help:"Speak TLS to the brokers."`
	KafkaUser  string   `placeholder:"NAME" help:"The user, for SASL by SCRAM-SHA-512. The password comes from $$RELEASEGRAPH_KAFKA_PASSWORD."`
}

// publishers connects to the streams that are named.
func (f streamFlags) publishers() (list []stream.Publisher, err error) {
	for _, connect := range []func() (stream.Publisher, error){f.toNATS, f.toKafka} {
		p, err := connect()
		if err != nil {
			return nil, err
		}
		if p != nil {
			list = append(list, p)
		}
	}
	return list, nil
}

func (f streamFlags) toKafka() (stream.Publisher, error) {
	if len(f.Kafka) == 0 {
		return nil, nil
	}
	p, err := kafka.Connect(kafka.Options{
		Brokers: f.Kafka, Topic: f.KafkaTopic, TLS: f.KafkaTLS, User: f.KafkaUser, Password: os.Getenv("RELEASEGRAPH_KAFKA_PASSWORD"),
	})
	if err != nil {
		return nil, usagef("--kafka %s: %s", strings.Join(f.Kafka, ","), err)
	}
	return p, nil
}

func (f streamFlags) toNATS() (stream.Publisher, error) {
	if f.NATS == "" {
		return nil, nil
	}
	if f.NATSCredentials != "" {
		if _, err := os.Stat(f.NATSCredentials); err != nil {
			return nil, usagef("--nats-credentials: %s", err)
		}
	}
	p, err := nats.Connect(nats.Options{URL: f.NATS, Credentials: f.NATSCredentials, Stream: f.NATSStream, Prefix: f.NATSSubject})
	if err != nil {
		return nil, usagef("--nats %s: %s", shownText("nats", f.NATS), err)
	}
	return p, nil
}

// publishTime is how long a stream may take before it is tried anew.
const publishTime = time.Minute

// publishing publishes events to a stream as they are committed.
func publishing(e *estate, to stream.Publisher, log zerolog.Logger) pursuing {
	holder := newID()
	return pursuing{app: e.app, store: e.store, log: log.With().Str("stream", to.Name()).Logger(), what: "events could not be published; they are tried again",
		work: func(ctx context.Context) (none time.Time, err error) {
			ctx, cancel := context.WithTimeout(ctx, publishTime)
			defer cancel()
			return none, e.app.Streams.Publish(ctx, to, holder)
		}}
}
