package audit

import (
	"context"
	"fmt"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
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
		if err := a.compare(ctx, done, site, in.Found); err != nil {
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
	if len(in.Found) > mostFound {
		es = append(es, refusal.Wrong("input.found", "tells of %d items: at most %d in one report", len(in.Found), mostFound))
	}
	seen := map[string]int{}
	for i, f := range in.Found {
		field := fmt.Sprintf("input.found.%d.item", i)
		if err := domain.CheckKey(f.Item); err != nil {
			es = append(es, refusal.Wrong(field, "%s", err))
		}
		if before, twice := seen[domain.NormalKey(f.Item)]; twice {
			es = append(es, refusal.Wrong(field, "%s is told twice: see found.%d", f.Item, before))
		}
		seen[domain.NormalKey(f.Item)] = i
	}
	if err := es.Err(); err != nil {
		return err
	}
	return a.estate.Within(ctx, audits, domain.KindAudit, site, "input.site")
}

// compare notes where what was found differs from the installations of the site.
func (a *Area) compare(ctx context.Context, done *domain.ConfigurationAudit, site *domain.Site, found []audit.Found) error {
	v, id := a.estate.Today(ctx), store.ID(site.ID)
	pages, err := v.Edges(ctx, store.EdgeQuery{
		Nodes: []store.ID{id}, Rel: domain.RelInstalledAt, Direction: store.In, Kind: domain.KindConfigurationItem, Order: []store.Order{{Property: "key"}},
	})
	if err != nil {
		return refusal.OfStore(err)
	}
	var expected []audit.Expected
	for i, n := range pages[0].Nodes {
		expected = append(expected, audit.Expected{Item: n.Props.Text("key"), Version: optional.Text(pages[0].Edges[i].Props.Text("version"))})
	}
	keys := make([]string, len(found))
	for i, f := range found {
		keys[i] = domain.NormalKey(f.Item)
		found[i].Item = keys[i]
	}
	known := map[string]bool{}
	items, err := v.Find(ctx, store.Query{Kind: domain.KindConfigurationItem, Filter: store.Compare{Property: "key", Op: store.OneOf, Value: store.AnyOf(keys)}})
	if err != nil {
		return refusal.OfStore(err)
	}
	for _, n := range items.Nodes {
		known[n.Props.Text("key")] = true
	}
	done.Expected = len(expected)
	done.Discrepancies, err = audit.Compare(ctx, expected, found, func(item string) bool { return known[item] })
	return err
}
