package release

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/app/acyclic"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// lockedRels are the relationships that a release keeps once its content is locked
// (R6).
var lockedRels = []string{
	domain.RelChanges, domain.RelImplements, domain.RelBundles, domain.RelRequires, domain.RelKitOf, domain.RelFixes, domain.RelFollows,
}

// Rules are the rules of releases.
func (a *Area) Rules() []estate.Rule {
	const mutationOrImport = estate.ByMutation | estate.ByImport
	releases := []string{domain.KindRelease}
	return []estate.Rule{
		{Name: "R6 content is locked", Binds: estate.ByMutation, Minds: estate.Interest{Kinds: releases, Rels: lockedRels}, Check: contentLocked},
		{Name: "R2 parts of a package", Binds: mutationOrImport, Minds: estate.Interest{Rels: []string{domain.RelBundles, domain.RelChanges}}, Check: rules{a}.partsOfPackages},
		acyclic.Along{Estate: a.estate, Rule: "R2", Kind: domain.KindRelease, Rels: []string{domain.RelBundles, domain.RelRequires}}.Named("R2 packages and requirements make no cycle"),
		{Name: "R2 category fits what it holds", Binds: estate.ByMutation, Minds: estate.Interest{Kinds: releases}, Check: rules{a}.categoryFits},
		{Name: "R3 versions can be read", Binds: estate.ByMutation, Minds: estate.Interest{Rels: []string{domain.RelChanges}}, Check: rules{a}.versionsReadable},
		{Name: "R3 numbers are free", Binds: estate.ByMutation, Minds: estate.Interest{Kinds: releases, Rels: []string{domain.RelChanges}}, Check: rules{a}.numberFree},
		{Name: "H4 one release carries a request out", Binds: estate.ByMutation, Minds: estate.Interest{Rels: []string{domain.RelImplements}}, Check: rules{a}.oneRelease},
		{Name: "H4 what is being built takes authorised requests", Binds: estate.ByMutation, Minds: estate.Interest{Rels: []string{domain.RelImplements}}, Check: authorisedEnter},
	}
}

// contentLocked keeps an edit of a release to what its status leaves open (R6).
func contentLocked(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	for _, c := range p.Records {
		was, ok := c.Before.(*domain.Release)
		switch {
		case !ok:
		case c.Gone():
			p.Refuse(c, was.CheckRemovable()...)
		default:
			p.Refuse(c, was.CheckRevision(c.After.(*domain.Release))...)
		}
	}
	for _, l := range p.Links {
		r, field := linked(l)
		if r == nil || l.Stays || r.Status.ContentOpen() {
			continue
		}
		p.Refuse(l, &domain.Error{
			Code: domain.RuleViolation, Rule: "R6", Field: field,
			Message: fmt.Sprintf("is %s, so that what it holds is locked: unlock it first (%s), or plan it anew (%s)", r.Status, domain.UnlockRelease, domain.ReplanRelease),
		})
	}
	return nil
}

// linked is the release whose content a link is, and the field of the input that
// names it.
func linked(l *estate.LinkChange) (*domain.Release, string) {
	if r, ok := l.From.(*domain.Release); ok {
		return r, "from"
	}
	if r, ok := l.To.(*domain.Release); ok && l.Rel.Name == domain.RelKitOf {
		return r, "to"
	}
	return nil, ""
}

// partsOfPackages keeps what a package holds to its parts, and parts to packages
// (R2).
func (a rules) partsOfPackages(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	for _, l := range p.Links {
		r, ok := l.From.(*domain.Release)
		if !ok || l.Goes {
			continue
		}
		isPackage := r.Category == domain.PackageRelease
		switch {
		case l.Rel.Name == domain.RelBundles && !isPackage:
			p.Refuse(l, domain.Breaks("R2", "from", "%s is a %s release: only a PACKAGE bundles others", r.Key, r.Category))
		case l.Rel.Name == domain.RelChanges && isPackage:
			p.Refuse(l, domain.Breaks("R2", "from", "%s is a PACKAGE, which changes what its parts change: bundle releases (connectBundledRelease)", r.Key))
		case r.Version > 0:
			p.Keep(r)
		}
	}
	return nil
}

// categoryFits refuses a category that does not fit what a release holds already
// (R2).
func (a rules) categoryFits(ctx context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		was, ok := c.Before.(*domain.Release)
		now, is := c.After.(*domain.Release)
		if !ok || !is || (was.Category == domain.PackageRelease) == (now.Category == domain.PackageRelease) {
			continue
		}
		rel, noun := domain.RelChanges, "changes items"
		if was.Category == domain.PackageRelease {
			rel, noun = domain.RelBundles, "bundles releases"
		}
		counts, err := a.estate.Entire.CountEdges(ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(was.ID)}, Rel: rel, Direction: store.Out})
		if err != nil {
			return refusal.OfStore(err)
		}
		if counts[0] > 0 {
			p.Refuse(c, domain.Breaks("R2", "category", "cannot be %s: it %s", now.Category, noun))
		} else {
			p.Guard(store.NoEdges{ID: store.ID(was.ID), Rel: rel, Direction: store.Out})
		}
	}
	return nil
}

// versionsReadable refuses a version of an item that its policy cannot read (R3).
func (a rules) versionsReadable(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	for _, l := range p.Links {
		item, ok := l.To.(*domain.ConfigurationItem)
		r, is := l.From.(*domain.Release)
		if !ok || !is || l.Goes || l.Stays {
			continue
		}
		numbering, err := a.numberingOf(ctx, r)
		if err != nil {
			return err
		}
		change := proposed(p, l)
		items := numbering.Items
		for _, version := range []struct {
			field string
			text  *string
		}{{"fromVersion", change.FromVersion}, {"toVersion", change.ToVersion}} {
			if version.text == nil {
				continue
			}
			if _, err := items.Read(*version.text); err != nil {
				p.Refuse(l, domain.Breaks("R3", version.field, "of %s: %s", item.Key, err))
			}
		}
	}
	return nil
}

// proposed is what a link of CHANGES is to say.
func proposed(p *estate.Proposal, l *estate.LinkChange) *domain.ReleaseChange {
	for _, op := range p.Draft.Ops {
		if put, ok := op.(store.PutEdge); ok && put.EdgeKey == l.Key {
			return l.Rel.DecodeLink(put.Props).(*domain.ReleaseChange)
		}
	}
	return &domain.ReleaseChange{}
}

// numberFree refuses the number of a release that another of one of its units has
// (R3).
func (a rules) numberFree(ctx context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		was, ok := c.Before.(*domain.Release)
		now, is := c.After.(*domain.Release)
		if !ok || !is || was.ReleaseVersion == now.ReleaseVersion {
			continue
		}
		f, err := a.factsIn(ctx, a.estate.Unnamed(ctx), now)
		if err != nil {
			return err
		}
		var others []release.Numbered
		for _, o := range f.others {
			if o.Release != was.Key {
				others = append(others, o)
			}
		}
		for _, lack := range release.Taken(numbered(now, f.held.units), others, f.numbering.Releases) {
			p.Refuse(c, domain.Breaks("R3", "releaseVersion", "needs %s", lack.Text))
		}
	}
	return nil
}

// oneRelease refuses a request in a second open release (H4).
func (a rules) oneRelease(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	for _, l := range p.Links {
		r, ok := l.From.(*domain.Release)
		c, is := l.To.(*domain.ChangeRequest)
		if !ok || !is || l.Goes || l.Stays {
			continue
		}
		far, err := estate.Linked[*domain.Release](ctx, a.estate.Unnamed(ctx), []store.ID{store.ID(c.ID)}, domain.RelImplements, store.In)
		if err != nil {
			return err
		}
		var open []string
		for _, o := range far[store.ID(c.ID)] {
			if o.ID != r.ID && slices.Contains(domain.OpenReleases, o.Status) {
				open = append(open, fmt.Sprintf("%s (%s)", o.Key, o.Status))
			}
		}
		if len(open) > 0 {
			p.Refuse(l, domain.Breaks("H4", "to", "%s is in another open release: %s", c.Key, strings.Join(open, ", ")))
			continue
		}
		p.Keep(c) // two who connect it at once both write it
	}
	return nil
}

// authorisedEnter lets only authorised requests into a release that is being built
// (H4).
func authorisedEnter(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	for _, l := range p.Links {
		r, ok := l.From.(*domain.Release)
		c, is := l.To.(*domain.ChangeRequest)
		if !ok || !is || l.Goes || l.Stays {
			continue
		}
		if c.Type == domain.StandardChange {
			p.Refuse(l, domain.Breaks("H7", "to", "%s is a STANDARD change: a standard installation goes by implementChangeRequest, not by a release", c.Key))
		} else if r.Status.Carries() && c.Status != domain.ChangeAuthorised {
			p.Refuse(l, domain.Breaks("H4", "to", "%s is %s: a release that is %s takes AUTHORISED requests alone", c.Key, c.Status, r.Status))
		}
	}
	return nil
}
