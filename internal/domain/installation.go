package domain

import "time"

// Installation is what INSTALLED_AT says: the item runs at the site.
type Installation struct {
	Version       *string    `graph:"version,filter,set"`
	ActiveVersion *string    `graph:"activeVersion,filter,set"`
	Since         *time.Time `graph:"since,filter,set"`
	Licence       *string    `graph:"licence,filter,set"`
	Supplier      *string    `graph:"supplier,filter,set"`
}
