package entity

import "releasegraph/internal/domain"

// The area outage is what deployments took away from services.
var _ = declare(area{
	name: "outage", after: "rollout",
	kinds: func() []*Kind { return []*Kind{newKind[domain.Outage](domain.KindOutage).byVerbs()} },
	relationships: func() []*Relationship {
		const outage = domain.KindOutage
		return []*Relationship{
			{
				Name: domain.RelLostBy, Noun: "OutageCause", From: outage, To: domain.KindDeployment, Deed: true, AtSites: FromEnd, ToOne: true, ByVerbs: true,
				Field: "deployment", FieldDoc: "The deployment that took the service away (D11).",
				Inverse: "outages", InverseDoc: "The times in which it took a service away (D11).",
			},
			{
				Name: domain.RelLostService, Noun: "LostService", From: outage, To: domain.KindConfigurationItem, Deed: true, ToOne: true, ByVerbs: true,
				Field: "service", FieldDoc: "The service that was lost.",
				Inverse: "outages", InverseDoc: "The times in which deployments took this service away (D11).",
			},
			{
				Name: domain.RelLostAt, Noun: "OutageSite", From: outage, To: domain.KindSite, Deed: true, AtSites: FromEnd, ToOne: true, ByVerbs: true,
				Field: "site", FieldDoc: "The site where it was lost; null: everywhere.",
				Inverse: "outages", InverseDoc: "The times in which deployments took a service away at this site (D11).",
			},
			{
				Name: domain.RelCountsAgainst, Noun: "AgreementOutage", From: outage, To: domain.KindConfigurationItem, Deed: true, ByVerbs: true,
				Field: "agreements", FieldDoc: "The service level agreements at stake, as they were when it was recorded (D11).",
				Inverse: "countedOutages", InverseDoc: "The times that count against this agreement (D11).",
			},
		}
	},
	policies: []PolicyArea{{
		Name: "outage", Doc: "the times in which deployments took services away", Placed: true,
		Kinds:         []string{domain.KindOutage},
		Relationships: []string{domain.RelLostBy, domain.RelLostService, domain.RelLostAt, domain.RelCountsAgainst},
	}},
	actions: []Action{{Name: "recordOutage", Doc: "keep how long a deployment took a service away"}},
})
