package conflict

// few is up to how many pieces of work are followed one by one: to sort the
// estate into layers for them costs a walk over all of it.
const few = 8

// depending finds which work of the plan depends on what overlaps it.
func (f *finder) depending() {
	var sources []int
	paired := make([]bool, len(f.works))
	for i := range f.works {
		for j := i + 1; j < f.ends[i]; j++ {
			paired[i], paired[j] = true, true
		}
	}
	for i, ok := range paired {
		if ok && len(f.works[i].Items) > 0 {
			sources = append(sources, i)
		}
	}
	if f.layers == nil && len(sources) <= few {
		f.dependingOneByOne(sources)
		return
	}
	f.Prepare()
	b := newBatch(f.layers)
	for len(sources) > 0 {
		n := min(batchSize, len(sources))
		b.run(f, sources[:n])
		sources = sources[n:]
	}
}

func (f *finder) dependingOneByOne(sources []int) {
	v := newVisit(f.g)
	for _, source := range sources {
		var targets []int
		f.pairsWith(source, source+1, func(_, target int) { targets = append(targets, target) })
		v.find(f, source, targets, f.g.Out, func(target int) { f.depend(source, target) })
	}
}

// pairsWith yields each piece of work from a place up to another, with each
// that overlaps it.
func (p *Plan) pairsWith(from, to int, yield func(source, target int)) {
	for i := range to {
		for j := max(i+1, from); j < min(p.ends[i], to); j++ {
			yield(j, i)
		}
		if i >= from {
			for j := i + 1; j < p.ends[i]; j++ {
				yield(i, j)
			}
		}
	}
}

// dependingOn finds which of some other work the work at a place depends on,
// and which depends on it.
func (f *finder) dependingOn(at int, others []int) {
	if f.layers != nil {
		f.sweep(at, others)
		return
	}
	v := newVisit(f.g)
	v.find(f, at, others, f.g.Out, func(other int) { f.depend(at, other) })
	v.find(f, at, others, f.g.In, func(other int) { f.depend(other, at) })
}

// dependencies tells by label which arcs are dependencies, without those that
// only document (I11).
func dependencies(g *Graph) []bool {
	is := make([]bool, len(g.Labels()))
	labels := g.Labels()
	for i := range labels {
		is[i] = labels[i].Needs()
	}
	return is
}
