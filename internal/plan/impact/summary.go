package impact

import (
	"context"
	"slices"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
)

// count holds how many hits have each strength.
type count [full + 1]int

// totals are counted in arrays by code and turned into a summary at the end.
type totals struct {
	all           count
	byClass       [256]count
	byCriticality [256]count
	users         int
	sites         int
	hidden        int
	redundant     int
}

// Summary totals the hits in the answer (I7).
func (r *Result) Summary(ctx context.Context) (*domain.ImpactSummary, error) {
	s := acquire(r.g)
	defer s.release()
	t, p := totals{hidden: r.hidden, redundant: r.redundant}, pace.Of(ctx)
	if !installs(r.g) {
		for i := range r.Len() {
			if err := p.Step(); err != nil {
				return nil, err
			}
			h := &r.hits[r.at(i)]
			t.add(h.strength(), r.g.Facts(h.node))
		}
		return t.summary(), nil
	}
	var ahead lookahead
	for i := 0; i < r.Len(); {
		n := r.ahead(&ahead, i)
		for k := range n {
			h := &r.hits[r.at(i+k)]
			t.add(h.strength(), r.g.Facts(h.node))
			t.addSites(r, s, ahead.arcs[k])
			if err := p.Steps(1 + len(ahead.arcs[k])); err != nil {
				return nil, err
			}
		}
		i += n
	}
	return t.summary(), nil
}

// installs tells whether anything may be installed anywhere. Where there are
// many labels it is not looked for.
func installs(g *Graph) bool {
	const few = 1 << 10
	labels := g.Labels()
	return len(labels) > few || slices.ContainsFunc(labels, func(l domain.Link) bool { return l.Rel == domain.RelInstalledAt })
}

// ahead fetches what leaves the next hits of the answer.
func (r *Result) ahead(l *lookahead, i int) int {
	n := min(r.Len()-i, len(l.arcs))
	for k := range n {
		l.arcs[k] = r.g.Out(r.hits[r.at(i+k)].node)
	}
	return n
}

func (t *totals) add(strength uint8, f *domain.Facts) {
	t.all[strength]++
	t.byClass[f.ClassCode()][strength]++
	t.byCriticality[f.Criticality][strength]++
	t.users += int(f.Users)
}

// addSites counts the sites where an item with these arcs is installed, each
// once in the whole answer.
func (t *totals) addSites(r *Result, s *scratch, arcs []adjacency.Arc) {
	for _, a := range arcs {
		code := s.codes[a.Label]
		if code == codeKnown { // most are dependencies
			continue
		}
		if code == 0 {
			if r.g.Labels()[a.Label].Rel == domain.RelInstalledAt {
				code = codeInstalled
			}
			code = s.keep(a.Label, code)
		}
		if code&codeInstalled != 0 && s.marks[a.Node].epoch != s.epoch && r.q.sees(a.Node) {
			s.marks[a.Node].epoch = s.epoch
			t.sites++
		}
	}
}

func (t *totals) summary() *domain.ImpactSummary {
	sum := &domain.ImpactSummary{
		Total: t.all[full] + t.all[degraded], Full: t.all[full], Degraded: t.all[degraded],
		Sites: t.sites, Users: t.users, Hidden: t.hidden, Redundant: t.redundant,
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
