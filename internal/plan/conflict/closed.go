package conflict

import (
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
)

// Free is when, within a range, all that a piece of work disturbs may be worked
// on: each party in one of its maintenance windows, none in a freeze (P7).
func Free(windows, freezes *Windows, w *Work, within domain.TimeRange) calendar.Ranges {
	free := calendar.Of(within)
	for _, p := range windows.parties(w) {
		free = free.Intersect(windows.open(p.windows))
	}
	for _, i := range freezes.applying(w) {
		free = free.Subtract(freezes.list[i].Open)
	}
	return free
}

// open is when any of the windows is.
func (x *Windows) open(windows []int) (open calendar.Ranges) {
	for _, i := range windows {
		open = open.Union(x.list[i].Open)
	}
	return open
}

// applying lists the windows that apply to a piece of work, those aside from
// which it is excepted.
func (x *Windows) applying(w *Work) []int {
	list := append([]int(nil), x.everywhere...)
	for _, p := range x.parties(w) {
		list = append(list, p.windows...)
	}
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(i int) bool { return x.list[i].Except[w.Key] })
}

// Holding lists the freezes that meet a piece of work in time, by place.
func (x *Windows) Holding(w *Work) []int {
	return slices.DeleteFunc(x.applying(w), func(i int) bool { return len(x.list[i].Open.Intersect(calendar.Of(w.When))) == 0 })
}

// Closed finds the work that lies outside the maintenance windows of what it
// disturbs, and the work that lies in a freeze.
func (p *Plan) Closed(windows, freezes *Windows) []Conflict {
	f := p.finder()
	for i := range p.works {
		f.closed(i, windows, freezes)
	}
	return f.sorted()
}

// ClosedTo is Closed for the piece of work with a key alone.
func (p *Plan) ClosedTo(key string, windows, freezes *Windows) []Conflict {
	f := p.finder()
	if i := slices.IndexFunc(p.works, func(w Work) bool { return w.Key == key }); i >= 0 {
		f.closed(i, windows, freezes)
	}
	return f.sorted()
}

func (f *finder) closed(i int, windows, freezes *Windows) {
	w := &f.works[i]
	for _, party := range windows.parties(w) {
		if outside := calendar.Of(w.When).Subtract(windows.open(party.windows)); len(outside) > 0 {
			f.outside(i, party, outside[0])
		}
	}
	for _, n := range freezes.Holding(w) {
		frozen := freezes.list[n].Open.Intersect(calendar.Of(w.When))
		c := Conflict{Kind: domain.ConflictFreeze, A: i, B: -1, Overlap: frozen[0], Windows: []int{n}}
		c.Items, c.Sites = freezes.touched(n, w)
		f.found = append(f.found, c)
	}
}

// outside records work outside a party's windows; parties with the same windows
// are told together.
func (f *finder) outside(i int, p party, when domain.TimeRange) {
	slices.Sort(p.windows)
	p.windows = slices.Compact(p.windows)
	for n := range f.found {
		if c := &f.found[n]; c.A == i && c.Kind == domain.ConflictOutside && slices.Equal(c.Windows, p.windows) {
			c.Items, c.Sites = distinct(append(c.Items, p.item...)), distinct(append(c.Sites, p.site...))
			return
		}
	}
	f.found = append(f.found, Conflict{
		Kind: domain.ConflictOutside, A: i, B: -1, Overlap: when, Items: p.item, Sites: p.site, Windows: p.windows,
	})
}

// touched lists the items and sites of a piece of work that a window names.
func (x *Windows) touched(window int, w *Work) (items, sites []Node) {
	if x.list[window].Scope.Everywhere {
		return distinct(w.Items), distinct(w.Sites)
	}
	for _, p := range x.parties(w) {
		if slices.Contains(p.windows, window) {
			items, sites = append(items, p.item...), append(sites, p.site...)
		}
	}
	return distinct(items), distinct(sites)
}
