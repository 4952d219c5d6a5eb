package app

import (
	"context"
	"errors"
	"fmt"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// The lengths of pages.
const (
	defaultPage = 50
	maxPage     = 1_000
)

// selection is a List, understood.
type selection struct {
	filter        store.Filter
	order         []store.Order
	after, before store.Cursor
	first, last   int
	none          bool // first or last was 0: ask for one, to see whether there is one
}

// parseSelection reads the arguments of a connection of records of the kind,
// and tells all that is wrong with them.
func (a *App) parseSelection(ctx context.Context, k *entity.Kind, l List) (*selection, error) {
	s := &selection{}
	var filterErr, orderErr error
	s.filter, filterErr = a.filters(ctx, k, l.Filter)
	switch {
	case l.within != nil && s.filter != nil:
		s.filter = store.And{s.filter, l.within}
	case l.within != nil:
		s.filter = l.within
	}
	s.order, orderErr = k.ParseOrder(l.OrderBy, "orderBy")
	return s, both(filterErr, orderErr, s.pages(l))
}

// parsePage reads the arguments that choose a page.
func parsePage(l List) (*selection, error) {
	s := &selection{}
	return s, s.pages(l)
}

func (s *selection) pages(l List) error {
	var pages domain.Errors
	s.first = length(&pages, "first", l.First)
	s.last = length(&pages, "last", l.Last)
	if l.First != nil && l.Last != nil {
		pages = append(pages, wrong("last", "cannot be given beside first"))
	}
	if l.First == nil && l.Last == nil {
		s.first = defaultPage
	}
	s.after = cursor(&pages, "after", l.After)
	s.before = cursor(&pages, "before", l.Before)
	s.clamp(l)
	return pages.Err()
}

// clamp deals with pages of no length, which the port would take as unlimited.
func (s *selection) clamp(l List) {
	switch {
	case l.First != nil && s.first == 0:
		s.first, s.none = 1, true
	case l.Last != nil && s.last == 0:
		s.last, s.none = 1, true
	}
}

func length(errs *domain.Errors, field string, n *int) int {
	switch {
	case n == nil:
		return 0
	case *n < 0:
		*errs = append(*errs, wrong(field, "must not be below 0"))
	case *n > maxPage:
		*errs = append(*errs, tooMany(field, *n))
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
		*errs = append(*errs, wrong(field, "is no cursor of this list"))
	}
	return store.Cursor(*c)
}

func tooMany(field string, n int) *domain.Error {
	return &domain.Error{
		Code: domain.Limit, Field: field, Message: fmt.Sprintf("is %d, at most %d are handed out at once", n, maxPage),
		Details: map[string]any{"limit": maxPage},
	}
}

// explain tells what was wrong with a query that the store refused. What is
// parsed is sound, so that only a cursor can be the cause.
func (s *selection) explain(err error) error {
	if !errors.Is(err, store.ErrInvalid) || (s.after == "" && s.before == "") {
		return storeError(err)
	}
	field := "after"
	if s.after == "" {
		field = "before"
	}
	return &domain.Error{
		Code: domain.Invalid, Field: field, Cause: err,
		Message: "is no cursor of this list, in this order",
	}
}

// trim empties a page that was to have no length.
func (s *selection) trim(p *Page) *Page {
	if !s.none {
		return p
	}
	p.HasNext = p.HasNext || (s.first > 0 && len(p.Items) > 0)
	p.HasPrevious = p.HasPrevious || (s.last > 0 && len(p.Items) > 0)
	p.Items = nil
	return p
}
