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
}

// Summary totals the hits in the answer (I7).
func (r *Result) Summary() *domain.ImpactSummary {
	s := acquire(r.g)
	defer s.release()
	var t totals
	for i := 0; i < len(r.listed); {
		var ahead lookahead
		n := load(&ahead, r.listed[i:], func(p *int32) []adjacency.Arc { return r.g.Out(r.hits[*p].node) })
		var facts [len(ahead.arcs)]domain.Facts
		for k := range int(n) {
			facts[k] = *r.g.Facts(r.hits[r.listed[i+k]].node)
		}
		for k := range int(n) {
			t.add(r.hits[r.listed[i+k]].strength, &facts[k])
			t.addSites(r.g, s, ahead.arcs[k])
		}
		i += int(n)
	}
	return t.summary()
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
		if code&codeInstalled != 0 {
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
