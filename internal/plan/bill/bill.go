// Package bill compares bills of materials with what the graph says that a software
// is made of.
package bill

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"

	"releasegraph/internal/pace"
)

// Component is what a bill names: a package in a version.
type Component struct {
	Name, Version string
	// Purl is its package URL; empty: it has none.
	Purl string
}

// Part is an item that the software is made of once the release is in.
type Part struct {
	Key string
	Component
	// Whole says that it is the software itself, which a bill need not name.
	Whole bool
}

// Kind says how a package differs.
type Kind string

// The kinds of difference.
const (
	// Unexpected: the bill has the package, the graph has not.
	Unexpected Kind = "UNEXPECTED"
	// Missing: the graph has the package, the bill has not.
	Missing Kind = "MISSING"
	// OtherVersion: both have the package, not in the same versions.
	OtherVersion Kind = "OTHER_VERSION"
)

// Difference is a package that a bill and the graph do not both have in the same
// versions.
type Difference struct {
	Kind    Kind
	Package string
	// Versions are those that only the bill has, ascending as text.
	Versions []string
	// Parts are the keys of the items that only the graph has, ascending.
	Parts []string
}

// Compare returns the packages that differ, by name. Two are the same package when
// their package URLs are equal without version and qualifiers, or else the
// component's name is the part's key or name, letter case aside. Without a version
// either is found in any.
func Compare(ctx context.Context, components []Component, parts []Part) ([]Difference, error) {
	billed, known := map[string][]Component{}, map[string][]Part{}
	step := pace.Of(ctx)
	for _, c := range components {
		if err := step.Step(); err != nil {
			return nil, err
		}
		name := c.pack()
		billed[name] = append(billed[name], c)
	}
	for _, p := range parts {
		if err := step.Step(); err != nil {
			return nil, err
		}
		name := p.packIn(billed)
		known[name] = append(known[name], p)
	}
	list := []Difference{}
	for name, versions := range billed {
		if d := differ(name, versions, known[name]); d != nil {
			list = append(list, *d)
		}
	}
	for name, only := range known {
		only = slices.DeleteFunc(only, func(p Part) bool { return p.Whole })
		if billed[name] == nil && len(only) > 0 {
			list = append(list, Difference{Kind: Missing, Package: name, Parts: keysOf(only)})
		}
	}
	slices.SortFunc(list, func(a, b Difference) int { return cmp.Compare(a.Package, b.Package) })
	return list, nil
}

// differ is how a package of the bill differs from its parts; nil: in nothing.
func differ(name string, billed []Component, known []Part) *Difference {
	alone := map[string]bool{} // versions that only the bill has
	anyVersion := false
	for _, c := range billed {
		anyVersion = anyVersion || c.Version == ""
		alone[c.Version] = true
	}
	delete(alone, "")
	if len(known) == 0 {
		return &Difference{Kind: Unexpected, Package: name, Versions: slices.Sorted(maps.Keys(alone))}
	}
	var only []Part
	for _, p := range known {
		if p.Version != "" && !anyVersion && !slices.ContainsFunc(billed, func(c Component) bool { return c.Version == p.Version }) {
			only = append(only, p)
		}
	}
	for _, p := range known {
		if p.Version == "" {
			clear(alone)
		}
		delete(alone, p.Version)
	}
	if len(only) == 0 && len(alone) == 0 {
		return nil
	}
	return &Difference{Kind: OtherVersion, Package: name, Versions: slices.Sorted(maps.Keys(alone)), Parts: keysOf(only)}
}

func keysOf(parts []Part) []string {
	keys := make([]string, len(parts))
	for i, p := range parts {
		keys[i] = p.Key
	}
	slices.Sort(keys)
	return keys
}

// packIn names the package, by the name that the bill has for it where it names it
// by its key.
func (p Part) packIn(billed map[string][]Component) string {
	if key := strings.ToLower(p.Key); !strings.HasPrefix(p.Purl, "pkg:") && billed[key] != nil {
		return key
	}
	return p.pack()
}

// pack names the package, whatever its version.
func (c Component) pack() string {
	purl, ok := strings.CutPrefix(c.Purl, "pkg:")
	if !ok {
		return strings.ToLower(c.Name)
	}
	purl, _, _ = strings.Cut(purl, "#")
	purl, _, _ = strings.Cut(purl, "?")
	// A namespace such as @scope is encoded (%40), so that the last @ is the version's.
	if at := strings.LastIndex(purl, "@"); at > strings.LastIndex(purl, "/") {
		purl = purl[:at]
	}
	if plain, err := url.PathUnescape(purl); err == nil {
		purl = plain
	}
	kind, rest, _ := strings.Cut(purl, "/")
	return "pkg:" + strings.ToLower(kind) + "/" + rest
}
