package announcement

import (
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/announcement"
	"releasegraph/internal/store"
)

// Consequences are what follows for announcements. An import brings what a release is told
// by in parts: drafts are compared with it when they are sent.
func (a *Area) Consequences() []estate.Consequence {
	return []estate.Consequence{{
		Name: "R14 announcements follow the plan", Binds: estate.ByMutation | estate.ByVerb,
		Minds: estate.Interest{
			Kinds: []string{domain.KindRelease, domain.KindDeployment},
			Rels:  []string{domain.RelChanges, domain.RelImplements, domain.RelBundles, domain.RelFixes, domain.RelIntroducedBy},
		},
		Owns: fields(), Follow: rules{a}.follow,
	}}
}

// fields are all those of an announcement: the consequence makes some.
func fields() []string {
	list := []string{domain.KindAnnouncement + ".sources"}
	for _, f := range entity.KindNamed(domain.KindAnnouncement).Fields {
		list = append(list, domain.KindAnnouncement+"."+f.Name)
	}
	return list
}

// follow drafts the announcements anew of each release of which the change set moves the
// calendar, changes what it holds, or fixes or gives up the plan, and of the packages that
// bundle it. It drops the drafts of one that goes back to its plan, or is announced no
// more (R14).
func (a rules) follow(ctx context.Context, p *estate.Proposal) error {
	touched, err := a.touched(ctx, p)
	if err != nil || len(touched) == 0 {
		return err
	}
	would, err := p.Would(ctx)
	if err != nil || len(would.Effects) == 0 { // what is written is there already
		return err
	}
	v := a.estate.Supposing(would)
	ids := make([]store.ID, 0, len(touched))
	for id := range touched {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	releases, err := estate.ByID[*domain.Release](ctx, v, ids...)
	if err != nil {
		return err
	}
	for _, id := range ids {
		r := releases[id]
		if r == nil {
			continue
		}
		if err := a.followRelease(ctx, p, v, r, touched[id]); err != nil {
			return err
		}
	}
	return nil
}

// touch is what a change set does to a release as far as it is announced.
type touch struct {
	// from is the status that the release had.
	from domain.ReleaseStatus
	// begins says that those are told who have not been: its plan is fixed, or it starts.
	begins bool
}

// followRelease writes what becomes of the announcements of a release that would have
// moved.
func (a rules) followRelease(ctx context.Context, p *estate.Proposal, v estate.View, r *domain.Release, t *touch) error {
	moved := t.from != r.Status
	if moved && r.Status == domain.ReleasePlanned || r.Status != domain.ReleaseCancelled && !r.Status.Announced() {
		return a.drop(ctx, p, v, r)
	}
	pl, err := a.plan(ctx, v, r, intent{news: t.begins, now: p.Now()})
	if err != nil {
		return err
	}
	for _, s := range pl.steps {
		if err := write(p, pl, s); err != nil {
			return err
		}
	}
	if len(pl.steps) > 0 {
		p.Guard(pl.guards[0])
	}
	return nil
}

// drop drops the drafts of a release.
func (a rules) drop(ctx context.Context, p *estate.Proposal, v estate.View, r *domain.Release) error {
	list, err := announcementsOf(ctx, v, r)
	if err != nil {
		return err
	}
	for _, one := range list {
		if one.Status != domain.AnnouncementDraft {
			continue
		}
		if err := p.Change(one, func(after entity.Record) { after.(*domain.Announcement).Status = domain.AnnouncementDropped }); err != nil {
			return err
		}
	}
	return nil
}

// write adds what becomes of an announcement to a change set.
func write(p *estate.Proposal, pl *planning, s announcement.Step) error {
	if s.Before != nil {
		return p.Change(s.Before, func(after entity.Record) {
			meta := *after.Meta()
			*after.(*domain.Announcement) = *s.After
			*after.Meta() = meta
		})
	}
	if err := p.Create(s.After); err != nil {
		return err
	}
	for rel, to := range pl.ends(s.After) {
		p.Draft.Join(rel, s.After, to)
	}
	return nil
}

// touched are the releases with announcements of which the change set changes what is
// told; and those whose plan it fixes, or that it begins to deploy.
func (a rules) touched(ctx context.Context, p *estate.Proposal) (map[store.ID]*touch, error) {
	if err := p.Ends(ctx); err != nil {
		return nil, err
	}
	had := map[store.ID]*touch{}
	note := func(r *domain.Release, begins bool) {
		if id := store.ID(r.ID); r.Version > 0 && !p.Settled(r.Key) {
			if had[id] == nil {
				had[id] = &touch{from: r.Status}
			}
			had[id].begins = had[id].begins || begins
		}
	}
	for _, c := range p.Records {
		was, ok := c.Before.(*domain.Release)
		now, is := c.After.(*domain.Release)
		if ok && is {
			note(was, was.Status != now.Status && now.Status == domain.ReleaseDeploying)
		}
	}
	for _, l := range p.Links {
		for _, end := range []entity.Record{l.From, l.To} {
			if r, ok := end.(*domain.Release); ok && !l.Stays {
				note(r, false)
			}
		}
	}
	if err := a.planned(ctx, p, note); err != nil {
		return nil, err
	}
	if err := a.above(ctx, had); err != nil {
		return nil, err
	}
	return had, a.announced(ctx, had)
}

// planned notes the releases whose plans are fixed, or given up.
func (a rules) planned(ctx context.Context, p *estate.Proposal, note func(r *domain.Release, begins bool)) error {
	binds := map[store.ID]bool{}
	var deployments []store.ID
	for _, c := range p.Records {
		was, ok := c.Before.(*domain.Deployment)
		now, is := c.After.(*domain.Deployment)
		if ok && is && was.Binding() != now.Binding() {
			id := store.ID(now.ID)
			deployments, binds[id] = append(deployments, id), now.Binding()
		}
	}
	if len(deployments) == 0 {
		return nil
	}
	releases, err := estate.Linked[*domain.Release](ctx, a.estate.Everything(), deployments, domain.RelDeploys, store.Out)
	for _, id := range deployments {
		for _, r := range releases[id] {
			note(r, binds[id])
		}
	}
	return err
}

// above adds the packages that bundle releases.
func (a rules) above(ctx context.Context, had map[store.ID]*touch) error {
	var level []store.ID
	for id := range had {
		level = append(level, id)
	}
	for len(level) > 0 {
		far, err := estate.Linked[*domain.Release](ctx, a.estate.Everything(), level, domain.RelBundles, store.In)
		if err != nil {
			return err
		}
		level = nil
		for _, packages := range far {
			for _, r := range packages {
				if _, known := had[store.ID(r.ID)]; !known {
					had[store.ID(r.ID)] = &touch{from: r.Status}
					level = append(level, store.ID(r.ID))
				}
			}
		}
	}
	return nil
}

// announced leaves out the releases that have no announcement, and begin none.
func (a rules) announced(ctx context.Context, had map[store.ID]*touch) error {
	ids := make([]store.ID, 0, len(had))
	for id := range had {
		ids = append(ids, id)
	}
	far, err := a.estate.Everything().Far(ctx, ids, domain.RelAnnounces, store.In, domain.KindAnnouncement)
	for _, id := range ids {
		if len(far[id]) == 0 && !had[id].begins {
			delete(had, id)
		}
	}
	return err
}
