package domain

import (
	"fmt"
	"time"
)

// BoundName is a name that belongs to one identity, and so to one person: no
// other identity acts under it, or under one that looks like it.
type BoundName struct {
	Name     string
	Identity string // the provider's issuer, and the subject there
	Since    time.Time
}

// CheckBound says why somebody may not act under a name that is bound: it is
// another's (section 9).
func (n *BoundName) CheckBound(name, identity string) error {
	if n.Identity == identity {
		return nil
	}
	return &Error{
		Code: Forbidden, Details: map[string]any{"name": n.Name, "since": n.Since},
		Message: fmt.Sprintf(
			"another person has acted as %q since %s, and %q is the same name or looks like it: an administrator can find out who is who, and free the name (releaseName)",
			n.Name, n.Since.UTC().Format(time.DateOnly), name),
	}
}
