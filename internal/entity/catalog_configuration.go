package entity

import "releasegraph/internal/domain"

// The area configuration is what is there, where it runs, and what it needs.
var _ = declare(area{
	name: "configuration",
	enums: []enumeration{
		enum(domain.Classes),
		enum(domain.ItemStatuses),
		enum(domain.Environments),
		enum(domain.Rings),
		enum(domain.PartyTypes),
		enum(domain.AttributeTypes),
		enum(domain.DependencyKinds),
		enum(domain.Impacts),
	},
	defaults: []preset{
		presets(func(i *domain.ConfigurationItem) { i.Status, i.Environment = domain.ItemLive, domain.Live }),
		presets(func(s *domain.Site) { s.Ring = domain.General }),
		presets(func(d *domain.Dependency) { d.Kind, d.Impact = domain.Uses, domain.ImpactFull }),
	},
	kinds:         configurationKinds,
	relationships: configurationRelationships,
	policies: []PolicyArea{
		{
			Name: "configuration", Doc: "what is there, where it runs, and what it needs", Placed: true,
			Kinds: []string{domain.KindConfigurationItem, domain.KindSite, domain.KindReleaseUnit, domain.KindParty},
			Relationships: []string{
				domain.RelDependsOn, domain.RelInstalledAt, domain.RelPartOf, domain.RelSiteNeeds, domain.RelStandsInFor, domain.RelGroups,
				domain.RelOwnedBy, domain.RelSupportedBy, domain.RelSuppliedBy, domain.RelServes,
			},
		},
		{
			Name: "reference", Doc: "what describes the configuration data, and is at no site",
			Kinds: []string{domain.KindAttributeDefinition, domain.KindBaseline},
		},
	},
})

func configurationKinds() []*Kind {
	return []*Kind{
		newKind[domain.ConfigurationItem](domain.KindConfigurationItem).plain().
			outOfUse(string(domain.ItemWithdrawn), string(domain.ItemDisposed)),
		newKind[domain.Site](domain.KindSite),
		newKind[domain.ReleaseUnit](domain.KindReleaseUnit),
		newKind[domain.Party](domain.KindParty),
		newKind[domain.AttributeDefinition](domain.KindAttributeDefinition),
	}
}

func configurationRelationships() []*Relationship {
	const (
		item  = domain.KindConfigurationItem
		site  = domain.KindSite
		unit  = domain.KindReleaseUnit
		party = domain.KindParty
	)
	return []*Relationship{
		link[domain.Dependency](Relationship{
			Name: domain.RelDependsOn, Noun: "Dependency", From: item, To: item, Plain: true,
			Field: "dependsOn", FieldDoc: "What this item needs.",
			Inverse: "dependents", InverseDoc: "What needs this item.",
		}),
		link[domain.Installation](Relationship{
			Name: domain.RelInstalledAt, Noun: "Installation", From: item, To: site, AtSites: FromEnd, Plain: true,
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
			Name: domain.RelStandsInFor, Noun: "SiteStandIn", From: site, To: site,
			Field: "standsInFor", FieldDoc: "The sites for which this one stands in: they are never in one wave with it, whichever end says so (P13).",
			Inverse: "stoodInForBy", InverseDoc: "The sites that stand in for this one.",
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
	}
}
