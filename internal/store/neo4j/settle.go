package neo4j

import (
	"fmt"
	"strings"

	"releasegraph/internal/store"
)

// A filter through several relationships, looked at at each node, costs the
// product of its levels: many nodes lead to the same few hubs, whose edges the
// server goes through again for each. What lies behind the first relationship is
// therefore settled before: from the inside out, one statement a relationship
// finds the nodes that have it, and where it is asked for only their set is
// asked. That costs the sum of the levels.
//
// The sets travel to the server as parameters, not as lists that a subquery
// collects: the plans of pages, their hints and their order by an index stay as
// they are, all statements of a page share a set, and the server plans with its
// size. It hashes a parameter once. The way there and back is small beside the
// finding: of a million nodes it is 5 MB each way. Internal ids are sure within
// one transaction, in which all of it happens.

// maxSettled is how many nodes the sets of one filter hold in all, as many as a
// few levels of a million each. What would be more is looked at at each node.
const maxSettled = 4_000_000

// settled is a relationship that is asked for of which is known what has it.
type settled struct {
	store.Related
	nodes []any // internal ids
}

// depth is through how many relationships, one after another, a filter leads.
func depth(f store.Filter) int {
	deepest := func(list []store.Filter) (most int) {
		for _, one := range list {
			most = max(most, depth(one))
		}
		return most
	}
	switch f := f.(type) {
	case store.And:
		return deepest(f)
	case store.Or:
		return deepest(f)
	case store.Not:
		return depth(f.Filter)
	case store.OfKind:
		return depth(f.Filter)
	case store.Related:
		return 1 + depth(f.Filter)
	}
	return 0
}

// asked undoes the settling.
func asked(f store.Filter) store.Filter {
	switch f := f.(type) {
	case settled:
		return f.Related
	case store.And:
		return store.And(askedEach(f))
	case store.Or:
		return store.Or(askedEach(f))
	case store.Not:
		return store.Not{Filter: asked(f.Filter)}
	case store.OfKind:
		return store.OfKind{Kind: f.Kind, Filter: asked(f.Filter)}
	}
	return f
}

func askedEach(list []store.Filter) []store.Filter {
	each := make([]store.Filter, len(list))
	for i, f := range list {
		each[i] = asked(f)
	}
	return each
}

// settled asks the set. The server may not begin at its nodes: it would search
// for a path from each.
func (b *builder) settled(f settled, s scope) string {
	return fmt.Sprintf("coalesce(id(%s) IN %s, false)", s.variable, b.param(f.nodes))
}

// settler settles what a filter asks behind relationships.
type settler struct {
	store *Store
	tx    tx
	room  int // how many nodes more may be held
}

// settle returns a filter on nodes of a kind that holds of the same in this
// transaction. One that names its nodes stays: few are looked at.
func (s *Store) settle(t tx, kind string, f store.Filter) (store.Filter, error) {
	if s.catalog.NamesNodes(kind, f) {
		return f, nil
	}
	r := &settler{store: s, tx: t, room: maxSettled}
	return r.each(kind, f, r.beyond)
}

// each rebuilds a filter on nodes of a kind with what takes the places of its
// relationships.
func (r *settler) each(kind string, f store.Filter, instead func(kind string, f store.Related) (store.Filter, error)) (store.Filter, error) {
	var err error
	switch f := f.(type) {
	case store.And:
		list, err := r.list(kind, f, instead)
		return store.And(list), err
	case store.Or:
		list, err := r.list(kind, r.store.catalog.gathered(f, scope{kinds: []string{kind}}), instead)
		return store.Or(list), err
	case store.Not:
		f.Filter, err = r.each(kind, f.Filter, instead)
		return f, err
	case store.OfKind:
		f.Filter, err = r.each(f.Kind, f.Filter, instead)
		return f, err
	case store.Related:
		return instead(kind, f)
	}
	return f, nil
}

func (r *settler) list(kind string, list []store.Filter, instead func(kind string, f store.Related) (store.Filter, error)) ([]store.Filter, error) {
	each := make([]store.Filter, len(list))
	for i, f := range list {
		var err error
		if each[i], err = r.each(kind, f, instead); err != nil {
			return nil, err
		}
	}
	return each, nil
}

// beyond settles what is asked at the far ends of a relationship.
func (r *settler) beyond(kind string, f store.Related) (store.Filter, error) {
	if f.Filter == nil {
		return f, nil
	}
	var err error
	f.Filter, err = r.each(r.store.catalog.behind(kind, f)[0], f.Filter, r.set)
	return f, err
}

// set finds the nodes that have a relationship. Whether one has any edge the
// server knows at once.
func (r *settler) set(kind string, f store.Related) (store.Filter, error) {
	if f.Filter == nil && f.EdgeFilter == nil {
		return f, nil
	}
	inner, err := r.beyond(kind, f)
	if err != nil {
		return nil, err
	}
	cypher, p := r.statement(kind, inner.(store.Related))
	values, err := r.tx.row(cypher, p)
	if err != nil {
		return nil, err
	}
	nodes := values[0].([]any)
	if len(nodes) > r.room {
		return f, nil
	}
	r.room -= len(nodes)
	return settled{f, nodes}, nil
}

// statement goes from the far ends that match to the nodes, one more of them
// than there is room for.
func (r *settler) statement(kind string, f store.Related) (string, params) {
	b := r.store.builder()
	far := "x"
	if kinds := r.store.catalog.FarKinds(f.Rel, kind, f.Direction); len(kinds) == 1 && f.Filter != nil {
		far += ":" + quote(kinds[0])
	}
	conditions := []string{}
	if f.Filter != nil {
		conditions = append(conditions, b.where(f.Filter, scope{variable: "x", kinds: r.store.catalog.behind(kind, f)}))
	}
	if f.EdgeFilter != nil {
		conditions = append(conditions, b.where(f.EdgeFilter, scope{variable: "r", rel: f.Rel}))
	}
	return fmt.Sprintf("MATCH %s WHERE %s WITH DISTINCT n%s RETURN collect(id(n))",
		path("n", "r", far, f), strings.Join(conditions, " AND "), b.limit(r.room+1)), b.params
}
