package authz

import (
	"slices"

	"releasegraph/internal/domain"
)

// The kinds of resource that are no kind of record.
const (
	// KindChangeSet is the log, and what differs between two moments.
	KindChangeSet = "ChangeSet"
	// KindRecords stands for records of all kinds, as an import writes them.
	KindRecords = "records"
	// KindToken is the API tokens.
	KindToken = "ApiToken"
)

// area is kinds and relationships that are looked after together, so that a
// policy need not name each of them.
type area struct {
	name          string
	doc           string
	kinds         []string
	relationships []string
	// placed says that its records are at sites, so that who is bound to some
	// sites sees only those that are there.
	placed bool
	// wide says that whoever has to do with it reaches the whole estate by it, so
	// that it is not for those who are narrowed to some sites or kinds.
	wide bool
}

// areas puts every kind and every relationship into an area. A policy that
// names another kind, relationship or area is refused.
var areas = []area{
	{
		name: "configuration", doc: "what is there, where it runs, and what it needs", placed: true,
		kinds: []string{domain.KindConfigurationItem, domain.KindSite, domain.KindReleaseUnit, domain.KindParty},
		relationships: []string{
			domain.RelDependsOn, domain.RelInstalledAt, domain.RelPartOf, domain.RelSiteNeeds, domain.RelGroups,
			domain.RelOwnedBy, domain.RelSupportedBy, domain.RelSuppliedBy, domain.RelServes,
		},
	},
	{
		name: "reference", doc: "what describes the configuration data, and is at no site",
		kinds: []string{domain.KindAttributeDefinition, domain.KindBaseline},
	},
	{
		name: "change", doc: "requests for change, and what they are about", placed: true,
		kinds:         []string{domain.KindChangeRequest, domain.KindTask},
		relationships: []string{domain.RelAffects, domain.RelTakesPlaceAt, domain.RelResolves, domain.RelFollows, domain.RelPrepares},
	},
	{
		name: "problem", doc: "problems, known errors, and where they show", placed: true,
		kinds:         []string{domain.KindProblem, domain.KindKnownError},
		relationships: []string{domain.RelConcerns, domain.RelDiagnoses, domain.RelPresentIn},
	},
	{
		name: "review", doc: "what was found out and said about requests for change", placed: true,
		kinds:         []string{domain.KindVote, domain.KindAssessment},
		relationships: []string{domain.RelCastOn, domain.RelAssesses, domain.RelExcludes},
	},
	{
		name: "board", doc: "who decides on changes, and which are decided beforehand",
		kinds:         []string{domain.KindBoard, domain.KindDelegation, domain.KindChangeModel},
		relationships: []string{domain.RelDecidedBy, domain.RelDelegatesOn},
	},
	{
		name: "calendar", doc: "maintenance windows and freezes, which all may see",
		kinds:         []string{domain.KindMaintenanceWindow, domain.KindFreeze},
		relationships: []string{domain.RelWindowAt, domain.RelWindowOf, domain.RelFreezesAt, domain.RelFreezes},
	},
	{
		name: "exception", doc: "exceptions from freezes, and for which changes they are", placed: true,
		kinds:         []string{domain.KindFreezeException},
		relationships: []string{domain.RelExcepts, domain.RelExceptionFor},
	},
	{
		name: "feed", doc: "secret addresses of the forward schedule", wide: true,
		kinds:         []string{domain.KindCalendarFeed},
		relationships: []string{domain.RelFeedAt, domain.RelFeedOf},
	},
	{
		name: "log", doc: "what was changed, when, by whom: only of records that the caller may see",
		kinds: []string{KindChangeSet},
	},
	{
		name: "bulk", doc: "all kinds of record at once, as an import writes them", placed: true,
		kinds: []string{KindRecords},
	},
	{
		name: "administration", doc: "what is not of the graph", wide: true,
		kinds: []string{KindToken},
	},
}

// areaOf finds the area of a kind or relationship, nil when it has none.
func areaOf(name string) *area {
	for i := range areas {
		if a := &areas[i]; slices.Contains(a.kinds, name) || slices.Contains(a.relationships, name) {
			return a
		}
	}
	return nil
}

// Known tells whether policies know the kind or relationship.
func Known(name string) bool { return areaOf(name) != nil }

// Kinds lists the kinds and relationships that policies know, area by area.
func Kinds() []string {
	var list []string
	for _, a := range areas {
		list = append(append(list, a.kinds...), a.relationships...)
	}
	return list
}

// isRelationship tells whether a name is that of a relationship.
func isRelationship(name string) bool {
	a := areaOf(name)
	return a != nil && slices.Contains(a.relationships, name)
}
