package configuration

import (
	"context"

	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/quality"
)

// UnevenGroups are the redundancy groups whose dependencies name different
// minimums.
type UnevenGroups struct {
	TotalCount int
	Nodes      []*UnevenGroup
}

// UnevenGroup is one of them.
type UnevenGroup struct {
	RedundancyGroup    string
	Minimums, Percents []int
	Members, Counts    int

	load *traversal.Items
	node quality.Node
}

// Item loads the item whose group it is.
func (g *UnevenGroup) Item(ctx context.Context) (*domain.ConfigurationItem, error) {
	return g.load.One(ctx, g.node)
}

// UnevenGroups lists the redundancy groups of the whole estate whose
// dependencies name different minimums (I5), whatever the filter.
func (q *DataQuality) UnevenGroups(ctx context.Context, first int) (*UnevenGroups, error) {
	if first < 0 || first > listing.MaxPage {
		return nil, refusal.Wrong("first", "must be from 0 to %d, not %d", listing.MaxPage, first)
	}
	g, err := q.graph(ctx)
	if err != nil {
		return nil, err
	}
	found, err := quality.UnevenGroups(ctx, g)
	if err != nil {
		return nil, err
	}
	load := traversal.NewItems(q.a.estate.Today(ctx), g, nil)
	list := &UnevenGroups{TotalCount: len(found), Nodes: []*UnevenGroup{}}
	for _, one := range found[:min(first, len(found))] {
		load.Want(one.Item)
		list.Nodes = append(list.Nodes, &UnevenGroup{
			RedundancyGroup: one.Name, Minimums: append([]int{}, one.Minimums...), Percents: append([]int{}, one.Percents...),
			Members: one.Members, Counts: one.Counts, load: load, node: one.Item,
		})
	}
	return list, nil
}

// Contradictions lists the attribute definitions that contradict one another
// (C7).
func (q *DataQuality) Contradictions(ctx context.Context) ([]*domain.Contradiction, error) {
	definitions, err := q.definitions(ctx)
	if err != nil {
		return nil, err
	}
	return append([]*domain.Contradiction{}, domain.Contradictions(definitions)...), nil
}
