// Package audit holds what was found at a site against what was expected there.
package audit

import (
	"cmp"
	"context"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
)

// Found is an item that was found at a site.
type Found struct {
	Item    string
	Version *string // nil: not known
}

// Expected is an installation that the configuration graph has at a site.
type Expected struct {
	Item    string
	Version *string // nil: not known
}

// Compare returns, by item and version found, where what was found differs from what
// was expected. A version that either side does not know differs from none. Known
// reports whether there is an item of a key. Each item is expected once.
func Compare(ctx context.Context, expected []Expected, found []Found, known func(item string) bool) ([]domain.Discrepancy, error) {
	step, at := pace.Of(ctx), map[string]*string{}
	for _, e := range expected {
		at[e.Item] = e.Version
	}
	list, seen := []domain.Discrepancy{}, map[string]bool{}
	for _, f := range found {
		if err := step.Step(); err != nil {
			return nil, err
		}
		seen[f.Item] = true
		version, is := at[f.Item]
		switch {
		case !known(f.Item):
			list = append(list, domain.Discrepancy{Item: f.Item, Kind: domain.UnknownItem, Found: f.Version})
		case !is:
			list = append(list, domain.Discrepancy{Item: f.Item, Kind: domain.ItemNotExpected, Found: f.Version})
		case version != nil && f.Version != nil && *version != *f.Version:
			list = append(list, domain.Discrepancy{Item: f.Item, Kind: domain.OtherItemVersion, Expected: version, Found: f.Version})
		}
	}
	for _, e := range expected {
		if !seen[e.Item] {
			list = append(list, domain.Discrepancy{Item: e.Item, Kind: domain.ItemNotFound, Expected: e.Version})
		}
	}
	for i := range list {
		list[i].Advice = list[i].Kind.Advice()
	}
	slices.SortStableFunc(list, func(a, b domain.Discrepancy) int {
		return cmp.Or(cmp.Compare(a.Item, b.Item), cmp.Compare(text(a.Found), text(b.Found)))
	})
	return list, nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
