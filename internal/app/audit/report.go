package audit

import (
	"context"
	"fmt"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/ground"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/audit"
	"releasegraph/internal/store"
)

// Report is what was found at a site.
type Report struct {
	Site    domain.Ref
	Moment  domain.AuditMoment
	At      *time.Time
	Found   []audit.Found
	Comment *string
}

// mostFound bounds how much one report may tell.
const mostFound = 10_000

// AuditSite holds what was found at a site against the installations that the graph
// has there, and keeps where they differ (R5).
func (a *Area) AuditSite(ctx context.Context, in Report, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: audits, Kind: domain.KindAudit, Options: o, Input: []any{"audit", domain.KindAudit, in}}
	return a.estate.Mutate(ctx, m, func(*entity.Kind) (*estate.Draft, entity.Record, error) {
		found, err := a.estate.Existing(ctx, entity.KindNamed(domain.KindSite), in.Site, "input.site")
		if err != nil {
			return nil, nil, err
		}
		site, now := found.(*domain.Site), a.estate.Clock()
		if err := a.mayAudit(ctx, in, site, now); err != nil {
			return nil, nil, err
		}
		done := &domain.ConfigurationAudit{
			Moment: in.Moment, AuditedBy: acting.Name(ctx), AuditedAt: optional.Or(in.At, now), Comment: in.Comment, Found: len(in.Found),
		}
		if err := a.Compare(ctx, done, store.ID(site.ID), in.Found, nil); err != nil {
			return nil, nil, err
		}
		counts, err := a.estate.Entire.CountEdges(ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(site.ID)}, Rel: domain.RelAudits, Direction: store.In})
		if err != nil {
			return nil, nil, refusal.OfStore(err)
		}
		key, err := a.records.FreeKey(ctx, domain.KindAudit, site.Key, "audit", int(counts[0])+1)
		if err != nil {
			return nil, nil, err
		}
		done.Key, done.Name, done.Sources = key, string(in.Moment)+" audit of "+site.Key, domain.BroughtBy(domain.SourceAPI)
		if es := done.Check(); len(es) > 0 {
			return nil, nil, es.Under("input").Err()
		}
		d, _ := a.estate.Creating(done)
		d.Known = append(d.Known, site)
		d.Hold(site)
		d.Join(domain.RelAudits, done, store.ID(site.ID))
		return d, done, nil
	})
}

// mayAudit says all that is wrong with a report.
func (a *Area) mayAudit(ctx context.Context, in Report, site *domain.Site, now time.Time) error {
	var es domain.Errors
	if in.At != nil && in.At.After(now) {
		es = append(es, refusal.Wrong("input.at", "is in the future"))
	}
	es = append(es, CheckFound(in.Found, "input.found")...)
	if err := es.Err(); err != nil {
		return err
	}
	return a.estate.Within(ctx, audits, domain.KindAudit, site, "input.site")
}

// CheckFound says all that is wrong with what was found, as a field of the input tells it.
func CheckFound(found []audit.Found, path string) (es domain.Errors) {
	if len(found) > mostFound {
		es = append(es, refusal.Wrong(path, "tells of %d items: at most %d in one report", len(found), mostFound))
	}
	seen := map[string]int{}
	for i, f := range found {
		field := fmt.Sprintf("%s.%d.item", path, i)
		if err := domain.CheckKey(f.Item); err != nil {
			es = append(es, refusal.Wrong(field, "%s", err))
		}
		if before, twice := seen[domain.NormalKey(f.Item)]; twice {
			es = append(es, refusal.Wrong(field, "%s is told twice: see found.%d", f.Item, before))
		}
		seen[domain.NormalKey(f.Item)] = i
	}
	return es
}

// Compare notes where what was found differs from the installations of the site: those of
// the graph, and where others are to be, these.
func (a *Area) Compare(ctx context.Context, done *domain.ConfigurationAudit, site store.ID, found []audit.Found, will map[store.ID]ground.Standing) error {
	v := a.estate.Today(ctx)
	pages, err := v.Edges(ctx, store.EdgeQuery{
		Nodes: []store.ID{site}, Rel: domain.RelInstalledAt, Direction: store.In, Kind: domain.KindConfigurationItem, Order: []store.Order{{Property: "key"}},
	})
	if err != nil {
		return refusal.OfStore(err)
	}
	var expected []audit.Expected
	known := map[string]bool{}
	for _, one := range will {
		known[one.Item.Key] = true
		if one.There {
			expected = append(expected, audit.Expected{Item: one.Item.Key, Version: one.Version})
		}
	}
	for i, n := range pages[0].Nodes {
		if _, other := will[n.ID]; other {
			continue
		}
		expected = append(expected, audit.Expected{Item: n.Props.Text("key"), Version: optional.Text(pages[0].Edges[i].Props.Text("version"))})
	}
	keys, named := make([]string, len(found)), make([]audit.Found, len(found))
	for i, f := range found {
		keys[i] = domain.NormalKey(f.Item)
		named[i] = audit.Found{Item: keys[i], Version: f.Version}
	}
	items, err := v.Find(ctx, store.Query{Kind: domain.KindConfigurationItem, Filter: store.Compare{Property: "key", Op: store.OneOf, Value: store.AnyOf(keys)}})
	if err != nil {
		return refusal.OfStore(err)
	}
	for _, n := range items.Nodes {
		known[n.Props.Text("key")] = true
	}
	done.Expected = len(expected)
	done.Discrepancies, err = audit.Compare(ctx, expected, named, func(item string) bool { return known[item] })
	return err
}
