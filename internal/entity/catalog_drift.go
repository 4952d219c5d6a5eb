package entity

import "releasegraph/internal/domain"

// The area drift is where what is installed is not what was deployed.
var _ = declare(area{
	name: "drift", after: "rollout",
	enums: []enumeration{enum(domain.DriftKinds)},
	kinds: func() []*Kind { return nil },
	relationships: func() []*Relationship {
		return []*Relationship{
			link[domain.Drift](Relationship{
				Name: domain.RelDriftsAt, Noun: "Drift", From: domain.KindConfigurationItem, To: domain.KindSite, Deed: true, ByVerbs: true,
				Field: "driftsAt", FieldDoc: "The sites where this item is installed in another version than was deployed there last (L3).",
				Inverse: "drifts", InverseDoc: "The items that are installed at this site in another version than was deployed there last (L3).",
			}),
		}
	},
	policies: []PolicyArea{{
		Name: "drift", Doc: "where what is installed is not what was deployed", Placed: true, Relationships: []string{domain.RelDriftsAt},
	}},
})
