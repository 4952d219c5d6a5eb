package entity

import "releasegraph/internal/domain"

// The area advice is what boards recommend about releases.
var _ = declare(area{
	name: "advice", after: "preparation",
	kinds: func() []*Kind {
		return []*Kind{newKind[domain.Recommendation](domain.KindRecommendation).byVerbs()}
	},
	relationships: func() []*Relationship {
		const advice = domain.KindRecommendation
		return []*Relationship{
			{
				Name: domain.RelRecommends, Noun: "RecommendedRelease", From: advice, To: domain.KindRelease, Deed: true, AtSites: FromEnd, ToOne: true, ByVerbs: true,
				Field: "release", FieldDoc: "The release that a board looked at (R19).",
				Inverse: "recommendations", InverseDoc: "What boards said of its contents and calendar, also of earlier ones (R19).",
			},
			{
				Name: domain.RelRecommendedBy, Noun: "RecommendingBoard", From: advice, To: domain.KindBoard, Deed: true, ToOne: true, ByVerbs: true,
				Field: "board", FieldDoc: "The board that said so.",
				Inverse: "recommendations", InverseDoc: "What this board said of releases (R19).",
			},
		}
	},
	policies: []PolicyArea{{
		Name: "advice", Doc: "what boards recommend about releases", Placed: true,
		Kinds:         []string{domain.KindRecommendation},
		Relationships: []string{domain.RelRecommends, domain.RelRecommendedBy},
	}},
	actions: []Action{{Name: "recommend", Doc: "note what a board recommends about a release"}},
})
