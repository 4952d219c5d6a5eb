package mirror

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"releasegraph/internal/pace"
	"releasegraph/internal/store"
)

// reader answers one question from one snapshot. Sets of rows that it hands out
// are not to be changed: they may be an index's own.
type reader struct {
	*snapshot
	ctx  context.Context
	pace *pace.Pace
	err  error // the context's, once it has ended
	// told is how the filter narrowed the nodes, nil where nobody asks.
	told *[]string
}

func newReader(ctx context.Context, s *snapshot) *reader {
	return &reader{snapshot: s, ctx: ctx, pace: pace.Of(ctx)}
}

// step counts a step of a loop. It is false when the reader is to stop.
func (r *reader) step() bool {
	if r.err == nil {
		r.err = r.pace.Step()
	}
	return r.err == nil
}

// of returns the rows of a kind that match a filter, among some; nil: among all.
func (r *reader) of(k *kind, f store.Filter, among *roaring.Bitmap) *roaring.Bitmap {
	switch f := f.(type) {
	case nil:
		return r.among(k, among)
	case store.Compare:
		rows := r.compare(k, f, among)
		if r.told != nil {
			r.tell(fmt.Sprintf("%s %s", f.Property, f.Op), rows)
		}
		return rows
	case store.And:
		return r.all(k, f, among)
	case store.Or:
		return r.any(k, f, among)
	case store.Not:
		return roaring.AndNot(r.among(k, among), r.of(k, f.Filter, among))
	case store.OfKind:
		if f.Kind != k.name {
			return roaring.New()
		}
		return r.of(k, f.Filter, among)
	case store.Related:
		rows := r.related(k, f, among)
		if r.told != nil {
			r.tell(f.Rel, rows)
		}
		return rows
	}
	return roaring.New()
}

// tell notes how many nodes a part of the filter left.
func (r *reader) tell(part string, rows *roaring.Bitmap) {
	*r.told = append(*r.told, fmt.Sprintf("%s: %d", part, rows.GetCardinality()))
}

// among returns those of some rows that are of a kind.
func (r *reader) among(k *kind, among *roaring.Bitmap) *roaring.Bitmap {
	return both(r.nodes[k.number].rows, among)
}

// both returns the rows that are in two sets, the second nil for all.
func both(a, b *roaring.Bitmap) *roaring.Bitmap {
	if b == nil {
		return a
	}
	return roaring.And(a, b)
}

// all narrows the rows by one filter after the other, the one that costs least
// first.
func (r *reader) all(k *kind, list store.And, among *roaring.Bitmap) *roaring.Bitmap {
	if len(list) == 0 {
		return r.among(k, among)
	}
	ordered := slices.Clone(list)
	if len(list) > 1 {
		slices.SortStableFunc(ordered, func(a, b store.Filter) int { return cmp.Compare(r.cost(k, a), r.cost(k, b)) })
	}
	for i, f := range ordered {
		if i > 0 && among.IsEmpty() {
			return among
		}
		among = r.of(k, f, among)
	}
	return among
}

// cost ranks filters: those first that name few nodes and are looked up, last
// those for which much is read.
func (r *reader) cost(k *kind, f store.Filter) int {
	switch f := f.(type) {
	case store.Compare:
		p := r.property(k, f.Property)
		switch {
		case (f.Op == store.Eq || f.Op == store.OneOf) && (f.Property == "id" || p.unique()) && !f.IgnoringCase:
			return 0
		case f.Op == store.Contains || f.Op == store.EndsWith:
			return 3
		}
		return 1
	case store.OfKind:
		return r.cost(k, f.Filter)
	case store.Related:
		return 4
	case store.And:
		return r.dearest(k, f)
	case store.Or:
		return r.dearest(k, f)
	case store.Not:
		return max(1, r.cost(k, f.Filter))
	}
	return 0
}

func (r *reader) dearest(k *kind, list []store.Filter) int {
	most := 0
	for _, f := range list {
		most = max(most, r.cost(k, f))
	}
	return most
}

func (r *reader) any(k *kind, list store.Or, among *roaring.Bitmap) *roaring.Bitmap {
	found := roaring.New()
	for i, f := range list {
		some := r.of(k, f, among)
		if i == 0 && len(list) == 1 {
			return some
		}
		found.Or(some)
	}
	return found
}

// unique reports whether no two nodes of the kind hold the same value.
func (p *property) unique() bool { return p.number >= 0 && p.kind.properties[p.number].Unique }

// compare returns the rows whose property compares as asked.
func (r *reader) compare(k *kind, c store.Compare, among *roaring.Bitmap) *roaring.Bitmap {
	p := r.property(k, c.Property)
	if !p.known {
		if c.Holds(nil) {
			return r.among(k, among)
		}
		return roaring.New()
	}
	if found, ok := r.named(&p, c); ok {
		return both(found, among)
	}
	candidates := r.nodes[k.number].rows
	if among != nil {
		candidates = among
	}
	n := candidates.GetCardinality()
	if p.is == store.Strings || n <= r.indexes.few/10 || r.nodes[k.number].rows.GetCardinality() <= r.indexes.few {
		return r.look(&p, c, r.among(k, among))
	}
	if found, ok := r.byValue(&p, c); ok {
		return both(found, among)
	}
	if found, ok := r.byOrder(&p, c, n); ok {
		return both(found, among)
	}
	return r.look(&p, c, r.among(k, among))
}

// look looks at rows one by one.
func (r *reader) look(p *property, c store.Compare, rows *roaring.Bitmap) *roaring.Bitmap {
	found := r.gather()
	holds := r.test(p, c)
	rows.Iterate(func(row uint32) bool {
		if holds(r.rows.at(row)) {
			found.add(row)
		}
		return r.step()
	})
	return found.rows()
}

// test returns a comparison with a property.
func (r *reader) test(p *property, c store.Compare) func(record) bool {
	part, isText := c.Value.(string)
	if isText && !c.IgnoringCase && p.is == store.String {
		var within func(text, part string) bool
		switch c.Op {
		case store.Contains:
			within = strings.Contains
		case store.StartsWith:
			within = strings.HasPrefix
		case store.EndsWith:
			within = strings.HasSuffix
		case store.Eq:
			within = func(text, part string) bool { return text == part }
		}
		if within != nil {
			return func(one record) bool {
				text, ok := p.text(one)
				return ok && within(text, part)
			}
		}
	}
	return func(one record) bool { return c.Holds(p.of(one)) }
}

// named finds nodes that are named by their ids or by a unique property.
func (r *reader) named(p *property, c store.Compare) (*roaring.Bitmap, bool) {
	if c.IgnoringCase || c.Op != store.Eq && c.Op != store.OneOf || p.name != "id" && !p.unique() {
		return nil, false
	}
	values, ok := c.Value.([]any)
	if !ok {
		values = []any{c.Value}
	}
	found := roaring.New()
	for _, v := range values {
		text, _ := v.(string)
		var row uint32
		var ok bool
		if p.name == "id" {
			if row, ok = r.row(text); ok {
				ok = r.rows.at(row).kind() == p.kind.number
			}
		} else {
			row, ok = r.holder(p, text)
		}
		if ok {
			found.Add(row)
		}
		if !r.step() {
			break
		}
	}
	return found, true
}

// byValue finds rows by a property that has few values: each is compared once.
func (r *reader) byValue(p *property, c store.Compare) (*roaring.Bitmap, bool) {
	v, ok := r.indexes.valuesOf(*p).used().reach(r.snapshot)
	if !ok {
		return nil, false
	}
	if c.Op == store.Eq && !c.IgnoringCase && !c.Numeric() {
		var room [64]byte
		if one, known := v.values[string(appendKey(room[:0], c.Value, false))]; known {
			return one.rows, true
		}
		return roaring.New(), true
	}
	var some []*roaring.Bitmap
	for _, one := range v.values {
		if c.Holds(one.value) {
			some = append(some, one.rows)
		}
	}
	if len(some) == 1 {
		return some[0], true
	}
	return roaring.FastOr(some...), true
}

// byOrder finds rows by an order on the property, if the comparison is of a run
// or a few runs in it.
func (r *reader) byOrder(p *property, c store.Compare, candidates uint64) (*roaring.Bitmap, bool) {
	key := sortKey{property: *p}
	switch {
	case c.Numeric() && p.is == store.String:
		key.as = asNumber
	case c.IgnoringCase:
		key.as, c = folded, c.Folded()
	}
	if c.Op == store.Contains || c.Op == store.EndsWith || c.Op == store.IsNull && key.as != asIs {
		return nil, false
	}
	x, ok := r.indexes.sortedBy(r.snapshot, p.kind, []sortKey{key})
	if !ok {
		return nil, false
	}
	runs := runs{reader: r, sorter: newSorter([]sortKey{key}), tree: x.used().reach(r.snapshot), found: r.gather()}
	runs.compare(c)
	return runs.found.rows(), true
}
