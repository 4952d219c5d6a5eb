package store

// Page length and start of the search, and the order of its cursors, for who
// merges hits of its own into an answer.

// First is the length of the page.
func (q *SearchQuery) First() int { return q.first }

// After is where the page starts, nil for the first one.
func (q *SearchQuery) After() *Position { return q.after }

// Ordering is the order of the answer.
func (q *SearchQuery) Ordering() Ordering { return q.ordering }

// Find gives the hit that a node is, if it is found, and where it stands.
func (q *SearchQuery) Find(n Node) (hit SearchHit, at Position, found bool, err error) {
	for _, k := range q.Kinds {
		if k.Name != n.Kind {
			continue
		}
		text, _ := k.SearchText(n.Props)
		g, found := q.Group(text)
		if !found {
			break
		}
		at = Position{Keys: []any{int64(g), text.Key}, ID: n.ID}
		hit = SearchHit{Node: n, Rank: q.rank(g, SearchPlace{text.Key, n.ID})}
		hit.Cursor, err = EncodeCursor(q.ordering, at)
		return hit, at, true, err
	}
	return hit, at, false, nil
}
