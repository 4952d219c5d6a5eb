package release

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
)

// PolicyItem is an item as policies look at it: ID is that of its record, Units
// and Suppliers are keys.
type PolicyItem struct {
	Item, ID         string
	Units, Suppliers []string
	Class            domain.Class
	Environment      domain.Environment
}

// PolicyScope is a policy in force and what it names. A dimension that names
// nothing applies to all.
type PolicyScope struct {
	Policy      string // key
	Units       []string
	Suppliers   []string
	Classes     []domain.Class
	Environment *domain.Environment
	// Services are, by key of the service and id of the item, how far below the
	// service the items lie that it depends on; the service itself lies at 0.
	Services map[string]map[string]int
}

// PolicyVerdict says of a policy whether it applies to an item, and why not.
type PolicyVerdict struct {
	Policy  string
	Applies bool
	// Because is why it applies, or does not, in words.
	Because string

	named [5]bool
	depth int
}

// Judge says of each policy whether it applies to an item, the closest first: a
// policy applies when each dimension that it names matches. Of those that apply
// the closest is the one that names the unit, then the service, the supplier, the
// classes, the environment, and of equals the one with the nearer service.
func Judge(item PolicyItem, policies []PolicyScope) []PolicyVerdict {
	list := make([]PolicyVerdict, len(policies))
	for i, p := range policies {
		list[i] = p.judge(item)
	}
	slices.SortFunc(list, func(a, b PolicyVerdict) int {
		return cmp.Or(order(!a.Applies, !b.Applies), a.compare(b), cmp.Compare(a.Policy, b.Policy))
	})
	return list
}

// compare is negative when a names what b does not, the leftmost dimension first.
func (v PolicyVerdict) compare(other PolicyVerdict) int {
	for i := range v.named {
		if c := order(!v.named[i], !other.named[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(v.depth, other.depth)
}

func (p PolicyScope) judge(item PolicyItem) PolicyVerdict {
	no := func(format string, args ...any) PolicyVerdict {
		return PolicyVerdict{Policy: p.Policy, Because: fmt.Sprintf(format, args...)}
	}
	depth, below := p.nearest(item.ID)
	switch {
	case len(p.Units) > 0 && !meet(p.Units, item.Units):
		return no("it is for the units %s, and %s is in none of them", join(p.Units), item.Item)
	case len(p.Services) > 0 && !below:
		return no("it is for the services %s, and none of them depends on %s", join(slices.Sorted(maps.Keys(p.Services))), item.Item)
	case len(p.Suppliers) > 0 && !meet(p.Suppliers, item.Suppliers):
		return no("it is for the suppliers %s, and none of them supplies %s", join(p.Suppliers), item.Item)
	case len(p.Classes) > 0 && !slices.Contains(p.Classes, item.Class):
		return no("it is for other classes than %s", item.Class)
	case p.Environment != nil && *p.Environment != item.Environment:
		return no("it is for the environment %s, and %s is in %s", *p.Environment, item.Item, item.Environment)
	}
	v := PolicyVerdict{
		Policy: p.Policy, Applies: true, depth: depth,
		named: [5]bool{len(p.Units) > 0, len(p.Services) > 0, len(p.Suppliers) > 0, len(p.Classes) > 0, p.Environment != nil},
	}
	v.Because = v.reason()
	return v
}

// dimensions are those of a scope, the closest first.
var dimensions = [5]string{"unit", "service", "supplier", "classes", "environment"}

func (v PolicyVerdict) reason() string {
	var names []string
	for i, named := range v.named {
		if named {
			names = append(names, dimensions[i])
		}
	}
	if len(names) == 0 {
		return "it applies to all"
	}
	return "it names the " + join(names)
}

// nearest is how far below the nearest of the services an item lies, and whether
// it lies below any.
func (p PolicyScope) nearest(id string) (depth int, below bool) {
	for _, depths := range p.Services {
		if d, ok := depths[id]; ok && (!below || d < depth) {
			depth, below = d, true
		}
	}
	return depth, below
}

func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// Choose picks the closest policy that applies to an item: one, two or more where
// none is closer (AMBIGUOUS_POLICY), none where the default applies.
func Choose(item PolicyItem, policies []PolicyScope) (winners []string) {
	verdicts := Judge(item, policies)
	for _, v := range verdicts {
		if v.Applies && v.compare(verdicts[0]) == 0 {
			winners = append(winners, v.Policy)
		}
	}
	return winners
}

// ChooseForAll picks the one policy of all the items that a release changes, ""
// where the default applies to all. The need POLICY tells which items have
// another, and where none is the closest (R3).
func ChooseForAll(items []PolicyItem, policies []PolicyScope) (winner string, lacks []Lack) {
	of := map[string][]string{} // items by policy
	for _, item := range items {
		winners := Choose(item, policies)
		if len(winners) > 1 {
			lacks = append(lacks, NeedPolicy.lack(item.Item, "one policy for %s: %s apply alike; name one (connectFollowedPolicy) with a reason (policyReason)", item.Item, join(winners)))
			continue
		}
		name := ""
		if len(winners) == 1 {
			name = winners[0]
		}
		of[name] = append(of[name], item.Item)
	}
	names := slices.Sorted(maps.Keys(of))
	switch {
	case len(names) == 1:
		winner = names[0]
	case len(names) > 1:
		told := make([]string, len(names))
		for i, name := range names {
			told[i] = fmt.Sprintf("%s of %s", cmp.Or(name, "the default"), join(of[name]))
		}
		lacks = append(lacks, NeedPolicy.lack("", "one policy for all that it changes, not %s: name one (connectFollowedPolicy) with a reason (policyReason)", join(told)))
	}
	return winner, byAbout(lacks)
}

// Depths tells how far below an item those lie that it depends on, by id: itself
// at 0 (I3). What only documents is no dependency (I11). It stops when its context
// ends.
func Depths(ctx context.Context, g *adjacency.Graph[domain.Facts, domain.Link], id string) (map[string]int, error) {
	steps, depths := pace.Of(ctx), map[string]int{id: 0}
	root, ok := g.Lookup(id)
	if !ok {
		return depths, nil
	}
	for open := []adjacency.Node{root}; len(open) > 0; open = open[1:] {
		at := open[0]
		if err := steps.Steps(1 + len(g.Out(at))); err != nil {
			return nil, err
		}
		for _, arc := range g.Out(at) {
			below := g.ID(arc.Node)
			if _, known := depths[below]; !known && g.Labels()[arc.Label].Needs() {
				depths[below] = depths[g.ID(at)] + 1
				open = append(open, arc.Node)
			}
		}
	}
	return depths, nil
}

// SameScope reports whether two policies name the same, so that none of them is
// ever closer than the other.
func SameScope(a, b PolicyScope) bool {
	return same(a.Units, b.Units) && same(a.Suppliers, b.Suppliers) && same(a.Classes, b.Classes) &&
		same(slices.Collect(maps.Keys(a.Services)), slices.Collect(maps.Keys(b.Services))) &&
		(a.Environment == nil) == (b.Environment == nil) && (a.Environment == nil || *a.Environment == *b.Environment)
}

func same[T cmp.Ordered](a, b []T) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
