package resolvers

import (
	"context"

	"releasegraph/graph/direct"
	"releasegraph/graph/model"
	"releasegraph/graph/relay"
	"releasegraph/internal/app"
	"releasegraph/internal/app/configuration"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/impact"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/records"
	"releasegraph/internal/app/work"
	"releasegraph/internal/domain"
)

// list gathers the arguments of a connection.
func list(filter relay.Input, orderBy []relay.Input, first *int, after *string, last *int, before *string) listing.List {
	l := listing.List{Filter: filter, First: first, After: after, Last: last, Before: before}
	for _, o := range orderBy {
		l.OrderBy = append(l.OrderBy, o)
	}
	return l
}

// one answers with a record of kind N, or null.
func one[N any](record any, err error) (*N, error) {
	if err != nil || record == nil {
		return nil, err
	}
	n, ok := record.(*N)
	if !ok {
		return nil, internalf("%T where %T was expected", record, n)
	}
	return n, nil
}

// many answers with a page of a kind.
func many[N, E any](ctx context.Context, a *app.App, kind string, l listing.List, newEdge func(*N, any, string) *E) (*relay.Connection[N, E], error) {
	l.Runs = direct.TakesRuns(ctx)
	page, err := a.Records.Records(ctx, kind, counted(ctx, l))
	return connection(page, err, newEdge)
}

// related answers with a page of what a relationship joins to a record.
func related[N, E any](ctx context.Context, a *app.App, record any, via records.Via, l listing.List, asOf *domain.AsOf, newEdge func(*N, any, string) *E) (*relay.Connection[N, E], error) {
	l.AsOf = asOf
	page, err := a.Records.Related(ctx, record, via, counted(ctx, l))
	return connection(page, err, newEdge)
}

func connection[N, E any](page *listing.Page, err error, newEdge func(*N, any, string) *E) (*relay.Connection[N, E], error) {
	if err != nil {
		return nil, err
	}
	c := &relay.Connection[N, E]{
		Nodes:    make([]*N, len(page.Items)),
		PageInfo: &relay.PageInfo{HasNextPage: page.HasNext, HasPreviousPage: page.HasPrevious}, Total: page.Total,
	}
	for i, item := range page.Items {
		if c.Nodes[i], err = one[N](item.Record, nil); err != nil {
			return nil, err
		}
	}
	c.Edge = func(i int) *E { return newEdge(c.Nodes[i], page.Items[i].Link, page.Items[i].Cursor) }
	if n := len(page.Items); n > 0 {
		c.PageInfo.StartCursor, c.PageInfo.EndCursor = &page.Items[0].Cursor, &page.Items[n-1].Cursor
	}
	if page.Next != nil {
		c.Next = func(ctx context.Context) (*relay.Connection[N, E], error) {
			next, err := page.Next(ctx)
			return connection(next, err, newEdge)
		}
	}
	return c, nil
}

// written answers a mutation of a record.
func written[N any](w *estate.Written, err error) (*relay.Payload[N], error) {
	if err != nil {
		return nil, err
	}
	record, err := one[N](w.Record, nil)
	return &relay.Payload[N]{Record: record, Revision: w.Revision, DryRun: w.DryRun, Changes: w.Changes}, err
}

// connected answers a mutation of a relationship.
func connected[F, T, L any](c *records.Connected, err error) (*relay.LinkPayload[F, T, L], error) {
	if err != nil {
		return nil, err
	}
	p := &relay.LinkPayload[F, T, L]{Revision: c.Revision, DryRun: c.DryRun, Changes: c.Changes}
	if p.From, err = one[F](c.From, nil); err != nil {
		return nil, err
	}
	if p.To, err = one[T](c.To, nil); err != nil {
		return nil, err
	}
	p.Link, err = one[L](c.Link, nil)
	return p, err
}

// node answers with a record of any kind, or null.
func node(record any) (relay.Node, error) {
	if record == nil {
		return nil, nil
	}
	n, ok := record.(relay.Node)
	if !ok {
		return nil, internalf("%T is no record", record)
	}
	return n, nil
}

// pointers answers with a list whose elements may not be null.
func pointers[T any](values []T) []*T {
	list := make([]*T, len(values))
	for i := range values {
		list[i] = &values[i]
	}
	return list
}

// nodes answers with records of any kind, null where there is none.
func nodes(records []any) ([]relay.Node, error) {
	list := make([]relay.Node, len(records))
	for i, r := range records {
		var err error
		if list[i], err = node(r); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// withdrawn answers the withdrawal of an item.
func withdrawn(w *configuration.Withdrawn, err error) (*model.WithdrawConfigurationItemPayload, error) {
	if err != nil {
		return nil, err
	}
	item, err := one[domain.ConfigurationItem](w.Record, nil)
	return &model.WithdrawConfigurationItemPayload{
		ConfigurationItem: item, StillUsedBy: pointers(w.StillUsedBy),
		Revision: w.Revision, DryRun: w.DryRun, Changes: pointers(w.Changes),
	}, err
}

// hits answers with a page of an impact analysis.
func hits(ctx context.Context, page *impact.ImpactHitPage, err error) (*model.ImpactHitConnection, error) {
	if err != nil {
		return nil, err
	}
	c := hitRun(page)
	if !direct.TakesRuns(ctx) {
		return c, c.Gather(ctx)
	}
	return c, nil
}

// hitRun is a run of such a page, or all of it.
func hitRun(page *impact.ImpactHitPage) *model.ImpactHitConnection {
	c := &model.ImpactHitConnection{
		Nodes:    page.Nodes,
		PageInfo: &relay.PageInfo{HasNextPage: page.HasNext, HasPreviousPage: page.HasPrevious},
		Total:    func(context.Context) (int, error) { return page.TotalCount, nil },
	}
	c.Edge = func(i int) *model.ImpactHitEdge {
		return &model.ImpactHitEdge{Node: page.Nodes[i], Cursor: page.Nodes[i].Cursor()}
	}
	if n := len(page.Nodes); n > 0 {
		c.PageInfo.StartCursor, c.PageInfo.EndCursor = &c.Edge(0).Cursor, &c.Edge(n-1).Cursor
	}
	if page.Next != nil {
		c.Next = func(context.Context) (*model.ImpactHitConnection, error) { return hitRun(page.Next()), nil }
	}
	return c
}

// toTell answers with a page of the parties to tell of an impact.
func toTell(page *impact.ToTellPage, err error) (*model.PartyToTellConnection, error) {
	if err != nil {
		return nil, err
	}
	c := &model.PartyToTellConnection{
		Nodes:    page.Nodes,
		PageInfo: &relay.PageInfo{HasNextPage: page.HasNext, HasPreviousPage: page.HasPrevious},
		Total:    func(context.Context) (int, error) { return page.TotalCount, nil },
	}
	c.Edge = func(i int) *model.PartyToTellEdge {
		return &model.PartyToTellEdge{Node: page.Nodes[i], Cursor: page.Nodes[i].Cursor}
	}
	if n := len(page.Nodes); n > 0 {
		c.PageInfo.StartCursor, c.PageInfo.EndCursor = &page.Nodes[0].Cursor, &page.Nodes[n-1].Cursor
	}
	return c, nil
}

// items answers with a page of configuration items.
func items(page *listing.Page, err error) (*relay.ConfigurationItemConnection, error) {
	return connection(page, err, relay.NewEdge[domain.ConfigurationItem])
}

// findings answers with a page of what a check found.
func findings[N any](page *configuration.FindingPage[N], err error) (*relay.Connection[N, relay.Edge[N]], error) {
	if err != nil {
		return nil, err
	}
	c := &relay.Connection[N, relay.Edge[N]]{
		Nodes:    page.Nodes,
		PageInfo: &relay.PageInfo{HasNextPage: page.HasNext, HasPreviousPage: page.HasPrevious},
		Total:    func(context.Context) (int, error) { return page.TotalCount, nil },
	}
	c.Edge = func(i int) *relay.Edge[N] { return &relay.Edge[N]{Node: page.Nodes[i], Cursor: page.Cursors[i]} }
	if n := len(page.Cursors); n > 0 {
		c.PageInfo.StartCursor, c.PageInfo.EndCursor = &page.Cursors[0], &page.Cursors[n-1]
	}
	return c, nil
}

// rows answers with a page of a report.
func rows[N any](page *listing.Rows[N], err error) (*relay.Connection[N, relay.Edge[N]], error) {
	if err != nil {
		return nil, err
	}
	c := &relay.Connection[N, relay.Edge[N]]{
		Nodes: page.Nodes, PageInfo: &relay.PageInfo{HasNextPage: page.HasNext, HasPreviousPage: page.HasPrevious()},
	}
	c.Edge = func(i int) *relay.Edge[N] { return &relay.Edge[N]{Node: page.Nodes[i], Cursor: page.Cursors[i]} }
	c.PageInfo.StartCursor, c.PageInfo.EndCursor = page.Ends()
	return c, nil
}

// duplicates answers with a page of groups of duplicates.
func duplicates(found *configuration.Duplicates, err error) (*model.DuplicateGroupConnection, error) {
	if err != nil {
		return nil, err
	}
	c, err := findings(&found.FindingPage, nil)
	return &model.DuplicateGroupConnection{Connection: *c, Items: found.Items}, err
}

// breaches answers with a page of breaches of attribute definitions.
func breaches(page *configuration.BreachPage, err error) (*model.AttributeBreachConnection, error) {
	if err != nil {
		return nil, err
	}
	c := &model.AttributeBreachConnection{
		Nodes:    page.Nodes,
		PageInfo: &relay.PageInfo{HasNextPage: page.HasNext}, Total: page.Total,
	}
	c.Edge = func(i int) *model.AttributeBreachEdge {
		return &model.AttributeBreachEdge{Node: page.Nodes[i], Cursor: page.Nodes[i].Cursor}
	}
	if n := len(page.Nodes); n > 0 {
		c.PageInfo.StartCursor, c.PageInfo.EndCursor = &page.Nodes[0].Cursor, &page.Nodes[n-1].Cursor
	}
	return c, nil
}

// concerning answers with a page of what bears on items.
func concerning(page *impact.ConcernPage, err error) (*model.ConcernConnection, error) {
	if err != nil {
		return nil, err
	}
	c := &model.ConcernConnection{
		Nodes:    page.Nodes,
		PageInfo: &relay.PageInfo{HasNextPage: page.HasNext, HasPreviousPage: page.HasPrevious},
		Total:    func(context.Context) (int, error) { return page.TotalCount, nil },
	}
	c.Edge = func(i int) *model.ConcernEdge {
		return &model.ConcernEdge{Node: page.Nodes[i], Cursor: page.Nodes[i].Cursor}
	}
	if n := len(page.Nodes); n > 0 {
		c.PageInfo.StartCursor, c.PageInfo.EndCursor = &page.Nodes[0].Cursor, &page.Nodes[n-1].Cursor
	}
	return c, nil
}

// workPage answers with a page of what waits for the caller.
func workPage(page *work.WorkPage, err error) (*model.WorkConnection, error) {
	if err != nil {
		return nil, err
	}
	c := &model.WorkConnection{Counts: page.ByReason}
	c.Nodes, c.Total = page.Nodes, page.Total
	c.PageInfo = &relay.PageInfo{HasNextPage: page.HasNext, HasPreviousPage: page.HasPrevious}
	c.Edge = func(i int) *model.WorkEdge { return &model.WorkEdge{Node: page.Nodes[i], Cursor: page.Nodes[i].Cursor} }
	if n := len(page.Nodes); n > 0 {
		c.PageInfo.StartCursor, c.PageInfo.EndCursor = &page.Nodes[0].Cursor, &page.Nodes[n-1].Cursor
	}
	return c, nil
}
