package demand

import (
	"cmp"
	"context"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/digraph"
)

// Demand is one between two steps, with a shortest chain that explains it.
type Demand struct {
	Step, Other int32
	// After: Step comes after Other. Together: both share a wave.
	// Later says that of two that are together Step is the one that would come later.
	After, Together, Later bool
	// Alone is the item that does not coexist, for which they are together; -1: none.
	Alone int32
	// Sites tells that the chain is of sites, by SITE_NEEDS.
	Sites bool
	// Shared tells that both receive the item that does not coexist: there is no chain.
	Shared bool
	Chain  []rollout.Edge
	// Shares is the chain for which both are together: it begins or ends at Alone.
	Shares []rollout.Edge
}

// Tracer finds the demands of single steps, with their chains. It is for one
// goroutine.
type Tracer struct {
	*facts
	ctx  context.Context
	d    *Demands
	back *digraph.Graph
	// needing is who needs a site; nil: not turned round yet.
	needing *digraph.Graph
	// start and sites list by item where it is.
	start, sites []int32
	users        map[int32]map[int32][]int32
	byAlone      map[[2]int32][]int32 // by release and item: the steps that receive it
}

// Tracer begins to trace.
func (d *Demands) Tracer(ctx context.Context) (*Tracer, error) {
	t := &Tracer{facts: d.facts, ctx: ctx, d: d, back: d.m.Depends.Reverse(), users: map[int32]map[int32][]int32{}, start: make([]int32, d.m.Items()+1)}
	for item, n := range d.facts.has {
		t.start[item+1] = t.start[item] + n
	}
	t.sites = make([]int32, t.start[d.m.Items()])
	next := slices.Clone(t.start)
	put := func(item, site int32) {
		t.sites[next[item]] = site
		next[item]++
	}
	p := pace.Of(ctx)
	for site := range int32(d.m.Sites()) {
		if err := p.Steps(1 + len(d.m.At(site))); err != nil {
			return nil, err
		}
		for _, item := range d.m.At(site) {
			put(item, site)
		}
		for _, item := range d.facts.adds[site] {
			put(item, site)
		}
	}
	return t, nil
}

// Within returns the tracer with another context.
func (t *Tracer) Within(ctx context.Context) *Tracer {
	own := *t
	own.ctx = ctx
	return &own
}

// spot is an item at a site; with site -1, wherever it is installed.
type spot struct{ item, site int32 }

// Of lists the demands that a step has on others, those that it must come after or be
// together with, by the others.
func (t *Tracer) Of(step int32) ([]Demand, error) {
	found := map[int32]*Demand{}
	// A chain that begins here: this step comes after those at its end.
	if err := t.chains(step, stays, stays, false, func(d Demand) { d.After = true; merge(found, d) }); err != nil {
		return nil, err
	}
	r := t.release[step]
	if t.anyGone[r] {
		// A chain that ends here, at what is removed: its dependents leave first.
		if err := t.chains(step, removed, ordered, true, func(d Demand) { d.After = true; merge(found, d) }); err != nil {
			return nil, err
		}
	}
	if t.anyAlone[r] {
		for _, c := range []struct {
			own, other  uint8
			back, later bool
		}{
			{ordered, staysAlone, false, true}, {alone, stays, false, true}, {staysAlone, ordered, true, false}, {stays, alone, true, false},
			{ordered, removedAlone, false, false}, {alone, removed, false, false}, {removedAlone, ordered, true, true}, {removed, alone, true, true},
		} {
			err := t.chains(step, c.own, c.other, c.back, func(d Demand) {
				d.Together, d.Later, d.Shares = true, c.later, d.Chain
				merge(found, d)
			})
			if err != nil {
				return nil, err
			}
		}
	}
	list := make([]Demand, 0, len(found))
	for _, d := range found {
		list = append(list, *d)
	}
	if t.anyAlone[r] {
		list = t.shared(step, list)
	}
	slices.SortStableFunc(list, func(a, b Demand) int {
		return cmp.Or(cmp.Compare(a.Other, b.Other), cmp.Compare(len(b.Chain), len(a.Chain)), cmp.Compare(a.Alone, b.Alone))
	})
	return list, nil
}

// merge keeps the first chain of a demand; one of items says more than one of sites.
func merge(found map[int32]*Demand, d Demand) {
	known := found[d.Other]
	if known == nil {
		found[d.Other] = &d
		return
	}
	known.After, known.Later = known.After || d.After, known.Later || d.Later
	if d.Together && (!known.Together || len(d.Shares) > 0 && known.Sites && !d.Sites) {
		known.Together, known.Alone, known.Shares = true, d.Alone, d.Shares
	}
	if known.Sites && !d.Sites && (d.After || !known.After) {
		known.Chain, known.Sites = d.Chain, false
	}
}

// chains yields the demands by chains between what a step receives, with some bits,
// and what others do, with some bits. Back follows chains that end at the step.
func (t *Tracer) chains(step int32, own, other uint8, back bool, yield func(Demand)) error {
	site := t.got.Steps[step].Site
	var from []spot
	actions := t.content(step).Actions
	for i := range actions {
		if t.bits(&actions[i])&own > 0 {
			from = append(from, spot{actions[i].Item, site})
		}
	}
	if len(from) == 0 {
		return nil
	}
	if err := t.items(step, from, own, other, back, yield); err != nil {
		return err
	}
	return t.bySites(step, own, other, back, yield)
}

// items follows chains over items.
func (t *Tracer) items(step int32, from []spot, own, other uint8, back bool, yield func(Demand)) error {
	p := pace.Of(t.ctx)
	parent := make(map[spot]spot, len(from))
	told := map[int32]bool{}
	for _, s := range from {
		parent[s] = spot{-1, -1}
	}
	queue := slices.Clone(from)
	for i := 0; i < len(queue); i++ {
		at := queue[i]
		t.arrive(step, at, own, other, back, parent, told, yield)
		next := t.next(at, back)
		if err := p.Steps(1 + len(next)); err != nil {
			return err
		}
		for _, s := range next {
			if _, known := parent[s]; !known {
				parent[s] = at
				queue = append(queue, s)
			}
		}
	}
	return nil
}

// arrive yields the demand that a chain to a spot makes, if any.
func (t *Tracer) arrive(step int32, at spot, own, other uint8, back bool, parent map[spot]spot, told map[int32]bool, yield func(Demand)) {
	if at.site < 0 {
		return
	}
	to := t.stepOf(at.site, int(t.release[step]))
	if to < 0 || to == step || told[to] || t.bitsOf(to, at.item)&other == 0 {
		return
	}
	told[to] = true
	var spots []spot
	for s := at; s.item >= 0; s = parent[s] {
		if s.site >= 0 {
			spots = append(spots, s)
		}
	}
	first := spots[len(spots)-1].item
	d := Demand{Step: step, Other: to, Alone: -1}
	switch {
	case only(own):
		d.Alone = first
	case only(other):
		d.Alone = at.item
	}
	if !back {
		slices.Reverse(spots)
	}
	for i := 1; i < len(spots); i++ {
		d.Chain = append(d.Chain, rollout.Edge{
			Relationship: domain.RelDependsOn, From: t.itemRecord(spots[i-1].item), To: t.itemRecord(spots[i].item),
			Site: t.m.Site(spots[i].site).Key,
		})
	}
	yield(d)
}

// bySites follows chains over sites, by SITE_NEEDS (P4).
func (t *Tracer) bySites(step int32, own, other uint8, back bool, yield func(Demand)) error {
	if t.m.SiteNeeds.Arcs() == 0 {
		return nil
	}
	next := t.m.SiteNeeds.Out
	if back {
		if t.needing == nil {
			t.needing = t.m.SiteNeeds.Reverse()
		}
		next = t.needing.Out
	}
	p := pace.Of(t.ctx)
	begin := t.got.Steps[step].Site
	parent := map[int32]int32{begin: -1}
	queue := []int32{begin}
	for i := 0; i < len(queue); i++ {
		if err := p.Steps(1 + len(next(queue[i]))); err != nil {
			return err
		}
		for _, site := range next(queue[i]) {
			if _, known := parent[site]; known {
				continue
			}
			parent[site] = queue[i]
			queue = append(queue, site)
			if to := t.stepOf(site, int(t.release[step])); to >= 0 && t.ofStep[to]&other > 0 {
				d := Demand{Step: step, Other: to, Sites: true, Alone: t.aloneOf(step, to, own, other), Chain: t.siteChain(site, parent, back)}
				yield(d)
			}
		}
	}
	return nil
}

// aloneOf is an item that does not coexist and by which one of two steps is looked at.
func (t *Tracer) aloneOf(step, to int32, own, other uint8) int32 {
	switch {
	case only(own):
	case only(other):
		step = to
	default:
		return -1
	}
	actions := t.content(step).Actions
	for i := range actions {
		if t.bits(&actions[i])&alone > 0 {
			return actions[i].Item
		}
	}
	return -1
}

func (t *Tracer) siteChain(site int32, parent map[int32]int32, back bool) []rollout.Edge {
	var sites []int32
	for s := site; s >= 0; s = parent[s] {
		sites = append(sites, s)
	}
	if !back {
		slices.Reverse(sites)
	}
	chain := make([]rollout.Edge, 0, len(sites)-1)
	for i := 1; i < len(sites); i++ {
		chain = append(chain, rollout.Edge{Relationship: domain.RelSiteNeeds, From: t.siteRecord(sites[i-1]), To: t.siteRecord(sites[i])})
	}
	return chain
}

// only reports whether bits are those of what does not coexist alone.
func only(bits uint8) bool { return bits&(alone|staysAlone|removedAlone) > 0 && bits&ordered == 0 }

func (t *Tracer) itemRecord(item int32) string {
	return domain.KindConfigurationItem + ":" + t.m.Item(item).Key
}

func (t *Tracer) siteRecord(site int32) string { return domain.KindSite + ":" + t.m.Site(site).Key }

// bitsOf are what counts of an item that a step receives.
func (f *facts) bitsOf(step, item int32) uint8 {
	actions := f.content(step).Actions
	for i := range actions {
		if actions[i].Item == item {
			return f.bits(&actions[i])
		}
	}
	return 0
}

// next lists the spots to which a chain goes on.
func (t *Tracer) next(at spot, back bool) []spot {
	if back {
		return t.previous(at)
	}
	if at.site < 0 {
		var list []spot
		for _, site := range t.sites[t.start[at.item]:t.start[at.item+1]] {
			list = append(list, spot{at.item, site})
		}
		return list
	}
	var list []spot
	for _, y := range t.m.Depends.Out(at.item) {
		list = append(list, t.serves(y, at.site)...)
	}
	return list
}

// serves lists where an item serves that is asked for at a site.
func (t *Tracer) serves(y, site int32) []spot {
	if t.has[y] == 0 || t.at(y, site) {
		return []spot{{y, site}}
	}
	if serving := t.serving(y, t.needed(site)); len(serving) > 0 {
		list := make([]spot, len(serving))
		for i, s := range serving {
			list[i] = spot{y, s}
		}
		return list
	}
	return []spot{{y, -1}}
}

// previous lists the spots from which a chain comes to one.
func (t *Tracer) previous(at spot) []spot {
	var list []spot
	users := t.usersOf(at.item)
	if at.site >= 0 && len(users[-1]) > 0 && t.has[at.item] > 0 {
		list = append(list, spot{at.item, -1})
	}
	for _, site := range users[at.site] {
		for _, x := range t.back.Out(at.item) {
			if t.has[x] == 0 || t.at(x, site) {
				list = append(list, spot{x, site})
			}
		}
	}
	return list
}

// usersOf tells by where an item serves at which sites it does; -1: wherever it is.
func (t *Tracer) usersOf(item int32) map[int32][]int32 {
	users, known := t.users[item]
	if known {
		return users
	}
	users = map[int32][]int32{}
	for site := range int32(t.m.Sites()) {
		for _, s := range t.serves(item, site) {
			users[s.site] = append(users[s.site], site)
		}
	}
	t.users[item] = users
	return users
}

// shared appends the steps that receive the same item that does not coexist.
func (t *Tracer) shared(step int32, list []Demand) []Demand {
	if t.byAlone == nil {
		t.byAlone = map[[2]int32][]int32{}
		for s := range t.got.Steps {
			actions := t.content(int32(s)).Actions
			for i := range actions {
				if t.bits(&actions[i])&alone > 0 {
					key := [2]int32{t.release[s], actions[i].Item}
					t.byAlone[key] = append(t.byAlone[key], int32(s))
				}
			}
		}
	}
	actions := t.content(step).Actions
	for i := range actions {
		if t.bits(&actions[i])&alone == 0 {
			continue
		}
		for _, other := range t.byAlone[[2]int32{t.release[step], actions[i].Item}] {
			if other != step {
				list = append(list, Demand{Step: step, Other: other, Together: true, Alone: actions[i].Item, Shared: true})
			}
		}
	}
	return list
}
