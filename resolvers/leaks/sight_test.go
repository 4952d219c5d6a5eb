package leaks_test

import (
	"slices"

	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

const item, site, party = domain.KindConfigurationItem, domain.KindSite, domain.KindParty

// people are who acts: callers among them, so that work waits for them.
var people = []string{"ann", "bob", "cid"}

// drawCaller draws someone who may see a part of the estate.
func drawCaller(t *rapid.T, e *estate) domain.Actor {
	keys := func(kind string) []string {
		own := e.of(kind)[:1]
		for _, n := range e.of(kind)[1:] {
			if rapid.IntRange(0, 2).Draw(t, "own "+n.key) == 0 {
				own = append(own, n)
			}
		}
		var list []string
		for _, n := range own {
			list = append(list, n.key)
		}
		return list
	}
	roles := rapid.SliceOfNDistinct(rapid.SampledFrom(domain.Roles), 1, 3, rapid.ID)
	a := domain.Actor{Name: rapid.SampledFrom(people).Draw(t, "name"), Sites: keys(site), Suppliers: keys(party)}
	switch rapid.IntRange(0, 6).Draw(t, "caller") {
	case 0:
		a.Roles = []domain.Role{domain.SiteOperator}
	case 1:
		a.Roles = []domain.Role{domain.SupplierRole}
	case 2:
		a.Roles = []domain.Role{domain.SiteOperator, domain.SupplierRole}
	case 3:
		a.Roles, a.Kinds = roles.Draw(t, "roles"), drawKinds(t)
	case 4:
		a.Roles, a.Bound, a.Kinds = roles.Draw(t, "roles"), true, drawKinds(t)
	default:
		a.Roles, a.Bound = roles.Draw(t, "roles"), true
	}
	return a
}

// drawKinds draws kinds to which a token is narrowed, the own ones among them.
func drawKinds(t *rapid.T) []string {
	kinds := []string{site, party}
	for _, k := range entity.Kinds() {
		if !slices.Contains(kinds, k.Name) && rapid.Bool().Draw(t, "kind "+k.Name) {
			kinds = append(kinds, k.Name)
		}
	}
	return kinds
}

// The kinds by how they are seen, in plain words: docs/domain.md, section 9.
var (
	// atSites are the kinds of what is, or may be, at a site.
	atSites = []string{
		item, site, party, domain.KindReleaseUnit, domain.KindChangeRequest, domain.KindTask, domain.KindProblem, domain.KindKnownError,
		domain.KindVote, domain.KindAssessment, domain.KindFreezeException,
		domain.KindRelease, domain.KindMediaItem, domain.KindLicence, domain.KindHardwareSpare,
	}
	// atSitesBy is how a kind of another file is at a site: sight_<area>_test.go adds to it.
	atSitesBy = map[string]func(e *estate, n *node, at func(*node) bool) bool{}
	// drafts are the kinds of which some are seen by few.
	drafts = map[string]draftOf{}
	// forAll are the kinds that site operators and suppliers see all of.
	forAll = []string{domain.KindAttributeDefinition, domain.KindBaseline, domain.KindMaintenanceWindow, domain.KindFreeze}
	// leaders see the secret addresses of the schedule, unless they are narrowed.
	leaders = []domain.Role{domain.ChangeManager, domain.OperationsManager, domain.Admin}
)

// draftOf says in which statuses a record is a draft, and which roles see drafts.
type draftOf struct {
	statuses []any
	roles    []domain.Role
}

// sees tells whether an actor with some roles sees a record of a status, as far as
// drafts go.
func (d draftOf) sees(roles []domain.Role, status any) bool {
	return !slices.Contains(d.statuses, status) || slices.ContainsFunc(roles, func(r domain.Role) bool { return slices.Contains(d.roles, r) })
}

// sees tells whether an actor ever saw a record. Nothing is at a site by what a
// record says, so that the more there is the more is seen.
func (e *estate) sees(a domain.Actor, n *node) bool {
	placed := slices.Contains(atSites, n.kind) || atSitesBy[n.kind] != nil
	if a.Kinds != nil && !slices.Contains(a.Kinds, n.kind) || a.Bound && placed && !e.isAt(a, n) || !drafts[n.kind].sees(a.Roles, n.values["status"]) {
		return false
	}
	return slices.ContainsFunc(a.Roles, func(r domain.Role) bool {
		switch {
		case n.kind == domain.KindCalendarFeed:
			return slices.Contains(leaders, r) && !a.Bound && a.Kinds == nil
		case r == domain.SiteOperator:
			return slices.Contains(forAll, n.kind) || e.isAt(a, n)
		case r == domain.SupplierRole:
			return slices.Contains(forAll, n.kind) || e.isSupplied(a, n)
		}
		return true
	})
}

// needs tells whether an actor sees a record, or might see another by way of
// it: who is kept to some sites sees the party that answers for an item there,
// even where no items may be seen.
func (e *estate) needs(a domain.Actor, n *node) bool {
	narrow := func(r domain.Role) bool { return r == domain.SiteOperator || r == domain.SupplierRole }
	if a.Bound || !slices.ContainsFunc(a.Roles, func(r domain.Role) bool { return !narrow(r) }) {
		a.Kinds = nil
	}
	return e.sees(a, n)
}

// isAt tells whether a record is one of the actor's sites, or is there.
func (e *estate) isAt(a domain.Actor, n *node) bool {
	at := func(m *node) bool { return e.isAt(a, m) }
	switch n.kind {
	case site:
		return slices.Contains(a.Sites, n.key)
	case item:
		return e.linked(n, domain.RelInstalledAt, at)
	case domain.KindReleaseUnit:
		return e.linked(n, domain.RelGroups, at)
	case party:
		return slices.ContainsFunc(domain.PartyRelationships, func(rel string) bool { return e.reached(n, rel, at) })
	case domain.KindChangeRequest:
		return e.linked(n, domain.RelTakesPlaceAt, at) || e.linked(n, domain.RelAffects, at)
	case domain.KindTask:
		return e.linked(n, domain.RelPrepares, at)
	case domain.KindVote:
		return e.linked(n, domain.RelCastOn, at)
	case domain.KindFreezeException:
		return e.linked(n, domain.RelExceptionFor, at)
	case domain.KindProblem:
		return e.linked(n, domain.RelConcerns, at)
	case domain.KindRelease:
		return e.linked(n, domain.RelChanges, at) || e.reached(n, domain.RelDeploys, at)
	case domain.KindMediaItem:
		return e.linked(n, domain.RelMasterOf, at) || e.linked(n, domain.RelKitOf, at)
	case domain.KindLicence:
		return e.linked(n, domain.RelPaidAt, at) || e.reached(n, domain.RelLicensedBy, func(m *node) bool { return m.kind == item && at(m) })
	case domain.KindHardwareSpare:
		return e.linked(n, domain.RelStoredAt, at)
	case domain.KindKnownError:
		return e.linked(n, domain.RelPresentIn, at) || e.linked(n, domain.RelDiagnoses, at)
	}
	by := atSitesBy[n.kind]
	return by != nil && by(e, n, at)
}

// isSupplied tells whether a record is one of the actor's companies, or comes
// from there.
func (e *estate) isSupplied(a domain.Actor, n *node) bool {
	own := func(m *node) bool { return m.kind == party && slices.Contains(a.Suppliers, m.key) }
	return own(n) || n.kind == item && e.linked(n, domain.RelSuppliedBy, own)
}
