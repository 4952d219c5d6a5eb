package quality

import (
	"cmp"
	"context"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
)

// Group is a redundancy group of an item whose dependencies name different
// minimums (I5).
type Group struct {
	Item Node
	Name string
	// Minimums and Percents are what its dependencies name, each once.
	Minimums, Percents []int
	// Members is how many suppliers it has, and Counts the strictest minimum.
	Members, Counts int
}

// UnevenGroups lists the redundancy groups whose dependencies name different
// minimums, by the item's key and the group's name.
func UnevenGroups(ctx context.Context, g *Graph) ([]Group, error) {
	var list []Group
	p := pace.Of(ctx)
	for n := range Node(g.Size()) {
		if err := p.Steps(1 + len(g.Out(n))); err != nil {
			return nil, err
		}
		list = append(list, unevenOf(g, n)...)
	}
	slices.SortFunc(list, func(a, b Group) int {
		return cmp.Or(cmp.Compare(g.Key(a.Item), g.Key(b.Item)), cmp.Compare(a.Name, b.Name))
	})
	return list, nil
}

// unevenOf lists those of one item.
func unevenOf(g *Graph, item Node) (list []Group) {
	groups := map[string]*Group{}
	suppliers := map[string]map[Node]bool{}
	for _, a := range g.Out(item) {
		l := &g.Labels()[a.Label]
		if l.Rel != domain.RelDependsOn || l.Group == "" {
			continue
		}
		own := groups[l.Group]
		if own == nil {
			own = &Group{Item: item, Name: l.Group}
			groups[l.Group], suppliers[l.Group] = own, map[Node]bool{}
		}
		suppliers[l.Group][a.Node] = true
		own.Minimums, own.Percents = named(own.Minimums, l.Minimum), named(own.Percents, l.MinimumPercent)
	}
	for name, own := range groups {
		if len(own.Minimums)+len(own.Percents) < 2 {
			continue
		}
		own.Members, own.Counts = len(suppliers[name]), 1
		for _, m := range own.Minimums {
			own.Counts = max(own.Counts, m)
		}
		for _, percent := range own.Percents {
			own.Counts = max(own.Counts, (percent*own.Members+99)/100)
		}
		list = append(list, *own)
	}
	return list
}

// named is an ordered list with a number that is given, once.
func named(list []int, n int32) []int {
	at, known := slices.BinarySearch(list, int(n))
	if n == 0 || known {
		return list
	}
	return slices.Insert(list, at, int(n))
}
