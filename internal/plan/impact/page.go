package impact

import (
	"cmp"
	"context"
	"math"
	"slices"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
)

// Hit is an item that is hurt, or needed.
type Hit struct {
	Node     Node
	Key      string
	Depth    int
	Strength domain.Strength
	position int32
}

// Place is a place in the order of hits: by depth, then by key. The zero value
// is before all.
type Place struct {
	Depth int
	Key   string
}

// Place is where the hit stands.
func (h Hit) Place() Place { return Place{h.Depth, h.Key} }

// After tells whether the place comes after another.
func (p Place) After(q Place) bool {
	return p.Depth > q.Depth || p.Depth == q.Depth && p.Key > q.Key
}

// Page returns up to limit hits after a place, and whether more follow. Limit 0
// returns all. Only what is asked for is sorted.
func (r *Result) Page(ctx context.Context, after Place, limit int) (page []Hit, more bool, err error) {
	p := pace.Of(ctx)
	for depth := max(1, after.Depth); depth <= r.depth(); depth++ {
		from, end := r.level(depth)
		if from == end {
			continue
		}
		want := limit - len(page) + 1 // one more tells whether more follow
		if limit == 0 {
			want = end - from
		}
		least, err := r.least(p, from, end, after, want)
		if err != nil {
			return nil, false, err
		}
		page = append(page, least...)
		if limit > 0 && len(page) > limit {
			return page[:limit:limit], true, nil
		}
	}
	return page, false, nil
}

// least returns the want least hits of a level, those from one to another,
// after a place, in order.
func (r *Result) least(steps *pace.Pace, from, end int, after Place, want int) ([]Hit, error) {
	kept := make([]Hit, 0, min(end-from, 4*want))
	bound, boundHead := "", uint64(math.MaxUint64)
	prune := func() {
		slices.SortFunc(kept, func(a, b Hit) int { return cmp.Compare(a.Key, b.Key) })
		if len(kept) >= want {
			kept = kept[:want]
			bound = kept[want-1].Key
			boundHead = adjacency.Head(bound)
		}
	}
	for i := from; i < end; i++ {
		if err := steps.Step(); err != nil {
			return nil, err
		}
		p := r.at(i)
		h := &r.hits[p]
		if r.g.KeyHead(h.node) > boundHead {
			continue
		}
		key := r.g.Key(h.node)
		if int(h.depth()) == after.Depth && key <= after.Key || bound != "" && key >= bound {
			continue
		}
		kept = append(kept, r.hit(p, key))
		if len(kept) >= 4*want {
			prune()
		}
	}
	prune()
	return kept, nil
}

func (r *Result) hit(position int32, key string) Hit {
	h := &r.hits[position]
	return Hit{h.node, key, int(h.depth()), strengthOf(h.strength()), position}
}

func strengthOf(s uint8) domain.Strength {
	if s == full {
		return domain.StrengthFull
	}
	return domain.StrengthDegraded
}
