package impact_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/plan/plantest"
)

// edge is a dependency by keys.
type edge struct {
	from, to string
	link     domain.Link
}

// estate is a small estate as plain lists, and as a graph.
type estate struct {
	items map[string]domain.Facts
	edges []edge
	sites map[string][]string // installations by item
	graph *impact.Graph
}

func newEstate(items map[string]domain.Facts, edges []edge, sites map[string][]string) *estate {
	b := adjacency.NewBuilder[domain.Facts, domain.Link]()
	nodes := map[string]impact.Node{}
	for key, f := range items {
		nodes[key] = b.AddNode("id-"+key, key, f)
	}
	for _, e := range edges {
		for _, key := range []string{e.from, e.to} {
			if _, ok := nodes[key]; !ok {
				nodes[key] = b.AddNode("id-"+key, key, itemFacts())
			}
		}
		b.AddArc(nodes[e.from], nodes[e.to], e.link)
	}
	for item, at := range sites {
		for _, s := range at {
			site := b.AddNode("id-"+s, s, domain.NewFacts(domain.KindSite, "", "", "", 0, 0))
			b.AddArc(nodes[item], site, domain.Link{Rel: domain.RelInstalledAt})
		}
	}
	return &estate{items, edges, sites, b.Graph(7)}
}

func itemFacts() domain.Facts {
	return domain.NewFacts(domain.KindConfigurationItem, domain.Application, domain.Live, domain.ItemLive, 0, 0)
}

func (e *estate) node(key string) impact.Node {
	n, ok := e.graph.Lookup("id-" + key)
	if !ok {
		panic("no " + key)
	}
	return n
}

func (e *estate) nodes(keys ...string) (list []impact.Node) {
	for _, k := range keys {
		list = append(list, e.node(k))
	}
	return list
}

// question is an impact.Query by keys.
type question struct {
	sources, stopAt []string
	excluded        []string
	dependencies    bool
	ignore          bool
	kinds           []domain.DependencyKind
	environment     domain.Environment
}

func (e *estate) ask(q question) *impact.Result {
	return plantest.Done(impact.Analyse(context.Background(), e.graph, impact.Query{
		Sources: e.nodes(q.sources...), StopAt: e.nodes(q.stopAt...), Excluded: e.nodes(q.excluded...), Dependencies: q.dependencies,
		IgnoreRedundancy: q.ignore, Kinds: q.kinds, Environment: q.environment,
	}))
}

// reference answers a question slowly and obviously: strengths by applying I4
// and I5 to every item until nothing changes, depths by then relaxing every
// dependency until nothing changes. What is needed it finds so without regard to
// groups, and then loses each need alone.
type reference struct {
	e        *estate
	q        question
	asked    []string // are hit whatever the limits
	strength map[string]int
	depth    map[string]int
}

func newReference(e *estate, q question, asked ...string) *reference {
	r := &reference{e: e, q: q, asked: asked, strength: map[string]int{}, depth: map[string]int{}}
	for _, s := range q.sources {
		r.strength[s], r.depth[s] = 2, 0
	}
	for changed := true; changed; {
		changed = false
		for item, f := range e.items {
			barred := slices.Contains(q.excluded, item) || q.environment != "" && f.Environment() != q.environment
			if slices.Contains(q.sources, item) || barred && !slices.Contains(asked, item) {
				continue
			}
			if s := r.judge(item); s != r.strength[item] {
				r.strength[item], changed = s, true
			}
		}
	}
	for changed := true; changed; {
		changed = false
		for _, d := range e.edges {
			near, far := r.ends(d)
			depth, reached := r.depth[near]
			old, had := r.depth[far]
			if reached && r.strength[far] > 0 && r.hurts(d) && (!had || depth+1 < old) {
				r.depth[far], changed = depth+1, true
			}
		}
	}
	return r
}

func (r *reference) ends(d edge) (near, far string) {
	if r.q.dependencies {
		return d.from, d.to
	}
	return d.to, d.from
}

var power = map[domain.Impact]int{domain.ImpactNone: 0, domain.ImpactDegraded: 1, domain.ImpactFull: 2}

// given is what a dependency passes on by itself (I4).
func (r *reference) given(d edge) int {
	near, _ := r.ends(d)
	if len(r.q.kinds) > 0 && !slices.Contains(r.q.kinds, d.link.Kind) {
		return 0
	}
	if slices.Contains(r.q.stopAt, near) && !slices.Contains(r.q.sources, near) {
		return 0
	}
	return min(power[d.link.Impact], r.strength[near])
}

func (r *reference) inGroup(d edge) bool {
	return d.link.Group != "" && !r.q.ignore && !r.q.dependencies
}

func (r *reference) hurts(d edge) bool {
	if r.given(d) == 0 {
		return false
	}
	return !r.inGroup(d) || r.group(d.from, d.link.Group) > 0
}

func (r *reference) judge(item string) int {
	worst := 0
	for _, d := range r.e.edges {
		_, far := r.ends(d)
		switch {
		case far != item:
		case r.inGroup(d):
			worst = max(worst, r.group(item, d.link.Group))
		default:
			worst = max(worst, r.given(d))
		}
	}
	return worst
}

// group is I5 as it is written.
func (r *reference) group(item, name string) int {
	member := map[string]int{}
	minimum, percents := 1, []int{}
	for _, d := range r.e.edges {
		if d.from == item && d.link.Group == name {
			member[d.to] = max(member[d.to], r.given(d))
			minimum = max(minimum, int(d.link.Minimum))
			percents = append(percents, int(d.link.MinimumPercent))
		}
	}
	n, f, d := len(member), 0, 0
	for _, p := range percents {
		for minimum*100 < p*n {
			minimum++
		}
	}
	for _, s := range member {
		switch s {
		case 2:
			f++
		case 1:
			d++
		}
	}
	switch {
	case f+d == 0:
		return 0
	case n-f < minimum:
		return 2
	case f > 0, n-f-d < minimum:
		return 1
	}
	return 0
}

// alone is how badly losing one item alone hurts the sources.
func (r *reference) alone(need string) (strength int) {
	q := r.q
	q.dependencies, q.sources = false, []string{need}
	lost := newReference(r.e, q, r.q.sources...)
	for _, s := range r.q.sources {
		strength = max(strength, lost.strength[s])
	}
	return strength
}

// answer lists the reference's hits as lines, in the order of the answer.
func (r *reference) answer() []string {
	if r.q.dependencies && !r.q.ignore {
		for key := range r.depth {
			r.strength[key] = r.alone(key)
		}
	}
	type line struct {
		depth int
		key   string
	}
	var lines []line
	for key, s := range r.strength {
		if s > 0 && !slices.Contains(r.q.sources, key) {
			lines = append(lines, line{r.depth[key], key})
		}
	}
	slices.SortFunc(lines, func(a, b line) int { return cmp.Or(a.depth-b.depth, cmp.Compare(a.key, b.key)) })
	var out []string
	for _, l := range lines {
		strength := domain.StrengthDegraded
		if r.strength[l.key] == 2 {
			strength = domain.StrengthFull
		}
		out = append(out, fmt.Sprintf("%d %s %s", l.depth, l.key, strength))
	}
	return out
}

// told lists a result's hits as lines.
func told(r *impact.Result) []string {
	hits, _ := page(r, impact.Place{}, 0)
	var out []string
	for _, h := range hits {
		out = append(out, fmt.Sprintf("%d %s %s", h.Depth, h.Key, h.Strength))
	}
	return out
}

// drawEstate draws a random estate with cycles, parallel links and redundancy
// groups, and a question about it.
func drawEstate(t *rapid.T) (*estate, question) {
	n := rapid.IntRange(1, 12).Draw(t, "items")
	key := rapid.Custom(func(t *rapid.T) string {
		return fmt.Sprintf("i%02d", rapid.IntRange(0, n-1).Draw(t, "item"))
	})
	items := map[string]domain.Facts{}
	for i := range n {
		env := rapid.SampledFrom([]domain.Environment{domain.Live, domain.Live, domain.Test}).Draw(t, "environment")
		class := rapid.SampledFrom(domain.Classes).Draw(t, "class")
		items[fmt.Sprintf("i%02d", i)] = domain.NewFacts(domain.KindConfigurationItem, class, env, domain.ItemLive,
			uint8(rapid.IntRange(0, 5).Draw(t, "criticality")), int32(rapid.IntRange(0, 9).Draw(t, "users")))
	}
	edges := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) edge {
		return edge{key.Draw(t, "from"), key.Draw(t, "to"), domain.Link{
			Rel:            domain.RelDependsOn,
			Kind:           rapid.SampledFrom(domain.DependencyKinds[:3]).Draw(t, "kind"),
			Impact:         rapid.SampledFrom([]domain.Impact{domain.ImpactFull, domain.ImpactFull, domain.ImpactDegraded, domain.ImpactNone}).Draw(t, "impact"),
			Group:          rapid.SampledFrom([]string{"", "", "g", "h"}).Draw(t, "group"),
			Minimum:        rapid.SampledFrom([]int32{0, 0, 1, 2, 3}).Draw(t, "minimum"),
			MinimumPercent: rapid.SampledFrom([]int32{0, 0, 34, 50, 100}).Draw(t, "percent"),
		}}
	}), 0, 40).Draw(t, "edges")
	e := newEstate(items, edges, nil)
	q := question{
		sources:      rapid.SliceOfN(key, 1, 3).Draw(t, "sources"),
		stopAt:       rapid.SliceOfN(key, 0, 2).Draw(t, "stopAt"),
		excluded:     rapid.SliceOfN(key, 0, 2).Draw(t, "excluded"),
		dependencies: rapid.Bool().Draw(t, "dependencies") && rapid.Bool().Draw(t, "dependencies too"),
		ignore:       rapid.Bool().Draw(t, "ignore") && rapid.Bool().Draw(t, "ignore too"),
		kinds:        rapid.SliceOfN(rapid.SampledFrom(domain.DependencyKinds[:3]), 0, 2).Draw(t, "kinds"),
		environment:  rapid.SampledFrom([]domain.Environment{"", "", domain.Live}).Draw(t, "limit"),
	}
	return e, q
}

// page is a page of an analysis that nobody stops.
func page(r *impact.Result, after impact.Place, limit int) ([]impact.Hit, bool) {
	hits, more, err := r.Page(context.Background(), after, limit)
	if err != nil {
		panic(err)
	}
	return hits, more
}
