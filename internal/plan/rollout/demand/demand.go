// Package demand works out which steps come after which, and which belong together
// (P4, P9).
//
// A demand follows from a chain: a walk over (item, site) from what one step
// receives to what another one receives. Ten thousand sites have more pairs of steps
// with a demand than fit into memory, so demands are arcs of a graph that has nodes
// between the steps: for an item at a site that nothing changes, and for an item that
// serves wherever it is installed. Steps that reach one another are a group.
//
// The kinds of demand differ in which chains they follow. Each is a copy of the walk:
// chains that begin at some received items and end at others, as arcs along the chain
// or against it.
package demand

import (
	"context"

	"releasegraph/internal/pace"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/digraph"
	"releasegraph/internal/plan/rollout/model"
	"releasegraph/internal/plan/rollout/receive"
)

// Demands are all demands between steps.
type Demands struct {
	m     *model.Model
	got   *receive.Received
	facts *facts
	// GroupOf tells the group of each step, Groups the steps of each group; groups are
	// in the order of their first steps.
	GroupOf []int32
	Groups  [][]int32
	// Before has the groups as its first nodes, and others between them. An arc leads
	// to what comes strictly before. It has no cycles.
	Before *digraph.Graph
	// Sorted are the nodes of Before, each after all to which it has arcs.
	Sorted []int32
	// explicit demands are those of the pairs alone.
	explicit bool
	tracer   *Tracer // nil: nothing was traced yet
	// forced says that steps are together that have no demand on one another.
	forced bool
	pairs  []Pair
}

// Facts about what is received, as bits.
const (
	stays   uint8 = 1 << iota // not removed
	removed                   // removed
	alone                     // its versions may not run side by side
	staysAlone
	removedAlone
	present // it is there, whether anything comes or not
	ordered = stays | removed
)

// facts tells what steps receive.
type facts struct {
	m        *model.Model
	got      *receive.Received
	apart    bool      // nothing is active before one instant: all coexists
	ofItem   [][]uint8 // by release of the plan and item
	ofStep   []uint8   // all its items together
	release  []int32   // by step: which of the plan's releases
	first    []int32   // by site: its first step
	adds     map[int32][]int32
	has      []int32 // by item: at how many sites it is
	anyAlone []bool  // by release of the plan
	anyGone  []bool
}

// Terms say what else is demanded.
type Terms struct {
	// Later says that nothing is active before one common instant: what does not coexist
	// counts as if it did (P8).
	Later bool
	// One is the release all of whose steps share a wave (P6), -1: none; All puts all
	// steps into one wave (P1).
	One int32
	All bool
}

// Of works out the demands between steps.
func Of(ctx context.Context, m *model.Model, got *receive.Received, terms Terms) (*Demands, error) {
	d := &Demands{m: m, got: got, forced: terms.All || terms.One >= 0}
	var err error
	if d.facts, err = newFacts(ctx, m, got, terms.Later); err != nil {
		return nil, err
	}
	b := newBuilder(ctx, d.facts)
	for r := range got.Releases {
		if err := b.orders(r); err != nil {
			return nil, err
		}
	}
	if err := b.required(); err != nil {
		return nil, err
	}
	b.share(terms)
	if err := d.group(ctx, b.g.Graph()); err != nil {
		return nil, err
	}
	return d, nil
}

func newFacts(ctx context.Context, m *model.Model, got *receive.Received, apart bool) (*facts, error) {
	f := &facts{
		m: m, got: got, apart: apart, ofStep: make([]uint8, len(got.Steps)), release: make([]int32, len(got.Steps)),
		first: make([]int32, m.Sites()+1), adds: map[int32][]int32{}, has: make([]int32, m.Items()),
		anyAlone: make([]bool, len(got.Releases)), anyGone: make([]bool, len(got.Releases)),
	}
	place := map[int32]int32{}
	for i, no := range got.Releases {
		place[no] = int32(i)
		f.ofItem = append(f.ofItem, make([]uint8, m.Items()))
	}
	ofContent := make([]uint8, len(got.Contents))
	for i := range got.Contents {
		c := &got.Contents[i]
		r := place[c.Release]
		for j := range c.Actions {
			bits := f.bits(&c.Actions[j])
			ofContent[i] |= bits
			f.ofItem[r][c.Actions[j].Item] |= bits
			f.anyAlone[r] = f.anyAlone[r] || bits&alone > 0
			f.anyGone[r] = f.anyGone[r] || bits&removed > 0
		}
	}
	for i, s := range got.Steps {
		f.ofStep[i], f.release[i] = ofContent[s.Content], place[s.Release]
		f.first[s.Site+1]++
	}
	for s := range m.Sites() {
		f.first[s+1] += f.first[s]
	}
	p := pace.Of(ctx)
	for site := range int32(m.Sites()) {
		if err := p.Steps(1 + len(m.At(site))); err != nil {
			return nil, err
		}
		for _, item := range m.At(site) {
			f.has[item]++
		}
	}
	for item, sites := range got.Adds {
		for _, site := range sites {
			if !f.installed(item, site) {
				f.adds[site] = append(f.adds[site], item)
				f.has[item]++
			}
		}
	}
	return f, nil
}

// bits are what counts of an action; nothing of what is held (P2).
func (f *facts) bits(a *receive.Action) (bits uint8) {
	if !a.Orders() {
		return 0
	}
	bits = stays
	if a.Kind == rollout.Remove {
		bits = removed
	}
	if a.Alone && !f.apart {
		bits |= alone | bits<<3
	}
	return bits
}

// Steps of a site, as numbers from and to.
func (f *facts) steps(site int32) (from, to int32) { return f.first[site], f.first[site+1] }

// stepOf is the step by which a site receives a release of the plan, -1: none.
func (f *facts) stepOf(site int32, release int) int32 {
	for s, to := f.steps(site); s < to; s++ {
		if f.release[s] == int32(release) {
			return s
		}
	}
	return -1
}

// content is what a step does.
func (f *facts) content(step int32) *receive.Content {
	return &f.got.Contents[f.got.Steps[step].Content]
}
