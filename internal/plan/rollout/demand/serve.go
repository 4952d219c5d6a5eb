package demand

import (
	"slices"
)

// installed reports whether an item is installed at a site today.
func (f *facts) installed(item, site int32) bool {
	_, found := slices.BinarySearch(f.m.At(site), item)
	return found
}

// at reports whether an item is at a site: it is installed there, or added there by a
// release of the plan.
func (f *facts) at(item, site int32) bool {
	return f.installed(item, site) || len(f.adds) > 0 && slices.Contains(f.adds[site], item)
}

// needed lists the sites that a site SITE_NEEDS, by any chain, nearest first.
func (f *facts) needed(site int32) []int32 {
	if len(f.m.SiteNeeds.Out(site)) == 0 {
		return nil
	}
	seen := map[int32]bool{site: true}
	list := []int32{site}
	for i := 0; i < len(list); i++ {
		for _, next := range f.m.SiteNeeds.Out(list[i]) {
			if !seen[next] {
				seen[next] = true
				list = append(list, next)
			}
		}
	}
	return list[1:]
}

// serving lists the sites among those that are needed that have an item.
func (f *facts) serving(item int32, needed []int32) (sites []int32) {
	for _, s := range needed {
		if f.at(item, s) {
			sites = append(sites, s)
		}
	}
	return sites
}
