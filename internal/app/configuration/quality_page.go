package configuration

import (
	"releasegraph/internal/app/listing"
	"releasegraph/internal/plan/rank"
)

// FindingPage is a page of what a check found, the largest first.
type FindingPage[N any] struct {
	Nodes                []*N
	Cursors              []string
	HasPrevious, HasNext bool
	// TotalCount counts what is on all pages together.
	TotalCount int
}

// Finding is a set of items that a check found: size counts them, name tells it
// from others of the same size.
type Finding[N any] struct {
	Size int
	Name string
	Node *N
}

// Place returns where the finding stands: the largest come first.
func (f Finding[N]) Place() rank.Place { return rank.Place{Count: f.Size, Key: f.Name} }

// PageOf cuts a page out of all findings.
func PageOf[N any](all []Finding[N], limit int, after *string) (*FindingPage[N], error) {
	part, err := listing.ParseCut(&limit, after)
	if err != nil {
		return nil, err
	}
	rank.Sort(all)
	page := &FindingPage[N]{Nodes: []*N{}, TotalCount: len(all)}
	found, previous, next := listing.CutOf(all, part)
	page.HasPrevious, page.HasNext = previous, next
	for _, f := range found {
		page.Nodes, page.Cursors = append(page.Nodes, f.Node), append(page.Cursors, listing.PlaceCursor(f.Size, f.Name))
	}
	return page, nil
}
