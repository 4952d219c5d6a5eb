package ground

import (
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Standing is an item that is installed at a site as the ground has it, or that is not.
type Standing struct {
	Item    *domain.ConfigurationItem
	There   bool
	Version *string
}

// At lists how what was read will stand at a site, by item.
func (g *Ground) At(site store.ID) map[store.ID]Standing {
	list := map[store.ID]Standing{}
	for at, spot := range g.spots {
		if at.site != site || g.items[at.item] == nil {
			continue
		}
		one := Standing{Item: g.items[at.item].is, There: spot.is != nil}
		if spot.is != nil {
			one.Version = spot.is.Version
		}
		list[at.item] = one
	}
	return list
}
