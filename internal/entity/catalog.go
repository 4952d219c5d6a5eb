// Package entity joins the domain's types to the graph that stores them. Its
// Catalog declares each kind of record and each relationship once; codecs,
// filters, orderings, inputs and the stores' schema follow from it and from
// the struct tags of package domain.
package entity

import (
	"strings"

	"slices"

	"releasegraph/internal/domain"
)

// declareKinds declares each kind of record.
func declareKinds() []*Kind {
	return []*Kind{
		newKind[domain.ConfigurationItem](domain.KindConfigurationItem).
			outOfUse(string(domain.ItemWithdrawn), string(domain.ItemDisposed)),
		newKind[domain.Site](domain.KindSite),
		newKind[domain.ReleaseUnit](domain.KindReleaseUnit),
		newKind[domain.Party](domain.KindParty),
		newKind[domain.AttributeDefinition](domain.KindAttributeDefinition),
		newKind[domain.Baseline](domain.KindBaseline),
		newKind[domain.ChangeRequest](domain.KindChangeRequest),
		newKind[domain.Problem](domain.KindProblem),
		newKind[domain.MaintenanceWindow](domain.KindMaintenanceWindow),
		newKind[domain.Freeze](domain.KindFreeze),
		newKind[domain.FreezeException](domain.KindFreezeException).deed(),
		newKind[domain.CalendarFeed](domain.KindCalendarFeed),
		newKind[domain.KnownError](domain.KindKnownError),
		newKind[domain.ChangeModel](domain.KindChangeModel),
		newKind[domain.Board](domain.KindBoard),
		newKind[domain.Delegation](domain.KindDelegation).deed(),
		newKind[domain.Vote](domain.KindVote).byVerbs(),
		newKind[domain.Assessment](domain.KindAssessment).byVerbs(),
		newKind[domain.Task](domain.KindTask),
	}
}

// declareRelationships declares what may join two records.
func declareRelationships() []*Relationship {
	const (
		item, site = domain.KindConfigurationItem, domain.KindSite
		unit       = domain.KindReleaseUnit
		party      = domain.KindParty
		request    = domain.KindChangeRequest
		problem    = domain.KindProblem
		knownError = domain.KindKnownError
	)
	return slices.Concat([]*Relationship{
		link[domain.Dependency](Relationship{
			Name: domain.RelDependsOn, Noun: "Dependency", From: item, To: item,
			Field: "dependsOn", FieldDoc: "What this item needs.",
			Inverse: "dependents", InverseDoc: "What needs this item.",
		}),
		link[domain.Installation](Relationship{
			Name: domain.RelInstalledAt, Noun: "Installation", From: item, To: site, AtSites: FromEnd,
			Field: "installedAt", FieldDoc: "The sites where this item runs, in which version.",
			Inverse: "installedItems", InverseDoc: "The items that run at this site, in which version.",
		}),
		{
			Name: domain.RelPartOf, Noun: "SitePart", From: site, To: site, ToOne: true,
			Field: "partOf", FieldDoc: "The site or region that this site belongs to.",
			Inverse: "parts", InverseDoc: "The sites that belong to this one.",
		},
		{
			Name: domain.RelSiteNeeds, Noun: "SiteNeed", From: site, To: site,
			Field: "needs", FieldDoc: "The sites without which this one does not work.",
			Inverse: "neededBy", InverseDoc: "The sites that do not work without this one.",
		},
		{
			Name: domain.RelGroups, Noun: "Grouping", From: unit, To: item, AtSites: FromEnd,
			Field: "groups", FieldDoc: "The items that can only be updated together.",
			Inverse: "releaseUnits", InverseDoc: "The release units that hold this item.",
		},
		{
			Name: domain.RelOwnedBy, Noun: "Ownership", From: item, To: party, AtSites: ToEnd,
			Field: "ownedBy", FieldDoc: "Who answers for this item.",
			Inverse: "owns", InverseDoc: "The items that this party answers for.",
		},
		{
			Name: domain.RelSupportedBy, Noun: "Support", From: item, To: party, AtSites: ToEnd,
			Field: "supportedBy", FieldDoc: "Who helps the users of this item.",
			Inverse: "supports", InverseDoc: "The items whose users this party helps.",
		},
		{
			Name: domain.RelSuppliedBy, Noun: "Supply", From: item, To: party, AtSites: ToEnd, Supplied: FromEnd,
			Field: "suppliedBy", FieldDoc: "Who delivers this item.",
			Inverse: "supplies", InverseDoc: "The items that this party delivers.",
		},
		{
			Name: domain.RelServes, Noun: "Customer", From: item, To: party, AtSites: ToEnd,
			Field: "serves", FieldDoc: "The customers of this service; only items of class SERVICE have any.",
			Inverse: "servedBy", InverseDoc: "The services that this party is a customer of.",
		},
		{
			Name: domain.RelResolves, Noun: "Resolution", From: request, To: problem,
			Field: "resolves", FieldDoc: "The problems that this change is to resolve.",
			Inverse: "resolvedBy", InverseDoc: "The requests for change that are to resolve this problem.",
		},
		{
			Name: domain.RelConcerns, Noun: "Concern", From: problem, To: item, AtSites: FromEnd,
			Field: "concerns", FieldDoc: "The items in which this problem shows.",
			Inverse: "problems", InverseDoc: "The problems that show in this item.",
		},
		{
			Name: domain.RelDiagnoses, Noun: "Diagnosis", From: knownError, To: problem, AtSites: FromEnd,
			Field: "diagnoses", FieldDoc: "The problems that this known error is behind.",
			Inverse: "diagnosedBy", InverseDoc: "The known errors that are behind this problem.",
		},
		link[domain.Presence](Relationship{
			Name: domain.RelPresentIn, Noun: "Presence", From: knownError, To: item, AtSites: FromEnd,
			Field: "presentIn", FieldDoc: "The items that have this known error, and in which versions.",
			Inverse: "knownErrors", InverseDoc: "The known errors of this item, with their workarounds, and in which versions they are.",
		}),
	}, changeRelationships(), calendarRelationships())
}

var (
	kinds         []*Kind
	relationships []*Relationship
)

// build fills the Catalog; it runs once the enumerations are known.
func build() {
	kinds, relationships = declareKinds(), declareRelationships()
}

// Kinds lists all kinds of record. The list must not be changed.
func Kinds() []*Kind { return kinds }

// KindNamed finds a kind, or returns nil.
func KindNamed(name string) *Kind {
	for _, k := range kinds {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// Relationships lists all relationships. The list must not be changed.
func Relationships() []*Relationship { return relationships }

// RelationshipsNamed finds the relationships of a name: more than one when it
// joins several pairs of kinds, none when it is unknown.
func RelationshipsNamed(rel string) []*Relationship {
	var found []*Relationship
	for _, r := range relationships {
		if r.Name == rel {
			found = append(found, r)
		}
	}
	return found
}

// KindNames lists the kinds, as an error tells them.
func KindNames() string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name
	}
	return strings.Join(names, ", ")
}

// RelationshipNames lists the relationships, as an error tells them.
func RelationshipNames() string {
	var names []string
	for _, r := range relationships {
		if len(names) == 0 || names[len(names)-1] != r.Name {
			names = append(names, r.Name)
		}
	}
	return strings.Join(names, ", ")
}
