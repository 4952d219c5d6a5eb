package media

import (
	"context"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/library"
	"releasegraph/internal/store"
)

// End names a licence that ends before its time, and when.
type End struct {
	Ref       domain.Ref
	At        *time.Time
	Reason    *string
	IfVersion *int
}

// EndLicence ends a licence before its time; now when no time is given.
func (a *Area) EndLicence(ctx context.Context, in End, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: authz.Update, Kind: domain.KindLicence, Options: o.Because(in.Reason), Input: []any{"end", domain.KindLicence, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		found, err := a.estate.Seen(ctx, authz.Update, k, in.Ref, in.IfVersion)
		if err != nil {
			return nil, nil, err
		}
		before := found.(*domain.Licence)
		if before.EndedAt != nil {
			return nil, nil, domain.Breaks("L3", "input.ref", "%s was ended already", before.Key)
		}
		after := entity.Clone(before).(*domain.Licence)
		at := optional.Or(in.At, a.estate.Clock()).UTC()
		after.EndedAt = &at
		d := &estate.Draft{}
		d.Decide(before, after)
		return d, after, nil
	})
}

// LicenceUse is how a licence is used (L3, L7).
type LicenceUse struct {
	Used, Over int
	Illegal    []*IllegalUse
	Waste      []*domain.Site
}

// IllegalUse is an installation that its licence does not cover.
type IllegalUse struct {
	Item  *domain.ConfigurationItem
	Site  *domain.Site
	Since *time.Time
	Why   IllegalReason
}

// IllegalReason says why an installation is not covered.
type IllegalReason string

// Status is the status of a licence now.
func (a *Area) Status(l *domain.Licence) domain.LicenceStatus { return l.StatusAt(a.estate.Clock()) }

// Use counts the seats of a licence, and lists which installations it does not
// cover and for which sites it is paid in vain (L3, L7). What is read grows with
// the installations of its software.
func (a *Area) Use(ctx context.Context, l *domain.Licence) (*LicenceUse, error) {
	v := a.estate.CohortOf(ctx, l).View
	r, err := readUse(ctx, v, l)
	if err != nil {
		return nil, err
	}
	now := a.estate.Clock()
	use, err := r.counts.Use(ctx, r.terms, l.Key, r.users, now)
	if err != nil {
		return nil, err
	}
	illegal, err := r.terms.IllegalUse(ctx, l.Key, r.installations, r.users, now)
	if err != nil {
		return nil, err
	}
	out := &LicenceUse{Used: use.Used, Over: use.Over, Illegal: []*IllegalUse{}, Waste: []*domain.Site{}}
	for _, one := range illegal {
		row := &IllegalUse{Item: r.items[one.Item], Site: r.sites[one.Site], Why: IllegalReason(one.Why)}
		if !one.Since.IsZero() {
			row.Since = &one.Since
		}
		out.Illegal = append(out.Illegal, row)
	}
	for _, key := range use.Waste {
		out.Waste = append(out.Waste, r.sites[key])
	}
	return out, nil
}

// licenceReading is all that counting the seats of a licence looks at.
type licenceReading struct {
	terms         *library.Terms
	counts        *library.Counts
	installations []library.Installation
	items         map[string]*domain.ConfigurationItem // by key
	sites         map[string]*domain.Site              // by key
}

func (r *licenceReading) users(site string) int {
	if s := r.sites[site]; s != nil && s.Users != nil {
		return *s.Users
	}
	return 0
}

// readUse reads the software of a licence, where it is installed, and the other
// licences of that software, which an installation may count for instead.
func readUse(ctx context.Context, v estate.View, l *domain.Licence) (*licenceReading, error) {
	r := &licenceReading{counts: library.NewCounts(), items: map[string]*domain.ConfigurationItem{}, sites: map[string]*domain.Site{}}
	licensed, err := estate.Linked[*domain.ConfigurationItem](ctx, v, []store.ID{store.ID(l.ID)}, domain.RelLicensedBy, store.In)
	if err != nil {
		return nil, err
	}
	items := licensed[store.ID(l.ID)]
	var ids []store.ID
	for _, i := range items {
		r.items[i.Key] = i
		ids = append(ids, store.ID(i.ID))
	}
	if err := r.readTerms(ctx, v, l, items, ids); err != nil {
		return nil, err
	}
	return r, r.readInstallations(ctx, v, items, ids)
}

// readTerms reads the licences of the software, and where each is paid for.
func (r *licenceReading) readTerms(ctx context.Context, v estate.View, l *domain.Licence, items []*domain.ConfigurationItem, ids []store.ID) error {
	far, err := estate.Linked[*domain.Licence](ctx, v, ids, domain.RelLicensedBy, store.Out)
	if err != nil {
		return err
	}
	of, all := map[string][]string{}, map[string]*domain.Licence{l.Key: l}
	for i, item := range items {
		for _, one := range far[ids[i]] {
			all[one.Key] = one
			of[one.Key] = append(of[one.Key], item.Key)
		}
	}
	paid, err := v.Edges(ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(l.ID)}, Rel: domain.RelPaidAt, Direction: store.Out, Kind: domain.KindSite, Order: []store.Order{{Property: "key"}}})
	if err != nil {
		return refusal.OfStore(err)
	}
	paidAt := map[string]int{}
	for i, s := range estate.Decoded[*domain.Site](ctx, v, paid[0].Nodes) {
		r.sites[s.Key] = s
		seats, _ := paid[0].Edges[i].Props["seats"].(int64)
		paidAt[s.Key] = int(seats)
	}
	var list []library.Licence
	for key, one := range all {
		terms := library.Licence{Licence: one, Items: of[key]}
		if key == l.Key {
			terms.PaidAt = paidAt
		}
		list = append(list, terms)
	}
	r.terms = library.NewTerms(list)
	return nil
}

// readInstallations reads where the software runs.
func (r *licenceReading) readInstallations(ctx context.Context, v estate.View, items []*domain.ConfigurationItem, ids []store.ID) error {
	if len(ids) == 0 {
		return nil
	}
	pages, err := v.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: domain.RelInstalledAt, Direction: store.Out, Kind: domain.KindSite, Order: []store.Order{{Property: "key"}}})
	if err != nil {
		return refusal.OfStore(err)
	}
	for i, page := range pages {
		for j, s := range estate.Decoded[*domain.Site](ctx, v, page.Nodes) {
			r.sites[s.Key] = s
			one := library.Installation{Item: items[i].Key, Site: s.Key, Licence: page.Edges[j].Props.Text("licence")}
			one.Since, _ = page.Edges[j].Props["since"].(time.Time)
			r.installations = append(r.installations, one)
			r.counts.Add(one)
		}
	}
	return nil
}
