package planning

import (
	"context"
	"slices"
	"time"

	"releasegraph/internal/app/calendar"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/pace"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/shape"
	"releasegraph/internal/store"
)

// snapshot is what a plan follows from, as it is read, with the ids of its records.
type snapshot struct {
	area *Area
	view estate.View
	in   rollout.Input
	g    *shape.Graph

	items    numbers[rollout.ItemNo]
	sites    numbers[rollout.SiteNo]
	releases numbers[rollout.ReleaseNo]
	parties  numbers[rollout.PartyNo]
	// changed are the items that releases change or hold; needed those and all that
	// these need.
	changed, needed []store.ID
	own             *domain.Release
	policy          *domain.ReleasePolicy // of the release (R3)
	now             time.Time             // the moment for which is planned
	supportedBy     map[store.ID][]rollout.PartyNo
	openings        struct{ windows, freezes []*calendar.Opening }
	requests        []request
	rollouts        []rolling
	// implemented are the requests that the releases carry out.
	implemented     map[store.ID]bool
	implementedKeys []string
	// replanned is the deployment that is worked out anew, "" for none.
	replanned store.ID
}

// numbers gives records places in a list, in the order in which they come.
type numbers[N ~int32] struct {
	ids []store.ID
	of  map[store.ID]N
}

// add returns the place of a record, and whether it is new.
func (n *numbers[N]) add(id store.ID) (N, bool) {
	if at, known := n.of[id]; known {
		return at, false
	}
	if n.of == nil {
		n.of = map[store.ID]N{}
	}
	at := N(len(n.ids))
	n.of[id], n.ids = at, append(n.ids, id)
	return at, true
}

// all returns the places of those records that have one.
func (n *numbers[N]) all(ids []store.ID) (list []N) {
	for _, id := range ids {
		if at, known := n.of[id]; known {
			list = append(list, at)
		}
	}
	return list
}

// snapshot reads what a plan for a release follows from, at a moment.
func (a *Area) snapshot(ctx context.Context, v estate.View, r *domain.Release, chosen []*domain.Site, replanned store.ID, now time.Time) (*snapshot, error) {
	s := &snapshot{area: a, view: v, own: r, now: now, implemented: map[store.ID]bool{}, replanned: replanned}
	for _, site := range chosen {
		s.addSite(store.ID(site.ID))
	}
	for _, read := range []func(context.Context) error{
		s.readReleases, s.readUnits, s.readOpenings, s.readRequests, s.readRollouts, s.readGraph, s.readInstalled, s.readSites, s.readParties,
		s.takeOpenings, s.takeRequests, s.takeRollouts, s.readPast, s.readItems, s.readPolicy,
	} {
		if err := read(ctx); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *snapshot) addSite(id store.ID) rollout.SiteNo {
	at, _ := s.sites.add(id)
	return at
}

func (s *snapshot) addItem(id store.ID) rollout.ItemNo {
	at, _ := s.items.add(id)
	return at
}

// change notes an item that a release changes or holds.
func (s *snapshot) change(id store.ID) rollout.ItemNo {
	at, isNew := s.items.add(id)
	if isNew {
		s.changed = append(s.changed, id)
	}
	return at
}

// readReleases reads the release, with what it bundles and requires (P2, P9).
func (s *snapshot) readReleases(ctx context.Context) error {
	s.releases.add(store.ID(s.own.ID))
	for from := 0; from < len(s.releases.ids); {
		level := s.releases.ids[from:]
		if err := s.readReleaseLevel(ctx, level); err != nil {
			return err
		}
		from += len(level)
	}
	return nil
}

// readReleaseLevel reads some releases, and adds those that they bundle and require.
func (s *snapshot) readReleaseLevel(ctx context.Context, level []store.ID) error {
	found, err := estate.ByID[*domain.Release](ctx, s.view, level...)
	if err != nil {
		return err
	}
	changes, err := s.view.Edges(ctx, store.EdgeQuery{Nodes: level, Rel: domain.RelChanges, Direction: store.Out, Kind: domain.KindConfigurationItem, Order: byKey})
	if err != nil {
		return refusal.OfStore(err)
	}
	implemented, err := s.view.Far(ctx, level, domain.RelImplements, store.Out, domain.KindChangeRequest)
	if err != nil {
		return err
	}
	bundled, err := s.view.Far(ctx, level, domain.RelBundles, store.Out, domain.KindRelease)
	if err != nil {
		return err
	}
	required, err := s.view.Far(ctx, level, domain.RelRequires, store.Out, domain.KindRelease)
	if err != nil {
		return err
	}
	for i, id := range level {
		r := found[id]
		one := rollout.Release{Key: r.Key, Name: r.Name, Category: r.Category, Status: r.Status}
		for j, e := range changes[i].Edges {
			c := changesLink.DecodeLink(e.Props).(*domain.ReleaseChange)
			one.Changes = append(one.Changes, rollout.Change{
				Item: s.change(changes[i].Nodes[j].ID), Action: c.Action,
				FromVersion: optional.Or(c.FromVersion, ""), ToVersion: optional.Or(c.ToVersion, ""), Alone: !c.Coexists,
			})
		}
		for _, request := range implemented[id] {
			if !s.implemented[request.ID] {
				s.implemented[request.ID] = true
				s.implementedKeys = append(s.implementedKeys, request.Props.Text("key"))
			}
		}
		one.Bundles, one.Requires = s.addReleases(bundled[id]), s.addReleases(required[id])
		s.in.Releases = append(s.in.Releases, one)
	}
	return nil
}

var changesLink = entity.RelationshipsNamed(domain.RelChanges)[0]

func (s *snapshot) addReleases(nodes []store.Node) (list []rollout.ReleaseNo) {
	for _, n := range nodes {
		at, _ := s.releases.add(n.ID)
		list = append(list, at)
	}
	return list
}

// readUnits reads the units of what is changed: a FULL release installs them whole
// (P2).
func (s *snapshot) readUnits(ctx context.Context) error {
	if !slices.ContainsFunc(s.in.Releases, func(r rollout.Release) bool { return r.Category == domain.FullRelease }) {
		return nil
	}
	above, err := s.view.Far(ctx, s.changed, domain.RelGroups, store.In, domain.KindReleaseUnit)
	if err != nil {
		return err
	}
	var units numbers[int32]
	for _, id := range s.changed {
		for _, n := range above[id] {
			if _, isNew := units.add(n.ID); isNew {
				s.in.Units = append(s.in.Units, rollout.Unit{Key: n.Props.Text("key"), Name: n.Props.Text("name")})
			}
		}
	}
	members, err := s.view.Far(ctx, units.ids, domain.RelGroups, store.Out, domain.KindConfigurationItem)
	for i, id := range units.ids {
		for _, n := range members[id] {
			s.in.Units[i].Items = append(s.in.Units[i].Items, s.change(n.ID))
		}
	}
	return err
}

// readInstalled reads where that is installed which is changed, and all that it needs:
// chains of dependencies pass through it (P4).
func (s *snapshot) readInstalled(ctx context.Context) error {
	count := pace.Of(ctx)
	for chunk := range slices.Chunk(s.needed, atOnce) {
		pages, err := s.view.Edges(ctx, store.EdgeQuery{Nodes: chunk, Rel: domain.RelInstalledAt, Direction: store.Out, Kind: domain.KindSite})
		if err != nil {
			return refusal.OfStore(err)
		}
		for i, page := range pages {
			if err := count.Steps(1 + len(page.Edges)); err != nil {
				return err
			}
			item := s.addItem(chunk[i])
			for _, e := range page.Edges {
				s.in.Installed = append(s.in.Installed, rollout.Installation{
					Item: item, Site: s.addSite(e.To), Version: e.Props.Text("version"), ActiveVersion: e.Props.Text("activeVersion"),
				})
			}
		}
	}
	return nil
}

// atOnce is of how many records relationships are read at once.
const atOnce = 500

// readSites reads all sites that were met, with those that they need, are part of and
// stand in for.
func (s *snapshot) readSites(ctx context.Context) error {
	for from := 0; from < len(s.sites.ids); {
		level := s.sites.ids[from:min(len(s.sites.ids), from+atOnce)]
		if err := s.readSiteLevel(ctx, level); err != nil {
			return err
		}
		from += len(level)
	}
	return s.readStandIns(ctx)
}

func (s *snapshot) readSiteLevel(ctx context.Context, level []store.ID) error {
	found, err := estate.ByID[*domain.Site](ctx, s.view, level...)
	if err != nil {
		return err
	}
	needs, err := s.view.Far(ctx, level, domain.RelSiteNeeds, store.Out, domain.KindSite)
	if err != nil {
		return err
	}
	above, err := s.view.Far(ctx, level, domain.RelPartOf, store.Out, domain.KindSite)
	if err != nil {
		return err
	}
	for _, id := range level {
		r := found[id]
		one := rollout.Site{
			Key: r.Key, Name: r.Name, Region: optional.Or(r.Region, ""), Ring: r.Ring, Zone: optional.Or(r.TimeZone, ""),
			ServiceHours: optional.Or(r.ServiceHours, ""), Users: r.Users,
		}
		at := s.sites.of[id]
		for _, n := range above[id] {
			one.PartOf = append(one.PartOf, s.addSite(n.ID))
		}
		for _, n := range needs[id] {
			s.in.Needs = append(s.in.Needs, rollout.SiteLink{From: at, To: s.addSite(n.ID)})
		}
		s.in.Sites = append(s.in.Sites, one)
	}
	return nil
}

// readStandIns reads which of the sites stand in for each other (P13).
func (s *snapshot) readStandIns(ctx context.Context) error {
	for chunk := range slices.Chunk(s.sites.ids, atOnce) {
		far, err := s.view.Far(ctx, chunk, domain.RelStandsInFor, store.Out, domain.KindSite)
		if err != nil {
			return err
		}
		for _, id := range chunk {
			for _, to := range s.sites.all(store.IDsOf(far[id])) {
				s.in.StandIns = append(s.in.StandIns, rollout.SiteLink{From: s.sites.of[id], To: to})
			}
		}
	}
	return nil
}

// readParties reads who supports what is changed, and how much they take (P13).
func (s *snapshot) readParties(ctx context.Context) error {
	far, err := estate.Linked[*domain.Party](ctx, s.view, s.changed, domain.RelSupportedBy, store.Out)
	if err != nil {
		return err
	}
	for _, id := range s.changed {
		for _, p := range far[id] {
			if _, isNew := s.parties.add(store.ID(p.ID)); isNew {
				s.in.Parties = append(s.in.Parties, rollout.Party{
					Key: p.Key, Name: p.Name, Zone: optional.Or(p.TimeZone, ""), SitesPerDay: p.SitesPerDay, UsersPerDay: p.UsersPerDay,
				})
			}
		}
	}
	s.supporters(far)
	return nil
}

// readPolicy takes what the policy of the release says: how versions of items are read
// (R3), and what a wave may hurt.
func (s *snapshot) readPolicy(ctx context.Context) error {
	items, err := estate.ByID[*domain.ConfigurationItem](ctx, s.view, s.changed...)
	if err != nil {
		return err
	}
	list := make([]*domain.ConfigurationItem, 0, len(items))
	for _, id := range s.changed {
		list = append(list, items[id])
	}
	chosen, err := s.area.policies.Of(ctx, s.view, s.own, list)
	if err == nil {
		s.policy = chosen.Policy
		s.in.Versions = s.policy.ItemNumbering.Rules()
	}
	return err
}
