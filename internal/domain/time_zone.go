package domain

import (
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // the same zones wherever the program runs
)

// known remembers the zones that were found, since looking one up costs more
// than checking all else in a record.
var known sync.Map

// CheckTimeZone says why a name is no IANA time zone (P7).
func CheckTimeZone(name string) error {
	if _, ok := known.Load(name); ok {
		return nil
	}
	// LoadLocation takes "" and "Local" too, which mean nothing elsewhere.
	_, err := time.LoadLocation(name)
	if err != nil || strings.TrimSpace(name) == "" || name == "Local" {
		return fmt.Errorf("%q is no IANA time zone, such as Europe/Paris", name)
	}
	known.Store(name, true)
	return nil
}
