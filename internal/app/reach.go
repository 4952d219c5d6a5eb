package app

import (
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// reach says how a record of a kind comes to have a fact of authz: by a
// relationship to a record of another kind that has it.
type reach struct {
	rel       string
	direction store.Direction
	kind      string // at the other end
}

// place says how the records of each kind come to be at a site. Kinds that are
// not named, nor a Site, never are.
var place = map[string][]reach{
	domain.KindConfigurationItem: {{domain.RelInstalledAt, store.Out, domain.KindSite}},
	domain.KindReleaseUnit:       {{domain.RelGroups, store.Out, domain.KindConfigurationItem}},
	domain.KindParty: {
		{domain.RelOwnedBy, store.In, domain.KindConfigurationItem},
		{domain.RelSupportedBy, store.In, domain.KindConfigurationItem},
		{domain.RelSuppliedBy, store.In, domain.KindConfigurationItem},
		{domain.RelServes, store.In, domain.KindConfigurationItem},
	},
	domain.KindFreezeException: {{domain.RelExceptionFor, store.Out, domain.KindChangeRequest}},

	domain.KindTask:    {{domain.RelPrepares, store.Out, domain.KindChangeRequest}},
	domain.KindVote:    {{domain.RelCastOn, store.Out, domain.KindChangeRequest}},
	domain.KindProblem: {{domain.RelConcerns, store.Out, domain.KindConfigurationItem}},
	domain.KindKnownError: {
		{domain.RelPresentIn, store.Out, domain.KindConfigurationItem},
		{domain.RelDiagnoses, store.Out, domain.KindProblem},
	},
	domain.KindChangeRequest: {
		{domain.RelTakesPlaceAt, store.Out, domain.KindSite},
		{domain.RelAffects, store.Out, domain.KindConfigurationItem},
	},
}

// supply says how the records of each kind come to be supplied by a party.
// Kinds that are not named, nor a Party, never are.
var supply = map[string][]reach{
	domain.KindConfigurationItem: {{domain.RelSuppliedBy, store.Out, domain.KindParty}},
}

// holders are the records whose facts an actor has: the own sites, and the
// parties for which they act.
type holders struct{ sites, suppliers []store.ID }

// fact is the filter that selects the records of a kind that have a fact; nil
// when none can have it.
func (h *holders) fact(kind string, f authz.Facts) store.Filter {
	if f == authz.AtYourSite {
		return reaching(kind, domain.KindSite, h.sites, place)
	}
	return reaching(kind, domain.KindParty, h.suppliers, supply)
}

// reaching follows the ways of a kind to the records that have the fact of
// themselves. No way comes back to its own kind, which a test holds.
func reaching(kind, root string, ids []store.ID, ways map[string][]reach) store.Filter {
	if kind == root {
		values := make([]any, len(ids))
		for i, id := range ids {
			values[i] = string(id)
		}
		return store.Compare{Property: "id", Op: store.OneOf, Value: values}
	}
	var any store.Or
	for _, w := range ways[kind] {
		if far := reaching(w.kind, root, ids, ways); far != nil {
			any = append(any, store.Related{Rel: w.rel, Direction: w.direction, Filter: store.OfKind{Kind: w.kind, Filter: far}})
		}
	}
	switch len(any) {
	case 0:
		return nil
	case 1:
		return any[0]
	}
	return any
}
