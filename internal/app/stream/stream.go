// Package stream publishes all events to streams, such as NATS JetStream and Kafka: in the
// order of the log, each at least once.
package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/event"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/shelved"
	"releasegraph/internal/cloudevent"
)

// Area is what can be done with streams.
type Area struct {
	// Source names the estate in what is published.
	Source string
	// CDEvents says that what has a type of CDEvents is published as that.
	CDEvents bool

	estate *estate.Estate
	events *event.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, events *event.Area) *Area {
	return &Area{estate: e, events: events, Source: "urn:releasegraph"}
}

// Publisher publishes to one stream.
type Publisher interface {
	// Name names the stream for good.
	Name() string
	// Last returns the id of the event that was published last, "" where that is not
	// known.
	Last(context.Context) (string, error)
	// Publish publishes events in their order, and returns when all of them are kept.
	// After an error the first of them may be there, and none behind one that is not.
	Publish(context.Context, []Message) error
	// Close ends the connection.
	Close()
}

// Message is an event to publish.
type Message struct {
	ID   string
	Type string
	Key  string // the id of its subject: messages with one key stay in order
	Body []byte // a CloudEvent in JSON
}

const (
	// shelf is where it lies how far streams came.
	shelf = "streams"
	// atOnce is how many events are published at once.
	atOnce = 100
)

// state is how far a stream came, and who is at it.
type state struct {
	Holder string
	Until  time.Time
	At     string // a cursor of the log: all before it was published
}

// errHeld says that somebody else publishes.
var errHeld = fmt.Errorf("somebody else publishes to this stream: %w", shelved.ErrLost)

// Publish publishes what is owed to a stream, unless somebody else is at it. A stream that
// is new begins with what is committed from now on.
func (a *Area) Publish(ctx context.Context, to Publisher, holder string) error {
	s, err := a.take(ctx, to.Name(), holder)
	if errors.Is(err, shelved.ErrLost) {
		return nil
	}
	if err != nil {
		return err
	}
	err = shelved.Hold(ctx, func(ctx context.Context) error { return a.renew(ctx, to.Name(), holder) }, func(ctx context.Context) error {
		return a.publish(ctx, to, holder, s.At)
	})
	return ignoreHeld(err)
}

// publish publishes what is behind a cursor, as who holds the stream.
func (a *Area) publish(ctx context.Context, to Publisher, holder, at string) error {
	last, err := to.Last(ctx)
	if err != nil {
		return err
	}
	at = later(at, last)
	for ctx.Err() == nil {
		told, err := a.events.Tell(acting.WithIdentity(a.estate.WithLoads(ctx), acting.Clock), nil, atOnce, at)
		if oldest, is := event.Compacted(err); is {
			return errors.Join(fmt.Errorf("the log was compacted before all behind %s was published: it goes on behind %s", at, oldest), a.settle(ctx, to.Name(), holder, oldest))
		}
		if err != nil {
			return err
		}
		list, err := a.messages(told)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			if err := to.Publish(ctx, list); err != nil {
				return err
			}
		}
		if told.End == at {
			return nil
		}
		at = told.End
		if err := a.settle(ctx, to.Name(), holder, at); err != nil || !told.More {
			return err
		}
	}
	return ctx.Err()
}

// messages are the events of a page, as they are published.
func (a *Area) messages(told *event.Telling) ([]Message, error) {
	list := make([]Message, len(told.Events))
	for i := range told.Events {
		e := &told.Events[i]
		id := cloudevent.ID(e)
		kind, encode := e.Type, cloudevent.Encode
		if name, has := cloudevent.CDEvent(e); has && a.CDEvents {
			kind, encode = name, cloudevent.EncodeCD
		}
		body, err := encode(e, cloudevent.Envelope{ID: id, Source: a.Source})
		if err != nil {
			return nil, err
		}
		list[i] = Message{ID: id, Type: kind, Key: e.Subject.ID, Body: body}
	}
	return list, nil
}

func ignoreHeld(err error) error {
	if errors.Is(err, shelved.ErrLost) {
		return nil
	}
	return err
}

// take makes a holder the one who publishes to a stream, unless somebody else does.
func (a *Area) take(ctx context.Context, name, holder string) (*state, error) {
	head, err := a.estate.Head(ctx)
	if err != nil {
		return nil, err
	}
	first, err := json.Marshal(state{At: strconv.FormatInt(head, 10)})
	if err != nil {
		return nil, err
	}
	if _, err := a.estate.Shelf.ShelveNew(ctx, shelf, name, first); err != nil {
		return nil, refusal.OfStore(err)
	}
	return a.change(ctx, name, func(s *state) error {
		now := a.estate.Clock()
		if s.Holder != holder && now.Before(s.Until) {
			return errHeld
		}
		s.Holder, s.Until = holder, now.Add(shelved.Lease)
		return nil
	})
}

// settle notes how far a stream came, and goes on holding it.
func (a *Area) settle(ctx context.Context, name, holder, at string) error {
	return a.held(ctx, name, holder, func(s *state) { s.At = at })
}

// renew goes on holding a stream.
func (a *Area) renew(ctx context.Context, name, holder string) error {
	return a.held(ctx, name, holder, func(*state) {})
}

// held changes the state of a stream that a holder has, and has for longer then.
func (a *Area) held(ctx context.Context, name, holder string, change func(*state)) error {
	_, err := a.change(ctx, name, func(s *state) error {
		if s.Holder != holder {
			return errHeld
		}
		change(s)
		s.Until = a.estate.Clock().Add(shelved.Lease)
		return nil
	})
	return err
}

func (a *Area) change(ctx context.Context, name string, change func(*state) error) (*state, error) {
	return shelved.Change(ctx, a.estate.Shelf, shelf, name, errHeld, change)
}

// later is the later one of a cursor and the id of an event that was published: of what is
// published, and not noted yet, nothing is published again.
func later(cursor, id string) string {
	if id == "" || !behind(place(id), place(cursor)) {
		return cursor
	}
	return id
}

// place takes a cursor apart: one that is a revision alone stands behind all of it.
func place(cursor string) [2]int64 {
	revision, within, cut := strings.Cut(cursor, ".")
	n, _ := strconv.ParseInt(revision, 10, 64)
	if !cut {
		return [2]int64{n + 1, 0}
	}
	p, _ := strconv.ParseInt(within, 10, 64)
	return [2]int64{n, p}
}

func behind(x, y [2]int64) bool { return x[0] > y[0] || x[0] == y[0] && x[1] > y[1] }
