package conflict_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/conflict"
	"releasegraph/internal/plan/plantest"
)

const (
	someItems = 14
	someSites = 4
	someHours = 24
)

func hour(n int) time.Time {
	return time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Hour)
}

// drawEstate makes items that depend on one another, cycles included, and
// sites after them.
func drawEstate(t *rapid.T) *conflict.Graph {
	b := adjacency.NewBuilder[domain.Facts, domain.Link]()
	for i := range someItems {
		class := rapid.SampledFrom(domain.Classes[:4]).Draw(t, "class")
		environment := rapid.SampledFrom(domain.Environments[:3]).Draw(t, "environment")
		b.AddNode(fmt.Sprintf("i%d", i), fmt.Sprintf("item-%c", 'a'+(i*5)%someItems), domain.NewFacts(domain.KindConfigurationItem, class, environment, domain.ItemLive, 0, 0))
	}
	for i := range someSites {
		b.AddNode(fmt.Sprintf("s%d", i), fmt.Sprintf("site-%d", i), domain.NewFacts(domain.KindSite, "", "", "", 0, 0))
	}
	for range rapid.IntRange(0, 18).Draw(t, "dependencies") {
		item := rapid.IntRange(0, someItems-1)
		b.AddArc(conflict.Node(item.Draw(t, "from")), conflict.Node(item.Draw(t, "to")), domain.Link{
			Rel: domain.RelDependsOn, Kind: domain.Uses, Impact: rapid.SampledFrom(domain.Impacts).Draw(t, "impact"),
		})
	}
	for range rapid.IntRange(0, 4).Draw(t, "parts") { // cycles included
		site := rapid.IntRange(someItems, someItems+someSites-1)
		b.AddArc(conflict.Node(site.Draw(t, "part")), conflict.Node(site.Draw(t, "of")), domain.Link{Rel: domain.RelPartOf})
	}
	for range 5 { // installations lead nowhere
		b.AddArc(conflict.Node(rapid.IntRange(0, someItems-1).Draw(t, "installed")), someItems, domain.Link{Rel: domain.RelInstalledAt})
	}
	return b.Graph(1)
}

func drawNodes(t *rapid.T, name string, least, most, atMost int) []conflict.Node {
	return rapid.SliceOfN(rapid.Map(rapid.IntRange(least, most), func(n int) conflict.Node { return conflict.Node(n) }), 0, atMost).Draw(t, name)
}

func drawRange(t *rapid.T) domain.TimeRange {
	from := rapid.IntRange(0, someHours-1).Draw(t, "from")
	return domain.TimeRange{From: hour(from), To: hour(from + rapid.IntRange(0, 6).Draw(t, "hours"))}
}

func drawWorks(t *rapid.T, most int) []conflict.Work {
	works := make([]conflict.Work, rapid.IntRange(0, most).Draw(t, "works"))
	for i := range works {
		works[i] = conflict.Work{
			Key: fmt.Sprintf("RFC-%02d", i), When: drawRange(t),
			Items:  drawNodes(t, "items", 0, someItems-1, 3),
			Sites:  drawNodes(t, "sites", someItems, someItems+someSites-1, 2),
			Person: rapid.SampledFrom([]string{"", "", "ann", "bob"}).Draw(t, "person"),

			Deployment: rapid.SampledFrom([]string{"", "", "D-1", "D-2"}).Draw(t, "deployment"),
		}
		if works[i].Deployment != "" {
			for _, n := range rapid.SliceOfN(rapid.IntRange(0, len(works)-1), 0, 2).Draw(t, "requests") {
				works[i].Requests = append(works[i].Requests, fmt.Sprintf("RFC-%02d", n))
			}
		}
	}
	return works
}

func drawWindows(t *rapid.T, name string, works []conflict.Work) []conflict.Window {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) conflict.Window {
		w := conflict.Window{Except: map[string]bool{}, Scope: conflict.Scope{
			Everywhere: rapid.IntRange(0, 4).Draw(t, "everywhere") == 0,
			Sites:      drawNodes(t, "sites", someItems, someItems+someSites-1, 1),
			Services:   drawNodes(t, "services", 0, someItems-1, 1),
		}}
		if rapid.IntRange(0, 3).Draw(t, "by class") == 0 {
			w.Scope.Classes = []domain.Class{domain.Classes[rapid.IntRange(0, 3).Draw(t, "class")]}
		}
		if rapid.IntRange(0, 3).Draw(t, "by environment") == 0 {
			w.Scope.Environments = []domain.Environment{domain.Environments[rapid.IntRange(0, 2).Draw(t, "environment")]}
		}
		for range rapid.IntRange(0, 3).Draw(t, "ranges") {
			w.Open = w.Open.Union(calendar.Of(drawRange(t)))
		}
		for _, work := range works {
			if rapid.IntRange(0, 5).Draw(t, "excepted") == 0 {
				w.Except[work.Key] = true
			}
		}
		return w
	}), 0, 4).Draw(t, name)
}

// tell writes conflicts of a plan as the reference does, each chain followed
// link by link.
func tell(t *rapid.T, g *conflict.Graph, p *conflict.Plan, found []conflict.Conflict) (list []string) {
	for i := range found {
		c := &found[i]
		more := ""
		if chain := plantest.Done(p.Chain(context.Background(), c)); c.Kind == domain.ConflictDependency {
			more = fmt.Sprint(len(chain))
			from, to := p.Works()[c.A].Items, p.Works()[c.B].Items
			if !slices.Contains(from, chain[0].From) || !slices.Contains(to, chain[len(chain)-1].To) {
				from, to = to, from
			}
			if !slices.Contains(from, chain[0].From) || !slices.Contains(to, chain[len(chain)-1].To) {
				t.Fatalf("the chain %v joins no items of both", chain)
			}
			for n, link := range chain {
				if distance(g, link.From, link.To) != 1 && link.From != link.To || n > 0 && chain[n-1].To != link.From {
					t.Fatalf("%v is no chain of dependencies", chain)
				}
			}
		} else if len(chain) > 0 {
			t.Fatalf("%s has a chain", c.Kind)
		}
		items, sites := p.Touched(c)
		other := fmt.Sprint(c.Windows)
		if c.B >= 0 {
			other = p.Works()[c.B].Key
		}
		list = append(list, told(g, c.Kind, p.Works()[c.A].Key, other, c.Overlap, items, sites, more))
	}
	slices.Sort(list)
	return list
}

// H6: all conflicts, by any number of pieces of work, and those of one alone.
func TestConflictsAreThoseThatComparingEachWithEachFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawEstate(t)
		works := drawWorks(t, rapid.SampledFrom([]int{4, 25}).Draw(t, "most"))
		p := conflict.New(g, works)
		want := obvious(g, works)
		if got := tell(t, g, p, all(p)); !slices.Equal(got, want) {
			t.Fatalf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
		}
		for _, w := range works {
			var own []string
			for _, line := range want {
				if strings.Contains(line, w.Key) {
					own = append(own, line)
				}
			}
			if got := tell(t, g, p, of(p, w.Key)); !slices.Equal(got, own) {
				t.Fatalf("of %s: got\n  %s\nwant\n  %s", w.Key, strings.Join(got, "\n  "), strings.Join(own, "\n  "))
			}
		}
	})
}

// H6, P7: OUTSIDE_WINDOW and FREEZE, and the time that is left, hour by hour.
func TestWindowsAndFreezesCloseWhatAnHourByHourLookFinds(t *testing.T) {
	within := domain.TimeRange{From: hour(0), To: hour(someHours + 8)}
	rapid.Check(t, func(t *rapid.T) {
		g := drawEstate(t)
		works := drawWorks(t, 4)
		windows, freezes := drawWindows(t, "windows", nil), drawWindows(t, "freezes", works)
		x := plantest.Done(conflict.NewWindows(context.Background(), g, windows))
		y := plantest.Done(conflict.NewWindows(context.Background(), g, freezes))
		for _, w := range works {
			left := plantest.Done(conflict.Free(context.Background(), x, y, w, within))
			for h := range someHours + 8 {
				at := domain.TimeRange{From: hour(h), To: hour(h + 1)}
				if got, want := left.Covers(at), free(g, windows, freezes, w, at); got != want {
					t.Fatalf("%s at hour %d: free is %t, want %t", w.Key, h, got, want)
				}
			}
		}
		p := conflict.New(g, works)
		found := closed(p, conflict.Query{Windows: x, Freezes: y})
		for i, w := range p.Works() {
			var outside, held []conflict.Conflict
			for _, c := range found {
				if c.A == i && c.Kind == domain.ConflictOutside {
					outside = append(outside, c)
				} else if c.A == i {
					held = append(held, c)
				}
			}
			if got, want := len(outside) > 0, !calm(g, windows, nil, w); got != want {
				t.Fatalf("%s is outside its windows: %t, want %t", w.Key, got, want)
			}
			for n, f := range freezes {
				meets := frozen(g, f, w) && len(f.Open.Intersect(calendar.Of(w.When))) > 0
				if slices.ContainsFunc(held, func(c conflict.Conflict) bool { return c.Windows[0] == n }) != meets {
					t.Fatalf("%s and freeze %d: want a conflict: %t", w.Key, n, meets)
				}
			}
			if got := closed(p, conflict.Query{Of: w.Key, Windows: x, Freezes: y}); len(got) != len(outside)+len(held) {
				t.Fatalf("alone %s has %d conflicts, among others %d", w.Key, len(got), len(outside)+len(held))
			}
		}
	})
}

// meeting is the first time, hour by hour, in which something is so while work
// goes on, and which meets a period.
func meeting(during domain.TimeRange, w conflict.Work, is func(hour domain.TimeRange) bool) (first domain.TimeRange, any bool) {
	for from := w.When.From; from.Before(w.When.To); from = from.Add(time.Hour) {
		to := from
		for to.Before(w.When.To) && is(domain.TimeRange{From: to, To: to.Add(time.Hour)}) {
			to = to.Add(time.Hour)
		}
		if so := (domain.TimeRange{From: from, To: to}); !so.Empty() && so.Overlaps(during) {
			return so, true
		}
		from = to
	}
	return domain.TimeRange{}, false
}

// H6: work that meets a freeze several times, or is outside its windows several
// times, is told by the first time that meets the period.
func TestWindowsAndFreezesAreLookedAtWithinThePeriod(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawEstate(t)
		works := drawWorks(t, 4)
		for i := range works { // long work, to be interrupted
			works[i].When.To = works[i].When.To.Add(time.Duration(rapid.IntRange(0, 12).Draw(t, "longer")) * time.Hour)
		}
		windows, freezes := drawWindows(t, "windows", nil), drawWindows(t, "freezes", works)
		q := conflict.Query{
			Windows: plantest.Done(conflict.NewWindows(context.Background(), g, windows)),
			Freezes: plantest.Done(conflict.NewWindows(context.Background(), g, freezes)),
		}
		p := conflict.New(g, works)
		ever := closed(p, q)
		during := drawRange(t)
		if during.Empty() {
			during.To = during.From.Add(time.Hour)
		}
		q.During = &during
		var got, want []string
		say := func(c conflict.Conflict, when domain.TimeRange) string {
			return fmt.Sprint(c.Kind, p.Works()[c.A].Key, c.Windows, when.From.Format("02T15"), when.To.Format("02T15"))
		}
		for _, c := range closed(p, q) {
			got = append(got, say(c, c.Overlap))
		}
		for _, c := range ever {
			when, any := meeting(during, p.Works()[c.A], func(hour domain.TimeRange) bool {
				if c.Kind == domain.ConflictFreeze {
					return freezes[c.Windows[0]].Open.Covers(hour)
				}
				return !slices.ContainsFunc(c.Windows, func(n int) bool { return windows[n].Open.Covers(hour) })
			})
			if any {
				want = append(want, say(c, when))
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("in %s-%s: got\n  %s\nwant\n  %s", during.From.Format("02T15"), during.To.Format("02T15"), strings.Join(got, "\n  "), strings.Join(want, "\n  "))
		}
	})
}

// calm tells whether work may go on in each of its hours.
func calm(g *conflict.Graph, windows, freezes []conflict.Window, w conflict.Work) bool {
	for at := w.When.From; at.Before(w.When.To); at = at.Add(time.Hour) {
		if !free(g, windows, freezes, w, domain.TimeRange{From: at, To: at.Add(time.Hour)}) {
			return false
		}
	}
	return true
}

// all and of answer a plan's questions that nobody stops.
func all(p *conflict.Plan) []conflict.Conflict {
	return plantest.Done(p.Find(context.Background(), conflict.Query{})).Conflicts
}

func of(p *conflict.Plan, key string) []conflict.Conflict {
	return plantest.Done(p.Find(context.Background(), conflict.Query{Of: key})).Conflicts
}

func closed(p *conflict.Plan, q conflict.Query) []conflict.Conflict {
	q.Kinds = []domain.ConflictKind{domain.ConflictOutside, domain.ConflictFreeze}
	return plantest.Done(p.Find(context.Background(), q)).Conflicts
}

// H6: of very many conflicts the first are told, the same as among all, and that
// there are more.
func TestTheFirstConflictsAreTheSameHoweverManyAreAskedFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawEstate(t)
		works := drawWorks(t, 25)
		q := conflict.Query{
			Windows: plantest.Done(conflict.NewWindows(context.Background(), g, drawWindows(t, "windows", nil))),
			Freezes: plantest.Done(conflict.NewWindows(context.Background(), g, drawWindows(t, "freezes", works))),
		}
		if rapid.Bool().Draw(t, "during") {
			during := drawRange(t)
			q.During = &during
		}
		q.Kinds = rapid.SliceOfNDistinct(rapid.SampledFrom(domain.ConflictKinds), 0, 3, rapid.ID).Draw(t, "kinds")
		p := conflict.New(g, works)
		if rapid.Bool().Draw(t, "sorted") {
			p.Use(plantest.Done(conflict.NewLayers(context.Background(), g)))
		}
		if len(works) > 0 && rapid.IntRange(0, 3).Draw(t, "of one") == 0 {
			q.Of = rapid.SampledFrom(works).Draw(t, "work").Key
		}
		whole := plantest.Done(p.Find(context.Background(), q))
		if whole.Truncated {
			t.Fatal("all that was asked for is truncated")
		}
		for _, c := range whole.Conflicts {
			if q.During != nil && !c.Overlap.Overlaps(*q.During) || len(q.Kinds) > 0 && !slices.Contains(q.Kinds, c.Kind) {
				t.Fatalf("%s at %v was not asked for", c.Kind, c.Overlap)
			}
		}
		q.Most = rapid.IntRange(1, 12).Draw(t, "most")
		first := plantest.Done(p.Find(context.Background(), q))
		if first.Truncated != (len(whole.Conflicts) > q.Most) {
			t.Fatalf("of %d conflicts, at most %d: truncated is %t", len(whole.Conflicts), q.Most, first.Truncated)
		}
		want := whole.Conflicts[:min(q.Most, len(whole.Conflicts))]
		if len(first.Conflicts) != len(want) {
			t.Fatalf("%d conflicts, want %d", len(first.Conflicts), len(want))
		}
		for i := range want {
			got, want := tell(t, g, p, first.Conflicts[i:i+1]), tell(t, g, p, want[i:i+1])
			if !slices.Equal(got, want) {
				t.Fatalf("conflict %d is %v, want %v", i, got, want)
			}
		}
	})
}
