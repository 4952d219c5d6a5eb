package impact

import (
	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/reach"
)

// count holds how many hits have each strength.
type count [full + 1]int

// totals are counted in arrays by code and turned into a summary at the end.
type totals struct {
	all           count
	byClass       [256]count
	byCriticality [256]count
	users         int
	sites         reach.Index
	site          Node // the last one; installations at one site come in runs
}

// Summary totals the hits in the answer (I7).
func (r *Result) Summary() *domain.ImpactSummary {
	s := acquire(r.g)
	defer s.release()
	t := totals{site: -1}
	for _, e := range r.neighbourly() {
		t.add(e.strength, r.g.Facts(e.node))
		t.addSites(r.g, s, r.g.Out(e.node))
	}
	return t.summary()
}

// counted is a hit that is to be counted.
type counted struct {
	node     Node
	strength uint8
}

// nearby is by how many bits the numbers of nodes may differ whose data lies
// close together in memory.
const nearby = 6

// neighbourly lists the hits in about the order in which the graph keeps them:
// going through memory forwards is several times faster than at random.
func (r *Result) neighbourly() []counted {
	next := make([]int32, r.g.Size()>>nearby+2)
	for _, p := range r.listed {
		next[r.hits[p].node>>nearby+1]++
	}
	for i := 1; i < len(next); i++ {
		next[i] += next[i-1]
	}
	list := make([]counted, len(r.listed))
	for _, p := range r.listed {
		h := &r.hits[p]
		at := &next[h.node>>nearby]
		list[*at] = counted{h.node, h.strength}
		*at++
	}
	return list
}

func (t *totals) add(strength uint8, f *domain.Facts) {
	t.all[strength]++
	t.byClass[f.ClassCode()][strength]++
	t.byCriticality[f.Criticality][strength]++
	t.users += int(f.Users)
}

// addSites counts the sites where an item with these arcs is installed.
func (t *totals) addSites(g *Graph, s *scratch, arcs []adjacency.Arc) {
	for _, a := range arcs {
		code := s.codes[a.Label]
		if code == 0 {
			if g.Labels()[a.Label].Rel == domain.RelInstalledAt {
				code = codeInstalled
			}
			code = s.keep(a.Label, code)
		}
		if code&codeInstalled != 0 && a.Node != t.site {
			t.site = a.Node
			t.sites.Add(a.Node)
		}
	}
}

func (t *totals) summary() *domain.ImpactSummary {
	sum := &domain.ImpactSummary{
		Total: t.all[full] + t.all[degraded], Full: t.all[full], Degraded: t.all[degraded],
		Sites: t.sites.Len(), Users: t.users,
		ByClass: []*domain.ClassTotal{}, ByCriticality: []*domain.CriticalityTotal{},
	}
	for _, class := range domain.Classes {
		c := t.byClass[domain.NewFacts("", class, "", "", 0, 0).ClassCode()]
		if c == (count{}) {
			continue
		}
		sum.ByClass = append(sum.ByClass, &domain.ClassTotal{Class: class, Full: c[full], Degraded: c[degraded]})
		if class == domain.Service {
			sum.Services = c[full] + c[degraded]
		}
	}
	for i := len(t.byCriticality) - 1; i >= 0; i-- {
		c := t.byCriticality[i]
		if c == (count{}) {
			continue
		}
		total := &domain.CriticalityTotal{Full: c[full], Degraded: c[degraded]}
		if i > 0 {
			total.Criticality = &i
		}
		sum.ByCriticality = append(sum.ByCriticality, total)
	}
	return sum
}
