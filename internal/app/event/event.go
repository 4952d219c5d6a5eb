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
	"releasegraph/internal/store"
)

// Event is one record or relationship that was changed, told as it happens.
type Event struct {
	Revision int64
	At       time.Time
	Actor    string
	Reason   *string
	Source   string
	Type     domain.EventType
	Kind     string
	// ResumeAfter is where to go on behind the event: its revision when it is
	// the last one of it, else the one before.
	ResumeAfter int64

	effect store.Effect
	told   *telling
}

var eventTypes = map[store.Verb][2]domain.EventType{
	store.Created: {domain.EventRecordCreated, domain.EventRelationshipCreated},
	store.Updated: {domain.EventRecordUpdated, domain.EventRelationshipUpdated},
	store.Removed: {domain.EventRecordRemoved, domain.EventRelationshipRemoved},
}

// newEvents returns the events of a change set that a filter chooses.
func newEvents(a *Area, c *store.Change, f *eventFilter) []*Event {
	if !f.ofSet(c) {
		return nil
	}
	effects := make([]store.Effect, 0, len(c.Effects))
	for i := range c.Effects {
		if f.holds(&c.Effects[i]) {
			effects = append(effects, c.Effects[i])
		}
	}
	told := &telling{app: a, names: wording.NewNames(a.estate.Entire), effects: effects}
	told.names.Announce(effects[:min(len(effects), history.Eager)])
	list := make([]*Event, len(effects))
	for i, e := range effects {
		list[i] = newEvent(c, e, told)
	}
	if len(list) > 0 {
		list[len(list)-1].ResumeAfter = int64(c.Revision)
	}
	return list
}

func newEvent(c *store.Change, e store.Effect, told *telling) *Event {
	event := &Event{
		Revision: int64(c.Revision), At: c.At, Actor: c.Actor, Reason: history.NotEmpty(c.Reason), Source: source.Read(c.Source).Source,
		Type: eventType(&e), Kind: e.Kind, ResumeAfter: int64(c.Revision) - 1, effect: e, told: told,
	}
	if e.Node == "" {
		event.Kind = e.Edge.Rel
	}
	return event
}

func eventType(e *store.Effect) domain.EventType {
	if e.Node != "" {
		return eventTypes[e.Verb()][0]
	}
	return eventTypes[e.Verb()][1]
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
	n, ok := nodes[e.subjectID()]
	if !ok || entity.KindNamed(n.Kind) == nil {
		return nil, nil
	}
	return estate.Decoded[entity.Record](ctx, e.told.app.estate.Today(ctx), []store.Node{n})[0], nil
}

func (e *Event) subjectID() store.ID {
	if e.effect.Node != "" {
		return e.effect.Node
	}
	return e.effect.Edge.From
}

// telling is what the events of one change set share: their subjects are
// looked up together.
type telling struct {
	app     *Area
	names   *wording.Names
	effects []store.Effect

	mu    sync.Mutex
	found map[store.ID]store.Node
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
