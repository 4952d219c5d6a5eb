package neo4j

import (
	"context"
	"fmt"
	"strings"

	"releasegraph/internal/store"
)

// Search implements store.Reader.
func (s *Store) Search(ctx context.Context, q store.Search) (store.SearchPage, error) {
	p, err := s.catalog.ParseSearch(q)
	if err != nil {
		return store.SearchPage{}, err
	}
	var page store.SearchPage
	err = s.read(ctx, func(t tx) error {
		hits, more, err := p.Run(&searcher{tx: t, q: p, dense: s.denseSearch})
		if err != nil {
			return err
		}
		nodes := make(map[store.ID]store.Node, len(hits))
		err = t.nodes(store.SearchPageIDs(hits), nodes)
		page = p.Page(hits, more, nodes)
		return err
	})
	return page, err
}

// CountSearch implements store.Reader.
func (s *Store) CountSearch(ctx context.Context, q store.Search) (int64, error) {
	p, err := s.catalog.ParseSearchCount(q)
	if err != nil || len(p.Words) == 0 || len(p.Kinds) == 0 {
		return 0, err
	}
	var count int64
	err = s.read(ctx, func(t tx) error {
		r := &searcher{tx: t, q: p}
		values, err := t.row(fullText+" WHERE "+r.ofKinds()+" RETURN count(n)", params{"q": anywhere(p.Words), "options": params{}})
		if err == nil {
			count = values[0].(int64)
		}
		return err
	})
	return count, err
}

// searcher is one search in one transaction. It is a store.SearchSource.
type searcher struct {
	tx    tx
	q     *store.SearchQuery
	dense int
}

// ofKinds limits n to the kinds searched.
func (r *searcher) ofKinds() string {
	names := make([]string, len(r.q.Kinds))
	for i, k := range r.q.Kinds {
		names[i] = "n:" + quote(k.Name)
	}
	return "(" + strings.Join(names, " OR ") + ")"
}

const (
	fullText = "CALL db.index.fulltext.queryNodes('" + searchIndex + "', $q, $options) YIELD node AS n"
	// beyond is true of what stands behind a place. Keys and ids are ASCII, so
	// that all comparisons are bytewise, in an index or not.
	beyondPlace = "(n." + searchKeyProp + " > $key OR n." + searchKeyProp + " = $key AND n.id > $id)"
	inPlace     = " ORDER BY n." + searchKeyProp + ", n.id "
)

// inNames and anywhere are expressions of the index. Words hold letters, digits
// and symbols beyond ASCII only, all in lower case: nothing in them is syntax.
func inNames(words []string) string {
	terms := make([]string, len(words))
	for i, w := range words {
		terms[i] = fmt.Sprintf("+%s:%s*", searchNamesProp, w)
	}
	return strings.Join(terms, " ")
}

func anywhere(words []string) string {
	terms := make([]string, len(words))
	for i, w := range words {
		terms[i] = fmt.Sprintf("+(%s:%s* %s:%s*)", searchNamesProp, w, searchRestProp, w)
	}
	return strings.Join(terms, " ")
}

// expression of a group. That of the names also has the KeyGroup.
func (r *searcher) expression(g store.SearchGroup) string {
	if g == store.NamesGroup {
		return inNames(r.q.Words)
	}
	return anywhere(r.q.Words) + " -(" + inNames(r.q.Words) + ")"
}

// place is where to read on, and the beginning of the keys of the KeyGroup.
func (r *searcher) place(after *store.SearchPlace, limit int) params {
	p := params{"begin": asciiKey(r.q.Key), "key": "", "id": "", "limit": int64(limit)}
	if after != nil {
		p["key"], p["id"] = asciiKey(after.Key), string(after.ID)
	}
	return p
}

// ordered reads nodes by the index that has their order.
const ordered = "MATCH (n:Node) USING INDEX n:Node(" + searchKeyProp + ", id) WHERE n." + searchKeyProp + " >= $from AND n.id IS NOT NULL AND (n." +
	searchKeyProp + " <> $key OR n.id > $id)"

// Begins implements store.SearchSource.
func (r *searcher) Begins(after *store.SearchPlace, limit int) ([]store.SearchPlace, error) {
	p := r.place(after, limit)
	p["from"], p["end"] = max(p["begin"].(string), p["key"].(string)), p["begin"].(string)+"\x7f"
	return r.places(ordered+" AND n."+searchKeyProp+" < $end AND "+r.ofKinds(), p)
}

// Dense implements store.SearchSource.
func (r *searcher) Dense(g store.SearchGroup) (bool, error) {
	values, err := r.tx.row(fullText+" RETURN count(n)", params{"q": r.expression(g), "options": params{"limit": int64(r.dense + 1)}})
	return err == nil && values[0].(int64) > int64(r.dense), err
}

// Sorted implements store.SearchSource.
func (r *searcher) Sorted(g store.SearchGroup, after *store.SearchPlace, limit int) ([]store.SearchPlace, error) {
	p := r.place(after, limit)
	p["q"], p["options"] = r.expression(g), params{}
	cypher := fullText + " WHERE " + r.ofKinds()
	if g == store.NamesGroup {
		cypher += " AND NOT n." + searchKeyProp + " STARTS WITH $begin"
	}
	if after != nil {
		cypher += " AND " + beyondPlace
	}
	return r.places(cypher, p)
}

// Ordered implements store.SearchSource.
func (r *searcher) Ordered(g store.SearchGroup, after *store.SearchPlace, limit int) ([]store.SearchPlace, error) {
	p := r.place(after, limit)
	p["from"], p["reads"] = p["key"], int64(store.DenseSearchReads)
	words := make([]string, len(r.q.Words))
	for i, w := range r.q.Words {
		words[i] = " " + w
	}
	p["words"] = words
	names := "all(w IN $words WHERE n." + searchNamesProp + " CONTAINS w)"
	condition := names + " AND NOT n." + searchKeyProp + " STARTS WITH $begin"
	if g == store.RestGroup {
		condition = "all(w IN $words WHERE n." + searchNamesProp + " CONTAINS w OR n." + searchRestProp + " CONTAINS w) AND NOT " + names
	}
	return r.places(ordered+" WITH n"+inPlace+"LIMIT $reads WITH n WHERE "+r.ofKinds()+" AND "+condition, p)
}

func (r *searcher) places(cypher string, p params) ([]store.SearchPlace, error) {
	records, err := r.tx.rows(cypher+" RETURN n."+searchKeyProp+", n.id"+inPlace+"LIMIT $limit", p)
	list := make([]store.SearchPlace, len(records))
	for i, record := range records {
		key, keyed := record.Values[0].(string)
		id, there := record.Values[1].(string)
		if !keyed || !there {
			return nil, errVanished
		}
		list[i] = store.SearchPlace{Key: plainKey(key), ID: store.ID(id)}
	}
	return list, err
}
