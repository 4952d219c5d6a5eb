package rollout

import (
	"context"
	"maps"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
	"releasegraph/internal/plan/library"
	"releasegraph/internal/plan/version"
	"releasegraph/internal/store"
)

// Asked is an item, and how its versions are read.
type Asked struct {
	Item     *domain.ConfigurationItem
	Versions *version.Reader
}

// Steps are what roll-outs did to some items at sites, those that reached INSTALLED,
// with the records that show it.
type Steps struct {
	List []library.Step
	// Rollouts and Releases are the records, by key.
	Rollouts map[string]store.Node
	Releases map[string]store.Node
}

// Steps reads what roll-outs did to some items, as far as a view sees it (L3). What a
// site receives its roll-out says item by item; of one that says nothing it is what
// its release changes, or, of a package, what the parts do.
func (a *Area) Steps(ctx context.Context, v estate.View, items []Asked) (*Steps, error) {
	r := &reading{view: v, items: items, steps: map[store.ID]*step{}, releases: map[store.ID]store.Node{}}
	for _, read := range []func(context.Context) error{r.readReceived, r.readChanges, r.readSteps, r.readReleases, r.readSites} {
		if err := read(ctx); err != nil {
			return nil, err
		}
	}
	return r.tell(ctx)
}

// step is the roll-out of a release to a site.
type step struct {
	node    store.Node
	record  *domain.SiteRollout
	release store.ID
	// received is what it says of the items, by the place of these; nil where it says
	// nothing of any item.
	received map[int]change
	site     string
}

// change is what is done to an item.
type change struct {
	removes bool
	from    *string
	to      string
}

func changeOf(p store.Props) change {
	c := change{removes: domain.ChangeAction(p.Text("action")) == domain.RemoveItem, to: p.Text("toVersion")}
	if from := p.Text("fromVersion"); from != "" || domain.ChangeAction(p.Text("action")) == domain.AddItem {
		c.from = &from
	}
	return c
}

// reading reads the steps of some items.
type reading struct {
	view     estate.View
	items    []Asked
	steps    map[store.ID]*step
	releases map[store.ID]store.Node
	// changes are what releases do to the items, by release.
	changes map[store.ID]map[int]change
}

func (r *reading) ids() []store.ID {
	list := make([]store.ID, len(r.items))
	for i, one := range r.items {
		list[i] = store.ID(one.Item.ID)
	}
	return list
}

// note keeps roll-outs in mind that reached INSTALLED, and returns them; nil in the
// place of the others.
func (r *reading) note(ctx context.Context, nodes []store.Node) []*step {
	list := make([]*step, len(nodes))
	for i, record := range estate.Decoded[*domain.SiteRollout](ctx, r.view, nodes) {
		s, known := r.steps[nodes[i].ID]
		if _, installed := record.Installed(); !known && installed {
			s = &step{node: nodes[i], record: record}
			r.steps[nodes[i].ID] = s
		}
		list[i] = s
	}
	return list
}

// readReceived reads what roll-outs say of the items.
func (r *reading) readReceived(ctx context.Context) error {
	pages, err := r.view.Edges(ctx, store.EdgeQuery{Nodes: r.ids(), Rel: domain.RelReceives, Direction: store.In, Kind: domain.KindSiteRollout})
	if err != nil {
		return refusal.OfStore(err)
	}
	for i, page := range pages {
		for j, s := range r.note(ctx, page.Nodes) {
			if s == nil {
				continue
			}
			if s.received == nil {
				s.received = map[int]change{}
			}
			s.received[i] = changeOf(page.Edges[j].Props)
		}
	}
	return nil
}

// readChanges reads what releases do to the items, with the packages of these. An
// item of several parts of a package comes in the highest version (P2).
func (r *reading) readChanges(ctx context.Context) error {
	pages, err := r.view.Edges(ctx, store.EdgeQuery{Nodes: r.ids(), Rel: domain.RelChanges, Direction: store.In, Kind: domain.KindRelease})
	if err != nil {
		return refusal.OfStore(err)
	}
	r.changes = map[store.ID]map[int]change{}
	for i, page := range pages {
		for j, n := range page.Nodes {
			r.releases[n.ID] = n
			r.bring(n.ID, i, changeOf(page.Edges[j].Props))
		}
	}
	seen := map[store.ID]map[store.ID]bool{} // packages that a part was carried up to
	for level := slices.Sorted(maps.Keys(r.changes)); len(level) > 0; {
		above, err := r.view.Far(ctx, level, domain.RelBundles, store.In, domain.KindRelease)
		if err != nil {
			return err
		}
		next := map[store.ID]bool{}
		for _, part := range level {
			for _, pack := range above[part] {
				if seen[part][pack.ID] {
					continue
				}
				if seen[part] == nil {
					seen[part] = map[store.ID]bool{}
				}
				seen[part][pack.ID], next[pack.ID] = true, true
				r.releases[pack.ID] = pack
				for i, c := range r.changes[part] {
					r.bring(pack.ID, i, c)
				}
			}
		}
		level = slices.Sorted(maps.Keys(next))
	}
	return nil
}

// bring notes what a release does to an item, besides what is known of it.
func (r *reading) bring(release store.ID, item int, c change) {
	if r.changes[release] == nil {
		r.changes[release] = map[int]change{}
	}
	had, known := r.changes[release][item]
	switch {
	case !known || had.removes:
	case c.removes:
		c = had
	default:
		if higher, err := r.items[item].Versions.Compare(c.to, had.to); err != nil || higher <= 0 {
			c = had
		}
	}
	r.changes[release][item] = c
}

// readSteps reads the roll-outs of the releases: those that are said to be theirs,
// and those of their deployments that are said to be nobody's.
func (r *reading) readSteps(ctx context.Context) error {
	releases := slices.Sorted(maps.Keys(r.changes))
	own, err := r.view.Far(ctx, releases, domain.RelDeploys, store.In, domain.KindSiteRollout)
	if err != nil {
		return err
	}
	for id, nodes := range own {
		for _, s := range r.note(ctx, nodes) {
			if s != nil {
				s.release = id
			}
		}
	}
	deployments, err := r.view.Far(ctx, releases, domain.RelDeploys, store.In, domain.KindDeployment)
	if err != nil {
		return err
	}
	of := map[store.ID]store.ID{}
	below, err := r.below(ctx, deployments, of, domain.RelHasWave, domain.KindWave)
	if err != nil {
		return err
	}
	steps, err := r.below(ctx, below, of, domain.RelTargets, domain.KindSiteRollout)
	if err != nil {
		return err
	}
	var anyones []store.ID
	for release, nodes := range steps {
		for _, s := range r.note(ctx, nodes) {
			if s != nil && s.release == "" {
				s.release, anyones = release, append(anyones, s.node.ID)
			}
		}
	}
	return r.settle(ctx, anyones)
}

// below reads what stands below some records, which are of a release each.
func (r *reading) below(ctx context.Context, at map[store.ID][]store.Node, of map[store.ID]store.ID, rel, kind string) (map[store.ID][]store.Node, error) {
	var ids []store.ID
	for release, nodes := range at {
		for _, n := range nodes {
			of[n.ID], ids = release, append(ids, n.ID)
		}
	}
	far, err := r.view.Far(ctx, ids, rel, store.Out, kind)
	list := map[store.ID][]store.Node{}
	for id, nodes := range far {
		list[of[id]] = append(list[of[id]], nodes...)
	}
	return list, err
}

// settle gives roll-outs that are said to be of another release than their
// deployment to that, and leaves out those that say what they bring and that is none
// of the items.
func (r *reading) settle(ctx context.Context, ids []store.ID) error {
	others, err := r.view.Far(ctx, ids, domain.RelDeploys, store.Out, domain.KindRelease)
	if err != nil {
		return err
	}
	for id, nodes := range others {
		for _, n := range nodes {
			r.steps[id].release, r.releases[n.ID] = n.ID, n
		}
	}
	var silent []store.ID
	for id, s := range r.steps {
		if s.received == nil {
			silent = append(silent, id)
		}
	}
	if len(silent) == 0 {
		return nil
	}
	counts, err := r.view.CountEdges(ctx, store.EdgeQuery{Nodes: silent, Rel: domain.RelReceives, Direction: store.Out})
	if err != nil {
		return refusal.OfStore(err)
	}
	for i, id := range silent {
		if counts[i] > 0 {
			delete(r.steps, id)
		}
	}
	return nil
}

// readReleases reads the releases of roll-outs that say what they bring, and were not
// met by way of their releases.
func (r *reading) readReleases(ctx context.Context) error {
	var ids []store.ID
	for id, s := range r.steps {
		if s.release == "" {
			ids = append(ids, id)
		}
	}
	own, err := r.view.Far(ctx, ids, domain.RelDeploys, store.Out, domain.KindRelease)
	if err != nil {
		return err
	}
	at := map[store.ID]store.ID{}
	var rest []store.ID
	for _, id := range ids {
		if len(own[id]) == 0 {
			at[id], rest = id, append(rest, id)
		}
		r.release(id, own[id])
	}
	for _, way := range []struct {
		rel       string
		direction store.Direction
		kind      string
	}{{domain.RelTargets, store.In, domain.KindWave}, {domain.RelHasWave, store.In, domain.KindDeployment}, {domain.RelDeploys, store.Out, domain.KindRelease}} {
		asked := slices.Collect(maps.Values(at))
		slices.Sort(asked)
		far, err := r.view.Far(ctx, slices.Compact(asked), way.rel, way.direction, way.kind)
		if err != nil {
			return err
		}
		for _, id := range rest {
			nodes := far[at[id]]
			delete(at, id)
			if len(nodes) > 0 {
				at[id] = nodes[0].ID
			}
			if way.kind == domain.KindRelease {
				r.release(id, nodes)
			}
		}
	}
	return nil
}

func (r *reading) release(of store.ID, nodes []store.Node) {
	for _, n := range nodes {
		r.steps[of].release, r.releases[n.ID] = n.ID, n
	}
}

func (r *reading) readSites(ctx context.Context) error {
	var ids []store.ID
	for id := range r.steps {
		ids = append(ids, id)
	}
	far, err := r.view.Far(ctx, ids, domain.RelTargets, store.Out, domain.KindSite)
	for id, nodes := range far {
		for _, n := range nodes {
			r.steps[id].site = n.Props.Text("key")
		}
	}
	return err
}

// tell lists what was read, each item of each roll-out.
func (r *reading) tell(ctx context.Context) (*Steps, error) {
	told := &Steps{Rollouts: map[string]store.Node{}, Releases: map[string]store.Node{}}
	for _, n := range r.releases {
		told.Releases[n.Props.Text("key")] = n
	}
	count := pace.Of(ctx)
	for _, s := range r.steps {
		if s.site == "" {
			continue
		}
		brings := s.received
		if brings == nil {
			brings = r.changes[s.release]
		}
		if err := count.Steps(1 + len(brings)); err != nil {
			return nil, err
		}
		release := r.releases[s.release].Props.Text("key")
		told.Rollouts[s.record.Key] = s.node
		at, _ := s.record.Installed()
		for i, c := range brings {
			told.List = append(told.List, library.Step{
				Key: s.record.Key, Release: release, Item: r.items[i].Item.Key, Site: s.site, At: at,
				Removes: c.removes, To: c.to, From: c.from,
				Activated: s.record.Activated(), BackedOut: s.record.Status == domain.SiteBackedOut,
			})
		}
	}
	return told, nil
}
