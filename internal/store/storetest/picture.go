package storetest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"releasegraph/internal/store"
)

// Picture writes all that can be read of a store, so that two can be compared:
// the graph with versions and times, the log, histories, times and a search.
func Picture(t testing.TB, s store.Store) string {
	t.Helper()
	p := &picture{TB: t, Store: s, ctx: context.Background(), ids: map[store.ID]bool{}}
	p.graph()
	p.log()
	for _, id := range slices.Sorted(maps.Keys(p.ids)) {
		pages, err := s.History(p.ctx, store.HistoryQuery{Nodes: []store.ID{id}})
		p.must(err)
		p.add("history of %s (cut %v)%s", id, pages[0].Cut, describe(pages[0].Changes))
	}
	for _, text := range []string{"a", "b"} {
		page, err := s.Search(p.ctx, store.Search{Text: text, First: 100})
		p.must(err)
		for _, hit := range page.Hits {
			p.add("search %s: %s", text, hit.Node.ID)
		}
	}
	return p.text.String()
}

type picture struct {
	testing.TB
	store.Store
	ctx  context.Context
	text strings.Builder
	ids  map[store.ID]bool
}

func (p *picture) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

func (p *picture) add(format string, args ...any) { fmt.Fprintf(&p.text, format+"\n", args...) }

func (p *picture) graph() {
	var list []string
	revision, err := p.Scan(p.ctx, store.Scan{}, func(b store.Batch) error {
		for _, n := range b.Nodes {
			p.ids[n.ID] = true
			list = append(list, describe(n))
		}
		for _, e := range b.Edges {
			list = append(list, describe(e))
		}
		return nil
	})
	p.must(err)
	slices.Sort(list)
	p.add("graph as of %d\n%s", revision, strings.Join(list, "\n"))
}

func (p *picture) log() {
	head, err := p.Head(p.ctx)
	p.must(err)
	oldest, err := p.Oldest(p.ctx)
	p.must(err)
	p.add("head %d oldest %d", head, oldest)
	changes, err := p.Changes(p.ctx, oldest, 10_000)
	p.must(err)
	for _, c := range changes {
		at, err := p.RevisionAt(p.ctx, c.At)
		p.must(err)
		p.add("%s\n  revision then %d", describe(c), at)
		for _, id := range store.Touched(c.Effects) {
			p.ids[id] = true
		}
	}
}
