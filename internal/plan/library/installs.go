package library

import (
	"iter"
	"maps"
	"slices"
)

// Going is an item that a release holds, whether the release adds it, and the sites
// where it is installed now.
type Going struct {
	Item string
	Adds bool
	At   []string
}

// Installs lists what releases are going to install, each item at each site once.
// A release goes to the sites where something that it holds is installed (P2):
// there it installs what it adds and is not there yet. Everything else that it does
// is done to what is installed already.
func Installs(releases ...[]Going) iter.Seq[Installation] {
	adding, own := map[string][]int{}, map[string][]string{} // releases, and sites, by item
	to := make([][]string, len(releases))
	for i, held := range releases {
		for _, g := range held {
			to[i] = append(to[i], g.At...)
			if g.Adds {
				adding[g.Item], own[g.Item] = append(adding[g.Item], i), g.At
			}
		}
		slices.Sort(to[i])
		to[i] = slices.Compact(to[i])
	}
	return func(yield func(Installation) bool) {
		for _, item := range slices.Sorted(maps.Keys(adding)) {
			there := map[string]bool{}
			for _, site := range own[item] {
				there[site] = true
			}
			for _, i := range adding[item] {
				for _, site := range to[i] {
					if there[site] {
						continue
					}
					there[site] = true
					if !yield(Installation{Item: item, Site: site}) {
						return
					}
				}
			}
		}
	}
}
