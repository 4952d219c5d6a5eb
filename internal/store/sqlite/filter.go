package sqlite

import (
	"fmt"
	"strconv"
	"strings"

	"releasegraph/internal/store"
)

// compiler turns filters into SQL. Filters were checked before.
type compiler struct {
	*Store
	args    []any
	aliases int
	// within counts the relationships that lead to what is filtered.
	within int
	// few tells that few nodes are filtered, so that what lies behind their
	// relationships is better looked for at each of them.
	few bool
	// long tells that a condition is one of very many, for which no index is used.
	long bool
}

// scope tells how the properties of what is filtered are read, and in which form
// values are compared with them.
type scope struct {
	kind  string // empty for edges
	alias string
	read  func(property string) (expr string, t store.Type)
	form  func(value any) (any, error)
}

func (c *compiler) arg(v any) string {
	c.args = append(c.args, v)
	return "?"
}

func (c *compiler) alias(prefix string) string {
	c.aliases++
	return prefix + strconv.Itoa(c.aliases)
}

// nodeScope reads the columns of a node under an alias. What its kind does not
// declare is absent.
func (c *compiler) nodeScope(kind, alias string) scope {
	t := c.layout.kinds[kind]
	return scope{kind, alias, func(name string) (string, store.Type) { return t.expr(alias, name) }, toColumn}
}

// expr reads a property of the table's nodes.
func (t *table) expr(alias, name string) (string, store.Type) {
	switch name {
	case "id":
		return alias + ".id", store.String
	case "version":
		return alias + ".version", store.Int
	case "createdAt":
		return alias + ".created", store.Time
	case "updatedAt":
		return alias + ".updated", store.Time
	}
	if c := t.named[name]; c != nil {
		return alias + "." + c.name, c.property.Type
	}
	if t.open != "" && strings.HasPrefix(name, t.open) {
		return openText(alias+".open", name), store.String
	}
	return "NULL", store.String
}

// literal is a string of SQL. Names alone are written so; values are bound.
func literal(s string) string {
	if strings.ContainsRune(s, 0) {
		return "CAST(x'" + fmt.Sprintf("%x", s) + "' AS TEXT)"
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

func (c *compiler) edgeScope(rel, alias string) scope {
	read := func(name string) (string, store.Type) {
		p, _ := c.declared.RelProperty(rel, name)
		return "(" + alias + ".props ->> '$." + name + "')", p.Type
	}
	return scope{"", alias, read, edgeForm}
}

// where writes a condition that is true, false or null; null counts as false.
func (c *compiler) where(f store.Filter, s scope) (string, error) {
	switch f := f.(type) {
	case nil:
		return "1", nil
	case store.Compare:
		return c.compare(f, s)
	case store.And:
		return c.all(f, s, " AND ", "1")
	case store.Or:
		one := func(rel string, d store.Direction) bool { return len(c.declared.FarKinds(rel, s.kind, d)) == 1 }
		return c.all(f.Gathered(one), s, " OR ", "0")
	case store.Not:
		text, err := c.where(f.Filter, s)
		return "NOT coalesce(" + text + ", 0)", err
	case store.Related:
		return c.related(f, s)
	case store.OfKind:
		if f.Kind != s.kind {
			return "0", nil
		}
		return c.where(f.Filter, s)
	}
	return "", fmt.Errorf("%w: %T is no filter", store.ErrInvalid, f)
}

func (c *compiler) all(filters []store.Filter, s scope, word, none string) (string, error) {
	if len(filters) == 0 {
		return none, nil
	}
	texts, outer := make([]string, len(filters)), c.long
	c.long = c.long || len(filters) > manyConditions
	defer func() { c.long = outer }()
	for i, f := range filters {
		var err error
		if texts[i], err = c.where(f, s); err != nil {
			return "", err
		}
	}
	if len(texts) > manyConditions {
		return "+" + balanced(texts, word), nil // the plus spares the planner a look at each
	}
	return balanced(texts, word), nil
}

// manyConditions is from how many conditions on no index is looked for that they
// could use, and no range made: SQLite weighs each of them, and each constant
// beside an operator, against all others.
const manyConditions = 200

// balanced joins conditions two by two: SQLite bounds how deep an expression may
// be, and would take a plain chain of them for one as deep as it is long.
func balanced(texts []string, word string) string {
	if len(texts) == 1 {
		return texts[0]
	}
	half := len(texts) / 2
	return "(" + balanced(texts[:half], word) + word + balanced(texts[half:], word) + ")"
}

var comparisons = map[store.Operator]string{
	store.Eq: " = ", store.Lt: " < ", store.Lte: " <= ", store.Gt: " > ", store.Gte: " >= ",
}

func (c *compiler) compare(f store.Compare, s scope) (string, error) {
	expr, t := s.read(f.Property)
	if t == store.String && f.Numeric() {
		expr = c.layout.kinds[s.kind].numberOf(s.alias, f.Property)
	}
	if f.IgnoringCase {
		f, expr = f.Folded(), foldedCase+"("+expr+")"
	}
	switch f.Op {
	case store.IsNull:
		return expr + " IS NULL", nil
	case store.OneOf:
		return c.oneOf(expr, f.Value.([]any), s.form)
	case store.Contains:
		return "instr(" + expr + ", " + c.arg(f.Value) + ") > 0", nil
	case store.StartsWith:
		if c.long {
			return "instr(" + expr + ", " + c.arg(f.Value) + ") = 1", nil
		}
		return c.startsWith(expr, f.Value.(string)), nil
	case store.EndsWith:
		return c.endsWith(expr, f.Value.(string)), nil
	}
	v, err := s.form(f.Value)
	text := "(" + expr + comparisons[f.Op] + c.arg(v) + ")"
	if f.Op != store.Eq && c.open(s.kind, f.Property) {
		text = fewMatch(text)
	}
	return text, err
}

func (c *compiler) oneOf(expr string, values []any, form func(any) (any, error)) (string, error) {
	if len(values) == 0 {
		return "0", nil
	}
	stored := make([]any, len(values))
	simple := true
	for i, v := range values {
		var err error
		if stored[i], err = form(v); err != nil {
			return "", err
		}
		_, float := stored[i].(float64)
		simple = simple && !float
	}
	// Long lists go as one parameter: SQLite limits how many there may be. A
	// float could lose its last digit on the way through JSON.
	if simple && len(values) > 16 {
		text, err := list(stored)
		return "(" + expr + " IN (SELECT value FROM json_each(" + c.arg(text) + ")))", err
	}
	marks := make([]string, len(stored))
	for i, v := range stored {
		marks[i] = c.arg(v)
	}
	return "(" + expr + " IN (" + strings.Join(marks, ", ") + "))", nil
}

// startsWith is a range of strings, which an index can find.
func (c *compiler) startsWith(expr, prefix string) string {
	if prefix == "" {
		return expr + " IS NOT NULL"
	}
	last := len(prefix) - 1
	// No byte of UTF-8 is 0xff, so the last one can be raised.
	end := prefix[:last] + string([]byte{prefix[last] + 1})
	low := "(" + expr + " >= " + c.arg(prefix)
	return low + " AND " + expr + " < " + c.arg(end) + ")"
}

// endsWith compares bytes: the characters of a text are counted up to a NUL.
func (c *compiler) endsWith(expr, suffix string) string {
	if suffix == "" {
		return expr + " IS NOT NULL"
	}
	return "(substr(CAST(" + expr + " AS BLOB), " + strconv.Itoa(-len(suffix)) + ") = CAST(" + c.arg(suffix) + " AS BLOB))"
}

// related looks for an edge, at whose far end each kind has its own table.
func (c *compiler) related(f store.Related, s scope) (string, error) {
	far := c.declared.FarKinds(f.Rel, s.kind, f.Direction)
	switch {
	case len(far) == 0:
		return "0", nil // one of several far kinds, from which this does not lead on
	case f.Filter == nil:
		far = []string{""}
	}
	texts := make([]string, len(far))
	for i, kind := range far {
		var err error
		if texts[i], err = c.relatedTo(f, s, kind); err != nil {
			return "", err
		}
	}
	return "(" + strings.Join(texts, " OR ") + ")", nil
}

// relatedTo looks for the edges at each node, or, where many are filtered by what
// lies behind a relationship to them, has the set of those that have one made
// once: several of them can lead to the same hub, whose edges would be gone
// through for each.
func (c *compiler) relatedTo(f store.Related, s scope, kind string) (string, error) {
	at := c.edgesAt
	if c.within > 0 && !c.few && (f.Filter != nil || f.EdgeFilter != nil) {
		at = c.nodesWith
	}
	c.within++
	defer func() { c.within-- }()
	return at(f, s, kind)
}

// nodesWith goes from the far ends that match to their edges.
func (c *compiler) nodesWith(f store.Related, s scope, kind string) (string, error) {
	near, other := ends(f.Direction)
	e := c.alias("e")
	from, match := "edge "+e, e+".rel = "+strconv.FormatInt(c.layout.rels[f.Rel], 10)
	if kind != "" {
		n := c.alias("t")
		text, err := c.where(f.Filter, c.nodeScope(kind, n))
		if err != nil {
			return "", err
		}
		from = c.layout.kinds[kind].name + " " + n + " CROSS JOIN " + from
		match = text + " AND " + match + " AND " + e + "." + other + " = " + n + ".n"
	}
	edges, err := c.where(f.EdgeFilter, c.edgeScope(f.Rel, e))
	// The plus has the set asked, not gone through.
	return "(+" + s.alias + ".n IN (SELECT " + e + "." + near + " FROM " + from + " WHERE " + match + " AND " + edges + "))", err
}

func (c *compiler) edgesAt(f store.Related, s scope, kind string) (string, error) {
	near, other := ends(f.Direction)
	e := c.alias("e")
	join, match := "", "1"
	rel := strconv.FormatInt(c.layout.rels[f.Rel], 10)
	edges, err := c.where(f.EdgeFilter, c.edgeScope(f.Rel, e))
	if err != nil {
		return "", err
	}
	if kind != "" {
		n := c.alias("t")
		join = " CROSS JOIN " + c.layout.kinds[kind].name + " " + n + " ON " + n + ".n = " + e + "." + other
		if match, err = c.where(f.Filter, c.nodeScope(kind, n)); err != nil {
			return "", err
		}
	}
	return "EXISTS (SELECT 1 FROM edge " + e + join + " WHERE " + e + ".rel = " + rel + " AND " + e + "." + near + " = " + s.alias + ".n AND " +
		edges + " AND " + match + ")", nil
}
