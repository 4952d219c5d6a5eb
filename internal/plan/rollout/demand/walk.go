package demand

// walk adds the arcs of the chains over items at sites. It has nodes only for what
// lies on a chain that leaves its site: most sites serve themselves.
type walk struct {
	*builder
	release int
	chains
	origin   func(site int32) int32 // where the chains of a site begin: at its step, -1: nowhere
	relevant []bool                 // items that lie between a beginning and an end
	hubs     []int32                // by item: the node for wherever it is installed, 0: none yet
	used     []bool                 // by item: some site has none of its own
	ports    map[[2]int32]int32
	wanted   map[int32][]int32 // by site: items of it that sites which need it use

	here local
}

// local is what a walk knows of one site.
type local struct {
	site     int32
	step     int32
	origin   int32
	stamp    []int32 // by item: the site for which place is set, from 1
	place    []int32
	items    []int32 // relevant ones that are here, then those that are nowhere and stand here
	received []uint8 // by place: the bits of what is received
	marked   []int32 // by item: the site for which received is stamped
	from, to []int32 // arcs between places
	leaves   []bool  // by place: some chain leaves the site from here
	enters   []bool
	nodes    []int32
	told     []int32 // by hub: the site whose step leads to it already
	needed   []int32
	asked    bool // needed is known
}

func newWalk(b *builder, release int, c chains) *walk {
	w := &walk{builder: b, release: release, chains: c}
	w.origin = func(site int32) int32 { return b.stepOf(site, release) }
	return w
}

func (w *walk) items() error {
	some, err := w.relevance()
	if err != nil || !some {
		return err
	}
	n := w.m.Items()
	w.hubs, w.used, w.ports, w.wanted = make([]int32, n), make([]bool, n), map[[2]int32]int32{}, map[int32][]int32{}
	w.here = local{stamp: make([]int32, n), place: make([]int32, n), marked: make([]int32, n), told: make([]int32, n)}
	crossing := false
	for site := range int32(w.m.Sites()) {
		crosses, err := w.survey(site)
		if err != nil {
			return err
		}
		crossing = crossing || crosses
	}
	if !crossing {
		return nil
	}
	clear(w.here.stamp)
	for site := range int32(w.m.Sites()) {
		if err := w.lay(site); err != nil {
			return err
		}
	}
	return nil
}

// relevance marks the items between a beginning and an end, and reports whether there
// are any.
func (w *walk) relevance() (bool, error) {
	begins, ends := []int32{}, []int32{}
	for item, bits := range w.ofItem[w.release] {
		if bits&w.begin > 0 || w.begin == present {
			begins = append(begins, int32(item))
		}
		if bits&w.end > 0 {
			ends = append(ends, int32(item))
		}
	}
	reach := func(queue []int32, next func(int32) []int32) ([]bool, error) {
		seen := make([]bool, w.m.Items())
		for _, item := range queue {
			seen[item] = true
		}
		for i := 0; i < len(queue); i++ {
			if err := w.pace.Steps(1 + len(next(queue[i]))); err != nil {
				return nil, err
			}
			for _, item := range next(queue[i]) {
				if !seen[item] {
					seen[item] = true
					queue = append(queue, item)
				}
			}
		}
		return seen, nil
	}
	down, err := reach(begins, w.m.Depends.Out)
	if err != nil {
		return false, err
	}
	up, err := reach(ends, w.back.Out)
	if err != nil {
		return false, err
	}
	some := false
	for i := range down {
		down[i] = down[i] && up[i]
		some = some || down[i]
	}
	w.relevant = down
	return some, nil
}

// enter gathers the relevant items of a site.
func (w *walk) enter(site int32) {
	h := &w.here
	h.site, h.items, h.asked, h.step, h.origin = site, h.items[:0], false, w.stepOf(site, w.release), w.origin(site)
	for _, item := range w.m.At(site) {
		if w.relevant[item] {
			w.put(item)
		}
	}
	if len(w.adds) > 0 {
		for _, item := range w.adds[site] {
			if w.relevant[item] {
				w.put(item)
			}
		}
	}
}

func (w *walk) put(item int32) {
	h := &w.here
	h.stamp[item], h.place[item] = h.site+1, int32(len(h.items))
	h.items = append(h.items, item)
}

// elsewhere lists the needed sites that serve an item which is not here.
func (w *walk) elsewhere(item int32) []int32 {
	h := &w.here
	if len(w.m.SiteNeeds.Out(h.site)) == 0 {
		return nil
	}
	if !h.asked {
		h.needed, h.asked = w.needed(h.site), true
	}
	return w.serving(item, h.needed)
}

// survey notes what a site uses that is elsewhere, and reports whether it does.
func (w *walk) survey(site int32) (crosses bool, err error) {
	w.enter(site)
	h := &w.here
	for i := 0; i < len(h.items); i++ {
		out := w.m.Depends.Out(h.items[i])
		if err := w.pace.Steps(1 + len(out)); err != nil {
			return false, err
		}
		for _, y := range out {
			switch {
			case !w.relevant[y] || h.stamp[y] == site+1:
			case w.has[y] == 0:
				w.put(y) // it stands where it is asked for
			default:
				crosses = true
				serving := w.elsewhere(y)
				for _, s := range serving {
					if port := [2]int32{s, y}; w.ports[port] == 0 {
						w.ports[port] = w.g.Node()
						w.wanted[s] = append(w.wanted[s], y)
					}
				}
				if len(serving) == 0 && !w.used[y] {
					w.used[y] = true
					w.hubs[y] = w.g.Node()
				}
			}
		}
	}
	return crosses, nil
}

// lay adds the arcs of one site.
func (w *walk) lay(site int32) error {
	w.enter(site)
	h := &w.here
	w.receive()
	h.from, h.to = h.from[:0], h.to[:0]
	h.leaves, h.enters = h.leaves[:0], h.enters[:0]
	some := false
	for i := 0; i < len(h.items); i++ {
		h.leaves = append(h.leaves, false)
		out := w.m.Depends.Out(h.items[i])
		if err := w.pace.Steps(1 + len(out)); err != nil {
			return err
		}
		for _, y := range out {
			if !w.relevant[y] {
				continue
			}
			if h.stamp[y] != site+1 && w.has[y] == 0 {
				w.put(y)
			}
			if h.stamp[y] == site+1 {
				h.from, h.to = append(h.from, int32(i)), append(h.to, h.place[y])
			} else {
				h.leaves[i], some = true, true
			}
		}
	}
	for _, item := range h.items {
		enters := w.used[item]
		h.enters = append(h.enters, enters)
		some = some || enters
	}
	for _, item := range w.wanted[site] {
		h.enters[h.place[item]], some = true, true
	}
	if !some {
		return nil
	}
	entered := spread(h.enters, h.from, h.to)
	left := spread(h.leaves, h.to, h.from)
	w.number(entered, left)
	w.arcs()
	return nil
}

// receive stamps what the site receives.
func (w *walk) receive() {
	h := &w.here
	h.received = h.received[:0]
	for range h.items {
		h.received = append(h.received, 0)
	}
	if h.step < 0 {
		return
	}
	actions := w.content(h.step).Actions
	for i := range actions {
		if item := actions[i].Item; h.stamp[item] == h.site+1 {
			h.received[h.place[item]] = w.bits(&actions[i])
		}
	}
}

// spread marks all that is reached from what is marked along arcs.
func spread(marked []bool, from, to []int32) []bool {
	reached := append([]bool(nil), marked...)
	start := make([]int32, len(marked)+1)
	for _, v := range from {
		start[v+1]++
	}
	for v := range marked {
		start[v+1] += start[v]
	}
	next, list := append([]int32(nil), start...), make([]int32, len(from))
	for i, v := range from {
		list[next[v]] = to[i]
		next[v]++
	}
	var queue []int32
	for v, is := range reached {
		if is {
			queue = append(queue, int32(v))
		}
	}
	for len(queue) > 0 {
		v := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, t := range list[start[v]:start[v+1]] {
			if !reached[t] {
				reached[t] = true
				queue = append(queue, t)
			}
		}
	}
	return reached
}

// number gives a node to what lies on a chain that enters or leaves the site. What is
// received, and both begins and ends chains, is its step itself.
func (w *walk) number(entered, left []bool) {
	h := &w.here
	h.nodes = h.nodes[:0]
	for i := range h.items {
		node := int32(-1)
		bits := w.bitsAt(i)
		switch {
		case !entered[i] && !left[i]:
		case bits&w.begin > 0 && bits&w.end > 0 && h.origin == h.step:
			node = h.step
		default:
			node = w.g.Node()
			if bits&w.begin > 0 {
				w.add(w.chains, h.origin, node)
			}
			if bits&w.end > 0 {
				w.add(w.chains, node, h.step)
			}
		}
		h.nodes = append(h.nodes, node)
	}
}

func (w *walk) bitsAt(place int) uint8 {
	if place < len(w.here.received) {
		return w.here.received[place] | present
	}
	return 0 // it is nowhere, and stands here
}

// arcs adds the arcs within the site, and those that leave and enter it.
func (w *walk) arcs() {
	h := &w.here
	for i, from := range h.from {
		if a, b := h.nodes[from], h.nodes[h.to[i]]; a >= 0 && b >= 0 {
			w.add(w.chains, a, b)
		}
	}
	for i, item := range h.items {
		if h.enters[i] {
			if w.used[item] {
				w.add(w.chains, w.hubs[item], h.nodes[i])
			}
			if port := w.ports[[2]int32{h.site, item}]; port > 0 {
				w.add(w.chains, port, h.nodes[i])
			}
		}
		if h.leaves[i] {
			w.leave(i, item)
		}
	}
}

// leave adds the arcs from an item here to what serves it elsewhere.
func (w *walk) leave(place int, item int32) {
	h := &w.here
	node := h.nodes[place]
	for _, y := range w.m.Depends.Out(item) {
		if !w.relevant[y] || h.stamp[y] == h.site+1 {
			continue
		}
		serving := w.elsewhere(y)
		for _, s := range serving {
			w.add(w.chains, node, w.ports[[2]int32{s, y}])
		}
		if len(serving) > 0 || node == h.step && h.told[y] == h.site+1 {
			continue
		}
		if node == h.step {
			h.told[y] = h.site + 1
		}
		w.add(w.chains, node, w.hubs[y])
	}
}
