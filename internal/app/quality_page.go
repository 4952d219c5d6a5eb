package app

import "releasegraph/internal/plan/rank"

// FindingPage is a page of what a check found, the largest first.
type FindingPage[N any] struct {
	Nodes                []*N
	Cursors              []string
	HasPrevious, HasNext bool
	// TotalCount counts what is on all pages together.
	TotalCount int
}

// finding is a set of items that a check found: size counts them, name tells it
// from others of the same size.
type finding[N any] struct {
	size int
	name string
	node *N
}

// Place is where the finding stands: the largest come first.
func (f finding[N]) Place() rank.Place { return rank.Place{Count: f.size, Key: f.name} }

// pageOf cuts a page out of all findings.
func pageOf[N any](all []finding[N], limit int, after *string) (*FindingPage[N], error) {
	part, err := parseCut(&limit, after)
	if err != nil {
		return nil, err
	}
	rank.Sort(all)
	page := &FindingPage[N]{Nodes: []*N{}, TotalCount: len(all)}
	found, previous, next := cutOf(all, part)
	page.HasPrevious, page.HasNext = previous, next
	for _, f := range found {
		page.Nodes, page.Cursors = append(page.Nodes, f.node), append(page.Cursors, placeCursor(f.size, f.name))
	}
	return page, nil
}
