package library

import (
	"cmp"
	"time"
)

// Installation is an item at a site. An item is at a site once.
type Installation struct {
	Item, Site string
	Since      time.Time
	// Licence is the one that the installation names, empty when it names none.
	Licence string
}

func (i Installation) compare(j Installation) int {
	return cmp.Or(i.Since.Compare(j.Since), cmp.Compare(i.Site, j.Site), cmp.Compare(i.Item, j.Item))
}
