package impact

import (
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// readReleases adds what the releases hold to the sources (I1, R2).
func (a *Area) readReleases(ctx context.Context, v estate.View, q *impactQuestion) error {
	if len(q.releases) == 0 {
		return nil
	}
	held, err := a.Held(ctx, v, q.releases)
	q.add(held)
	return err
}

// add adds items to the sources, each once.
func (q *impactQuestion) add(items []store.Node) {
	seen := map[store.ID]bool{}
	for _, n := range q.items {
		seen[n.ID] = true
	}
	for _, n := range items {
		if !seen[n.ID] {
			seen[n.ID] = true
			q.items = append(q.items, n)
		}
	}
}

// readRequests adds what the requests for change affect to the sources (I1),
// then what others affect that are open in the same time (I6), and finds what
// analysts excluded (I10).
func (q *impactQuestion) readRequests(ctx context.Context, v estate.View) error {
	named := store.IDsOf(q.requests)
	if q.in.During != nil {
		open, err := OpenDuring(ctx, v, *q.in.During, named)
		if err != nil {
			return err
		}
		q.inFlight = open
	}
	requests := append(named, store.IDsOf(q.inFlight)...)
	if len(requests) == 0 {
		return nil
	}
	alone := len(q.items)+len(q.sites) == 0
	affected, err := EndsOf(ctx, v, requests, domain.RelAffects)
	if err != nil {
		return err
	}
	q.add(slices.Concat(affected...))
	if alone {
		q.excluded, err = excludedByAll(ctx, v, requests)
	}
	return err
}

// excludedByAll returns the items that each of the requests excludes: what one
// of them may well hurt is not left out for the sake of another.
func excludedByAll(ctx context.Context, v estate.View, requests []store.ID) ([]store.Node, error) {
	lists, err := EndsOf(ctx, v, requests, domain.RelExcludes)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(lists[0])
	for _, list := range lists[1:] {
		all = slices.DeleteFunc(all, func(n store.Node) bool {
			return !slices.ContainsFunc(list, func(m store.Node) bool { return m.ID == n.ID })
		})
	}
	return all, nil
}

// EndsOf lists, for each of the records, the items to which a relationship
// leads, by key.
func EndsOf(ctx context.Context, v estate.View, ids []store.ID, rel string) ([][]store.Node, error) {
	pages, err := v.Edges(ctx, store.EdgeQuery{
		Nodes: ids, Rel: rel, Direction: store.Out, Kind: domain.KindConfigurationItem, Order: []store.Order{{Property: "key"}},
	})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	lists := make([][]store.Node, len(pages))
	for i, p := range pages {
		lists[i] = p.Nodes
	}
	return lists, nil
}

// OpenDuring lists the requests that are open in a time (I6), some aside.
func OpenDuring(ctx context.Context, v estate.View, during domain.TimeRange, aside []store.ID) ([]store.Node, error) {
	statuses := make([]any, len(domain.OpenChanges))
	for i, s := range domain.OpenChanges {
		statuses[i] = string(s)
	}
	q := store.Query{
		Kind: domain.KindChangeRequest, Order: []store.Order{{Property: "plannedFrom"}}, First: listing.MaxPage,
		Filter: store.And{
			store.Compare{Property: "plannedFrom", Op: store.Lt, Value: during.To.UTC()},
			store.Compare{Property: "plannedTo", Op: store.Gt, Value: during.From.UTC()},
			store.Compare{Property: "status", Op: store.OneOf, Value: statuses},
			store.Compare{Property: "heldBy", Op: store.IsNull},
		},
	}
	var open []store.Node
	for {
		page, err := v.Find(ctx, q)
		if err != nil {
			return nil, refusal.OfStore(err)
		}
		for _, n := range page.Nodes {
			if !slices.Contains(aside, n.ID) {
				open = append(open, n)
			}
		}
		if !page.HasNext {
			return open, nil
		}
		q.After = page.Cursors[len(page.Cursors)-1]
	}
}
