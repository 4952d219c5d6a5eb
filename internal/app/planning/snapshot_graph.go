package planning

import (
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	impactarea "releasegraph/internal/app/impact"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
	"releasegraph/internal/plan/impact"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/store"
)

// readGraph reads what needs what (P3, P4): all that is changed needs, and the ways by
// which other work and the services of openings come to it.
func (s *snapshot) readGraph(ctx context.Context) error {
	roots, err := s.nodes(ctx, s.changed)
	if err != nil {
		return err
	}
	outside := s.outside()
	if s.g, err = s.area.traversal.Graph(ctx, s.view, traversal.Survey{Roots: slices.Concat(roots, outside), Direction: store.Out}); err != nil {
		return err
	}
	down, err := s.reach(ctx, impactarea.NodesIn(s.g, roots), store.Out, nil)
	if err != nil {
		return err
	}
	for _, n := range down.list {
		s.needed = append(s.needed, store.ID(s.g.ID(n)))
	}
	ways, err := s.ways(ctx, impactarea.NodesIn(s.g, roots), impactarea.NodesIn(s.g, outside))
	if err != nil {
		return err
	}
	return s.link(ctx, slices.Concat(down.list, ways))
}

func (s *snapshot) nodes(ctx context.Context, ids []store.ID) ([]store.Node, error) {
	found, err := s.view.Nodes(ctx, ids...)
	list := make([]store.Node, 0, len(ids))
	for _, id := range ids {
		if n, ok := found[id]; ok {
			list = append(list, n)
		}
	}
	return list, refusal.OfStore(err)
}

// reached are nodes in the order in which they were met.
type reached struct {
	list  []impact.Node
	known map[impact.Node]bool
}

// reach follows dependencies that order something (P4) from some nodes, through those
// of a set alone where one is given.
func (s *snapshot) reach(ctx context.Context, from []impact.Node, direction store.Direction, within map[impact.Node]bool) (reached, error) {
	r, count := reached{known: map[impact.Node]bool{}}, pace.Of(ctx)
	add := func(n impact.Node) {
		if !r.known[n] && (within == nil || within[n]) {
			r.known[n], r.list = true, append(r.list, n)
		}
	}
	for _, n := range from {
		add(n)
	}
	for i := 0; i < len(r.list); i++ {
		arcs := s.g.Out(r.list[i])
		if direction == store.In {
			arcs = s.g.In(r.list[i])
		}
		if err := count.Steps(1 + len(arcs)); err != nil {
			return reached{}, err
		}
		for _, a := range arcs {
			if orders(s.g.Label(a.Label)) {
				add(a.Node)
			}
		}
	}
	return r, nil
}

// orders reports whether a dependency orders what is installed (I11).
func orders(l domain.Link) bool { return l.Rel == domain.RelDependsOn && l.Impact != domain.ImpactNone }

// ways are the nodes on ways from some nodes outside to what is changed.
func (s *snapshot) ways(ctx context.Context, changed, outside []impact.Node) ([]impact.Node, error) {
	if len(outside) == 0 {
		return nil, nil
	}
	up, err := s.reach(ctx, changed, store.In, nil)
	if err != nil {
		return nil, err
	}
	found, err := s.reach(ctx, outside, store.Out, up.known)
	return found.list, err
}

// link adds the items of some nodes, and what they need of each other.
func (s *snapshot) link(ctx context.Context, nodes []impact.Node) error {
	count := pace.Of(ctx)
	known := make(map[impact.Node]bool, len(nodes))
	for _, n := range nodes {
		s.addItem(store.ID(s.g.ID(n)))
	}
	for _, n := range nodes {
		if known[n] {
			continue
		}
		known[n] = true
		arcs := s.g.Out(n)
		if err := count.Steps(1 + len(arcs)); err != nil {
			return err
		}
		from := s.items.of[store.ID(s.g.ID(n))]
		for _, a := range arcs {
			label := s.g.Label(a.Label)
			to, in := s.items.of[store.ID(s.g.ID(a.Node))]
			if in && orders(label) {
				s.in.Dependencies = append(s.in.Dependencies, rollout.Dependency{From: from, To: to, Kind: label.Kind, Impact: label.Impact, Group: label.Group})
			}
		}
	}
	return nil
}

// readItems reads all items that were met.
func (s *snapshot) readItems(ctx context.Context) error {
	s.in.Items = make([]rollout.Item, len(s.items.ids))
	at := 0
	for chunk := range slices.Chunk(s.items.ids, atOnce) {
		found, err := estate.ByID[*domain.ConfigurationItem](ctx, s.view, chunk...)
		if err != nil {
			return err
		}
		for _, id := range chunk {
			r := found[id]
			one := rollout.Item{Key: r.Key, Name: r.Name, Class: r.Class, Status: r.Status, Environment: r.Environment, SupportedBy: s.supportedBy[id]}
			if r.Criticality != nil {
				one.Criticality = *r.Criticality
			}
			s.in.Items[at] = one
			at++
		}
	}
	return nil
}

// supporters keeps in mind who supports each item.
func (s *snapshot) supporters(far map[store.ID][]*domain.Party) {
	s.supportedBy = map[store.ID][]rollout.PartyNo{}
	for id, list := range far {
		for _, p := range list {
			s.supportedBy[id] = append(s.supportedBy[id], s.parties.of[store.ID(p.ID)])
		}
	}
}
