package impact_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/plan/plantest"
)

// I2, I3, I4, I5, C2: whatever the estate and the question.
func TestHitsAreThoseOfTheSlowReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, q := drawEstate(t)
		got, want := told(e.ask(q)), newReference(e, q).answer()
		if !slices.Equal(got, want) {
			t.Fatalf("got  %v\nwant %v", got, want)
		}
	})
}

// I3: a chain is as long as the depth says, joins a source to the hit, and
// every link of it is a stored one that passes something on.
func TestChainsExplainTheirHits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, q := drawEstate(t)
		r, ref := e.ask(q), newReference(e, q)
		hits, _ := page(r, impact.Place{}, 0)
		for _, h := range hits {
			chain := plantest.Done(r.Chain(context.Background(), h))
			if len(chain) != h.Depth {
				t.Fatalf("chain of %s has %d links, depth %d", h.Key, len(chain), h.Depth)
			}
			for i, l := range chain[min(1, len(chain)):] {
				if l.From != chain[i].To {
					t.Fatalf("chain of %s does not read as the dependencies run", h.Key)
				}
			}
			if !q.dependencies {
				slices.Reverse(chain) // from the source on
			}
			at := ""
			for i, l := range chain {
				d := edge{e.graph.Key(l.From), e.graph.Key(l.To), l.Link}
				if !slices.Contains(e.edges, d) || !ref.hurts(d) {
					t.Fatalf("link %v of %s passes nothing on", d, h.Key)
				}
				near, far := ref.ends(d)
				if i == 0 && !slices.Contains(q.sources, near) || i > 0 && near != at {
					t.Fatalf("chain of %s is broken at %v", h.Key, d)
				}
				at = far
			}
			if at != h.Key {
				t.Fatalf("chain of %s ends at %s", h.Key, at)
			}
		}
	})
}

// Whatever the page size, the pages together are the whole, without overlap.
func TestPagesTogetherAreTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, q := drawEstate(t)
		r := e.ask(q)
		size := rapid.IntRange(1, 5).Draw(t, "size")
		all, _ := page(r, impact.Place{}, 0)
		var pages []impact.Hit
		for after, more := (impact.Place{}), true; more; {
			var part []impact.Hit
			part, more = page(r, after, size)
			if more && len(part) != size {
				t.Fatalf("page of %d with more to come, asked for %d", len(part), size)
			}
			pages = append(pages, part...)
			if len(part) > 0 {
				after = part[len(part)-1].Place()
			}
		}
		if !slices.Equal(all, pages) || len(all) != r.Len() {
			t.Fatalf("pages %v\nwhole %v", pages, all)
		}
	})
}

// I8: a depth limit leaves out exactly the deeper hits, changes no strength,
// and counts what it left out.
func TestADepthLimitOnlyShortensTheAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, q := drawEstate(t)
		depth := rapid.IntRange(1, 3).Draw(t, "depth")
		all, _ := page(e.ask(q), impact.Place{}, 0)
		r := plantest.Done(impact.Analyse(context.Background(), e.graph, impact.Query{
			Sources: e.nodes(q.sources...), StopAt: e.nodes(q.stopAt...), Excluded: e.nodes(q.excluded...), Dependencies: q.dependencies,
			IgnoreRedundancy: q.ignore, Kinds: q.kinds, Environment: q.environment, MaxDepth: depth,
		}))
		got, _ := page(r, impact.Place{}, 0)
		within := slices.DeleteFunc(slices.Clone(all), func(h impact.Hit) bool { return h.Depth > depth })
		if !slices.Equal(got, within) || r.Omitted() != len(all)-len(within) {
			t.Fatalf("got %v, %d omitted, want %v of %v", got, r.Omitted(), within, all)
		}
	})
}

// I7: totals are what counting the hits one by one gives.
func TestTotalsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, q := drawEstate(t)
		r := e.ask(q)
		sum := plantest.Done(r.Summary(context.Background()))
		hits, _ := page(r, impact.Place{}, 0)
		users, services, byClass, byCriticality := 0, 0, map[string]int{}, map[string]int{}
		for _, h := range hits {
			f := e.items[h.Key]
			users += int(f.Users)
			if f.Class() == domain.Service {
				services++
			}
			byClass[fmt.Sprint(f.Class(), h.Strength)]++
			byCriticality[fmt.Sprint(f.Criticality, h.Strength)]++
		}
		if sum.Total != len(hits) || sum.Full+sum.Degraded != len(hits) || sum.Users != users || sum.Services != services {
			t.Fatalf("%+v for %v", sum, hits)
		}
		for _, c := range sum.ByClass {
			if c.Full != byClass[fmt.Sprint(c.Class, domain.StrengthFull)] || c.Degraded != byClass[fmt.Sprint(c.Class, domain.StrengthDegraded)] {
				t.Fatalf("%+v for %v", c, byClass)
			}
		}
		counted := 0
		for _, c := range sum.ByCriticality {
			n := 0
			if c.Criticality != nil {
				n = *c.Criticality
			}
			if c.Full != byCriticality[fmt.Sprint(n, domain.StrengthFull)] || c.Degraded != byCriticality[fmt.Sprint(n, domain.StrengthDegraded)] {
				t.Fatalf("%+v for %v", c, byCriticality)
			}
			counted += c.Full + c.Degraded
		}
		if counted != len(hits) {
			t.Fatalf("criticalities count %d of %d", counted, len(hits))
		}
	})
}

// I6: a source is a root cause of exactly the hits to which a chain leads that
// begins there and passes through no other source.
func TestRootCausesAreTheSourcesOfAllChains(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, q := drawEstate(t)
		r, ref := e.ask(q), newReference(e, q)
		hits, _ := page(r, impact.Place{}, 0)
		causes := plantest.Done(r.RootCauses(context.Background(), hits))
		for i, h := range hits {
			want := ref.causes(h.Key)
			var got []string
			for _, n := range causes[i] {
				got = append(got, e.graph.Key(n))
			}
			if !slices.Equal(got, want) {
				t.Fatalf("root causes of %s: got %v, want %v", h.Key, got, want)
			}
		}
	})
}

func (r *reference) causes(hit string) []string {
	seen, found := map[string]bool{hit: true}, []string{}
	for changed := true; changed; {
		changed = false
		for _, d := range r.e.edges {
			near, far := r.ends(d)
			if seen[far] && !slices.Contains(r.q.sources, far) && !seen[near] && r.hurts(d) {
				seen[near], changed = true, true
			}
		}
	}
	for key := range seen {
		if slices.Contains(r.q.sources, key) {
			found = append(found, key)
		}
	}
	slices.Sort(found)
	return found
}

// C2: two items share a cycle exactly when each reaches the other among what
// the analysis met.
func TestCyclesAreWhatReachesItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, q := drawEstate(t)
		ref := newReference(e, q)
		together := map[[2]string]bool{}
		for _, c := range plantest.Done(e.ask(q).Cycles(context.Background())) {
			for _, a := range c {
				for _, b := range c {
					together[[2]string{e.graph.Key(a), e.graph.Key(b)}] = true
				}
			}
		}
		reaches := ref.reaches()
		for a := range e.items {
			for b := range e.items {
				pair, back := [2]string{a, b}, [2]string{b, a}
				if together[pair] != (reaches[pair] && reaches[back]) {
					t.Fatalf("%s and %s: in one cycle %v", a, b, together[pair])
				}
			}
		}
	})
}

func (r *reference) reaches() map[[2]string]bool {
	reaches := map[[2]string]bool{}
	for _, d := range r.e.edges {
		followed := len(r.q.kinds) == 0 || slices.Contains(r.q.kinds, d.link.Kind)
		if followed && d.link.Impact != domain.ImpactNone && r.strength[d.from] > 0 && r.strength[d.to] > 0 {
			reaches[[2]string{d.from, d.to}] = true
		}
	}
	for k := range r.e.items {
		for a := range r.e.items {
			for b := range r.e.items {
				if reaches[[2]string{a, k}] && reaches[[2]string{k, b}] {
					reaches[[2]string{a, b}] = true
				}
			}
		}
	}
	return reaches
}
