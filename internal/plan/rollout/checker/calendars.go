package checker

import (
	"fmt"
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/rollout"
)

// fiveYears is how long a calendar is looked through for an opening (P7).
const fiveYears = 5 * 366 * 24 * time.Hour

// calendars are when windows and freezes are on, by their places.
type calendars struct{ windows, freezes []*series }

func openCalendars(in *rollout.Input) (*calendars, error) {
	c := &calendars{}
	for _, list := range []struct {
		openings []rollout.Opening
		to       *[]*series
	}{{in.Windows, &c.windows}, {in.Freezes, &c.freezes}} {
		for _, o := range list.openings {
			w, errs := calendar.New(o.Spec)
			if errs != nil {
				return nil, fmt.Errorf("opening %s: %w", o.Key, errs)
			}
			*list.to = append(*list.to, &series{window: w})
		}
	}
	return c, nil
}

// series are the occurrences of a window, as far as they were asked for.
type series struct {
	window *calendar.Window
	known  domain.TimeRange
	list   []domain.TimeRange
}

// meet lists the occurrences that meet a range.
func (s *series) meet(r domain.TimeRange) []domain.TimeRange {
	if s.known.Empty() || !s.known.Contains(r) {
		s.known = s.known.Span(domain.TimeRange{From: r.From.Add(-48 * time.Hour), To: r.To.Add(60 * 24 * time.Hour)})
		s.list = s.window.Occurrences(s.known)
	}
	first := slices.IndexFunc(s.list, func(o domain.TimeRange) bool { return o.To.After(r.From) })
	if first < 0 {
		return nil
	}
	last := first
	for last < len(s.list) && s.list[last].From.Before(r.To) {
		last++
	}
	return s.list[first:last]
}

// forSite reports whether an opening is for a site.
func (e *estate) forSite(o rollout.Opening, site int) bool {
	return o.Everywhere || slices.Contains(o.Regions, e.in.Sites[site].Region) ||
		slices.ContainsFunc(o.Sites, func(s rollout.SiteNo) bool { return e.around[site][s] })
}

// forItem reports whether an opening is for an item.
func (e *estate) forItem(o rollout.Opening, item int) bool {
	i := e.in.Items[item]
	return o.Everywhere || slices.Contains(o.Classes, i.Class) || slices.Contains(o.Environments, i.Environment) ||
		slices.ContainsFunc(o.Services, func(s rollout.ItemNo) bool { return int(s) == item || e.depends[s][item] })
}

// things lists, for each thing of a step that has windows, their places: the site,
// and each item that it receives (P7).
func (e *estate) things(step int) (list [][]int) {
	s := e.steps[step]
	var site []int
	for w, o := range e.in.Windows {
		if e.forSite(o, s.site) {
			site = append(site, w)
		}
	}
	list = append(list, site)
	for _, x := range s.receipts {
		var item []int
		for w, o := range e.in.Windows {
			if e.forItem(o, x.item) {
				item = append(item, w)
			}
		}
		list = append(list, item)
	}
	return slices.DeleteFunc(list, func(windows []int) bool { return len(windows) == 0 })
}

// frozen lists the freezes that hold a step.
func (e *estate) frozen(step int) (list []int) {
	s := e.steps[step]
	for f, o := range e.in.Freezes {
		held := e.forSite(o, s.site) || slices.ContainsFunc(s.receipts, func(x receipt) bool { return e.forItem(o, x.item) })
		if held && !o.Excepted {
			list = append(list, f)
		}
	}
	return list
}

// conflicts lists how other work conflicts with a step wherever they overlap (H6).
func (e *estate) conflicts(step int, w rollout.Work) (kinds []domain.ConflictKind) {
	s := e.steps[step]
	touches := func(related func(mine, theirs int) bool) bool {
		return slices.ContainsFunc(s.receipts, func(x receipt) bool {
			return slices.ContainsFunc(w.Items, func(i rollout.ItemNo) bool { return related(x.item, int(i)) })
		})
	}
	if touches(func(mine, theirs int) bool { return mine == theirs }) {
		kinds = append(kinds, domain.ConflictDirect)
	}
	if touches(func(mine, theirs int) bool { return e.depends[mine][theirs] || e.depends[theirs][mine] }) {
		kinds = append(kinds, domain.ConflictDependency)
	}
	if slices.ContainsFunc(w.Sites, func(site rollout.SiteNo) bool { return e.around[s.site][site] || e.around[site][s.site] }) {
		kinds = append(kinds, domain.ConflictSite)
	}
	return kinds
}

// in reports whether windows are open all through a range; adjoining ones are one.
func (e *estate) open(windows []int, r domain.TimeRange) bool {
	at := r.From
	for at.Before(r.To) {
		next := at
		for _, w := range windows {
			for _, o := range e.calendars.windows[w].meet(r) {
				if !o.From.After(at) && o.To.After(next) {
					next = o.To
				}
			}
		}
		if next.Equal(at) {
			return false
		}
		at = next
	}
	return true
}

// chosen reports whether a constraint, by the name that a contradiction gives it, is
// among those that have to hold.
type chosen func(member string) bool

func all(string) bool { return true }

func (e *estate) windowsOf(step int) string { return "P7 Site:" + e.site(e.steps[step].site) }

// hindrance tells what keeps a step from taking place in a range, "" where nothing
// does (P7).
func (e *estate) hindrance(step int, r domain.TimeRange, holds chosen) string {
	if holds(e.windowsOf(step)) {
		for _, windows := range e.things(step) {
			if !e.open(windows, r) {
				return fmt.Sprintf("it lies outside the maintenance windows %s", e.keys(windows))
			}
		}
		if e.serving(e.steps[step].site, r) {
			return "it lies in the service hours of the site"
		}
	}
	for _, w := range e.in.Works { // given: no contradiction names it
		if kinds := e.conflicts(step, w); len(kinds) > 0 && w.When.Overlaps(r) {
			return fmt.Sprintf("it conflicts with %s (%s)", w.Record, kinds)
		}
	}
	for _, f := range e.frozen(step) {
		if key := e.in.Freezes[f].Key; holds("P7 Freeze:"+key) && len(e.calendars.freezes[f].meet(r)) > 0 {
			return "it lies in the freeze " + key
		}
	}
	return ""
}

func (e *estate) keys(windows []int) (keys []string) {
	for _, w := range windows {
		keys = append(keys, e.in.Windows[w].Key)
	}
	return keys
}

// marks lists the instants of a range at which it may begin to be possible.
func (e *estate) marks(step int, r domain.TimeRange) []time.Time {
	list := []time.Time{r.From}
	for _, windows := range e.things(step) {
		for _, w := range windows {
			for _, o := range e.calendars.windows[w].meet(r) {
				list = append(list, o.From)
			}
		}
	}
	for _, f := range e.frozen(step) {
		for _, o := range e.calendars.freezes[f].meet(r) {
			list = append(list, o.To)
		}
	}
	for _, w := range e.in.Works {
		list = append(list, w.When.To)
	}
	for _, o := range e.service(e.steps[step].site, r) {
		list = append(list, o.To)
	}
	for _, p := range e.in.Parties { // a new day, a new capacity
		for day := e.day(p, r.From); day.Before(r.To); day = e.day(p, day.Add(36*time.Hour)) {
			list = append(list, day)
		}
	}
	list = slices.DeleteFunc(list, func(t time.Time) bool { return t.Before(r.From) || !t.Before(r.To) })
	slices.SortFunc(list, time.Time.Compare)
	return slices.CompactFunc(list, time.Time.Equal)
}

// day returns when the day of a party begins that holds an instant.
func (e *estate) day(p rollout.Party, t time.Time) time.Time {
	local := t.In(zone(p.Zone))
	return calendar.Instant(time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC), zone(p.Zone))
}

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return z
}

// earliest finds the first start from an instant on at which a step may take place,
// if there is one before a last one.
func (e *estate) earliest(step int, from, last time.Time, length time.Duration, holds chosen, fits func(time.Time) bool) (time.Time, bool) {
	const stretch = 10 * 24 * time.Hour
	for at := from; !at.After(last); at = at.Add(stretch) {
		for _, t := range e.marks(step, domain.TimeRange{From: at, To: at.Add(stretch)}) {
			if t.After(last) {
				return time.Time{}, false
			}
			if e.hindrance(step, domain.TimeRange{From: t, To: t.Add(length)}, holds) == "" && fits(t) {
				return t, true
			}
		}
	}
	return time.Time{}, false
}
