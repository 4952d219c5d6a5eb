package store

import "reflect"

// Gathered is the alternative with what says the same of one thing put together,
// so that thousands of conditions become few: equalities of a property become
// one OneOf, what some edge of a relationship leads to becomes one Related, and
// alternatives of an alternative are its own. Single tells whether a
// relationship leads from what is filtered to one kind only; others stay apart.
func (o Or) Gathered(single func(rel string, d Direction) bool) Or {
	g := gathering{equal: map[equalTo]int{}, related: map[relatedBy]int{}, single: single}
	g.gather(o)
	return g.list
}

func (g *gathering) gather(o Or) {
	for _, f := range o {
		inner, ok := f.(Or)
		switch {
		case ok:
			g.gather(inner)
		case !g.equality(f) && !g.relation(f):
			g.list = append(g.list, f)
		}
	}
}

type equalTo struct {
	property     string
	ignoringCase bool
	values       reflect.Type
}

type relatedBy struct {
	rel       string
	direction Direction
}

// gathering tells where in the list what is put together stands.
type gathering struct {
	list    Or
	equal   map[equalTo]int
	related map[relatedBy]int
	single  func(rel string, d Direction) bool
}

func (g *gathering) equality(f Filter) bool {
	c, ok := f.(Compare)
	if !ok {
		return false
	}
	values, of := valuesOf(c)
	if of == nil {
		return false
	}
	key := equalTo{c.Property, c.IgnoringCase, of}
	at, known := g.equal[key]
	if !known {
		at = len(g.list)
		g.equal[key] = at
		g.list = append(g.list, Compare{Property: c.Property, Op: OneOf, Value: []any{}, IgnoringCase: c.IgnoringCase})
	}
	all := g.list[at].(Compare)
	all.Value = append(all.Value.([]any), values...)
	g.list[at] = all
	return true
}

// valuesOf lists the values that a comparison wants one of, and their type; nil
// where it is no equality, or one of numbers, as which texts may be read.
func valuesOf(c Compare) (values []any, of reflect.Type) {
	switch c.Op {
	case Eq:
		values = []any{c.Value}
	case OneOf:
		values = c.Value.([]any)
	}
	for _, v := range values {
		if of != nil && of != reflect.TypeOf(v) {
			return nil, nil
		}
		of = reflect.TypeOf(v)
	}
	if of == reflect.TypeFor[float64]() {
		return nil, nil
	}
	return values, of
}

func (g *gathering) relation(f Filter) bool {
	r, ok := f.(Related)
	if !ok || r.Filter == nil || r.EdgeFilter != nil || !g.single(r.Rel, r.Direction) {
		return false
	}
	key := relatedBy{r.Rel, r.Direction}
	at, known := g.related[key]
	if !known {
		at = len(g.list)
		g.related[key] = at
		g.list = append(g.list, Related{Rel: r.Rel, Direction: r.Direction, Filter: Or{}})
	}
	all := g.list[at].(Related)
	all.Filter = append(all.Filter.(Or), r.Filter)
	g.list[at] = all
	return true
}
