package authz

import (
	"slices"
	"strings"

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

// areas puts kinds and relationships into areas. A policy that names another
// kind, relationship or area is refused.
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
		name: "release", doc: "releases, and what they hold", placed: true,
		kinds: []string{domain.KindRelease},
		relationships: []string{
			domain.RelChanges, domain.RelImplements, domain.RelBundles, domain.RelRequires, domain.RelSupersedes, domain.RelFixes,
			domain.RelIntroducedBy, domain.RelCausedBy,
		},
	},
	{
		name: "policy", doc: "the written rules for releases",
		kinds:         []string{domain.KindReleasePolicy},
		relationships: []string{domain.RelGoverns, domain.RelObserves, domain.RelRevises},
	},
	{
		name: "library", doc: "the definitive media library", placed: true,
		kinds:         []string{domain.KindMediaItem},
		relationships: []string{domain.RelMasterOf, domain.RelKitOf},
	},
	{
		name: "licence", doc: "licences, and where they are paid for", placed: true,
		kinds:         []string{domain.KindLicence},
		relationships: []string{domain.RelLicensedBy, domain.RelPaidAt},
	},
	{
		name: "store", doc: "the definitive hardware store", placed: true,
		kinds:         []string{domain.KindHardwareSpare},
		relationships: []string{domain.RelSpareFor, domain.RelStoredAt, domain.RelReservedFor},
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
	{
		name: "new", doc: "kinds and relationships that stand in no other area yet, which are ADMIN's",
	},
}

// areaOf finds the area of a kind or relationship.
func areaOf(name string) *area {
	for i := range areas {
		if a := &areas[i]; slices.Contains(a.kinds, name) || slices.Contains(a.relationships, name) {
			return a
		}
	}
	return &areas[len(areas)-1]
}

// Known tells whether the kind or relationship stands in an area, so that
// policies may name it.
func Known(name string) bool { return areaOf(name) != &areas[len(areas)-1] }

// Kinds lists the kinds and relationships that stand in areas, area by area.
func Kinds() []string {
	var list []string
	for _, a := range areas {
		list = append(append(list, a.kinds...), a.relationships...)
	}
	return list
}

// isRelationship tells whether a name is that of a relationship: of those that
// stand in no area yet, relationships are written in capitals.
func isRelationship(name string) bool {
	return slices.Contains(areaOf(name).relationships, name) || !Known(name) && name == strings.ToUpper(name)
}
