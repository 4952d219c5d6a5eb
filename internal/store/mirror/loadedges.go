package mirror

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"releasegraph/internal/pace"
	"releasegraph/internal/store"
)

// edgePart takes a part of the edges of a relationship while they are loaded.
type edgePart struct {
	l        *loading
	rel      int
	relation *relation
	joins    []join
	counted  int // of these
}

// join is an edge while it is loaded.
type join struct{ from, to, label uint32 }

// countEvery is after how many edges their size is told.
const countEvery = 4096

// Label returns the number of an edge's label.
func (p *edgePart) Label(like *store.Edge) (uint32, error) {
	l, r := p.l, p.relation
	l.labelling.Lock()
	defer l.labelling.Unlock()
	b, err := r.packLabel(l.m.buffer[:0], like)
	if err != nil {
		return 0, fmt.Errorf("%s from %s to %s: %w", r.name, like.From, like.To, err)
	}
	l.m.buffer = b
	number, known := l.m.labels[p.rel][string(b)]
	if known {
		return number, nil
	}
	number = uint32(len(r.labels))
	size := int64(len(b)) + labelBytes
	l.grow(size)
	l.size(r.name, size)
	if !l.large.Load() {
		text := string(b)
		r.labels = append(r.labels, unpackLabel(text))
		l.m.labels[p.rel][text] = number
	}
	return number, nil
}

// Edge takes an edge.
func (p *edgePart) Edge(from, to int, label uint32) error {
	p.counted++
	if p.counted == countEvery {
		p.count()
	}
	if p.l.large.Load() {
		return nil
	}
	near, far := p.l.places[from], p.l.places[to]
	if near == 0 || far == 0 {
		return fmt.Errorf("%w: an edge of %s lacks an end", errDiverged, p.relation.name)
	}
	p.joins = append(p.joins, join{near - 1, far - 1, label})
	return nil
}

func (p *edgePart) count() {
	size := int64(p.counted) * 2 * arcBytes
	p.counted = 0
	p.l.grow(size)
	p.l.size(p.relation.name, size)
}

// End ends the part.
func (p *edgePart) End() error {
	p.count()
	return nil
}

// joinAll makes the lists of all relationships.
func (l *loading) joinAll(ctx context.Context, revision store.Revision) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for rel, r := range l.relations {
		r.stamp = revision
		for _, p := range l.edges[rel] {
			r.count += len(p.joins)
		}
		for d := range r.arcs {
			if r.count > 0 {
				group.Go(func() error { return l.lists(ctx, rel, store.Direction(d)) })
			}
		}
	}
	return group.Wait()
}

// lists makes the lists of a relationship in one direction, those of a page of
// one array.
func (l *loading) lists(ctx context.Context, rel int, d store.Direction) error {
	r := l.relations[rel]
	steps := pace.Of(ctx)
	made := make(arcs, len(l.rows))
	ends := make([]uint32, len(l.rows)*pageRows) // first how many there are at a row
	for _, p := range l.edges[rel] {
		for _, j := range p.joins {
			near, _ := j.ends(d)
			ends[near]++
		}
		if err := steps.Steps(len(p.joins)); err != nil {
			return err
		}
	}
	pages := make([][]arc, len(l.rows))
	for i := range pages {
		sum := uint32(0)
		counts := ends[i*pageRows : (i+1)*pageRows]
		for j, n := range counts {
			counts[j], sum = sum, sum+n // then where the next of the row is put
		}
		if sum > 0 {
			pages[i] = make([]arc, sum)
		}
	}
	for _, p := range l.edges[rel] {
		for _, j := range p.joins {
			near, far := j.ends(d)
			pages[near/pageRows][ends[near]] = arc{far, j.label}
			ends[near]++
		}
		if err := steps.Steps(len(p.joins)); err != nil {
			return err
		}
	}
	order := l.order(r, d)
	size := int64(0)
	for i, all := range pages {
		if len(all) == 0 {
			continue
		}
		page, from := &arcPage{}, uint32(0)
		for j := range page {
			to := ends[i*pageRows+j]
			page[j] = all[from:to:to]
			if !slices.IsSortedFunc(page[j], order) {
				slices.SortFunc(page[j], order)
			}
			from = to
		}
		made[i] = page
		size += pageRows * 24
		if err := steps.Steps(len(all)); err != nil {
			return err
		}
	}
	r.arcs[d] = made
	l.grow(size)
	l.size(r.name, size)
	return nil
}

// ends are the rows of an edge, the near one of a direction first.
func (j join) ends(d store.Direction) (near, far uint32) {
	if d == store.In {
		return j.to, j.from
	}
	return j.from, j.to
}

// order compares two edges at a row, by the id at the far end and the tag. Where
// the rows at the far end are in the order of their ids, no id is looked at.
func (l *loading) order(r *relation, d store.Direction) func(a, b arc) int {
	byRow := l.inOrder(r.name, d)
	return func(a, b arc) int {
		if a.far != b.far {
			if byRow {
				return cmp.Compare(a.far, b.far)
			}
			return strings.Compare(l.rows.at(a.far).id(), l.rows.at(b.far).id())
		}
		return strings.Compare(r.labels[a.label].tag, r.labels[b.label].tag)
	}
}

// inOrder reports whether the rows at the far end of a relationship are in the
// order of their ids: they are of one kind whose are.
func (l *loading) inOrder(rel string, d store.Direction) bool {
	far := ""
	for _, r := range l.declared.Schema().Rels {
		if r.Name != rel {
			continue
		}
		kind := r.To
		if d == store.In {
			kind = r.From
		}
		if far != "" && far != kind || l.orders[l.kindOf[kind].number].not {
			return false
		}
		far = kind
	}
	return true
}
