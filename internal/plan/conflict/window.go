package conflict

import (
	"context"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
	"releasegraph/internal/plan/calendar"
)

// Scope is what a window or freeze applies to: the union of all that it names.
type Scope struct {
	// Everywhere is all work there is.
	Everywhere bool
	// Sites are sites with all their parts.
	Sites []Node
	// Services stand for themselves and for all that they need.
	Services     []Node
	Classes      []domain.Class
	Environments []domain.Environment
}

// Window is a maintenance window or a freeze, within the time of the plan.
type Window struct {
	Scope Scope
	Open  calendar.Ranges
	// Except are the keys of work to which a freeze does not apply.
	Except map[string]bool
}

// Windows knows what maintenance windows and freezes apply to.
type Windows struct {
	g          *Graph
	list       []Window
	sites      map[Node][]int
	services   []service
	everywhere []int
	byFact     []int // those that name classes or environments
}

// service is one whose windows count for all that it needs.
type service struct {
	node    Node
	needs   *visit
	windows []int
}

// NewWindows looks up what the windows apply to.
func NewWindows(ctx context.Context, g *Graph, list []Window) (*Windows, error) {
	x := &Windows{g: g, list: list, sites: map[Node][]int{}}
	p := pace.Of(ctx)
	places := map[Node]int{}
	for i := range list {
		s := &list[i].Scope
		if err := p.Steps(1 + len(s.Sites)); err != nil {
			return nil, err
		}
		if s.Everywhere {
			x.everywhere = append(x.everywhere, i)
		}
		if len(s.Classes)+len(s.Environments) > 0 {
			x.byFact = append(x.byFact, i)
		}
		for _, site := range distinct(s.Sites) {
			x.sites[site] = append(x.sites[site], i)
		}
		for _, n := range distinct(s.Services) {
			at, ok := places[n]
			if !ok {
				at = len(x.services)
				places[n] = at
				needs, err := needs(g, n, p)
				if err != nil {
					return nil, err
				}
				x.services = append(x.services, service{node: n, needs: needs})
			}
			x.services[at].windows = append(x.services[at].windows, i)
		}
	}
	return x, nil
}

// needs visits all that a service needs.
func needs(g *Graph, n Node, p *pace.Pace) (*visit, error) {
	v := newVisit(g, p)
	v.add(n)
	err := v.exhaust(g)
	v.queue, v.pace = nil, nil
	return v, err
}

// party is something that a piece of work disturbs and that has windows, each
// once and in order.
type party struct {
	item, site []Node
	windows    []int
}

// parties lists what a piece of distinct work disturbs: each site, each item,
// each service that needs an item. What everywhere applies to applies to each.
func (x *Windows) parties(w *Work) []party {
	var list []party
	put := func(p party) {
		if p.windows = append(p.windows, x.everywhere...); len(p.windows) > 0 {
			slices.Sort(p.windows)
			p.windows = slices.Compact(p.windows)
			list = append(list, p)
		}
	}
	for _, site := range w.Sites {
		put(party{site: []Node{site}, windows: append([]int(nil), x.sites[site]...)})
	}
	for _, item := range w.Items {
		put(party{item: []Node{item}, windows: x.ofFacts(item)})
	}
	for _, s := range x.services {
		var touched []Node
		for _, item := range w.Items {
			if s.needs.has(item) {
				touched = append(touched, item)
			}
		}
		if len(touched) > 0 {
			put(party{item: touched, windows: append([]int(nil), s.windows...)})
		}
	}
	if len(list) == 0 && len(x.everywhere) > 0 {
		list = append(list, party{windows: append([]int(nil), x.everywhere...)})
	}
	return list
}

// Parties lists, by place, the windows of each thing that a piece of work disturbs: it
// may be worked on in any of its own. What has no windows is left out.
func (x *Windows) Parties(w Work) (windows [][]int) {
	own := w.distinct()
	for _, p := range x.parties(&own) {
		windows = append(windows, p.windows)
	}
	return windows
}

// Applying lists, by place, the windows that apply to a piece of work, those aside from
// which it is excepted.
func (x *Windows) Applying(w Work) []int {
	own := w.distinct()
	return x.applying(&own)
}

// ofFacts lists the windows that name the class or the environment of an item.
func (x *Windows) ofFacts(item Node) (list []int) {
	facts := x.g.Facts(item)
	for _, i := range x.byFact {
		if x.list[i].Scope.named(facts) {
			list = append(list, i)
		}
	}
	return list
}

func (s *Scope) named(facts *domain.Facts) bool {
	for _, c := range s.Classes {
		if c == facts.Class() {
			return true
		}
	}
	for _, e := range s.Environments {
		if e == facts.Environment() {
			return true
		}
	}
	return false
}
