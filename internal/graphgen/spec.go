// Package graphgen makes large, believable estates for benchmarks and load
// tests: items in layers from facilities to services, joined by dependencies
// of which few items attract most, with some cycles and redundancy groups,
// installed at thousands of sites. The same Spec always makes the same estate.
package graphgen

import "fmt"

// Spec says what to make.
type Spec struct {
	Seed uint64
	// Items is how many configuration items there are.
	Items int
	// Sites is how many sites there are; 0: 10,000, or a tenth of the items
	// where that is fewer.
	Sites int
	// Relationships is how many an item has on average, one of them an
	// installation; 0: five. Two for each site come on top.
	Relationships int
	// Reach is how many items depend on the Estate's Source, directly or not:
	// exactly so many, whatever else there is. The chains that make it so are
	// free of redundancy groups and of NONE, so every one of these items is
	// hurt when the Source fails. They lie in runs of 64 that are spread over
	// the whole estate, as the stacks of one data centre would.
	Reach int
}

const (
	mostSites     = 10_000
	relationships = 5
)

func (s Spec) withDefaults() Spec {
	if s.Sites == 0 {
		s.Sites = min(mostSites, max(1, s.Items/10))
	}
	if s.Relationships == 0 {
		s.Relationships = relationships
	}
	return s
}

func (s Spec) check() error {
	switch {
	case s.Items < 1:
		return fmt.Errorf("an estate needs at least one item, not %d", s.Items)
	case s.Sites < 1:
		return fmt.Errorf("an estate needs at least one site, not %d", s.Sites)
	case s.Relationships < 2:
		return fmt.Errorf("an item needs at least two relationships on average, not %d", s.Relationships)
	case s.Reach < 0 || s.Reach >= s.Items:
		return fmt.Errorf("of %d items from 0 to %d can depend on one of them, not %d", s.Items, s.Items-1, s.Reach)
	}
	return nil
}
