package neo4j

import (
	"fmt"
	"strings"

	"releasegraph/internal/store"
)

// builder writes the text of one query and collects its parameters.
type builder struct {
	catalog catalog
	ready   openIndexed
	params  params
	names   int // variables and parameters given so far
}

func (s *Store) builder() *builder {
	return &builder{catalog: s.catalog, ready: *s.ready.Load(), params: params{}}
}

// param makes a value a parameter and returns how the text refers to it.
func (b *builder) param(v any) string {
	name := b.name("p")
	b.params[name] = v
	return "$" + name
}

func (b *builder) name(prefix string) string {
	b.names++
	return fmt.Sprintf("%s%d", prefix, b.names)
}

// scope tells what a filter's names mean: properties of the variable, which is
// a node of one of the kinds, or an edge of the relationship.
type scope struct {
	variable string
	kinds    []string
	rel      string
}

// where writes a predicate that is true where the filter holds, and false or
// null elsewhere. A nil filter holds.
func (b *builder) where(f store.Filter, s scope) string {
	switch f := f.(type) {
	case store.Compare:
		return b.compare(f, s)
	case store.And:
		return b.all(f, s)
	case store.Or:
		return b.either(f, s)
	case store.Not:
		// Null, which an absent property gives, counts as false (two-valued logic).
		return "NOT coalesce(" + b.where(f.Filter, s) + ", false)"
	case store.Related:
		return b.related(f, s)
	case settled:
		return b.settled(f, s)
	case store.OfKind:
		return "(" + s.variable + ":" + quote(f.Kind) + " AND " + b.where(f.Filter, scope{variable: s.variable, kinds: []string{f.Kind}}) + ")"
	}
	return "true"
}

// all writes a conjunction, an empty one as a parameter: the planner would fold a
// literal with all beside it, and then refuse a hint that names what is gone.
func (b *builder) all(list store.And, s scope) string {
	if len(list) == 0 {
		return b.param(true)
	}
	if len(list) > manyPredicates {
		list = denied(list)
	}
	var parts, many []string
	for _, f := range list {
		if text := b.where(f, s); len(list) > manyPredicates && !b.indexed(f, s) {
			many = append(many, text)
		} else {
			parts = append(parts, text)
		}
	}
	if len(many) > 0 {
		parts = append(parts, "all(holds IN ["+strings.Join(many, ", ")+"] WHERE holds)")
	}
	return "(" + strings.Join(parts, " AND ") + ")"
}

// denied puts the negations of a conjunction together as that of an alternative,
// in which what is alike becomes one.
func denied(list store.And) store.And {
	var rest store.And
	var none store.Or
	for _, f := range list {
		if not, ok := f.(store.Not); ok {
			none = append(none, not.Filter)
		} else {
			rest = append(rest, f)
		}
	}
	if len(none) == 0 {
		return rest
	}
	return append(rest, store.Not{Filter: none})
}

// indexed tells whether a comparison is of a property for whose index a hint may
// stand.
func (b *builder) indexed(f store.Filter, s scope) bool {
	c, ok := f.(store.Compare)
	return ok && s.rel == "" && b.ready.has(s.kinds[0], c.Property)
}

// manyPredicates is from how many predicates on they are one predicate over a
// list of them: the server plans for each of its own, beside all others.
const manyPredicates = 100

// manyTexts is from how many texts on that one property is searched for they go
// as a list: the server plans for each predicate of its own.
const manyTexts = 16

// either writes an alternative, long ones with what is alike put together.
func (b *builder) either(f store.Or, s scope) string {
	var list []store.Filter = b.catalog.gathered(f, s)
	type search struct {
		property string
		op       store.Operator
	}
	texts := map[search][]any{}
	searchOf := func(f store.Filter) (search, bool) {
		c, ok := f.(store.Compare)
		_, isText := c.Value.(string)
		return search{c.Property, c.Op}, ok && isText && !b.indexed(f, s) && (c.Op == store.Contains || c.Op == store.StartsWith)
	}
	for _, one := range list {
		if key, ok := searchOf(one); ok {
			texts[key] = append(texts[key], one.(store.Compare).Value)
		}
	}
	var parts []string
	for _, one := range list {
		key, ok := searchOf(one)
		switch {
		case !ok || len(texts[key]) > 0 && len(texts[key]) < manyTexts:
			parts = append(parts, b.where(one, s))
		case len(texts[key]) > 0:
			parts = append(parts, fmt.Sprintf("any(text IN %s WHERE %s %s text)", b.param(texts[key]), b.property(key.property, s), comparisons[key.op]))
			texts[key] = nil
		}
	}
	if len(parts) == 0 {
		return b.param(false)
	}
	if len(parts) > manyPredicates {
		return "any(holds IN [" + strings.Join(parts, ", ") + "] WHERE holds)"
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// gathered puts together what is alike in an alternative.
func (c catalog) gathered(f store.Or, s scope) store.Or {
	return f.Gathered(func(rel string, d store.Direction) bool {
		return s.rel == "" && len(c.FarKinds(rel, s.kinds[0], d)) == 1
	})
}

func (b *builder) related(f store.Related, s scope) string {
	edge, far := b.name("r"), b.name("n")
	return fmt.Sprintf("EXISTS { MATCH %s WHERE %s AND %s }", path(s.variable, edge, far, f),
		b.where(f.EdgeFilter, scope{variable: edge, rel: f.Rel}),
		b.where(f.Filter, scope{variable: far, kinds: b.catalog.behind(s.kinds[0], f)}))
}

// path writes the pattern of an edge that a relationship asks for.
func path(near, edge, far string, f store.Related) string {
	if f.Direction == store.In {
		return fmt.Sprintf("(%s)<-[%s:%s]-(%s)", near, edge, quote(f.Rel), far)
	}
	return fmt.Sprintf("(%s)-[%s:%s]->(%s)", near, edge, quote(f.Rel), far)
}

// behind lists the kinds that a relationship from a kind leads to, one first
// that its filter fits.
func (c catalog) behind(kind string, f store.Related) []string {
	kinds := c.FarKinds(f.Rel, kind, f.Direction)
	if f.Filter == nil {
		return kinds
	}
	return fitting(c, kinds, f.Filter)
}

// fitting puts a kind first whose properties the filter names.
func fitting(c catalog, kinds []string, f store.Filter) []string {
	for i, k := range kinds {
		if c.CheckFilter(k, asked(f)) == nil {
			return kinds[i:]
		}
	}
	return kinds
}

var comparisons = map[store.Operator]string{
	store.Eq: "=", store.OneOf: "IN", store.Lt: "<", store.Lte: "<=", store.Gt: ">", store.Gte: ">=",
	store.Contains: "CONTAINS", store.StartsWith: "STARTS WITH", store.EndsWith: "ENDS WITH",
}

func (b *builder) compare(c store.Compare, s scope) string {
	at := b.property(c.Property, s)
	if c.Op == store.IsNull {
		return at + " IS NULL"
	}
	ready := s.rel == "" && b.ready.has(s.kinds[0], c.Property)
	p, _ := b.declaredAs(c.Property, s)
	switch {
	case p.Type == store.String && c.Numeric() && ready:
		at = s.variable + "." + quote(openNumberPrefix+c.Property)
	case p.Type == store.String && c.Numeric():
		at = numberAt(at)
	case ready:
		if narrow := b.narrow(c, s); narrow != "" {
			return "(" + narrow + " AND " + b.comparison(at, c) + ")"
		}
	}
	return b.comparison(at, c)
}

func (b *builder) comparison(at string, c store.Compare) string {
	if c.IgnoringCase {
		return b.ignoringCase(at, c)
	}
	text, isText := c.Value.(string)
	switch c.Op {
	case store.Lt, store.Lte, store.Gt, store.Gte:
		if isText {
			return b.textRange(at, c.Op, text)
		}
	}
	return fmt.Sprintf("%s %s %s", at, comparisons[c.Op], b.param(c.Value))
}

// declaredAs is what the schema says of a property.
func (b *builder) declaredAs(name string, s scope) (store.Property, bool) {
	if s.rel != "" {
		return b.catalog.RelProperty(s.rel, name)
	}
	return b.catalog.Property(s.kinds[0], name)
}

// numberAt writes what store.Number reads of the text at an expression.
func numberAt(at string) string {
	return fmt.Sprintf(`CASE WHEN %[1]s =~ '-?(?:[0-9]{1,%[2]d}|(?=.{3,%[3]d}$)[0-9]+\\.[0-9]+)' THEN toFloat(%[1]s) END`, at, store.MaxDigits, store.MaxDigits+1)
}

// property writes the access to a property. An undeclared name within the open
// prefix is what somebody typed, so it goes as a parameter.
func (b *builder) property(name string, s scope) string {
	if s.rel != "" {
		return s.variable + "." + quote(name)
	}
	if name == "version" {
		return s.variable + "." + quote(versionProp)
	}
	k, _ := b.catalog.Kind(s.kinds[0])
	if k.OpenPrefix != "" && strings.HasPrefix(name, k.OpenPrefix) {
		return s.variable + "[" + b.param(name) + "]"
	}
	return s.variable + "." + quote(name)
}
