package conflict

// few is up to how many pieces of work are followed one by one: to sort the
// estate into layers for them costs a walk over all of it.
const few = 8

// allDepending finds which work of the plan depends on what overlaps it, as far
// as it begins early enough to be answered.
func (f *finder) allDepending() error {
	end := len(f.works)
	for end > 0 && f.late(f.works[end-1].When.From) {
		end--
	}
	paired, reach := make([]bool, end), 0
	for i := range end {
		paired[i] = i < reach || min(f.ends[i], end) > i+1
		reach = max(reach, f.ends[i])
	}
	var sources []int
	for i, ok := range paired {
		if ok && len(f.works[i].Items) > 0 {
			sources = append(sources, i)
		}
	}
	if len(sources) == 0 {
		return nil
	}
	if f.layers == nil && len(sources) <= few {
		return f.dependingOneByOne(sources, end)
	}
	layers := f.layers
	if layers == nil {
		var err error
		if layers, err = NewLayers(f.ctx, f.g); err != nil {
			return err
		}
	}
	b := newBatch(layers)
	for len(sources) > 0 {
		n := min(batchSize, len(sources))
		if err := b.run(f, sources[:n], end); err != nil {
			return err
		}
		sources = sources[n:]
	}
	return nil
}

func (f *finder) dependingOneByOne(sources []int, end int) error {
	v := newVisit(f.g, f.pace)
	for _, source := range sources {
		var targets []int
		err := f.pairsWith(source, source+1, end, func(_, target int) { targets = append(targets, target) })
		if err != nil {
			return err
		}
		if err := v.find(f, source, targets, f.g.Out, func(target int) { f.depend(source, target) }); err != nil {
			return err
		}
	}
	return nil
}

// pairsWith yields each piece of work from a place up to another, with each
// before an end that overlaps it.
func (f *finder) pairsWith(from, to, end int, yield func(source, target int)) error {
	for i := range to {
		for j := max(i+1, from); j < min(f.ends[i], to); j++ {
			if err := f.pace.Step(); err != nil {
				return err
			}
			yield(j, i)
		}
		if i >= from {
			for j := i + 1; j < min(f.ends[i], end); j++ {
				if err := f.pace.Step(); err != nil {
					return err
				}
				yield(i, j)
			}
		}
		if err := f.pace.Step(); err != nil {
			return err
		}
	}
	return nil
}

// dependingOn finds which of some other work the work at a place depends on,
// and which depends on it.
func (f *finder) dependingOn(at int, others []int) error {
	if f.layers != nil {
		return f.sweep(at, others)
	}
	v := newVisit(f.g, f.pace)
	if err := v.find(f, at, others, f.g.Out, func(other int) { f.depend(at, other) }); err != nil {
		return err
	}
	return v.find(f, at, others, f.g.In, func(other int) { f.depend(other, at) })
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
