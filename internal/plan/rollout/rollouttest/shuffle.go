package rollouttest

import (
	"slices"

	"pgregory.net/rapid"

	"releasegraph/internal/plan/rollout"
)

// Shuffle returns the same input with all its records in another order.
func Shuffle(t *rapid.T, in rollout.Input) rollout.Input {
	items, itemAt := mixed(t, "items", in.Items)
	sites, siteAt := mixed(t, "sites", in.Sites)
	releases, releaseAt := mixed(t, "releases", in.Releases)
	parties, partyAt := mixed(t, "parties", in.Parties)
	in.Items, in.Sites, in.Releases, in.Parties = items, sites, releases, parties
	for i := range items {
		items[i].SupportedBy = placed(items[i].SupportedBy, partyAt)
	}
	for i := range sites {
		sites[i].PartOf = placed(sites[i].PartOf, siteAt)
	}
	for i := range releases {
		r := &releases[i]
		r.Bundles, r.Requires = placed(r.Bundles, releaseAt), placed(r.Requires, releaseAt)
		r.Changes = each(t, r.Changes, func(c *rollout.Change) {
			c.Item, c.Sites = rollout.ItemNo(itemAt[c.Item]), placed(c.Sites, siteAt)
		})
	}
	in.Dependencies = each(t, in.Dependencies, func(l *rollout.Dependency) {
		l.From, l.To = rollout.ItemNo(itemAt[l.From]), rollout.ItemNo(itemAt[l.To])
	})
	in.Installed = each(t, in.Installed, func(i *rollout.Installation) {
		i.Item, i.Site = rollout.ItemNo(itemAt[i.Item]), rollout.SiteNo(siteAt[i.Site])
	})
	link := func(l *rollout.SiteLink) { l.From, l.To = rollout.SiteNo(siteAt[l.From]), rollout.SiteNo(siteAt[l.To]) }
	in.Needs, in.StandIns = each(t, in.Needs, link), each(t, in.StandIns, link)
	in.Units = each(t, in.Units, func(u *rollout.Unit) { u.Items = placed(u.Items, itemAt) })
	opening := func(o *rollout.Opening) { o.Sites, o.Services = placed(o.Sites, siteAt), placed(o.Services, itemAt) }
	in.Windows, in.Freezes = each(t, in.Windows, opening), each(t, in.Freezes, opening)
	in.Works = each(t, in.Works, func(w *rollout.Work) { w.Items, w.Sites = placed(w.Items, itemAt), placed(w.Sites, siteAt) })
	in.Loads = each(t, in.Loads, func(l *rollout.Load) { l.Party = rollout.PartyNo(partyAt[l.Party]) })
	in.Brought = each(t, in.Brought, func(b *rollout.Brought) {
		b.Release, b.Site = rollout.ReleaseNo(releaseAt[b.Release]), rollout.SiteNo(siteAt[b.Site])
	})
	in.Past = each(t, in.Past, func(p *rollout.PastRollout) { p.Items = placed(p.Items, itemAt) })
	in.Release = rollout.ReleaseNo(releaseAt[in.Release])
	in.Question.Sites = placed(in.Question.Sites, siteAt)
	return in
}

// mixed returns a list in another order, and where each place went.
func mixed[T any](t *rapid.T, name string, list []T) (other []T, at []int) {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	if len(list) > 1 {
		order = rapid.Permutation(order).Draw(t, name)
	}
	other, at = make([]T, len(list)), make([]int, len(list))
	for to, from := range order {
		other[to], at[from] = list[from], to
	}
	return other, at
}

// each returns a list in another order, with every record changed.
func each[T any](t *rapid.T, list []T, change func(*T)) []T {
	other, _ := mixed(t, "order", list)
	for i := range other {
		change(&other[i])
	}
	return other
}

// placed returns where places went, in another order.
func placed[T ~int32](list []T, at []int) []T {
	other := make([]T, len(list))
	for i, n := range list {
		other[i] = T(at[n])
	}
	slices.Reverse(other)
	return other
}
