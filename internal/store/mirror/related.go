package mirror

import (
	"github.com/RoaringBitmap/roaring/v2"

	"releasegraph/internal/store"
)

// related returns the rows that have an edge as asked.
func (r *reader) related(k *kind, f store.Related, among *roaring.Bitmap) *roaring.Bitmap {
	rel, ok := r.relOf[f.Rel]
	if !ok {
		return roaring.New()
	}
	l := link{reader: r, relation: r.relations[rel], direction: f.Direction, holds: r.edgeTest(rel, f.EdgeFilter)}
	near := both(l.relation.joined(f.Direction), r.among(k, among))
	if near.IsEmpty() || f.Filter == nil && f.EdgeFilter == nil {
		return near
	}
	var far *roaring.Bitmap
	if f.Filter != nil {
		var reached *roaring.Bitmap
		if near.GetCardinality() <= r.indexes.few/10 {
			reached = l.reached(near)
		}
		far = r.ends(f.Rel, k.name, f.Direction, f.Filter, reached)
		if far.GetCardinality() < near.GetCardinality() {
			return l.leading(far, near)
		}
	}
	return l.having(near, far)
}

// ends returns the far ends of a relationship that match a filter.
func (r *reader) ends(rel, kind string, d store.Direction, f store.Filter, among *roaring.Bitmap) *roaring.Bitmap {
	kinds := r.declared.FarKinds(rel, kind, d)
	if len(kinds) == 1 {
		return r.of(r.kindOf[kinds[0]], f, among)
	}
	all := roaring.New()
	for _, name := range kinds {
		all.Or(r.of(r.kindOf[name], f, among))
	}
	return all
}

// link is a relationship as a filter follows it.
type link struct {
	*reader
	relation  *relation
	direction store.Direction
	holds     func(label uint32) bool // nil: any edge
}

// reached returns the far ends of all edges at some rows.
func (l *link) reached(near *roaring.Bitmap) *roaring.Bitmap {
	far := l.gather()
	near.Iterate(func(row uint32) bool {
		for _, a := range l.relation.arcs[l.direction].of(row) {
			far.add(a.far)
			if !l.step() {
				return false
			}
		}
		return true
	})
	return far.rows()
}

// leading returns those of the rows that an edge leads from to one of far.
func (l *link) leading(far, rows *roaring.Bitmap) *roaring.Bitmap {
	found := l.gather()
	far.Iterate(func(row uint32) bool {
		for _, a := range l.relation.arcs[store.In-l.direction].of(row) {
			if l.holds == nil || l.holds(a.label) {
				found.add(a.far)
			}
			if !l.step() {
				return false
			}
		}
		return true
	})
	return roaring.And(found.rows(), rows)
}

// having returns those of the rows that have an edge to one of far; nil: to any.
func (l *link) having(rows, far *roaring.Bitmap) *roaring.Bitmap {
	found := l.gather()
	rows.Iterate(func(row uint32) bool {
		for _, a := range l.relation.arcs[l.direction].of(row) {
			if (l.holds == nil || l.holds(a.label)) && (far == nil || far.Contains(a.far)) {
				found.add(row)
				break
			}
			if !l.step() {
				return false
			}
		}
		return l.err == nil
	})
	return found.rows()
}

// edgeTest returns a test of labels, nil where all pass. Each label is tested
// once.
func (r *reader) edgeTest(rel int, f store.Filter) func(uint32) bool {
	if f == nil {
		return nil
	}
	relation := r.relations[rel]
	verdicts := map[uint32]bool{}
	return func(number uint32) bool {
		holds, known := verdicts[number]
		if !known {
			text := relation.labels[number].props
			holds = store.HoldsFor(f, func(name string) any {
				if n, ok := relation.numbers[name]; ok {
					return relation.value(text, n)
				}
				return nil
			})
			verdicts[number] = holds
		}
		return holds
	}
}
