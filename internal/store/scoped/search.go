package scoped

import (
	"context"
	"slices"

	"releasegraph/internal/store"
)

// Search returns a page of the nodes that are seen and hold all words. Kinds
// that are seen whole are searched by the store; of the others all that is seen
// is looked at, which costs as much as there is of it.
func (r *Reader) Search(ctx context.Context, q store.Search) (store.SearchPage, error) {
	s, err := r.scope(ctx)
	if err != nil {
		return store.SearchPage{}, err
	}
	p, whole, partly, err := r.searched(s, &q)
	if err != nil {
		return store.SearchPage{}, err
	}
	if len(partly) == 0 {
		return r.beneath.Search(ctx, q)
	}
	hits, err := r.searchWhole(ctx, q, p, whole)
	if err != nil {
		return store.SearchPage{}, err
	}
	err = r.eachFound(ctx, p, partly, func(h placed) { hits = p.keep(hits, h) })
	if err != nil {
		return store.SearchPage{}, err
	}
	page := store.SearchPage{HasNext: len(hits) > p.First(), HasPrevious: p.After() != nil}
	for _, h := range hits[:min(len(hits), p.First())] {
		page.Hits = append(page.Hits, h.SearchHit)
	}
	return page, nil
}

// CountSearch counts what Search would return without cursor and limit.
func (r *Reader) CountSearch(ctx context.Context, q store.Search) (int64, error) {
	s, err := r.scope(ctx)
	if err != nil {
		return 0, err
	}
	q.First, q.After = 1, ""
	p, whole, partly, err := r.searched(s, &q)
	if err != nil {
		return 0, err
	}
	var count int64
	if len(whole) > 0 {
		if count, err = r.beneath.CountSearch(ctx, store.Search{Text: q.Text, Kinds: whole}); err != nil {
			return 0, err
		}
	}
	return count, r.eachFound(ctx, p, partly, func(placed) { count++ })
}

// searching is a search over some kinds that are seen whole and some that are
// not.
type searching struct{ *store.SearchQuery }

// placed is a hit and where it stands.
type placed struct {
	store.SearchHit
	at store.Position
}

// searched splits the kinds that are searched. What is not seen at all is left
// out of the question.
func (r *Reader) searched(s Scope, q *store.Search) (p searching, whole, partly []string, err error) {
	if q.Kinds == nil {
		q.Kinds = names(r.Declared().Schema().Kinds)
	}
	if _, err = r.Declared().ParseSearchCount(*q); err != nil {
		return p, nil, nil, err
	}
	kept := []string{}
	for _, kind := range slices.Compact(slices.Sorted(slices.Values(q.Kinds))) { // a kind may be named twice
		switch rule := s[kind]; {
		case rule.All:
			whole = append(whole, kind)
		case rule.limited():
			partly = append(partly, kind)
		default:
			continue
		}
		kept = append(kept, kind)
	}
	q.Kinds = kept
	p.SearchQuery, err = r.Declared().ParseSearch(*q)
	return p, whole, partly, err
}

// searchWhole lets the store search the kinds that are seen whole: one hit more
// than the page holds.
func (r *Reader) searchWhole(ctx context.Context, q store.Search, p searching, whole []string) ([]placed, error) {
	if len(whole) == 0 {
		return nil, nil
	}
	q.Kinds, q.After, q.First = whole, "", min(p.First()+1, store.MaxSearchPage)
	own, err := r.Declared().ParseSearch(q)
	if err != nil {
		return nil, err
	}
	if p.After() != nil {
		if q.After, err = store.EncodeCursor(own.Ordering(), *p.After()); err != nil {
			return nil, err
		}
	}
	var hits []placed
	for len(hits) <= p.First() {
		page, err := r.beneath.Search(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, h := range page.Hits {
			q.After = h.Cursor
			at, err := store.DecodeCursor(own.Ordering(), h.Cursor)
			if err != nil {
				return nil, err
			}
			if h.Cursor, err = store.EncodeCursor(p.Ordering(), *at); err != nil {
				return nil, err
			}
			hits = append(hits, placed{h, *at})
		}
		if !page.HasNext || len(page.Hits) == 0 {
			break
		}
	}
	return hits, nil
}

// eachFound looks at all that is seen of some kinds, and hands over what is
// found, beyond the page's start.
func (r *Reader) eachFound(ctx context.Context, p searching, kinds []string, yield func(placed)) error {
	for _, kind := range kinds {
		err := r.EachSeen(ctx, kind, func(n store.Node) error {
			h, at, found, err := p.Find(n)
			if found && (p.After() == nil || p.Ordering().Compare(at, *p.After()) > 0) {
				yield(placed{h, at})
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// keep adds a hit in its place, and keeps one more than the page holds.
func (p searching) keep(hits []placed, h placed) []placed {
	i, _ := slices.BinarySearchFunc(hits, h, func(a, b placed) int { return p.Ordering().Compare(a.at, b.at) })
	hits = slices.Insert(hits, i, h)
	return hits[:min(len(hits), p.First()+1)]
}
