package storetest

import (
	"cmp"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/store"
)

// row is a node, or an edge with the node at its far end.
type row struct {
	edge store.Edge
	node store.Node
}

// window says which part of sorted rows a page is. A nil bound is open.
type window struct {
	after, before *row
	first, last   int
}

func read(n store.Node, name string) any {
	switch name {
	case "id":
		return string(n.ID)
	case "version":
		return n.Version
	case "createdAt":
		return n.CreatedAt
	case "updatedAt":
		return n.UpdatedAt
	}
	return n.Props[name]
}

func (r *reference) matches(n store.Node, f store.Filter) bool {
	if f, ok := f.(store.Related); ok {
		for k, e := range r.edges {
			near, far := sides(k, f.Direction)
			if k.Rel == f.Rel && near == n.ID && r.matchesEdge(e, f.EdgeFilter) && r.matches(r.nodes[far], f.Filter) {
				return true
			}
		}
		return false
	}
	if f, ok := f.(store.OfKind); ok {
		return n.Kind == f.Kind && r.matches(n, f.Filter)
	}
	return logic(f, func(name string) any { return read(n, name) }, func(g store.Filter) bool { return r.matches(n, g) })
}

func (r *reference) matchesEdge(e store.Edge, f store.Filter) bool {
	return logic(f, func(name string) any { return e.Props[name] }, func(g store.Filter) bool { return r.matchesEdge(e, g) })
}

func logic(f store.Filter, get func(string) any, matches func(store.Filter) bool) bool {
	switch f := f.(type) {
	case nil:
		return true
	case store.And:
		return !slices.ContainsFunc(f, func(g store.Filter) bool { return !matches(g) })
	case store.Or:
		return slices.ContainsFunc(f, matches)
	case store.Not:
		return !matches(f.Filter)
	case store.Compare:
		return compares(get(f.Property), f)
	}
	panic("unknown filter")
}

func compares(v any, f store.Compare) bool {
	if f.Op != store.IsNull {
		v = numeric(v, f.Value)
	}
	if f.Op == store.IsNull || v == nil {
		return f.Op == store.IsNull && v == nil
	}
	if f.IgnoringCase {
		return comparesFolded(v.(string), f)
	}
	switch f.Op {
	case store.Eq:
		return store.EqualValues(v, f.Value)
	case store.OneOf:
		return slices.ContainsFunc(f.Value.([]any), func(w any) bool { return store.EqualValues(v, w) })
	case store.Contains:
		return strings.Contains(v.(string), f.Value.(string))
	case store.StartsWith:
		return strings.HasPrefix(v.(string), f.Value.(string))
	case store.EndsWith:
		return strings.HasSuffix(v.(string), f.Value.(string))
	case store.Lt:
		return order(v, f.Value) < 0
	case store.Lte:
		return order(v, f.Value) <= 0
	case store.Gt:
		return order(v, f.Value) > 0
	}
	return order(v, f.Value) >= 0
}

// comparesFolded leaves it to the standard library's expressions.
func comparesFolded(text string, f store.Compare) bool {
	if list, ok := f.Value.([]any); ok {
		return slices.ContainsFunc(list, func(w any) bool { return strings.EqualFold(text, w.(string)) })
	}
	form := regexp.QuoteMeta(f.Value.(string))
	switch f.Op {
	case store.Eq:
		form = "^" + form + "$"
	case store.StartsWith:
		form = "^" + form
	case store.EndsWith:
		form += "$"
	}
	return regexp.MustCompile("(?i)" + form).MatchString(text)
}

var (
	numberForm = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)
	digitForm  = regexp.MustCompile(`[0-9]`)
)

// numeric turns a text into the number that it is, or into nothing, where it is
// compared with numbers.
func numeric(v, operand any) any {
	if list, ok := operand.([]any); ok && len(list) > 0 {
		operand = list[0]
	}
	text, isText := v.(string)
	if _, isNumber := operand.(float64); !isNumber || !isText {
		return v
	}
	exact, ok := new(big.Rat).SetString(text)
	if !numberForm.MatchString(text) || len(digitForm.FindAllString(text, -1)) > store.MaxDigits || !ok {
		return nil
	}
	n, _ := exact.Float64()
	return n
}

func order(a, b any) int {
	switch a := a.(type) {
	case int64:
		return cmp.Compare(a, b.(int64))
	case float64:
		return cmp.Compare(a, b.(float64))
	case string:
		return strings.Compare(a, b.(string))
	case time.Time:
		return a.Compare(b.(time.Time))
	case bool:
		switch {
		case a == b.(bool):
			return 0
		case a:
			return 1
		}
		return -1
	}
	panic("no order")
}

// sorter orders rows by the properties of their nodes, null last both ways,
// then by id and tag.
func sorter(by []store.Order) func(a, b row) int {
	return func(a, b row) int {
		for _, o := range by {
			v, w := read(a.node, o.Property), read(b.node, o.Property)
			switch {
			case v == nil && w == nil:
			case v == nil:
				return 1
			case w == nil:
				return -1
			default:
				c := order(v, w)
				if o.Descending {
					c = -c
				}
				if c != 0 {
					return c
				}
			}
		}
		return cmp.Or(strings.Compare(string(a.node.ID), string(b.node.ID)), strings.Compare(a.edge.Tag, b.edge.Tag))
	}
}

// page cuts a window out of rows.
func page(rows []row, by []store.Order, w window) (cut []row, previous, next bool) {
	compare := sorter(by)
	slices.SortFunc(rows, compare)
	from, to := 0, len(rows)
	if w.after != nil {
		from = len(rows)
		if i := slices.IndexFunc(rows, func(x row) bool { return compare(x, *w.after) > 0 }); i >= 0 {
			from = i
		}
	}
	if w.before != nil {
		if i := slices.IndexFunc(rows, func(x row) bool { return compare(x, *w.before) >= 0 }); i >= 0 {
			to = i
		}
	}
	to = max(from, to)
	if w.first > 0 {
		to = min(to, from+w.first)
	}
	if w.last > 0 {
		from = max(from, to-w.last)
	}
	return rows[from:to], from > 0, to < len(rows)
}

func (r *reference) find(q store.Query, w window) (store.Page, []row) {
	var rows []row
	for _, n := range r.nodes {
		if n.Kind == q.Kind && r.matches(n, q.Filter) {
			rows = append(rows, row{node: n})
		}
	}
	cut, previous, next := page(rows, q.Order, w)
	p := store.Page{HasPrevious: previous, HasNext: next}
	for _, x := range cut {
		p.Nodes = append(p.Nodes, x.node)
	}
	return p, cut
}

func (r *reference) edgePage(q store.EdgeQuery, id store.ID, w window) (store.EdgePage, []row) {
	var rows []row
	for k, e := range r.edges {
		near, far := sides(k, q.Direction)
		n := r.nodes[far]
		if k.Rel == q.Rel && near == id && (q.Kind == "" || q.Kind == n.Kind) && r.matchesEdge(e, q.EdgeFilter) && r.matches(n, q.Filter) {
			rows = append(rows, row{e, n})
		}
	}
	cut, previous, next := page(rows, q.Order, w)
	p := store.EdgePage{HasPrevious: previous, HasNext: next}
	for _, x := range cut {
		p.Edges, p.Nodes = append(p.Edges, x.edge), append(p.Nodes, x.node)
	}
	return p, cut
}

func (r *reference) walk(w store.Walk) store.Subgraph {
	depths := map[store.ID]int{}
	var hits []store.Hit
	var level []store.ID
	for _, id := range w.Roots {
		if _, ok := r.nodes[id]; ok && !slices.Contains(level, id) {
			level = append(level, id)
		}
	}
	var answer store.Subgraph
	for depth := 0; len(level) > 0; depth++ {
		slices.Sort(level)
		for _, id := range level {
			if w.Limit > 0 && len(hits) == w.Limit {
				answer.Truncated = true
				break
			}
			depths[id] = depth
			hits = append(hits, store.Hit{ID: id, Depth: depth})
		}
		level = r.neighbours(w, depths, depth)
		if w.Depth > 0 && depth == w.Depth {
			break
		}
	}
	answer.Hits = hits
	for k, e := range r.edges {
		near, far := sides(k, w.Direction)
		d, ok := depths[near]
		_, hit := depths[far]
		if ok && hit && slices.Contains(w.Rels, k.Rel) && (w.Depth == 0 || d < w.Depth) {
			answer.Edges = append(answer.Edges, e)
		}
	}
	return answer
}

// neighbours lists what the hits of a depth lead to for the first time.
func (r *reference) neighbours(w store.Walk, depths map[store.ID]int, depth int) []store.ID {
	next := map[store.ID]bool{}
	for k := range r.edges {
		near, far := sides(k, w.Direction)
		d, ok := depths[near]
		_, known := depths[far]
		if ok && d == depth && !known && slices.Contains(w.Rels, k.Rel) {
			next[far] = true
		}
	}
	return slices.Collect(maps.Keys(next))
}

func (r *reference) aggregate(a store.Aggregation) []store.Group {
	groups := map[string]*store.Group{}
	for _, n := range r.nodes {
		if n.Kind != a.Kind || !r.matches(n, a.Filter) {
			continue
		}
		values := make([]any, len(a.By))
		name := ""
		for i, by := range a.By {
			values[i] = read(n, by)
			name += value(values[i]) + "\n"
		}
		if groups[name] == nil {
			groups[name] = &store.Group{Values: values}
		}
		groups[name].Count++
	}
	var list []store.Group
	for _, g := range groups {
		if g.Count >= a.AtLeast {
			list = append(list, *g)
		}
	}
	slices.SortFunc(list, func(a, b store.Group) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), slices.CompareFunc(a.Values, b.Values, store.CompareValues))
	})
	return list
}
