package neo4j

import (
	"fmt"

	"releasegraph/internal/store"
)

// openHint has a query search the index of an undeclared property that the
// filter wants compared in any case: one for few values sooner than one for a
// range. Left alone the server would rather read all nodes in the order of the
// page. It is empty where there is none.
func (b *builder) openHint(f store.Filter, s scope) string {
	best, found := store.Compare{}, false
	for _, c := range conjuncts(f) {
		if b.answers(c, s) && (!found || !exact(best) && exact(c)) {
			best, found = c, true
		}
	}
	if !found {
		return ""
	}
	prefix := openTextPrefix
	if best.Numeric() {
		prefix = openNumberPrefix
	}
	return fmt.Sprintf(" USING INDEX SEEK %s:%s(%s)", s.variable, quote(s.kinds[0]), quote(prefix+best.Property))
}

func exact(c store.Compare) bool { return c.Op == store.Eq || c.Op == store.OneOf }

// conjuncts are the comparisons without which the filter does not hold.
func conjuncts(f store.Filter) []store.Compare {
	switch f := f.(type) {
	case store.Compare:
		return []store.Compare{f}
	case store.And:
		var list []store.Compare
		for _, g := range f {
			list = append(list, conjuncts(g)...)
		}
		return list
	}
	return nil
}

// answers tells whether the index of a property can answer a comparison.
func (b *builder) answers(c store.Compare, s scope) bool {
	if !b.ready.has(s.kinds[0], c.Property) || c.Op == store.IsNull {
		return false
	}
	if c.Numeric() {
		return true
	}
	scratch := &builder{params: params{}}
	return scratch.narrow(c, s) != ""
}
