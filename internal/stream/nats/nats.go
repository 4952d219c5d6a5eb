// Package nats publishes events to a stream of NATS JetStream.
package nats

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"releasegraph/internal/app/stream"
	"releasegraph/internal/cloudevent"
)

// Options say where to publish.
type Options struct {
	URL         string
	Credentials string // a file, "" for none
	Stream      string // its name; it is made where there is none
	Prefix      string // of subjects, before the type of an event
}

// Publisher publishes to a stream of NATS JetStream. The stream is its own: nothing else
// publishes to it.
type Publisher struct {
	conn   *nats.Conn
	js     jetstream.JetStream
	stream jetstream.Stream
	o      Options
}

var _ stream.Publisher = (*Publisher)(nil)

// Connect returns a publisher. It goes on trying where the server is not there yet.
func Connect(o Options) (*Publisher, error) {
	options := []nats.Option{nats.Name("releasegraph"), nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.Timeout(5 * time.Second)}
	if o.Credentials != "" {
		options = append(options, nats.UserCredentials(o.Credentials))
	}
	conn, err := nats.Connect(o.URL, options...)
	if err != nil {
		return nil, fmt.Errorf("NATS: %w", err)
	}
	js, err := jetstream.New(conn)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("NATS JetStream: %w", err)
	}
	return &Publisher{conn: conn, js: js, o: o}, nil
}

// Close ends the connection.
func (p *Publisher) Close() { p.conn.Close() }

// Name implements stream.Publisher.
func (p *Publisher) Name() string { return "nats:" + p.o.Stream }

// Last implements stream.Publisher.
func (p *Publisher) Last(ctx context.Context) (string, error) {
	info, err := p.info(ctx)
	if err != nil || info.State.Msgs == 0 {
		return "", err
	}
	last, err := p.stream.GetMsg(ctx, info.State.LastSeq)
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("the last message of the stream %s: %w", p.o.Stream, err)
	}
	return last.Header.Get(jetstream.MsgIDHeader), nil
}

// info looks at the stream, which it makes where there is none.
func (p *Publisher) info(ctx context.Context) (*jetstream.StreamInfo, error) {
	if p.stream == nil {
		found, err := p.js.Stream(ctx, p.o.Stream)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			found, err = p.js.CreateStream(ctx, jetstream.StreamConfig{
				Name: p.o.Stream, Description: "Events of Releasegraph", Subjects: []string{p.o.Prefix + ".>"},
			})
		}
		if err != nil {
			return nil, fmt.Errorf("the stream %s: %w", p.o.Stream, err)
		}
		p.stream = found
	}
	info, err := p.stream.Info(ctx)
	if err != nil {
		return nil, fmt.Errorf("the stream %s: %w", p.o.Stream, err)
	}
	return info, nil
}

// Publish implements stream.Publisher. Each message is taken only behind the one before:
// where one is not, or somebody else has published meanwhile, none behind it is.
func (p *Publisher) Publish(ctx context.Context, list []stream.Message) error {
	info, err := p.info(ctx)
	if err != nil {
		return err
	}
	taken := make([]jetstream.PubAckFuture, len(list))
	for i, m := range list {
		message := nats.NewMsg(p.o.Prefix + "." + m.Type)
		message.Data = m.Body
		message.Header.Set("content-type", cloudevent.MediaType)
		message.Header.Set("partitionkey", m.Key)
		taken[i], err = p.js.PublishMsgAsync(message, jetstream.WithMsgID(m.ID), jetstream.WithExpectStream(p.o.Stream),
			jetstream.WithExpectLastSequence(info.State.LastSeq+uint64(i)))
		if err != nil {
			return fmt.Errorf("event %s: %w", m.ID, err)
		}
	}
	for i, f := range taken {
		select {
		case <-f.Ok():
		case err := <-f.Err():
			return fmt.Errorf("event %s was not taken: %w", list[i].ID, err)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
