package acceptance

import (
	"cmp"
	"context"
	"slices"

	"releasegraph/internal/app/environment"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/release"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	environments "releasegraph/internal/plan/environment"
	plan "releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// reading is all that is read of the acceptance of a release. Guards hold it so;
// runs and signatures are held by the release itself, which counts them.
type reading struct {
	*release.Standing
	kitDigest    string
	tests        []*test
	runs         []*run
	deliverables []*delivered
	signOffs     []*domain.SignOff
	deeds        []plan.Deed
	environments []environments.Used
	around       domain.ReleaseAround
	lacks        []plan.Lack // that other areas tell
	guards       []store.Guard
}

// test is a planned test, with the script that it runs and the request whose
// mitigation it tries: their keys, empty for none.
type test struct {
	*domain.AcceptanceTest
	script, mitigates string
}

// run is a run of a test, with its report, nil for none.
type run struct {
	*domain.TestRun
	of     *test
	report *domain.MediaItem
	// place is the test environment in which it was made, nil: none was named.
	place *domain.TestEnvironment
}

// delivered is a deliverable, with the media item that keeps it, nil for none.
type delivered struct {
	*domain.Deliverable
	stored *domain.MediaItem
}

// digest is that of its bytes, empty where it is not known. What the library keeps
// counts once it is accepted: before, it may still change.
func (d *delivered) digest() string {
	switch {
	case d.stored == nil:
		return optional.Or(d.Sha256, "")
	case d.stored.Status.Mastered():
		return d.stored.Sha256
	}
	return ""
}

// read reads what is known of the acceptance of a release, whose content is read
// already.
func (a *Area) read(ctx context.Context, s *release.Standing) (*reading, error) {
	g := &reading{Standing: s}
	var err error
	if g.kitDigest, err = kitDigest(s.Kit); err != nil {
		return nil, err
	}
	since, err := a.estate.Head(ctx)
	if err != nil {
		return nil, err
	}
	for _, rel := range []string{domain.RelTests, domain.RelRuns, domain.RelMitigates, domain.RelStoredAs, domain.RelMemberOf, domain.RelRanIn, domain.RelDeploys, domain.RelBundles} {
		g.guards = append(g.guards, store.Unchanged{Since: store.Revision(since), Rel: rel})
	}
	related, err := g.related(ctx)
	if err != nil {
		return nil, err
	}
	tests, err := g.readTests(ctx, related)
	if err != nil {
		return nil, err
	}
	if err := g.readRuns(ctx, tests); err != nil {
		return nil, err
	}
	if g.around, err = readAround(ctx, s); err != nil {
		return nil, err
	}
	for _, d := range g.around.Deployments {
		g.keep(d)
	}
	for _, p := range g.around.Packages {
		g.keep(p)
	}
	if g.environments, err = a.environments.Read(ctx, s, g.used()); err != nil {
		return nil, err
	}
	for _, other := range a.others {
		lacks, guards, err := other.Needs(ctx, s)
		if err != nil {
			return nil, err
		}
		g.lacks, g.guards = append(g.lacks, lacks...), append(g.guards, guards...)
	}
	if err := g.readDeliverables(ctx); err != nil {
		return nil, err
	}
	return g, g.readSignOffs(ctx, related)
}

func kitDigest(kit []*domain.MediaItem) (string, error) {
	list := make([]plan.KitItem, len(kit))
	for i, m := range kit {
		list[i] = plan.KitItem{Key: m.Key, Sha256: m.Sha256}
	}
	return plan.KitDigest(list)
}

// keep guards that a record stays as it was read.
func (g *reading) keep(r entity.Record) {
	g.guards = append(g.guards, store.NodeAt{ID: store.ID(r.Meta().ID), Version: int64(r.Meta().Version)})
}

// related are the release, those below a package, and the packages that it is part
// of: who makes one of them judges none of them (R7).
func (g *reading) related(ctx context.Context) ([]*domain.Release, error) {
	known := map[string]bool{}
	list := []*domain.Release{}
	add := func(releases []*domain.Release) (ids []store.ID) {
		for _, r := range releases {
			if !known[r.ID] {
				known[r.ID] = true
				list, ids = append(list, r), append(ids, store.ID(r.ID))
			}
		}
		return ids
	}
	add(g.Parts)
	for level := []store.ID{store.ID(g.Release.ID)}; len(level) > 0; {
		far, err := estate.Linked[*domain.Release](ctx, g.View, level, domain.RelBundles, store.In)
		if err != nil {
			return nil, err
		}
		var above []*domain.Release
		for _, id := range level {
			above = append(above, far[id]...)
		}
		level = add(above)
	}
	for _, r := range list {
		g.noteDeeds(r)
	}
	return list, nil
}

// readAround reads the deployments of a release, and the packages that bundle it.
func readAround(ctx context.Context, s *release.Standing) (domain.ReleaseAround, error) {
	id := store.ID(s.Release.ID)
	deployments, err := estate.Linked[*domain.Deployment](ctx, s.View, []store.ID{id}, domain.RelDeploys, store.In)
	if err != nil {
		return domain.ReleaseAround{}, err
	}
	packages, err := estate.Linked[*domain.Release](ctx, s.View, []store.ID{id}, domain.RelBundles, store.In)
	return domain.ReleaseAround{Deployments: deployments[id], Packages: packages[id]}, err
}

// readTests reads the tests of all related releases; those of the release itself
// are its own.
func (g *reading) readTests(ctx context.Context, related []*domain.Release) (all []*test, err error) {
	far, err := estate.Linked[*domain.AcceptanceTest](ctx, g.View, entity.IDsOf(related), domain.RelTests, store.In)
	if err != nil {
		return nil, err
	}
	var ids []store.ID
	for _, r := range related {
		for _, t := range far[store.ID(r.ID)] {
			one := &test{AcceptanceTest: t}
			all, ids = append(all, one), append(ids, store.ID(t.ID))
			if r.ID == g.Release.ID {
				g.tests = append(g.tests, one)
				g.keep(t)
			}
		}
	}
	slices.SortStableFunc(g.tests, func(a, b *test) int {
		return cmp.Or(cmp.Compare(slices.Index(domain.TestKinds, a.Kind), slices.Index(domain.TestKinds, b.Kind)), cmp.Compare(a.Key, b.Key))
	})
	scripts, err := estate.Linked[*domain.MediaItem](ctx, g.View, ids, domain.RelRuns, store.Out)
	if err != nil {
		return nil, err
	}
	requests, err := estate.Linked[*domain.ChangeRequest](ctx, g.View, ids, domain.RelMitigates, store.Out)
	for i, id := range ids {
		for _, m := range scripts[id] {
			all[i].script = m.Key
		}
		for _, c := range requests[id] {
			all[i].mitigates = c.Key
		}
	}
	return all, err
}

// readRuns reads the runs of tests: those of the release itself by their ends.
func (g *reading) readRuns(ctx context.Context, tests []*test) error {
	ids := make([]store.ID, len(tests))
	own := map[string]bool{}
	for i, t := range tests {
		ids[i] = store.ID(t.ID)
	}
	for _, t := range g.tests {
		own[t.ID] = true
	}
	far, err := estate.Linked[*domain.TestRun](ctx, g.View, ids, domain.RelRunOf, store.In)
	if err != nil {
		return err
	}
	for i, t := range tests {
		for _, r := range far[ids[i]] {
			g.noteRun(r)
			if own[t.ID] {
				g.runs = append(g.runs, &run{TestRun: r, of: t})
			}
		}
	}
	slices.SortStableFunc(g.runs, func(a, b *run) int { return cmp.Or(a.EndedAt.Compare(b.EndedAt), cmp.Compare(a.Key, b.Key)) })
	var nodes []store.ID
	for _, r := range g.runs {
		nodes = append(nodes, store.ID(r.ID))
	}
	reports, err := estate.Linked[*domain.MediaItem](ctx, g.View, nodes, domain.RelStoredAs, store.Out)
	if err != nil {
		return err
	}
	places, err := estate.Linked[*domain.TestEnvironment](ctx, g.View, nodes, domain.RelRanIn, store.Out)
	for _, r := range g.runs {
		r.report, r.place = optional.First(reports[store.ID(r.ID)]), optional.First(places[store.ID(r.ID)])
	}
	return err
}

// used are the test environments in which the last runs that count were made. Guards
// hold them as they were read.
func (g *reading) used() (list []environment.Used) {
	of := map[string]int{}
	for _, r := range g.counting() {
		if r.place == nil {
			continue
		}
		if _, known := of[r.place.ID]; !known {
			of[r.place.ID] = len(list)
			list = append(list, environment.Used{Place: r.place})
			g.keep(r.place)
		}
		one := &list[of[r.place.ID]]
		one.Runs = append(one.Runs, r.TestRun)
	}
	return list
}

// counting are the last runs of the tests, as far as they count (R21).
func (g *reading) counting() (list []*run) {
	last := g.round().Last()
	for _, r := range g.runs {
		if one := last[r.of.Key]; one != nil && one.Key == r.Key {
			list = append(list, r)
		}
	}
	return list
}

func (g *reading) readDeliverables(ctx context.Context) error {
	id := store.ID(g.Release.ID)
	far, err := estate.Linked[*domain.Deliverable](ctx, g.View, []store.ID{id}, domain.RelBrings, store.Out)
	if err != nil {
		return err
	}
	stored, err := estate.Linked[*domain.MediaItem](ctx, g.View, entity.IDsOf(far[id]), domain.RelStoredAs, store.Out)
	for _, d := range far[id] {
		g.keep(d)
		one := &delivered{d, optional.First(stored[store.ID(d.ID)])}
		if one.stored != nil {
			g.keep(one.stored)
		}
		g.deliverables = append(g.deliverables, one)
	}
	return err
}

// readSignOffs reads the signatures on all related releases; those on the release
// itself are its own, by when they were given.
func (g *reading) readSignOffs(ctx context.Context, related []*domain.Release) error {
	far, err := estate.Linked[*domain.SignOff](ctx, g.View, entity.IDsOf(related), domain.RelSigns, store.In)
	if err != nil {
		return err
	}
	for _, r := range related {
		for _, s := range far[store.ID(r.ID)] {
			g.noteSignOff(s)
		}
	}
	g.signOffs = far[store.ID(g.Release.ID)]
	slices.SortStableFunc(g.signOffs, func(a, b *domain.SignOff) int {
		return cmp.Or(a.SignedAt.Compare(b.SignedAt), cmp.Compare(a.Key, b.Key))
	})
	return nil
}
