package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"releasegraph/internal/store"
)

// searched is a node with what a search sees of it.
type searched struct {
	id              store.ID
	rank            store.SearchRank
	key             string
	names, anywhere []string
}

func folded(text string) []string {
	var list []string
	for _, w := range store.Words(text) {
		list = append(list, w.Text)
	}
	return list
}

func textOf(v any) []string {
	switch v := v.(type) {
	case string:
		return folded(v)
	case []string:
		return folded(strings.Join(v, " "))
	}
	return nil
}

// search looks at every node.
func (r *reference) search(text string, kinds []string) []searched {
	asked := folded(text)
	var hits []searched
	for _, n := range r.nodes {
		if kinds != nil && !slices.Contains(kinds, n.Kind) || len(asked) == 0 {
			continue
		}
		s := seen(n)
		if !holds(s.anywhere, asked) {
			continue
		}
		whole := strings.Join(asked, " ")
		switch {
		case s.key == whole:
			s.rank = store.KeyEqual
		case strings.HasPrefix(s.key, whole):
			s.rank = store.KeyBegin
		case holds(s.names, asked):
			s.rank = store.InNames
		default:
			s.rank = store.Anywhere
		}
		hits = append(hits, s)
	}
	slices.SortFunc(hits, func(a, b searched) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.key, b.key), strings.Compare(string(a.id), string(b.id)))
	})
	return hits
}

func seen(n store.Node) searched {
	s := searched{id: n.ID}
	for _, k := range Schema().Kinds {
		if k.Name != n.Kind {
			continue
		}
		for i, name := range k.Text {
			words := textOf(n.Props[name])
			if i == 0 {
				s.key = strings.Join(words, " ")
			}
			if i < 2 {
				s.names = append(s.names, words...)
			}
			s.anywhere = append(s.anywhere, words...)
		}
		for name, v := range n.Props {
			if k.OpenPrefix != "" && strings.HasPrefix(name, k.OpenPrefix) {
				s.anywhere = append(s.anywhere, textOf(v)...)
			}
		}
	}
	return s
}

// holds tells whether each word begins one of the others.
func holds(words, asked []string) bool {
	for _, a := range asked {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, a) }) {
			return false
		}
	}
	return true
}

// search asks for all hits, and then for a page after one of them.
func (r *rounds) search() {
	q := store.Search{Text: drawText(r.t), First: store.MaxSearchPage}
	if rapid.Bool().Draw(r.t, "of some kinds") {
		q.Kinds = slice(r.t, 0, 2, drawKind)
	}
	all := r.model.search(q.Text, q.Kinds)
	page, err := r.Search(r.b.ctx, q)
	if err != nil {
		r.t.Fatalf("search %+v: %v", q, err)
	}
	r.equal(fmt.Sprintf("search %+v", q), ranks(page), listed(all))
	for _, h := range page.Hits {
		r.equal("hit", h.Node, r.model.nodes[h.Node.ID])
	}
	count, err := r.CountSearch(r.b.ctx, q)
	if err != nil || int(count) != len(all) {
		r.t.Fatalf("count of search %+v: %d (%v), want %d", q, count, err, len(all))
	}
	from := 0
	if i := r.position(len(all), "after"); i >= 0 {
		q.After, from = page.Hits[i].Cursor, i+1
	}
	q.First = rapid.IntRange(1, 3).Draw(r.t, "first")
	to := min(len(all), from+q.First)
	page, err = r.Search(r.b.ctx, q)
	if err != nil || page.HasNext != (to < len(all)) {
		r.t.Fatalf("search %+v: next %v of %d (%v)", q, page.HasNext, len(all), err)
	}
	r.equal(fmt.Sprintf("search %+v", q), ranks(page), listed(all[from:to]))
}

func listed(hits []searched) string {
	var page store.SearchPage
	for _, h := range hits {
		page.Hits = append(page.Hits, store.SearchHit{Node: store.Node{ID: h.id}, Rank: h.rank})
	}
	return ranks(page)
}

// drawText draws what people type, and what nobody should.
func drawText(t *rapid.T) string {
	return strings.Join(slice(t, 1, 3, func(t *rapid.T) string {
		if rapid.IntRange(0, 3).Draw(t, "any text") == 0 {
			return "a" + rapid.StringN(0, 6, 20).Draw(t, "text")
		}
		return sample(t, "word", "a", "A", "b", "ab", "e", "É", "it", "so", "😀", "9", "9e9", "AND", "NOT a", "a*", `"a b"`, "(a", "a:b", "%_", "-")
	}), " ")
}
