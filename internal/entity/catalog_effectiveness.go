package entity

import "releasegraph/internal/domain"

// The area effectiveness is how well releases went that are live.
var _ = declare(area{
	name: "effectiveness", after: "advice",
	enums: []enumeration{enum(domain.ReleaseEffects), enum(domain.ReviewVoices)},
	kinds: func() []*Kind {
		return []*Kind{newKind[domain.ReleaseReview](domain.KindReleaseReview).byVerbs()}
	},
	relationships: func() []*Relationship {
		const review = domain.KindReleaseReview
		return []*Relationship{
			{
				Name: domain.RelReviews, Noun: "ReviewedRelease", From: review, To: domain.KindRelease, Deed: true, AtSites: FromEnd, ToOne: true, ByVerbs: true,
				Field: "release", FieldDoc: "The release that it is about (R17).",
				Inverse: "reviews", InverseDoc: "What was said of how well it went, also before (R17).",
			},
			{
				Name: domain.RelReviewedFor, Noun: "ReviewingSite", From: review, To: domain.KindSite, Deed: true, AtSites: FromEnd, ToOne: true, ByVerbs: true,
				Field: "site", FieldDoc: "The site whose users say so; null where the service desk does.",
				Inverse: "releaseReviews", InverseDoc: "What the users of this site said of releases (R17).",
			},
		}
	},
	policies: []PolicyArea{{
		Name: "effectiveness", Doc: "how well releases went", Placed: true,
		Kinds:         []string{domain.KindReleaseReview},
		Relationships: []string{domain.RelReviews, domain.RelReviewedFor},
	}},
	actions: []Action{{Name: "appraise", Doc: "say how well a release went, for the service desk or for a site"}},
})
