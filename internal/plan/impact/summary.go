package impact

import (
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
	for _, p := range r.listed {
		h := r.hits[p]
		f := r.g.Facts(h.node)
		t.all[h.strength]++
		t.byClass[f.ClassCode()][h.strength]++
		t.byCriticality[f.Criticality][h.strength]++
		t.users += int(f.Users)
		t.addSites(r.g, s, h.node)
	}
	return t.summary()
}

// addSites counts the sites where the item is installed.
func (t *totals) addSites(g *Graph, s *scratch, item Node) {
	for _, a := range g.Out(item) {
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
