package store

import "strings"

// SearchPlace is where a node stands within its rank.
type SearchPlace struct {
	Key string // SearchText.Key
	ID  ID
}

// SearchGroup is a run of ranks in the order of an answer. KeyEqual comes
// before KeyBegin by the key already, so that the two make up one.
type SearchGroup uint8

// The groups, none of which holds a node of another.
const (
	KeyGroup   SearchGroup = iota // the key begins with SearchQuery.Key
	NamesGroup                    // else, all words are among the names
	RestGroup                     // else, all words are found
)

const (
	// DenseSearch is the number of nodes of a group from which on it is read in
	// its order instead of being sorted.
	DenseSearch = 10_000
	// DenseSearchReads is how many nodes are read so before it is given up: the
	// matches may all stand far behind.
	DenseSearchReads = 5_000
)

// SearchSource is one snapshot of an adapter's index. Each method answers in
// the order of key and id, beyond after (nil: from the start), up to limit.
type SearchSource interface {
	// Begins reads the KeyGroup.
	Begins(after *SearchPlace, limit int) ([]SearchPlace, error)
	// Dense tells whether more nodes than DenseSearch match, by a count that may
	// be too high: that costs time, and changes no answer.
	Dense(g SearchGroup) (bool, error)
	// Ordered reads a group by looking at all nodes in order, DenseSearchReads
	// of them at most; fewer places than limit may be for that.
	Ordered(g SearchGroup, after *SearchPlace, limit int) ([]SearchPlace, error)
	// Sorted reads a group by looking at what matches. It takes time by how
	// many that are, and memory by the limit.
	Sorted(g SearchGroup, after *SearchPlace, limit int) ([]SearchPlace, error)
}

// Run finds the page: its hits without nodes but for their ids, which the
// adapter reads within the same snapshot, and whether more follow.
func (q *SearchQuery) Run(src SearchSource) (hits []SearchHit, more bool, err error) {
	if len(q.Words) == 0 || len(q.Kinds) == 0 {
		return nil, false, nil
	}
	begin, after := q.from()
	for g := begin; g <= RestGroup && len(hits) <= q.first; g++ {
		places, err := q.group(src, g, after, q.first+1-len(hits))
		if err != nil {
			return nil, false, err
		}
		for _, p := range places {
			hit := SearchHit{Node: Node{ID: p.ID}, Rank: q.rank(g, p)}
			if hit.Cursor, err = EncodeCursor(q.ordering, Position{Keys: []any{int64(g), p.Key}, ID: p.ID}); err != nil {
				return nil, false, err
			}
			hits = append(hits, hit)
		}
		after = nil
	}
	if len(hits) > q.first {
		return hits[:q.first], true, nil
	}
	return hits, false, nil
}

// from tells where the page begins.
func (q *SearchQuery) from() (SearchGroup, *SearchPlace) {
	if q.after == nil {
		return KeyGroup, nil
	}
	g, _ := q.after.Keys[0].(int64)
	key, _ := q.after.Keys[1].(string)
	return SearchGroup(min(max(g, 0), int64(RestGroup))), &SearchPlace{key, q.after.ID}
}

// group reads one group in the way that costs least.
func (q *SearchQuery) group(src SearchSource, g SearchGroup, after *SearchPlace, limit int) ([]SearchPlace, error) {
	if g == KeyGroup {
		return src.Begins(after, limit)
	}
	dense, err := src.Dense(g)
	if err != nil {
		return nil, err
	}
	if dense {
		places, err := src.Ordered(g, after, limit)
		if err != nil || len(places) == limit {
			return places, err
		}
	}
	return src.Sorted(g, after, limit)
}

func (q *SearchQuery) rank(g SearchGroup, p SearchPlace) SearchRank {
	switch {
	case g == RestGroup:
		return Anywhere
	case g == NamesGroup:
		return InNames
	case p.Key == q.Key:
		return KeyEqual
	}
	return KeyBegin
}

// Group tells to which group a text belongs, if it matches at all.
func (q *SearchQuery) Group(t SearchText) (SearchGroup, bool) {
	all, inNames := len(q.Words) > 0, true
	for _, w := range q.Words {
		if !strings.Contains(t.Names, " "+w) {
			inNames = false
			all = all && strings.Contains(t.Rest, " "+w)
		}
	}
	switch {
	case !all:
		return 0, false
	case !inNames:
		return RestGroup, true
	case !strings.HasPrefix(t.Key, q.Key):
		return NamesGroup, true
	}
	return KeyGroup, true
}

// Page completes the hits of Run with their nodes.
func (q *SearchQuery) Page(hits []SearchHit, more bool, nodes map[ID]Node) SearchPage {
	page := SearchPage{HasNext: more, HasPrevious: q.after != nil}
	for _, h := range hits {
		n, ok := nodes[h.Node.ID]
		if !ok {
			continue
		}
		h.Node = n
		page.Hits = append(page.Hits, h)
	}
	return page
}

// SearchPageIDs lists the nodes that Page needs.
func SearchPageIDs(hits []SearchHit) []ID {
	ids := make([]ID, len(hits))
	for i, h := range hits {
		ids[i] = h.Node.ID
	}
	return ids
}
