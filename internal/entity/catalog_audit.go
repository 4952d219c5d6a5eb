package entity

import "releasegraph/internal/domain"

// The area audit is what was found at sites.
var _ = declare(area{
	name: "audit", after: "advice",
	enums: []enumeration{enum(domain.AuditMoments), enum(domain.DiscrepancyKinds)},
	defaults: []preset{
		presets(func(a *domain.ConfigurationAudit) { a.Moment = domain.AuditSpot }),
	},
	kinds: func() []*Kind {
		return []*Kind{newKind[domain.ConfigurationAudit](domain.KindAudit).byVerbs()}
	},
	relationships: func() []*Relationship {
		return []*Relationship{{
			Name: domain.RelAudits, Noun: "AuditedSite", From: domain.KindAudit, To: domain.KindSite, Deed: true, AtSites: FromEnd, ToOne: true, ByVerbs: true,
			Field: "site", FieldDoc: "The site that was audited.",
			Inverse: "audits", InverseDoc: "What was found at this site.",
		}}
	},
	policies: []PolicyArea{{
		Name: "audit", Doc: "what was found at sites", Placed: true,
		Kinds: []string{domain.KindAudit}, Relationships: []string{domain.RelAudits},
	}},
	actions: []Action{{Name: "audit", Doc: "say what was found at a site"}},
})
