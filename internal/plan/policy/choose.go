// Package policy chooses the release policy that an item follows, and finds what
// is wrong with one (R3).
package policy

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/domain"
)

// Scope is what a policy is for. A dimension that is empty is not named, and
// holds for all; a scope that names none is for everything.
type Scope struct {
	Unit, Service, Supplier string
	Classes                 []domain.Class
	Environment             domain.Environment
}

// Status is where a policy stands in its life.
type Status string

// The statuses of policies.
const (
	Draft   Status = "DRAFT"
	InForce Status = "IN_FORCE"
	Retired Status = "RETIRED"
)

// Candidate is a version of a policy that may be followed.
type Candidate struct {
	Key           string
	Version       int
	Status        Status
	EffectiveFrom time.Time
	Scope         Scope
}

// Item is an item that looks for its policy.
type Item struct {
	Key   string
	Units []string
	// Services are those that depend on the item, by how many dependencies away; a
	// service is 0 away from itself.
	Services    map[string]int
	Suppliers   []string
	Class       domain.Class
	Environment domain.Environment
}

// Reason is why a policy is not the one.
type Reason struct {
	Policy  string
	Version int
	Text    string
}

// Choice is which policy an item follows.
type Choice struct {
	// Policy is nil where none applies, or several are equally close.
	Policy *Candidate
	// Ambiguous are those that are equally close (AMBIGUOUS_POLICY), by key.
	Ambiguous []Candidate
	// Reasons tell why the others do not apply, by key and version.
	Reasons []Reason
}

// For chooses the policy of an item at an instant. Of those in force whose scope
// holds for the item the closest wins: unit, service, supplier, classes and
// environment are compared, in this order, as named or not; then the nearer
// service.
func For(item Item, policies []Candidate, now time.Time) Choice {
	var c Choice
	current := currentVersions(policies, now)
	var applying []Candidate
	for _, p := range policies {
		why := p.idle(current, now)
		if why == "" {
			why = item.outside(p.Scope)
		}
		if why == "" {
			applying = append(applying, p)
			continue
		}
		c.Reasons = append(c.Reasons, Reason{p.Key, p.Version, why})
	}
	slices.SortFunc(applying, func(a, b Candidate) int { return cmp.Or(item.closer(a, b), cmp.Compare(a.Key, b.Key)) })
	best := 0
	for best < len(applying) && item.closer(applying[0], applying[best]) == 0 {
		best++
	}
	switch {
	case best == 1:
		c.Policy = &applying[0]
	case best > 1:
		c.Ambiguous = applying[:best:best]
	}
	for _, p := range applying[best:] {
		c.Reasons = append(c.Reasons, Reason{p.Key, p.Version, "applies, but " + item.preferred(applying[0], p)})
	}
	slices.SortFunc(c.Reasons, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(a.Policy, b.Policy), cmp.Compare(a.Version, b.Version))
	})
	return c
}

// currentVersions are the versions that have come into force last, by policy.
func currentVersions(policies []Candidate, now time.Time) map[string]int {
	current := map[string]int{}
	for _, p := range policies {
		if p.Status == InForce && !p.EffectiveFrom.After(now) {
			current[p.Key] = max(current[p.Key], p.Version)
		}
	}
	return current
}

// idle says why a policy is followed by nothing at all, "" when it may be.
func (p Candidate) idle(current map[string]int, now time.Time) string {
	switch {
	case p.Status != InForce:
		return "is " + string(p.Status)
	case p.EffectiveFrom.After(now):
		return "is in force from " + p.EffectiveFrom.Format(time.RFC3339) + " on"
	case current[p.Key] != p.Version:
		return fmt.Sprintf("version %d of it is in force", current[p.Key])
	}
	return ""
}

// outside says which dimension of a scope does not hold for the item, "" when all
// do.
func (i Item) outside(s Scope) string {
	if s.Unit != "" && !slices.Contains(i.Units, s.Unit) {
		return fmt.Sprintf("is for unit %s, and %s is in %s", s.Unit, i.Key, none(i.Units))
	}
	if _, needed := i.Services[s.Service]; s.Service != "" && !needed {
		return fmt.Sprintf("is for service %s, which neither is %s nor depends on it", s.Service, i.Key)
	}
	if s.Supplier != "" && !slices.Contains(i.Suppliers, s.Supplier) {
		return fmt.Sprintf("is for supplier %s, and %s comes from %s", s.Supplier, i.Key, none(i.Suppliers))
	}
	if len(s.Classes) > 0 && !slices.Contains(s.Classes, i.Class) {
		return fmt.Sprintf("is for %s, and %s is %s", list(s.Classes), i.Key, i.Class)
	}
	if s.Environment != "" && s.Environment != i.Environment {
		return fmt.Sprintf("is for %s, and %s is in %s", s.Environment, i.Key, cmp.Or(string(i.Environment), "none"))
	}
	return ""
}

func none(keys []string) string {
	if len(keys) == 0 {
		return "none"
	}
	return strings.Join(keys, ", ")
}

func list[T ~string](values []T) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(v)
	}
	return strings.Join(texts, ", ")
}

// dimensions are those of a scope, the most telling first.
var dimensions = []string{"the unit", "the service", "the supplier", "the classes", "the environment"}

func (s Scope) named() []bool {
	return []bool{s.Unit != "", s.Service != "", s.Supplier != "", len(s.Classes) > 0, s.Environment != ""}
}

// closer is negative when a is closer to the item than b.
func (i Item) closer(a, b Candidate) int {
	x, y := a.Scope.named(), b.Scope.named()
	for d := range x {
		switch {
		case x[d] && !y[d]:
			return -1
		case y[d] && !x[d]:
			return 1
		}
	}
	if a.Scope.Service == "" {
		return 0
	}
	return cmp.Compare(i.Services[a.Scope.Service], i.Services[b.Scope.Service])
}

// preferred says why a is closer than b.
func (i Item) preferred(a, b Candidate) string {
	x, y := a.Scope.named(), b.Scope.named()
	for d := range x {
		if x[d] != y[d] {
			return fmt.Sprintf("%s is closer: it names %s", a.Key, dimensions[d])
		}
	}
	return fmt.Sprintf("%s is closer: its service is nearer (%d, not %d dependencies away)", a.Key, i.Services[a.Scope.Service], i.Services[b.Scope.Service])
}

// Clash reports whether two scopes are equally close to everything that both hold
// for, and surely hold for the same: they name the same dimensions, alike, and
// share a class where they name classes. Two policies in force may not.
func Clash(a, b Scope) bool {
	if !slices.Equal(a.named(), b.named()) || a.Unit != b.Unit || a.Service != b.Service || a.Supplier != b.Supplier || a.Environment != b.Environment {
		return false
	}
	return len(a.Classes) == 0 || slices.ContainsFunc(a.Classes, func(c domain.Class) bool { return slices.Contains(b.Classes, c) })
}

// Winners are the policies that the changed items of a release follow, by key.
// With one, the release follows it; of several its manager names one, with a
// reason. Ambiguous ones are among them.
func Winners(choices []Choice) []string {
	keys := map[string]bool{}
	for _, c := range choices {
		if c.Policy != nil {
			keys[c.Policy.Key] = true
		}
		for _, p := range c.Ambiguous {
			keys[p.Key] = true
		}
	}
	return slices.Sorted(maps.Keys(keys))
}
