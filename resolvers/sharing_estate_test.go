package resolvers_test

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"releasegraph/internal/domain"
)

// end names a record of a drawn estate: kind and key.
type end struct{ kind, key string }

// arc is a relationship of a drawn estate.
type arc struct {
	rel      string
	from, to end
}

// drawnEstate is a small estate, drawn at random.
type drawnEstate struct {
	nodes []end
	arcs  []arc
}

const item, site, party = domain.KindConfigurationItem, domain.KindSite, domain.KindParty

func drawEstate(t *rapid.T) *drawnEstate {
	e := &drawnEstate{}
	pick := map[string][]end{}
	for _, of := range []struct {
		kind string
		most int
	}{{site, 4}, {party, 4}, {item, 8}} {
		for i := range rapid.IntRange(1, of.most).Draw(t, of.kind) {
			n := end{of.kind, fmt.Sprintf("%s%d", strings.ToLower(of.kind[:2]), i)}
			e.nodes, pick[of.kind] = append(e.nodes, n), append(pick[of.kind], n)
		}
	}
	drawn := map[arc]bool{}
	for range rapid.IntRange(0, 25).Draw(t, "arcs") {
		r := rapid.SampledFrom([]arc{
			{domain.RelInstalledAt, end{kind: item}, end{kind: site}}, {domain.RelDependsOn, end{kind: item}, end{kind: item}},
			{domain.RelSuppliedBy, end{kind: item}, end{kind: party}},
		}).Draw(t, "relationship")
		r.from = rapid.SampledFrom(pick[r.from.kind]).Draw(t, "from")
		r.to = rapid.SampledFrom(pick[r.to.kind]).Draw(t, "to")
		if r.from != r.to && !drawn[r] {
			drawn[r] = true
			e.arcs = append(e.arcs, r)
		}
	}
	return e
}

// linked tells whether an item is joined to one of a set.
func (e *drawnEstate) linked(n end, rel string, to func(end) bool) bool {
	return slices.ContainsFunc(e.arcs, func(a arc) bool { return a.rel == rel && a.from == n && to(a.to) })
}

// sees is section 9 in plain words: a site operator sees their sites, what is
// installed there, and the suppliers of that; a supplier sees what they supply,
// and themselves.
func (e *drawnEstate) sees(a domain.Actor, n end) bool {
	at := func(n end) bool { return n.kind == site && slices.Contains(a.Sites, n.key) }
	installed := func(n end) bool { return n.kind == item && e.linked(n, domain.RelInstalledAt, at) }
	own := func(n end) bool { return n.kind == party && slices.Contains(a.Suppliers, n.key) }
	used := func(n end) bool {
		return slices.ContainsFunc(e.arcs, func(a arc) bool { return a.rel == domain.RelSuppliedBy && a.to == n && installed(a.from) })
	}
	operates := slices.Contains(a.Roles, domain.SiteOperator) || a.Bound
	supplies := slices.Contains(a.Roles, domain.SupplierRole) && !a.Bound
	return operates && (at(n) || installed(n) || used(n)) ||
		supplies && (own(n) || n.kind == item && e.linked(n, domain.RelSuppliedBy, own))
}

// drawCaller draws someone who may see a part of the estate.
func drawCaller(t *rapid.T, e *drawnEstate) domain.Actor {
	keys := func(kind string) (list []string) {
		for _, n := range e.nodes {
			if n.kind == kind && rapid.IntRange(0, 2).Draw(t, "own "+n.key) == 0 {
				list = append(list, n.key)
			}
		}
		return list
	}
	a := domain.Actor{Sites: keys(site), Suppliers: keys(party)}
	switch rapid.IntRange(0, 3).Draw(t, "caller") {
	case 0:
		a.Roles = []domain.Role{domain.SiteOperator}
	case 1:
		a.Roles = []domain.Role{domain.SupplierRole}
	case 2:
		a.Roles = []domain.Role{domain.SiteOperator, domain.SupplierRole}
	default:
		a.Roles, a.Bound = []domain.Role{domain.Viewer}, true
	}
	return a
}
