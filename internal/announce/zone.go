package announce

import (
	"sync"
	"time"
)

// zones are those that were read, by name: each is read from a file, and a roll-out to
// thousands of sites writes as many letters.
var zones sync.Map

// zoneNamed is a time zone by its name, UTC where there is none of that name.
func zoneNamed(name string) *time.Location {
	if known, is := zones.Load(name); is {
		return known.(*time.Location)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	zones.Store(name, zone)
	return zone
}
