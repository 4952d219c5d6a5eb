package asof

import (
	"context"
	"slices"

	"releasegraph/internal/store"
)

// Search returns a page of the nodes that held all words of a text. As Find
// does, it reads today's hits, leaves out touched nodes, and puts those of them
// in their place that belong there.
func (r *Reader) Search(ctx context.Context, q store.Search) (store.SearchPage, error) {
	p, err := r.Declared().ParseSearch(q)
	if err != nil {
		return store.SearchPage{}, err
	}
	s := &search{Reader: r, q: q, p: p, order: p.Ordering()}
	hits, err := s.today(ctx)
	if err != nil {
		return store.SearchPage{}, err
	}
	apart, err := s.touched(ctx)
	if err != nil {
		return store.SearchPage{}, err
	}
	hits = append(hits, apart...)
	slices.SortFunc(hits, func(a, b found) int { return s.order.Compare(a.at, b.at) })
	page := store.SearchPage{HasNext: len(hits) > p.First(), HasPrevious: p.After() != nil}
	for _, h := range hits[:min(len(hits), p.First())] {
		h.Node.Props = h.Node.Props.Clone()
		page.Hits = append(page.Hits, h.SearchHit)
	}
	return page, nil
}

// CountSearch counts what Search finds, page by page: it costs as much as
// reading them.
func (r *Reader) CountSearch(ctx context.Context, q store.Search) (int64, error) {
	if _, err := r.Declared().ParseSearchCount(q); err != nil {
		return 0, err
	}
	q.First, q.After = store.MaxSearchPage, ""
	for count := int64(0); ; {
		page, err := r.Search(ctx, q)
		if err != nil {
			return 0, err
		}
		if count += int64(len(page.Hits)); !page.HasNext {
			return count, nil
		}
		q.After = page.Hits[len(page.Hits)-1].Cursor
	}
}

// search is one Search under way.
type search struct {
	*Reader
	q     store.Search
	p     *store.SearchQuery
	order store.Ordering
}

// found is a hit and where it stands.
type found struct {
	store.SearchHit
	at store.Position
}

// today reads hits until one more than the page holds is untouched.
func (s *search) today(ctx context.Context) ([]found, error) {
	var hits []found
	q := s.q
	for touched := 0; ; {
		q.First = min(s.p.First()+1-len(hits)+min(touched, slack), store.MaxSearchPage)
		page, err := s.base().Search(ctx, q)
		if err != nil {
			return nil, err
		}
		o, err := s.overlay(ctx)
		if err != nil {
			return nil, err
		}
		for _, h := range page.Hits {
			at, err := store.DecodeCursor(s.order, h.Cursor)
			if err != nil {
				return nil, err
			}
			hits = append(hits, found{h, *at})
		}
		o.mu.RLock()
		touched = len(o.nodes) + o.touched.bornNodes.count
		hits = slices.DeleteFunc(hits, func(h found) bool { return o.nodeTouched(h.Node.ID) })
		o.mu.RUnlock()
		if !page.HasNext || len(page.Hits) == 0 || len(hits) > s.p.First() {
			return hits, nil
		}
		q.After = page.Hits[len(page.Hits)-1].Cursor
	}
}

// touched gives the touched nodes that were found and stand within the page.
func (s *search) touched(ctx context.Context) ([]found, error) {
	o, err := s.overlay(ctx)
	if err != nil {
		return nil, err
	}
	var ids []store.ID
	o.mu.RLock()
	for _, k := range s.p.Kinds {
		ids = slices.AppendSeq(ids, o.touched.ofKind(k.Name))
	}
	o.mu.RUnlock()
	were, err := s.touchedNodes(ctx, o, ids)
	if err != nil {
		return nil, err
	}
	var hits []found
	for _, n := range were {
		hit, at, is, err := s.p.Find(n)
		if err != nil {
			return nil, err
		}
		if is && (s.p.After() == nil || s.order.Compare(at, *s.p.After()) > 0) {
			hits = append(hits, found{hit, at})
		}
	}
	return hits, nil
}
