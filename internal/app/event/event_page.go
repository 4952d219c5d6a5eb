package event

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Page is a page of the events of the log.
type Page struct {
	Nodes                []*Event
	HasNext, HasPrevious bool
	// End is where to go on behind the page: behind all that was looked at for it.
	End string
}

const (
	// looked is how many change sets are looked at for a page at most; a filter that
	// chooses few of them has short pages.
	looked = 5000
	// lookedAtOnce is how many of them are read at once.
	lookedAtOnce = 256
)

// Cursor marks the event in the log. Where it is the last one of its change set that is
// told, the cursor is its revision.
func (e *Event) Cursor() string {
	if e.ResumeAfter == e.Revision {
		return strconv.FormatInt(e.Revision, 10)
	}
	return fmt.Sprintf("%d.%d", e.Revision, e.place+1)
}

// cursor is where a page begins: behind a revision, and so many events of the next one.
type cursor struct {
	after store.Revision
	skip  int
}

// readCursor reads a revision, or what marks an event within one.
func readCursor(text *string) (c cursor, err error) {
	if text == nil {
		return c, nil
	}
	revision, skip, within := strings.Cut(*text, ".")
	n, err := strconv.ParseInt(revision, 10, 64)
	if err == nil && within {
		c.skip, err = strconv.Atoi(skip)
		n--
	}
	if c.after = store.Revision(n); err != nil || n < 0 || c.skip < 0 {
		return c, refusal.Wrong("after", "is neither a revision nor the cursor of an event")
	}
	return c, nil
}

// EventPage returns a page of what the log has after a revision, or after an event: what
// Events tells, for those who poll. Without after it begins with the oldest that is left.
func (a *Area) EventPage(ctx context.Context, filter *domain.EventFilter, first *int, after *string) (*Page, error) {
	return a.pageWithin(ctx, filter, first, after, math.MaxInt)
}

// pageWithin returns a page whose events take about so many bytes, but for the last one.
func (a *Area) pageWithin(ctx context.Context, filter *domain.EventFilter, first *int, after *string, bytes int) (*Page, error) {
	if err := a.estate.May(ctx, authz.Read, authz.KindChangeSet); err != nil {
		return nil, err
	}
	f, filterErr := readEventFilter(filter)
	limit, limitErr := listing.PageLength(first)
	begin, cursorErr := readCursor(after)
	if err := refusal.Both(filterErr, limitErr, cursorErr); err != nil {
		return nil, err
	}
	var err error
	if f.reaches, err = a.reaches(ctx, filter); err != nil {
		return nil, err
	}
	if after == nil {
		if begin.after, err = a.estate.Entire.Oldest(ctx); err != nil {
			return nil, refusal.OfStore(err)
		}
	}
	return a.page(ctx, f, room{limit, bytes}, begin)
}

// room is what a page has room for: so many events, and so many bytes of them.
type room struct{ events, bytes int }

func (r *room) full() bool { return r.events <= 0 || r.bytes <= 0 }

func (r *room) take(e *Event) {
	r.events--
	r.bytes -= e.effect.Bytes()
}

// page reads the log until a page is full, its end is reached, or enough was looked at.
func (a *Area) page(ctx context.Context, f *eventFilter, left room, begin cursor) (*Page, error) {
	from := int64(begin.after)
	head, err := a.beginAt(ctx, &from, f.reaches)
	if err != nil {
		return nil, err
	}
	h := happenings{a, f}
	at := begin.after
	page := &Page{HasPrevious: begin.after > 0 || begin.skip > 0}
	for at < head && at < begin.after+looked {
		changes, err := a.estate.Store.Changes(ctx, at, lookedAtOnce)
		if err != nil {
			return nil, a.followError(ctx, err, at)
		}
		for i := range changes {
			list, err := h.passed(ctx, &changes[i])
			if err != nil {
				return nil, err
			}
			for _, e := range list {
				switch {
				case changes[i].Revision == begin.after+1 && e.place < begin.skip:
					continue
				case left.full():
					page.HasNext = true
					return page.ended(at), nil
				}
				page.Nodes = append(page.Nodes, e)
				left.take(e)
			}
			at = changes[i].Revision
		}
		if len(changes) == 0 {
			break
		}
	}
	page.HasNext = at < head
	return page.ended(at), nil
}

// ended says where the page ends: with its last event, or behind what was looked at in
// vain after that.
func (p *Page) ended(at store.Revision) *Page {
	p.End = strconv.FormatInt(int64(at), 10)
	if n := len(p.Nodes); n > 0 && p.Nodes[n-1].Revision > int64(at) {
		p.End = p.Nodes[n-1].Cursor()
	}
	return p
}

// passed goes on to a change set, and returns its events.
func (h happenings) passed(ctx context.Context, c *store.Change) ([]*Event, error) {
	wanted, err := h.pass(ctx, c)
	if err != nil || !wanted {
		return nil, err
	}
	return h.of(ctx, c)
}
