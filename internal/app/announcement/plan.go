package announcement

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/announcement"
	"releasegraph/internal/store"
)

// planning is a release with its announcements, as they were read, and what becomes of
// them.
type planning struct {
	release  *domain.Release
	existing []*domain.Announcement
	steps    []announcement.Step
	// sites are the ids of those that are told, by key.
	sites  map[string]store.ID
	guards []store.Guard
}

// intent is what announcements are planned for.
type intent struct {
	news, discardEdits bool
	now                time.Time
}

// plan reads a release in a view, and works out what becomes of its announcements.
// Whom it concerns is told of all of it: what the caller sees does not matter.
func (a *Area) plan(ctx context.Context, v estate.View, r *domain.Release, want intent) (*planning, error) {
	p := &planning{release: r, sites: map[string]store.ID{}}
	since, err := a.estate.Head(ctx)
	if err != nil {
		return nil, err
	}
	if p.existing, err = announcementsOf(ctx, v, r); err != nil {
		return nil, err
	}
	p.hold(store.Revision(since))
	q := announcement.Question{
		Existing: p.existing, News: want.news || begun(p.existing), DiscardEdits: want.discardEdits, Now: want.now, Writer: a.writer,
		Told: announcement.Told{Name: r.Name, Version: r.ReleaseVersion, Need: optional.Or(r.BusinessNeed, ""), From: r.PlannedFrom, To: r.PlannedTo, Cancelled: r.Status == domain.ReleaseCancelled},
	}
	standing, err := a.releases.Standing(ctx, v, r)
	if err != nil {
		return nil, err
	}
	q.Told.Notes = standing.Notes()
	fixed, err := sitesOf(ctx, v, r)
	if err != nil {
		return nil, err
	}
	q.Told.Hours = fixed.hours
	if q.Listeners, err = a.listeners(ctx, v, standing.Items, fixed, p); err != nil {
		return nil, err
	}
	if p.steps, err = q.Plan(ctx); err != nil {
		return nil, err
	}
	p.steps = slices.DeleteFunc(p.steps, func(s announcement.Step) bool { return s.Before != nil && reflect.DeepEqual(s.Before, s.After) })
	return p, a.name(ctx, v, p)
}

// begun reports whether the release is being announced: those are told whom it comes
// to concern.
func begun(existing []*domain.Announcement) bool {
	return slices.ContainsFunc(existing, func(a *domain.Announcement) bool {
		return a.Occasion == domain.OnPlan && a.Status != domain.AnnouncementDropped
	})
}

// hold guards that the release and its announcements stay as they were read, and that
// nobody else makes one: two who draft at once do not tell anybody twice.
func (p *planning) hold(since store.Revision) {
	p.guards = append(p.guards, store.Unchanged{Since: since, Rel: domain.RelAnnounces}, store.NodeAt{ID: store.ID(p.release.ID), Version: int64(p.release.Version)})
	for _, one := range p.existing {
		p.guards = append(p.guards, store.NodeAt{ID: store.ID(one.ID), Version: int64(one.Version)})
	}
}

// announcementsOf reads the announcements of a release, by key.
func announcementsOf(ctx context.Context, v estate.View, r *domain.Release) ([]*domain.Announcement, error) {
	id := store.ID(r.ID)
	far, err := estate.Linked[*domain.Announcement](ctx, v, []store.ID{id}, domain.RelAnnounces, store.In)
	return far[id], err
}

// listeners are those whom a release concerns: by what it holds, and by what that
// hurts. Its sites are those of the plan that is fixed, or else where what it holds is
// installed.
func (a *Area) listeners(ctx context.Context, v estate.View, items []*domain.ConfigurationItem, fixed *fixedPlan, p *planning) ([]announcement.Listener, error) {
	held, nodes := make([]store.ID, len(items)), make([]store.Node, len(items))
	for i, item := range items {
		held[i] = store.ID(item.ID)
		nodes[i] = store.Node{ID: held[i], Kind: domain.KindConfigurationItem}
	}
	hurt, err := a.impact.Hurt(ctx, nodes)
	if err != nil {
		return nil, err
	}
	touched := slices.Concat(held, hurt)
	slices.Sort(touched)
	touched = slices.Compact(touched)
	var c announcement.Concerned
	for _, one := range []struct {
		rel  string
		into *[]*domain.Party
	}{{domain.RelSupportedBy, &c.Supporting}, {domain.RelServes, &c.Served}, {domain.RelOwnedBy, &c.Owning}} {
		if *one.into, err = far[*domain.Party](ctx, v, touched, one.rel); err != nil {
			return nil, err
		}
	}
	if c.Sites = fixed.sites; !fixed.exists {
		if c.Sites, err = far[*domain.Site](ctx, v, held, domain.RelInstalledAt); err != nil {
			return nil, err
		}
	}
	for _, s := range c.Sites {
		p.sites[s.Key] = store.ID(s.ID)
	}
	return c.Listeners(), nil
}

// far reads what a relationship joins to some records, each once for each record.
func far[R entity.Record](ctx context.Context, v estate.View, ids []store.ID, rel string) (list []R, err error) {
	for chunk := range slices.Chunk(ids, listing.MaxPage) {
		linked, err := estate.Linked[R](ctx, v, chunk, rel, store.Out)
		if err != nil {
			return nil, err
		}
		for _, id := range chunk {
			list = append(list, linked[id]...)
		}
	}
	return list, nil
}

// name gives new announcements their keys, names and ids.
func (a *Area) name(ctx context.Context, v estate.View, p *planning) error {
	var fresh []*domain.Announcement
	for _, s := range p.steps {
		if s.Before == nil {
			fresh = append(fresh, s.After)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	keys, err := freeKeys(ctx, v, p.release.Key, len(p.existing)+1, len(fresh))
	for i, one := range fresh {
		one.ID, one.Sources = a.estate.NewID(), domain.BroughtBy(domain.SourceAPI)
		one.Name = fmt.Sprintf("%s of %s for %s", one.Occasion, p.release.Key, one.Audience)
		if i < len(keys) {
			one.Key = keys[i]
		} else {
			one.Key = "announcement-" + one.ID
		}
	}
	return err
}

// freeKeys returns keys for so many announcements of a release, fewer where its key
// leaves no room for them.
func freeKeys(ctx context.Context, v estate.View, of string, ordinal, n int) (free []string, err error) {
	const spare = 10 // for keys that others hold
	var keys []string
	for i := range n + spare {
		if key := fmt.Sprintf("%s/announcement-%d", of, ordinal+i); domain.CheckKey(key) == nil {
			keys = append(keys, key)
		}
	}
	held, err := v.Entire.Lookup(ctx, domain.KindAnnouncement, "key", keys...)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	return slices.DeleteFunc(keys, func(key string) bool {
		_, taken := held[key]
		return taken
	}), nil
}
