package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"maps"
	"slices"
	"strings"

	"releasegraph/internal/store"
)

// Search returns a page of the nodes that hold all words of a text.
func (s *Store) Search(ctx context.Context, q store.Search) (store.SearchPage, error) {
	var page store.SearchPage
	p, err := s.declared.ParseSearch(q)
	if err != nil {
		return page, err
	}
	err = s.read(ctx, func(c *conn) error {
		hits, more, err := p.Run(s.searcher(ctx, c, p))
		if err != nil {
			return err
		}
		nodes, err := s.byID(ctx, c, store.SearchPageIDs(hits))
		page = p.Page(hits, more, nodes)
		return err
	})
	return page, err
}

// CountSearch counts what Search would return without cursor and limit.
func (s *Store) CountSearch(ctx context.Context, q store.Search) (int64, error) {
	var count int64
	p, err := s.declared.ParseSearchCount(q)
	if err != nil || len(p.Words) == 0 || len(p.Kinds) == 0 {
		return 0, err
	}
	err = s.read(ctx, func(c *conn) error {
		r := s.searcher(ctx, c, p)
		count, _, err = c.one(ctx, "SELECT count(*) FROM search_word WHERE search_word MATCH ?"+r.within("rowid"), allOf("", p.Words))
		return err
	})
	return count, err
}

func (s *Store) byID(ctx context.Context, c *conn, ids []store.ID) (map[store.ID]store.Node, error) {
	found := make(map[store.ID]store.Node, len(ids))
	numbers, err := s.numbers(ctx, c, ids)
	if err != nil {
		return nil, err
	}
	return found, s.nodes(ctx, c, maps.Values(numbers), func(_ int64, n store.Node) { found[n.ID] = n })
}

// searcher is one search on one connection. It is a store.SearchSource.
type searcher struct {
	*Store
	ctx   context.Context
	c     *conn
	q     *store.SearchQuery
	kinds []int64 // numbers of the kinds searched, in order
}

func (s *Store) searcher(ctx context.Context, c *conn, q *store.SearchQuery) *searcher {
	r := &searcher{Store: s, ctx: ctx, c: c, q: q}
	for _, k := range q.Kinds {
		r.kinds = append(r.kinds, s.layout.kinds[k.Name].number)
	}
	slices.Sort(r.kinds)
	return r
}

// within limits a number to the kinds searched: as one range, which an index
// can use, and what else is to be left out of it.
func (r *searcher) within(n string) string {
	first, last := r.kinds[0], r.kinds[len(r.kinds)-1]
	text := fmt.Sprintf(" AND %s >= %d AND %s < %d", n, first<<kindShift, n, (last+1)<<kindShift)
	if last-first+1 == int64(len(r.kinds)) {
		return text
	}
	return text + " AND " + r.ofKind(n)
}

func (r *searcher) ofKind(n string) string {
	return fmt.Sprintf("(%s >> %d) IN (%s)", n, kindShift, strings.Trim(strings.Join(strings.Fields(fmt.Sprint(r.kinds)), ", "), "[]"))
}

// allOf is an expression for the index: each word, with a mark or without,
// begins one there. Words hold letters, digits and symbols beyond ASCII only,
// and stand in quotes.
func allOf(mark string, words []string) string {
	terms := make([]string, len(words))
	for i, w := range words {
		terms[i] = `"` + mark + w + `" *`
	}
	return strings.Join(terms, " AND ")
}

// expression of a group. That of the names also has the KeyGroup.
func (r *searcher) expression(g store.SearchGroup) string {
	names := allOf(nameMark, r.q.Words)
	if g == store.NamesGroup {
		return names
	}
	return "(" + allOf("", r.q.Words) + ") NOT (" + names + ")"
}

// keyEnd follows all that continue a key: no word has this character.
const keyEnd = "\U0010FFFF"

// Begins implements store.SearchSource.
func (r *searcher) Begins(after *store.SearchPlace, limit int) ([]store.SearchPlace, error) {
	from := store.SearchPlace{Key: r.q.Key}
	if after != nil {
		from = *after
	}
	return r.places("SELECT k.key, k.id FROM search_key k INDEXED BY search_order WHERE (k.key, k.id) > (?, ?) AND k.key >= ? AND k.key < ? AND "+
		r.ofKind("k.n")+" ORDER BY k.key, k.id LIMIT ?", from.Key, string(from.ID), r.q.Key, r.q.Key+keyEnd, int64(limit))
}

// Dense implements store.SearchSource. It asks for beginnings that the index
// has as such: those it hands over one by one, while it gathers all that begins
// with another one before it answers.
func (r *searcher) Dense(g store.SearchGroup) (bool, error) {
	mark := ""
	if g == store.NamesGroup {
		mark = nameMark
	}
	words := make([]string, len(r.q.Words))
	for i, w := range r.q.Words {
		words[i] = indexedBeginning(mark + w)
	}
	count, _, err := r.c.one(r.ctx, "SELECT count(*) FROM (SELECT 1 FROM search_word WHERE search_word MATCH ?"+r.within("rowid")+" LIMIT ?)",
		allOf("", words), int64(r.denseSearch+1))
	return count > int64(r.denseSearch), err
}

// indexedBeginning is as much of a word as beginnings are indexed.
func indexedBeginning(word string) string {
	runes := []rune(word)
	for _, length := range slices.Backward(indexedLengths) {
		if len(runes) >= length {
			return string(runes[:length])
		}
	}
	return word
}

// Sorted implements store.SearchSource. SQLite's sorter keeps as many rows as
// the limit says.
func (r *searcher) Sorted(g store.SearchGroup, after *store.SearchPlace, limit int) ([]store.SearchPlace, error) {
	text := "SELECT k.key, k.id FROM search_word CROSS JOIN search_key k ON k.n = search_word.rowid WHERE search_word MATCH ?" + r.within("search_word.rowid")
	args := []any{r.expression(g)}
	if g == store.NamesGroup {
		text, args = text+" AND NOT (k.key >= ? AND k.key < ?)", append(args, r.q.Key, r.q.Key+keyEnd)
	}
	if after != nil {
		text, args = text+" AND (k.key, k.id) > (?, ?)", append(args, after.Key, string(after.ID))
	}
	return r.places(text+" ORDER BY k.key, k.id LIMIT ?", append(args, int64(limit))...)
}

func (r *searcher) places(text string, args ...any) ([]store.SearchPlace, error) {
	var list []store.SearchPlace
	err := r.c.query(r.ctx, text, args, func(row []driver.Value) error {
		list = append(list, store.SearchPlace{Key: row[0].(string), ID: store.ID(row[1].(string))})
		return nil
	})
	return list, err
}

// orderedChunk is how many nodes Ordered looks at together.
const orderedChunk = 250

// Ordered implements store.SearchSource.
func (r *searcher) Ordered(g store.SearchGroup, after *store.SearchPlace, limit int) ([]store.SearchPlace, error) {
	var at store.SearchPlace
	if after != nil {
		at = *after
	}
	var found []store.SearchPlace
	for read := 0; read < store.DenseSearchReads; read += orderedChunk {
		numbers, last, err := r.chunk(at)
		if err != nil || len(numbers) == 0 {
			return found, err
		}
		at = last
		matching, err := r.matching(g, numbers)
		if err != nil {
			return nil, err
		}
		if found = append(found, matching...); len(found) >= limit {
			return found[:limit], nil
		}
	}
	return found, nil
}

// chunk reads the numbers of the next nodes of any kind.
func (r *searcher) chunk(at store.SearchPlace) (numbers []int64, last store.SearchPlace, err error) {
	err = r.c.query(r.ctx, "SELECT k.n, k.key, k.id FROM search_key k INDEXED BY search_order WHERE (k.key, k.id) > (?, ?) ORDER BY k.key, k.id LIMIT ?",
		[]any{at.Key, string(at.ID), int64(orderedChunk)}, func(row []driver.Value) error {
			numbers = append(numbers, row[0].(int64))
			last = store.SearchPlace{Key: row[1].(string), ID: store.ID(row[2].(string))}
			return nil
		})
	return numbers, last, err
}

// matching looks at the nodes themselves, and keeps those of the group in order.
func (r *searcher) matching(g store.SearchGroup, numbers []int64) ([]store.SearchPlace, error) {
	numbers = slices.DeleteFunc(numbers, func(n int64) bool { return !slices.Contains(r.kinds, n>>kindShift) })
	at := map[int64]store.SearchPlace{}
	err := r.nodes(r.ctx, r.c, slices.Values(numbers), func(n int64, node store.Node) {
		k, _ := r.declared.Kind(node.Kind)
		text, _ := k.SearchText(node.Props)
		if in, found := r.q.Group(text); found && in == g {
			at[n] = store.SearchPlace{Key: text.Key, ID: node.ID}
		}
	})
	var list []store.SearchPlace
	for _, n := range numbers {
		if p, ok := at[n]; ok {
			list = append(list, p)
		}
	}
	return list, err
}
