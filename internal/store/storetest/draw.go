package storetest

import (
	"math"
	"strings"
	"time"

	"pgregory.net/rapid"

	"releasegraph/internal/store"
)

// Few ids and few values, so that they meet.

func slice[T any](t *rapid.T, low, high int, draw func(*rapid.T) T) []T {
	list := make([]T, rapid.IntRange(low, high).Draw(t, "length"))
	for i := range list {
		list[i] = draw(t)
	}
	return list
}

func sample[T any](t *rapid.T, label string, values ...T) T {
	return rapid.SampledFrom(values).Draw(t, label)
}

func drawnDuration(t *rapid.T) time.Duration {
	return time.Duration(rapid.IntRange(0, 3).Draw(t, "minutes")) * 1000
}

// drawID draws an id, whose first letter tells the kind.
func drawID(t *rapid.T) store.ID {
	return sample[store.ID](t, "id", "i1", "i2", "i3", "i4", "i5", "I6", "p1", "p2", "p3", "l1", "l2")
}

func kindOf(id store.ID) string {
	return map[byte]string{'i': "Item", 'p': "Place", 'l': "Label"}[strings.ToLower(string(id))[0]]
}

func drawKind(t *rapid.T) string { return sample(t, "kind", "Item", "Item", "Item", "Place", "Label") }

func drawDirection(t *rapid.T) store.Direction { return sample(t, "direction", store.Out, store.In) }

func drawOp(t *rapid.T) store.Op {
	switch rapid.IntRange(0, 9).Draw(t, "operation") {
	case 0, 1, 2:
		id := drawID(t)
		return store.CreateNode{ID: id, Kind: kindOf(id), Props: drawProps(t, kindOf(id), false)}
	case 3, 4:
		id := drawID(t)
		return store.UpdateNode{ID: id, Set: drawProps(t, kindOf(id), true)}
	case 5:
		return store.RemoveNode{ID: drawID(t)}
	case 6:
		return store.RemoveEdge{EdgeKey: drawEdgeKey(t)}
	}
	k := drawEdgeKey(t)
	return store.PutEdge{EdgeKey: k, Props: drawEdgeProps(t, k)}
}

func (r *rounds) drawGuard(t *rapid.T) store.Guard {
	id := drawID(t)
	switch rapid.IntRange(0, 7).Draw(t, "guard") {
	case 0:
		return store.NoEdges{ID: id, Rel: sample(t, "rel", "", "NEEDS", "AT"), Direction: drawDirection(t)}
	case 1:
		k := drawEdgeKey(t)
		return store.EdgeAt{EdgeKey: k, Version: r.model.edges[k].Version}
	case 2:
		return store.NodeAt{ID: id, Version: 1}
	case 3, 4:
		g := store.Unchanged{Since: r.model.head - store.Revision(rapid.IntRange(0, min(3, len(r.model.log))).Draw(t, "ago"))}
		if rapid.Bool().Draw(t, "of a kind") {
			g.Kind = drawKind(t)
		} else {
			g.Rel = sample(t, "rel", "NEEDS", "AT", "WITHIN")
		}
		return g
	}
	return store.NodeAt{ID: id, Version: r.model.nodes[id].Version}
}

func drawEdgeKey(t *rapid.T) store.EdgeKey {
	k := store.EdgeKey{Rel: sample(t, "rel", "NEEDS", "NEEDS", "AT", "WITHIN"), Tag: sample(t, "tag", "", "", "a", "é\x01\"")}
	near, far := []store.ID{"i1", "i2", "i3", "I6"}, []store.ID{"i1", "i2", "i3", "I6"}
	switch k.Rel {
	case "AT":
		far = []store.ID{"p1", "p2", "l1"}
	case "WITHIN":
		near, far = []store.ID{"p1", "p2", "p3"}, []store.ID{"p1", "p2", "p3"}
	}
	k.From, k.To = sample(t, "from", near...), sample(t, "to", far...)
	return k
}

// values of each type, the odd ones among them. Two of the strings are in
// another order as UTF-16.
func drawValue(t *rapid.T, typ store.Type) any {
	switch typ {
	case store.Bool:
		return rapid.Bool().Draw(t, "bool")
	case store.Int:
		return sample[int64](t, "int", 0, 1, 2, -5, math.MaxInt64, math.MinInt64, 1<<53+1)
	case store.Float:
		return sample(t, "float", 0, 1, 0.1, -2.5, 1e300, math.Inf(1), math.Inf(-1), 5e-324)
	case store.String:
		return sample(t, "string", "", "a", "A", "ab", "b", "é", "it's \"so\"\n\\", "\ue000", "😀", "😀b", "%_", "9e999")
	case store.Time:
		return sample(t, "time", noon, noon.Add(time.Microsecond), time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC),
			time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC), time.Date(1969, 7, 20, 20, 17, 40, 0, time.UTC))
	}
	return sample(t, "strings", []string{}, []string{"a"}, []string{"a", "b"}, []string{"<\"&'>\n", ""})
}

// declared lists the properties of a kind or relationship.
func declared(name string) []store.Property {
	for _, k := range Schema().Kinds {
		if k.Name == name {
			return k.Properties
		}
	}
	for _, r := range Schema().Rels {
		if r.Name == name {
			return r.Properties
		}
	}
	return nil
}

func drawProps(t *rapid.T, kind string, remove bool) store.Props {
	props := store.Props{}
	for _, p := range declared(kind) {
		switch c := rapid.IntRange(0, 5).Draw(t, p.Name); {
		case c < 2:
			props[p.Name] = drawValue(t, p.Type)
		case c == 2 && remove:
			props[p.Name] = nil
		}
	}
	if kind == "Item" {
		switch c := rapid.IntRange(0, 3).Draw(t, "attributes"); {
		case c == 0:
			props[drawAttribute(t)] = drawAttributeText(t)
		case c == 1 && remove:
			props[drawAttribute(t)] = nil
		}
	}
	return props
}

// drawAttributeText draws a text that is a number now and then, or nearly one.
func drawAttributeText(t *rapid.T) any {
	if rapid.Bool().Draw(t, "a text") {
		return drawValue(t, store.String)
	}
	return sample(t, "number", "0", "-0", "1", "01", "1.0", "-2.5", "0.1", "10", "9", "999999999999999", "1000000000000000", "0.00000000000001",
		"123456.789012345", "1e3", "+1", ".5", "5.", "1.2.3", "--1", "-", "1-", " 1", "1\n", "1\x00", "٣", "Infinity", "NaN")
}

func drawNumber(t *rapid.T) any {
	return sample(t, "number", 0, 1, 9, 10, -2.5, 0.1, 999999999999999, 1e15, 1e-14, 123456.789012345, math.Inf(1), math.Inf(-1))
}

func drawAttribute(t *rapid.T) string {
	return sample(t, "attribute", "attributes.tier", "attributes.\"odd\" it's é", "attributes.a.b")
}

// drawEdgeProps draws properties of the relationship that runs to the end.
func drawEdgeProps(t *rapid.T, k store.EdgeKey) store.Props {
	if k.Rel == "AT" && kindOf(k.To) != "Place" {
		return nil
	}
	var props store.Props
	for _, p := range declared(k.Rel) {
		if rapid.Bool().Draw(t, p.Name) {
			if props == nil {
				props = store.Props{}
			}
			props[p.Name] = drawValue(t, p.Type)
		}
	}
	return props
}

// sortable lists what can be ordered and grouped by.
func sortable(kind string) []string {
	names := []string{"id", "version", "createdAt", "updatedAt"}
	for _, p := range declared(kind) {
		if p.Type != store.Strings {
			names = append(names, p.Name)
		}
	}
	return names
}

func drawOrder(t *rapid.T, kind string) []store.Order {
	return slice(t, 0, 2, func(t *rapid.T) store.Order {
		return store.Order{
			Property:   rapid.SampledFrom(sortable(kind)).Draw(t, "order by"),
			Descending: rapid.Bool().Draw(t, "descending"),
		}
	})
}

func drawLimits(t *rapid.T) (first, last int) {
	switch rapid.IntRange(0, 4).Draw(t, "limits") {
	case 0, 1:
		return rapid.IntRange(1, 3).Draw(t, "first"), 0
	case 2, 3:
		return 0, rapid.IntRange(1, 3).Draw(t, "last")
	}
	return 0, 0
}

func drawEdgeQuery(t *rapid.T) store.EdgeQuery {
	q := store.EdgeQuery{
		Nodes: slice(t, 1, 3, drawID), Rel: sample(t, "rel", "NEEDS", "NEEDS", "AT", "WITHIN"), Direction: drawDirection(t),
	}
	far := map[string][2]string{"NEEDS": {"Item", "Item"}, "AT": {"Place", "Item"}, "WITHIN": {"Place", "Place"}}[q.Rel][q.Direction]
	if rapid.IntRange(0, 2).Draw(t, "of one kind") > 0 {
		q.Kind = far
		q.Order, q.Filter = drawOrder(t, far), drawFilter(t, far, 1)
	}
	if rapid.IntRange(0, 2).Draw(t, "by the edge") == 0 {
		q.EdgeFilter = drawEdgeFilter(t, q.Rel)
	}
	return q
}

func drawFilter(t *rapid.T, kind string, depth int) store.Filter {
	c := rapid.IntRange(0, 8).Draw(t, "filter")
	if depth == 0 && c > 2 {
		c = 1
	}
	inner := func(t *rapid.T) store.Filter { return drawSome(t, kind, depth-1) }
	switch c {
	case 0:
		return nil
	case 3:
		return store.And(slice(t, 0, 3, inner))
	case 4:
		return store.Or(slice(t, 0, 3, inner))
	case 5:
		return store.Not{Filter: inner(t)}
	case 6, 7:
		return drawRelated(t, kind, depth)
	case 8:
		of := kind
		if rapid.IntRange(0, 3).Draw(t, "of another kind") == 0 {
			of = "Label"
		}
		return store.OfKind{Kind: of, Filter: drawFilter(t, of, depth-1)}
	}
	return drawNodeCompare(t, kind)
}

func drawSome(t *rapid.T, kind string, depth int) store.Filter {
	if f := drawFilter(t, kind, depth); f != nil {
		return f
	}
	return drawNodeCompare(t, kind)
}

func drawRelated(t *rapid.T, kind string, depth int) store.Filter {
	w := drawWay(t, kind)
	r := store.Related{Rel: w.rel, Direction: w.direction, Filter: drawFilter(t, w.far, depth-1)}
	if w.far == "Place" && rapid.IntRange(0, 3).Draw(t, "either end") == 0 {
		r.Filter = store.Or{store.OfKind{Kind: "Place", Filter: r.Filter}, store.OfKind{Kind: "Label", Filter: drawFilter(t, "Label", depth-1)}}
	}
	if rapid.Bool().Draw(t, "by the edge") {
		r.EdgeFilter = drawEdgeFilter(t, w.rel)
	}
	return r
}

// way is a relationship as it is seen from a kind.
type way struct {
	rel, far  string
	direction store.Direction
}

func drawWay(t *rapid.T, kind string) way {
	ways := map[string][]way{
		"Item":  {{"NEEDS", "Item", store.Out}, {"NEEDS", "Item", store.In}, {"AT", "Place", store.Out}},
		"Place": {{"AT", "Item", store.In}, {"WITHIN", "Place", store.Out}, {"WITHIN", "Place", store.In}},
		"Label": {{"AT", "Item", store.In}},
	}[kind]
	return rapid.SampledFrom(ways).Draw(t, "way")
}

// drawThrough draws a filter that leads through so many relationships one after
// another, some of them to be absent, with other conditions beside each.
func drawThrough(t *rapid.T, kind string, relationships int) store.Filter {
	if relationships == 0 {
		return drawFilter(t, kind, 1)
	}
	w := drawWay(t, kind)
	r := store.Related{Rel: w.rel, Direction: w.direction, Filter: drawThrough(t, w.far, relationships-1)}
	if rapid.IntRange(0, 3).Draw(t, "by the edge") == 0 {
		r.EdgeFilter = drawEdgeFilter(t, w.rel)
	}
	var f store.Filter = r
	if rapid.IntRange(0, 2).Draw(t, "none") == 0 {
		f = store.Not{Filter: r}
	}
	switch rapid.IntRange(0, 5).Draw(t, "beside") {
	case 0:
		f = store.And{f, drawSome(t, kind, 1)}
	case 1:
		f = store.Or{drawNodeCompare(t, kind), f}
	case 2:
		f = store.Or{f, drawThrough(t, kind, 1)}
	case 3:
		f = store.Not{Filter: f}
	}
	return f
}

func drawNodeCompare(t *rapid.T, kind string) store.Filter {
	all := append(declared(kind), store.Property{Name: "id", Type: store.String}, store.Property{Name: "version", Type: store.Int},
		store.Property{Name: "createdAt", Type: store.Time}, store.Property{Name: "updatedAt", Type: store.Time})
	if kind == "Item" {
		all = append(all, store.Property{Name: drawAttribute(t), Type: store.String}, numberOf(drawAttribute(t)), numberOf(drawAttribute(t)))
	}
	return drawCompare(t, rapid.SampledFrom(all).Draw(t, "property"))
}

// numberOf is an undeclared property that is compared as a number.
func numberOf(attribute string) store.Property {
	return store.Property{Name: attribute, Type: store.Float}
}

func drawEdgeFilter(t *rapid.T, rel string) store.Filter {
	all := declared(rel)
	if len(all) == 0 {
		return nil
	}
	f := drawCompare(t, rapid.SampledFrom(all).Draw(t, "property"))
	if rapid.IntRange(0, 3).Draw(t, "negated") == 0 {
		return store.Not{Filter: f}
	}
	return f
}

func drawCompare(t *rapid.T, p store.Property) store.Filter {
	ops := []store.Operator{store.Eq, store.OneOf, store.IsNull}
	if p.Type != store.Bool && p.Type != store.Strings {
		ops = append(ops, store.Lt, store.Lte, store.Gt, store.Gte)
	}
	if p.Type == store.String {
		ops = append(ops, store.Contains, store.StartsWith, store.EndsWith)
	}
	c := store.Compare{Property: p.Name, Op: rapid.SampledFrom(ops).Draw(t, "operator")}
	switch c.Op {
	case store.Eq, store.OneOf, store.Contains, store.StartsWith, store.EndsWith:
		c.IgnoringCase = p.Type == store.String && rapid.IntRange(0, 2).Draw(t, "ignoring case") == 0
	}
	switch {
	case c.Op == store.OneOf:
		c.Value = slice(t, 0, 3, func(t *rapid.T) any { return drawOperand(t, p) })
	case c.Op != store.IsNull:
		c.Value = drawOperand(t, p)
	}
	return c
}

func drawOperand(t *rapid.T, p store.Property) any {
	switch {
	case p.Name == "id":
		return string(drawID(t))
	case strings.HasPrefix(p.Name, "attributes.") && p.Type == store.Float:
		return drawNumber(t)
	case strings.HasPrefix(p.Name, "attributes."):
		return drawAttributeText(t)
	case p.Name == "version" && p.Type == store.Int:
		return rapid.Int64Range(1, 4).Draw(t, "version")
	}
	return drawValue(t, p.Type)
}
