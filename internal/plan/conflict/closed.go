package conflict

import (
	"context"
	"slices"
	"sort"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
	"releasegraph/internal/plan/calendar"
)

// Free is when, within a range, all that a piece of work disturbs may be worked
// on: each party in one of its maintenance windows, none in a freeze (P7).
func Free(ctx context.Context, windows, freezes *Windows, w Work, within domain.TimeRange) (calendar.Ranges, error) {
	p, own := pace.Of(ctx), w.distinct()
	free := calendar.Of(within)
	for _, party := range windows.parties(&own) {
		if len(free) == 0 {
			return nil, nil
		}
		open := windows.open(party.windows)
		if err := p.Steps(1 + len(open)); err != nil {
			return nil, err
		}
		free = free.Intersect(open)
	}
	for _, i := range freezes.applying(&own) {
		if err := p.Steps(1 + len(free)); err != nil {
			return nil, err
		}
		free = free.Subtract(freezes.list[i].Open)
	}
	return free, nil
}

// open is when any of the windows is.
func (x *Windows) open(windows []int) (open calendar.Ranges) {
	for _, i := range windows {
		open = open.Union(x.list[i].Open)
	}
	return open
}

// closes is when none of the windows is open within a range: the first such time
// that meets what is asked for.
func (x *Windows) closes(windows []int, within, asked domain.TimeRange) (domain.TimeRange, bool) {
	at := latest(within.From, asked.From)
	for at.Before(within.To) && at.Before(asked.To) {
		opens, next := within.To, at
		for _, i := range windows {
			r, ok := x.list[i].Open.First(domain.TimeRange{From: at, To: within.To})
			switch {
			case !ok:
			case r.From.Equal(at) && r.To.After(next):
				next = r.To
			case r.From.Before(opens):
				opens = r.From
			}
		}
		if next.Equal(at) {
			return domain.TimeRange{From: x.closedSince(windows, within.From, at), To: opens}, true
		}
		at = next
	}
	return domain.TimeRange{}, false
}

// closedSince is since when none of the windows is open that are not at a time:
// since the last of them closed, or since the time before which nobody asks.
func (x *Windows) closedSince(windows []int, from, at time.Time) time.Time {
	for _, i := range windows {
		open := x.list[i].Open
		if next := firstAfter(open, at); next > 0 {
			from = latest(from, open[next-1].To)
		}
	}
	return from
}

// firstAfter is the place of the first range that ends after a time.
func firstAfter(open calendar.Ranges, t time.Time) int {
	return sort.Search(len(open), func(i int) bool { return open[i].To.After(t) })
}

// frozen is when a freeze meets a range: the first such time that meets what is
// asked for.
func (x *Windows) frozen(freeze int, within, asked domain.TimeRange) (domain.TimeRange, bool) {
	open, both := x.list[freeze].Open, within.Meet(asked)
	if both.Empty() {
		return domain.TimeRange{}, false
	}
	i := firstAfter(open, both.From)
	if i == len(open) || !open[i].Overlaps(both) {
		return domain.TimeRange{}, false
	}
	return open[i].Meet(within), true
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// applying lists the windows that apply to a piece of distinct work, those aside
// from which it is excepted.
func (x *Windows) applying(w *Work) []int {
	list := append([]int(nil), x.everywhere...)
	for _, p := range x.parties(w) {
		list = append(list, p.windows...)
	}
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(i int) bool { return w.excepted(x.list[i].Except) })
}

// Holding lists the freezes that meet a piece of work in time, by place.
func (x *Windows) Holding(w *Work) []int {
	own := w.distinct()
	return slices.DeleteFunc(x.applying(&own), func(i int) bool {
		_, meets := x.list[i].Open.First(w.When)
		return !meets
	})
}

// closed finds where the work at a place lies outside the maintenance windows of
// what it disturbs, and where in a freeze.
func (f *finder) closed(i int) error {
	w := &f.works[i]
	if f.late(w.When.From) { // it is closed no earlier than it begins
		return nil
	}
	asked := w.When
	if f.q.During != nil {
		asked = *f.q.During
	}
	if f.q.Windows != nil && !w.Anytime && f.q.wants(domain.ConflictOutside) {
		if err := f.outside(i, asked); err != nil {
			return err
		}
	}
	if f.q.Freezes == nil || !f.q.wants(domain.ConflictFreeze) {
		return nil
	}
	applying := f.q.Freezes.applying(w)
	if err := f.pace.Steps(1 + len(w.Items)*(1+len(f.q.Freezes.services)) + len(applying)); err != nil {
		return err
	}
	for _, n := range applying {
		if frozen, meets := f.q.Freezes.frozen(n, w.When, asked); meets {
			f.add(Conflict{Kind: domain.ConflictFreeze, A: i, B: -1, Overlap: frozen, Windows: []int{n}, by: f.q.Freezes})
		}
	}
	return nil
}

// outside finds the parties in none of whose windows the work at a place lies;
// those with the same windows are told together.
func (f *finder) outside(i int, asked domain.TimeRange) error {
	w, windows := &f.works[i], f.q.Windows
	var told [][]int
	for _, p := range windows.parties(w) {
		if err := f.pace.Steps(1 + len(p.windows)); err != nil {
			return err
		}
		if slices.ContainsFunc(told, func(known []int) bool { return slices.Equal(known, p.windows) }) {
			continue
		}
		told = append(told, p.windows)
		if when, closes := windows.closes(p.windows, w.When, asked); closes {
			f.add(Conflict{Kind: domain.ConflictOutside, A: i, B: -1, Overlap: when, Windows: p.windows, by: windows})
		}
	}
	return nil
}

// touched lists the items and sites of a piece of work that a window names.
func (x *Windows) touched(window int, w *Work) (items, sites []Node) {
	if x.list[window].Scope.Everywhere {
		return slices.Clone(w.Items), slices.Clone(w.Sites)
	}
	return x.partiesWith(w, func(windows []int) bool { return slices.Contains(windows, window) })
}

// needing lists the items and sites of a piece of work that have just these
// windows.
func (x *Windows) needing(windows []int, w *Work) (items, sites []Node) {
	return x.partiesWith(w, func(own []int) bool { return slices.Equal(own, windows) })
}

func (x *Windows) partiesWith(w *Work, are func(windows []int) bool) (items, sites []Node) {
	for _, p := range x.parties(w) {
		if are(p.windows) {
			items, sites = append(items, p.item...), append(sites, p.site...)
		}
	}
	return distinct(items), distinct(sites)
}
