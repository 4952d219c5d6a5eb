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
		}, {
			Name: domain.RelAuditsRollout, Noun: "AuditedRollout", From: domain.KindAudit, To: domain.KindSiteRollout, Deed: true, ToOne: true, ByVerbs: true,
			Field: "siteRollout", FieldDoc: "The site's roll-out before or after which it was made, where a report brought it (D3).",
			Inverse: "audits", InverseDoc: "What was found at the site before and after, as its reports brought it (D3).",
		}}
	},
	policies: []PolicyArea{{
		Name: "audit", Doc: "what was found at sites", Placed: true,
		Kinds: []string{domain.KindAudit}, Relationships: []string{domain.RelAudits, domain.RelAuditsRollout},
	}},
	actions: []Action{{Name: "audit", Doc: "say what was found at a site"}},
})
