package event

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/history"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/source"
	"releasegraph/internal/app/wording"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/happening"
	"releasegraph/internal/store"
)

// Event is one record or relationship that was changed, told as it happens.
type Event struct {
	Revision int64
	At       time.Time
	Actor    string
	Reason   *string
	Source   string
	// RequestID is that of the request that made the change, where its caller gave one.
	RequestID *string
	Type      string
	Verb      domain.ChangeType
	Kind      string
	// ResumeAfter is where to go on behind the event: its revision when it is
	// the last one of it, else the one before.
	ResumeAfter int64

	place  int // in its change set, as it is seen
	effect store.Effect
	told   *telling
}

// newEvents returns the events of a change set, as somebody sees it, that a filter chooses.
func newEvents(ctx context.Context, a *Area, c *store.Change, f *eventFilter) ([]*Event, error) {
	if !f.ofSet(c) {
		return nil, nil
	}
	told := &telling{app: a, names: wording.NewNames(a.estate.Entire), at: c.Revision, of: len(c.Effects)}
	var list []*Event
	for i := range c.Effects {
		if f.holds(&c.Effects[i]) {
			told.effects = append(told.effects, c.Effects[i])
			list = append(list, newEvent(c, i, told))
		}
	}
	told.names.Announce(told.effects[:min(len(told.effects), history.Eager)])
	list, err := f.keyed(ctx, list)
	if len(list) > 0 {
		list[len(list)-1].ResumeAfter = int64(c.Revision)
	}
	return list, err
}

// newEvent makes the event of an effect, by its place in the change set.
func newEvent(c *store.Change, place int, told *telling) *Event {
	e, signed := c.Effects[place], source.Read(c.Source)
	event := &Event{
		Revision: int64(c.Revision), At: c.At, Actor: c.Actor, Reason: history.NotEmpty(c.Reason), Source: signed.Source, RequestID: history.NotEmpty(signed.RequestID),
		Type: happening.TypeOf(&e), Verb: domain.ChangeType(e.Verb()), Kind: e.Kind, ResumeAfter: int64(c.Revision) - 1,
		place: place, effect: e, told: told,
	}
	if e.Node == "" {
		event.Kind = e.Edge.Rel
	}
	return event
}

// From returns where a changed relationship starts, nil for a record.
func (e *Event) From(ctx context.Context) (*domain.ChangeEnd, error) {
	c, err := e.change(ctx)
	if err != nil {
		return nil, err
	}
	return c.From, nil
}

// To returns where a changed relationship ends, nil for a record.
func (e *Event) To(ctx context.Context) (*domain.ChangeEnd, error) {
	c, err := e.change(ctx)
	if err != nil {
		return nil, err
	}
	return c.To, nil
}

// Changes tells what changed, field by field.
func (e *Event) Changes() []domain.FieldChange {
	return wording.FieldChanges(wording.Order(e.effect.Kind, e.effect.Edge.Rel), e.effect.Before, e.effect.After)
}

func (e *Event) change(ctx context.Context) (*domain.Change, error) {
	list, err := e.told.names.Tell(ctx, []store.Effect{e.effect})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// Subject returns the record that the event is about, or where the relationship
// starts: as it is now, or, when it is gone, as it was last. Nil when not even
// the log knows it any more.
func (e *Event) Subject(ctx context.Context) (any, error) {
	nodes, err := e.told.subjects(ctx)
	if err != nil {
		return nil, err
	}
	n, ok := nodes[happening.SubjectOf(&e.effect)]
	if !ok || entity.KindNamed(n.Kind) == nil {
		return nil, nil
	}
	return estate.Decoded[entity.Record](ctx, e.told.app.estate.Today(ctx), []store.Node{n})[0], nil
}

// Concerns lists the records that the event is about besides its subject.
func (e *Event) Concerns(ctx context.Context) ([]*domain.ChangeEnd, error) {
	known, err := e.told.known(ctx)
	if err != nil {
		return nil, err
	}
	var list []*domain.ChangeEnd
	for _, n := range known.Concerned(&e.effect) {
		list = append(list, &domain.ChangeEnd{Kind: n.Kind, ID: n.ID, Key: n.Key})
	}
	return list, nil
}

// telling is what the events of one change set share: their subjects are
// looked up together.
type telling struct {
	app     *Area
	names   *wording.Names
	effects []store.Effect
	at      store.Revision
	of      int // how many the change set has, as it is seen

	mu    sync.Mutex
	found map[store.ID]store.Node
	about *happening.Known
}

func (t *telling) subjects(ctx context.Context) (map[store.ID]store.Node, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.found != nil {
		return t.found, nil
	}
	wanted := map[store.ID]bool{}
	for i := range t.effects {
		wanted[t.effects[i].Node] = true
		wanted[t.effects[i].Edge.From] = true
	}
	delete(wanted, "")
	found := make(map[store.ID]store.Node, len(wanted))
	for part := range slices.Chunk(slices.Sorted(maps.Keys(wanted)), listing.MaxPage) {
		nodes, err := t.names.Newest(ctx, part)
		if err != nil {
			return nil, err
		}
		for id, n := range nodes {
			n.ID = id
			found[id] = n
		}
	}
	t.found = found
	return found, nil
}
