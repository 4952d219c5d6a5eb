package conflict

import (
	"cmp"
	"slices"

	"releasegraph/internal/domain"
)

// pair is two pieces of work, the earlier first.
type pair struct{ a, b int }

// finder gathers conflicts.
type finder struct {
	*Plan
	found  []Conflict
	places map[pairKind]int // into found
	direct map[pair]bool

	// What has begun, by what it touches. What has ended is dropped as it is met.
	byItem, bySite map[Node][]int
	byPerson       map[string][]int
}

type pairKind struct {
	pair
	kind domain.ConflictKind
}

func (p *Plan) finder() *finder {
	return &finder{
		Plan: p, places: map[pairKind]int{}, direct: map[pair]bool{},
		byItem: map[Node][]int{}, bySite: map[Node][]int{}, byPerson: map[string][]int{},
	}
}

// enter meets a piece of work with those that began before it, and of them only
// with those that share something with it.
func (f *finder) enter(i int) {
	w := &f.works[i]
	for _, item := range distinct(w.Items) {
		f.byItem[item] = f.meet(f.byItem[item], i, func(c *Conflict) { c.Items = append(c.Items, item) }, domain.ConflictDirect)
	}
	for _, site := range distinct(w.Sites) {
		f.bySite[site] = f.meet(f.bySite[site], i, func(c *Conflict) { c.Sites = append(c.Sites, site) }, domain.ConflictSite)
	}
	if w.Person != "" {
		f.byPerson[w.Person] = f.meet(f.byPerson[w.Person], i, func(*Conflict) {}, domain.ConflictPerson)
	}
}

// meet records a conflict with each of the list that has not ended, and returns
// the list for what begins later.
func (f *finder) meet(list []int, i int, share func(*Conflict), kind domain.ConflictKind) []int {
	open := list[:0]
	for _, other := range list {
		if f.works[other].When.To.After(f.works[i].When.From) {
			open = append(open, other)
			share(f.add(kind, other, i))
		}
	}
	return append(open, i)
}

// compare meets two pieces of work that overlap.
func (f *finder) compare(a, b int) {
	one, two := &f.works[a], &f.works[b]
	if shared := common(one.Items, two.Items); len(shared) > 0 {
		f.add(domain.ConflictDirect, a, b).Items = shared
	}
	if shared := common(one.Sites, two.Sites); len(shared) > 0 {
		f.add(domain.ConflictSite, a, b).Sites = shared
	}
	if one.Person != "" && one.Person == two.Person {
		f.add(domain.ConflictPerson, a, b)
	}
}

// add finds or makes the conflict of two pieces of work.
func (f *finder) add(kind domain.ConflictKind, a, b int) *Conflict {
	key := pairKind{pair{a, b}, kind}
	at, ok := f.places[key]
	if !ok {
		at = len(f.found)
		f.places[key] = at
		f.found = append(f.found, Conflict{Kind: kind, A: a, B: b, Overlap: f.works[a].When.Meet(f.works[b].When)})
		if kind == domain.ConflictDirect {
			f.direct[pair{a, b}] = true
		}
	}
	return &f.found[at]
}

// depend records that the work at one place depends on that at another.
func (f *finder) depend(from, on int) {
	a, b, depends := from, on, aOnB
	if on < from {
		a, b, depends = on, from, bOnA
	}
	if !f.direct[pair{a, b}] {
		f.add(domain.ConflictDependency, a, b).depends |= depends
	}
}

func (f *finder) sorted() []Conflict {
	for i := range f.found {
		f.byKey(f.found[i].Items)
		f.byKey(f.found[i].Sites)
	}
	slices.SortFunc(f.found, f.order)
	return f.found
}

func (p *Plan) byKey(nodes []Node) {
	slices.SortFunc(nodes, func(a, b Node) int { return cmp.Compare(p.g.Key(a), p.g.Key(b)) })
}

// order is by time, then by the keys of both sides, then by kind.
func (p *Plan) order(x, y Conflict) int {
	other := func(c Conflict) string {
		if c.B < 0 {
			return ""
		}
		return p.works[c.B].Key
	}
	return cmp.Or(
		x.Overlap.From.Compare(y.Overlap.From), cmp.Compare(p.works[x.A].Key, p.works[y.A].Key), cmp.Compare(other(x), other(y)),
		slices.Index(domain.ConflictKinds, x.Kind)-slices.Index(domain.ConflictKinds, y.Kind), slices.Compare(x.Windows, y.Windows),
	)
}

func distinct(nodes []Node) []Node {
	list := slices.Clone(nodes)
	slices.Sort(list)
	return slices.Compact(list)
}

// common lists what two lists share.
func common(a, b []Node) []Node {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	var shared []Node
	a, b = distinct(a), distinct(b)
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case b[0] < a[0]:
			b = b[1:]
		default:
			shared = append(shared, a[0])
			a, b = a[1:], b[1:]
		}
	}
	return shared
}
