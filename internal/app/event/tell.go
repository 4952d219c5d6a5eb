package event

import (
	"context"
	"errors"
	"math"

	"releasegraph/internal/domain"
	"releasegraph/internal/happening"
	"releasegraph/internal/optional"
	"releasegraph/internal/store"
)

// Telling is a page of events in full, for those who hand them on.
type Telling struct {
	Events []happening.Event
	// End is where to go on behind the page, More whether there is anything there.
	End  string
	More bool
	// Bytes is about how many bytes the events take.
	Bytes int
}

// Compacted reports whether an error says that the log was compacted, and behind which
// revision it begins.
func Compacted(err error) (oldest string, is bool) {
	var e *domain.Error
	if errors.As(err, &e) && e.Rule == "C4" {
		oldest, is = e.Details["oldest"].(string)
	}
	return oldest, is
}

// CheckFilter says what is wrong with a filter of events.
func (a *Area) CheckFilter(ctx context.Context, filter *domain.EventFilter) error {
	if _, err := readEventFilter(filter); err != nil {
		return err
	}
	_, err := a.reaches(ctx, filter)
	return err
}

// Tell returns a page of what the log has behind a cursor, with all that is told of it.
func (a *Area) Tell(ctx context.Context, filter *domain.EventFilter, first int, after string) (*Telling, error) {
	return a.TellWithin(ctx, filter, first, math.MaxInt, after)
}

// TellWithin returns a page whose events take about so many bytes: it ends with the one that
// is beyond.
func (a *Area) TellWithin(ctx context.Context, filter *domain.EventFilter, first, bytes int, after string) (*Telling, error) {
	page, err := a.pageWithin(ctx, filter, &first, &after, bytes)
	if err != nil {
		return nil, err
	}
	told := &Telling{End: page.End, More: page.HasNext}
	for _, e := range page.Nodes {
		told.Bytes += e.effect.Bytes()
	}
	for len(page.Nodes) > 0 {
		n := 1
		for n < len(page.Nodes) && page.Nodes[n].told == page.Nodes[0].told {
			n++
		}
		list, err := a.full(ctx, page.Nodes[:n])
		if err != nil {
			return nil, err
		}
		told.Events = append(told.Events, list...)
		page.Nodes = page.Nodes[n:]
	}
	return told, nil
}

// full tells some events of one change set in full.
func (a *Area) full(ctx context.Context, list []*Event) ([]happening.Event, error) {
	one := list[0]
	c := store.Change{Revision: store.Revision(one.Revision), At: one.At, Actor: one.Actor}
	if one.Reason != nil {
		c.Reason = *one.Reason
	}
	for _, e := range list {
		c.Effects = append(c.Effects, e.effect)
	}
	known, err := a.knownOf(ctx, one.told.names.Newest, c.Revision, c.Effects)
	if err != nil {
		return nil, err
	}
	events := happening.Of(&c, one.Source, known)
	for i := range events {
		events[i].Place, events[i].Of = list[i].place+1, one.told.of
		events[i].RequestID = optional.Or(one.RequestID, "")
	}
	return events, nil
}
