package impact

import (
	"cmp"
	"context"
	"slices"

	"releasegraph/internal/pace"
)

// batch is how many hits' root causes are found in one traversal: one bit each.
const batch = 64

// RootCauses names, for each of the hits, the sources at which the chains that
// lead to it begin, by key (I6).
func (r *Result) RootCauses(ctx context.Context, hits []Hit) ([][]Node, error) {
	causes := make([][]Node, 0, len(hits))
	if r.sources == 1 {
		for range hits {
			causes = append(causes, r.Sources())
		}
		return causes, nil
	}
	p := pace.Of(ctx)
	for part := range slices.Chunk(hits, batch) {
		traced, err := r.trace(part, p)
		if err != nil {
			return nil, err
		}
		causes = append(causes, traced...)
	}
	return causes, nil
}

// trace goes back from up to 64 hits at once: bit i of a mask says that the
// i-th hit was reached by way of this node.
func (r *Result) trace(hits []Hit, steps *pace.Pace) ([][]Node, error) {
	masks := make([]uint64, len(r.hits))
	var queue []int32
	for i, h := range hits {
		masks[h.position] |= 1 << i
		queue = append(queue, h.position)
	}
	for len(queue) > 0 {
		p := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if err := steps.Steps(1 + len(r.q.back(r.g, r.hits[p].node))); err != nil {
			return nil, err
		}
		if p < r.sources {
			continue
		}
		for from := range r.cameFrom(p) {
			if masks[p]&^masks[from] != 0 {
				masks[from] |= masks[p]
				queue = append(queue, from)
			}
		}
	}
	return r.causes(masks[:r.sources], len(hits)), nil
}

// cameFrom goes over the sources and hits that pass something on to a hit.
func (r *Result) cameFrom(p int32) func(func(int32) bool) {
	return func(yield func(int32) bool) {
		n := r.hits[p].node
		for _, a := range r.q.back(r.g, n) {
			from, ok := r.find(a.Node)
			if ok && r.spreads(from) && r.hurts(n, &r.g.Labels()[a.Label]) && !yield(from) {
				return
			}
		}
	}
}

func (r *Result) causes(masks []uint64, count int) [][]Node {
	causes := make([][]Node, count)
	for p, mask := range masks {
		for i := range causes {
			if mask>>i&1 == 1 && r.q.sees(r.hits[p].node) {
				causes[i] = append(causes[i], r.hits[p].node)
			}
		}
	}
	for _, c := range causes {
		slices.SortFunc(c, r.byKey)
	}
	return causes
}

func (r *Result) byKey(a, b Node) int { return cmp.Compare(r.g.Key(a), r.g.Key(b)) }
