package release

import (
	"context"

	"releasegraph/internal/app/traversal"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/order"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// backOutOf works out how a release is undone: what its requests say, in reverse
// installation order (R10).
func (a *Area) backOutOf(ctx context.Context, f *facts) (*release.BackOutPlan, error) {
	if len(f.held.items) == 0 {
		return release.BackOut(ctx, nil, nil, f.numbering.Items)
	}
	var nodes []store.Node
	for _, one := range f.held.items {
		nodes = append(nodes, store.Node{ID: store.ID(f.units.items[one.Item].ID), Kind: domain.KindConfigurationItem})
	}
	g, err := a.traversal.SeenEstate(ctx, f.view, traversal.Survey{Roots: nodes, Named: nodes, Direction: store.Out})
	if err != nil {
		return nil, err
	}
	items, of := make([]order.Node, 0, len(nodes)), map[order.Node]string{}
	at := map[string]order.Node{}
	for i, one := range f.held.items {
		if n, ok := g.Lookup(string(nodes[i].ID)); ok {
			items, of[n], at[one.Item] = append(items, n), one.Item, n
		}
	}
	heights, err := order.Heights(ctx, g, items)
	if err != nil {
		return nil, err
	}
	var needs []release.Dependency
	for _, n := range items {
		for _, arc := range g.Out(n) {
			if to, inside := of[arc.Node]; inside && g.Labels()[arc.Label].Needs() {
				needs = append(needs, release.Dependency{From: of[n], To: to})
			}
		}
	}
	requests := f.requestsByItem()
	undone := make([]release.Undone, len(f.held.items))
	for i, one := range f.held.items {
		undone[i] = release.Undone{Content: one.Content, Height: heights[at[one.Item]], Requests: requests[one.Item]}
	}
	return release.BackOut(ctx, undone, needs, f.numbering.Items)
}

// requestsByItem are the requests that changed each item that the release
// changes, with the version to which their release brings it.
func (f *facts) requestsByItem() map[string][]release.UndoneRequest {
	brings := map[string]map[string]string{} // version by release and item
	for _, p := range f.carriers() {
		brings[p.release.Key] = map[string]string{}
		for _, c := range p.changes {
			brings[p.release.Key][c.Item] = c.To
		}
	}
	list := map[string][]release.UndoneRequest{}
	for _, c := range f.requests {
		one := release.UndoneRequest{Key: c.request.Key}
		if c.request.BackOutKind != nil {
			one.Kind = *c.request.BackOutKind
		}
		for _, item := range c.items {
			for _, by := range c.by {
				if to, changes := brings[by][item.Key]; changes {
					one.Version = to
					list[item.Key] = append(list[item.Key], one)
				}
			}
		}
	}
	return list
}

// BackOutPlan is how a release is undone, as people ask for it (R10).
type BackOutPlan struct {
	Reversible      domain.BackOutKind
	LeastReversible *BackOutStep
	Steps           []*BackOutStep
}

// BackOutStep is a step of a back-out plan.
type BackOutStep struct {
	Ordinal int
	Kind    domain.BackOutKind
	Does    BackOutDeed
	// Text is what is done: the plan, or the mitigation, of the request.
	Text string
	// Stays are the keys of the items on the chain that keeps this one in its new
	// version; none where it does not stay.
	Stays []string

	item    string
	request *domain.ChangeRequest
	f       *facts
}

// BackOutDeed is what a step does.
type BackOutDeed string

// Item is the item that the step is about.
func (s *BackOutStep) Item() *domain.ConfigurationItem { return s.f.units.items[s.item] }

// ChangeRequest is the request whose plan it is, nil where no request is about the
// item.
func (s *BackOutStep) ChangeRequest() *domain.ChangeRequest { return s.request }

// BackOutPlan works out how a release is undone (R10).
func (a *Area) BackOutPlan(ctx context.Context, r *domain.Release) (*BackOutPlan, error) {
	f, err := a.factsFor(ctx, r)
	if err != nil {
		return nil, err
	}
	requests := map[string]*domain.ChangeRequest{}
	for _, c := range f.requests {
		requests[c.request.Key] = c.request
	}
	out := &BackOutPlan{Reversible: f.backOut.Reversible, Steps: []*BackOutStep{}}
	for i := range f.backOut.Steps {
		one := &f.backOut.Steps[i]
		step := &BackOutStep{
			Ordinal: i + 1, Kind: one.Kind, Does: BackOutDeed(one.Does), Stays: append([]string{}, one.Stays.Chain()...),
			item: one.Item, request: requests[one.Request], f: f,
		}
		step.Text = step.text()
		out.Steps = append(out.Steps, step)
		if i == f.backOut.LeastReversible {
			out.LeastReversible = step
		}
	}
	return out, nil
}

// text is what the step has somebody do.
func (s *BackOutStep) text() string {
	switch release.Undoing(s.Does) {
	case release.PutBack:
		return "put " + s.item + " back"
	case release.TakeAway:
		return "take " + s.item + " away"
	case release.Mitigate:
		return blank(s.request.Mitigation)
	}
	return blank(s.request.BackOutPlan)
}
