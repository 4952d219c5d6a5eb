package listing

import (
	"errors"
	"fmt"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// The lengths of pages.
const (
	DefaultPage = 50
	MaxPage     = 1_000
	// LongestPage is how long a page may be that is read and answered in runs.
	LongestPage = 100_000
)

// Selection is a List, understood.
type Selection struct {
	Filter        store.Filter
	Order         []store.Order
	After, Before store.Cursor
	First, Last   int
	None          bool // first or last was 0: ask for one, to see whether there is one
}

// ParsePage reads the arguments that choose a page.
func ParsePage(l List) (*Selection, error) {
	s := &Selection{}
	return s, s.pages(l)
}

func (s *Selection) pages(l List) error {
	var pages domain.Errors
	s.First = lengthUpTo(&pages, "first", l.First, l.longest())
	s.Last = Length(&pages, "last", l.Last)
	if l.First != nil && l.Last != nil {
		pages = append(pages, refusal.Wrong("last", "cannot be given beside first"))
	}
	if l.First == nil && l.Last == nil {
		s.First = DefaultPage
	}
	s.After = cursor(&pages, "after", l.After)
	s.Before = cursor(&pages, "before", l.Before)
	s.clamp(l)
	return pages.Err()
}

// clamp deals with pages of no length, which the port would take as unlimited.
func (s *Selection) clamp(l List) {
	switch {
	case l.First != nil && s.First == 0:
		s.First, s.None = 1, true
	case l.Last != nil && s.Last == 0:
		s.Last, s.None = 1, true
	}
}

// Length reads the length of a page, and notes what is wrong with it.
func Length(errs *domain.Errors, field string, n *int) int {
	return lengthUpTo(errs, field, n, MaxPage)
}

func lengthUpTo(errs *domain.Errors, field string, n *int, most int) int {
	switch {
	case n == nil:
		return 0
	case *n < 0:
		*errs = append(*errs, refusal.Wrong(field, "must not be below 0"))
	case *n > most:
		*errs = append(*errs, tooMany(field, *n, most))
	default:
		return *n
	}
	return 0
}

func cursor(errs *domain.Errors, field string, c *string) store.Cursor {
	if c == nil {
		return ""
	}
	if *c == "" {
		*errs = append(*errs, refusal.Wrong(field, "is no cursor of this list"))
	}
	return store.Cursor(*c)
}

// TooMany returns the error that more is asked for than is handed out at once.
func TooMany(field string, n int) *domain.Error { return tooMany(field, n, MaxPage) }

func tooMany(field string, n, most int) *domain.Error {
	return &domain.Error{
		Code: domain.Limit, Field: field, Message: fmt.Sprintf("is %d, at most %d are handed out at once", n, most),
		Details: map[string]any{"limit": most},
	}
}

// Explain tells what was wrong with a query that the store refused. What is
// parsed is sound, so that only a cursor can be the cause.
func (s *Selection) Explain(err error) error {
	if !errors.Is(err, store.ErrInvalid) || (s.After == "" && s.Before == "") {
		return refusal.OfStore(err)
	}
	field := "after"
	if s.After == "" {
		field = "before"
	}
	return &domain.Error{
		Code: domain.Invalid, Field: field, Cause: err,
		Message: "is no cursor of this list, in this order",
	}
}

// Trim empties a page that was to have no length.
func (s *Selection) Trim(p *Page) *Page {
	if !s.None {
		return p
	}
	p.HasNext = p.HasNext || (s.First > 0 && len(p.Items) > 0)
	p.HasPrevious = p.HasPrevious || (s.Last > 0 && len(p.Items) > 0)
	p.Items = nil
	return p
}
