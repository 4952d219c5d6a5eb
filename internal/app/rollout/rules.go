package rollout

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"releasegraph/internal/app/acyclic"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Rules are the rules of roll-outs, as an import brings them.
func (a *Area) Rules() []estate.Rule {
	inWaves := []string{domain.RelHasWave, domain.RelTargets}
	return []estate.Rule{
		{
			Name: "D1 what stands in a roll-out fits together", Binds: estate.ByImport,
			Minds: estate.Interest{Kinds: []string{domain.KindDeployment, domain.KindWave, domain.KindSiteRollout}, Rels: inWaves}, Check: rules{a}.fits,
		},
		{Name: "D1 a wave is of one deployment, a site of one wave", Binds: estate.ByImport, Minds: estate.Interest{Rels: inWaves}, Check: rules{a}.onePlace},
		{Name: "P6 a site is in a wave once", Binds: estate.ByImport, Minds: estate.Interest{Rels: []string{domain.RelTargets}}, Check: rules{a}.siteOnce},
		{Name: "D2 waves follow by number", Binds: estate.ByImport, Minds: estate.Interest{Rels: []string{domain.RelAfter}}, Check: followByNumber},
		acyclic.Along{Estate: a.estate, Rule: "D2", Kind: domain.KindWave, Rels: []string{domain.RelAfter}}.Named("D2 waves follow one another in no circle"),
	}
}

// fits refuses statuses that cannot stand together: of a wave in its deployment, of
// a site in its wave and deployment (D1). A site is held to what stands above it
// wherever it is named, for what stands above may be told in an earlier part of a
// long file than its sites.
func (a rules) fits(ctx context.Context, p *estate.Proposal) error {
	t, err := a.treeOf(ctx, p)
	if err != nil {
		return err
	}
	for _, id := range slices.SortedFunc(maps.Keys(t.at), func(x, y store.ID) int { return cmp.Compare(t.key(x), t.key(y)) }) {
		at := t.at[id]
		switch r := t.now[id].(type) {
		case *domain.Wave:
			if d := t.deployment(id); d != nil {
				t.refuse(p, at, d.CheckWave(r))
			}
		case *domain.SiteRollout:
			w, d := t.wave(id), t.deployment(t.waveOf[id])
			if w != nil {
				t.refuse(p, at, w.CheckSite(r))
			}
			if d != nil {
				t.refuse(p, at, d.CheckSite(r))
			}
		}
	}
	return nil
}

// onePlace refuses a second deployment of a wave, and a second wave of a site's
// roll-out (D1).
func (a rules) onePlace(ctx context.Context, p *estate.Proposal) error {
	for _, rel := range []struct{ name, above, below string }{
		{domain.RelHasWave, domain.KindDeployment, domain.KindWave},
		{domain.RelTargets, domain.KindWave, domain.KindSiteRollout},
	} {
		var links []*estate.LinkChange
		var ids []store.ID
		goes := map[store.EdgeKey]bool{}
		for _, l := range p.Links {
			switch {
			case l.Rel.Name != rel.name || l.Rel.From != rel.above:
			case l.Goes:
				goes[l.Key] = true
			case !l.Stays:
				links, ids = append(links, l), append(ids, l.Key.To)
			}
		}
		far, err := a.estate.Unnamed(ctx).Far(ctx, ids, rel.name, store.In, rel.above)
		if err != nil {
			return err
		}
		first := map[store.ID]store.ID{}
		for _, l := range links {
			for _, n := range far[l.Key.To] {
				if n.ID != l.Key.From && !goes[store.EdgeKey{Rel: rel.name, From: n.ID, To: l.Key.To}] {
					p.Refuse(l, domain.Breaks("D1", "to", "belongs to the %s %s already", rel.above, n.Props.Text("key")))
				}
			}
			if other, twice := first[l.Key.To]; twice && other != l.Key.From {
				p.Refuse(l, domain.Breaks("D1", "to", "is given to two records of kind %s", rel.above))
			}
			first[l.Key.To] = l.Key.From
		}
	}
	return nil
}

// followByNumber refuses that a wave follows one that has no lower number (D2).
func followByNumber(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	for _, l := range p.Links {
		later, ok := l.From.(*domain.Wave)
		earlier, is := l.To.(*domain.Wave)
		if ok && is && !l.Goes && !l.Stays && later.Ordinal <= earlier.Ordinal {
			p.Refuse(l, domain.Breaks("D2", "to", "%s is wave %d, and %s is wave %d: a wave comes after one with a lower number", earlier.Key, earlier.Ordinal, later.Key, later.Ordinal))
		}
	}
	return nil
}
