package planning

import (
	"context"
	"maps"
	"slices"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Reason says why a site is in its wave and hour (P10).
type Reason struct {
	Rule, Code, Text string
	Parameters       map[string]string
	Chain            []*Link
}

// Link is a relationship in the chain of a reason.
type Link struct {
	From, To     entity.Record
	Relationship string
}

// concealed stands for the words of a reason that names what the caller may not see.
const concealed = "Because of something that is not there any more, or that you may not see."

// named are the records of some names, as far as they are there and may be seen.
type named map[domain.RecordName]entity.Record

// readNamed looks records up that others name, all of a kind at once.
func readNamed(ctx context.Context, v estate.View, names map[domain.RecordName]bool) (named, error) {
	keys := map[string][]string{}
	for name := range names {
		kind, key := name.Parts()
		keys[kind] = append(keys[kind], key)
	}
	found := named{}
	for _, kind := range slices.Sorted(maps.Keys(keys)) {
		k := entity.KindNamed(kind)
		if k == nil {
			continue // an import brought it
		}
		nodes, err := v.Lookup(ctx, kind, "key", keys[kind]...)
		if err != nil {
			return nil, refusal.OfStore(err)
		}
		for _, r := range estate.Decoded[entity.Record](ctx, v, slices.Collect(maps.Values(nodes))) {
			found[domain.NameOf(kind, r.Meta().Key)] = r
		}
	}
	return found, nil
}

// Reasons say why a roll-out is in its wave and hour (P10), as far as the caller may see
// what they name.
func (a *Area) Reasons(ctx context.Context, s *domain.SiteRollout) ([]*Reason, error) {
	c := a.estate.CohortOf(ctx, s)
	all, err := estate.EachOf(c, "reasons", func(list []*domain.SiteRollout) ([][]*Reason, error) {
		receives, err := a.allWork(ctx, c)
		if err != nil {
			return nil, err
		}
		reasons, names := make([][]domain.PlacementReason, len(list)), map[domain.RecordName]bool{}
		for i, s := range list {
			reasons[i] = append(receives[c.Members[i]].reasons(), s.PlacementReasons()...)
			for _, r := range reasons[i] {
				for _, name := range r.AllNames() {
					names[name] = true
				}
			}
		}
		found, err := readNamed(ctx, c.View, names)
		if err != nil {
			return nil, err
		}
		told := make([][]*Reason, len(list))
		for i := range list {
			told[i] = found.reasons(reasons[i])
		}
		return told, nil
	})
	return all[store.ID(s.ID)], err
}

func (n named) reasons(list []domain.PlacementReason) []*Reason {
	told := make([]*Reason, len(list))
	for i, r := range list {
		told[i] = n.reason(r)
	}
	return told
}

// reason tells a reason, or only its code where it names what cannot be seen.
func (n named) reason(r domain.PlacementReason) *Reason {
	told := &Reason{Rule: r.Rule, Code: r.Code, Text: r.Text, Parameters: r.Parameters, Chain: []*Link{}}
	for _, name := range r.AllNames() {
		if n[name] == nil {
			told.Text, told.Parameters = concealed, nil
			return told
		}
	}
	for _, l := range r.Links {
		told.Chain = append(told.Chain, &Link{From: n[l.FromName], To: n[l.ToName], Relationship: l.Relationship})
	}
	return told
}

// UpToDate is an item that a site has already (P2).
type UpToDate struct {
	Site    *domain.Site
	Item    *domain.ConfigurationItem
	Version string
}

// UpToDate lists what the sites of deployments have already (P2), as far as the caller
// may see it.
func (a *Area) UpToDate(ctx context.Context, d *domain.Deployment) ([]*UpToDate, error) {
	items, names := d.UpToDateItems(), map[domain.RecordName]bool{}
	for _, one := range items {
		names[siteName(one.SiteKey)], names[itemName(one.ItemKey)] = true, true
	}
	found, err := readNamed(ctx, a.estate.CohortOf(ctx, d).View, names)
	list := []*UpToDate{}
	for _, one := range items {
		site, _ := found[siteName(one.SiteKey)].(*domain.Site)
		item, _ := found[itemName(one.ItemKey)].(*domain.ConfigurationItem)
		if site != nil && item != nil {
			list = append(list, &UpToDate{Site: site, Item: item, Version: one.Version})
		}
	}
	return list, err
}

func siteName(key string) domain.RecordName { return domain.NameOf(domain.KindSite, key) }

func itemName(key string) domain.RecordName { return domain.NameOf(domain.KindConfigurationItem, key) }

// MadeEdit is a change of a plan that a person made by hand (P11).
type MadeEdit struct {
	Kind   domain.PlanEditKind
	Site   *domain.Site // nil: none, or one that the caller may not see
	Wave   *int
	At     *time.Time
	Reason *string
	MadeBy *domain.Person
	MadeAt time.Time
}

// Edits lists what people changed of the plan by hand (P11).
func (a *Area) Edits(ctx context.Context, d *domain.Deployment) ([]*MadeEdit, error) {
	edits, names := d.PlanEdits(), map[domain.RecordName]bool{}
	for _, e := range edits {
		names[siteName(e.SiteKey)] = true
	}
	found, err := readNamed(ctx, a.estate.CohortOf(ctx, d).View, names)
	list := make([]*MadeEdit, len(edits))
	for i, e := range edits {
		one := &MadeEdit{Kind: e.Kind, At: e.At, MadeBy: domain.PersonOf(d, e.MadeBy), MadeAt: e.MadeAt}
		one.Site, _ = found[siteName(e.SiteKey)].(*domain.Site)
		if e.Wave > 0 {
			one.Wave = &e.Wave
		}
		if e.Reason != "" {
			one.Reason = &e.Reason
		}
		list[i] = one
	}
	return list, err
}

// Waiver is a rule that does not hold by a person's word (P11).
type Waiver struct {
	Rule, Reason string
	Records      []entity.Record // those that the caller may see
	MadeBy       *domain.Person
}

// Waived lists the rules that do not hold in the plan of a deployment (P11).
func (a *Area) Waived(ctx context.Context, d *domain.Deployment) ([]*Waiver, error) {
	return a.WaiversOf(ctx, a.estate.CohortOf(ctx, d).View, d)
}

// WaiversOf lists the rules that do not hold in the plan of a deployment, as a view has
// it (P11).
func (a *Area) WaiversOf(ctx context.Context, v estate.View, d *domain.Deployment) ([]*Waiver, error) {
	waivers, names := d.PlanWaivers(), map[domain.RecordName]bool{}
	for _, w := range waivers {
		for _, name := range w.Names {
			names[name] = true
		}
	}
	found, err := readNamed(ctx, v, names)
	list := make([]*Waiver, len(waivers))
	for i, w := range waivers {
		list[i] = &Waiver{Rule: w.Rule, Reason: w.Reason, MadeBy: domain.PersonOf(d, w.MadeBy), Records: []entity.Record{}}
		for _, name := range w.Names {
			if r := found[name]; r != nil {
				list[i].Records = append(list[i].Records, r)
			}
		}
	}
	return list, err
}
