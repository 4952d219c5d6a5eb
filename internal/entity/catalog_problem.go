package entity

import "releasegraph/internal/domain"

// The area problem is what goes wrong, and what is known of it.
var _ = declare(area{
	name: "problem", after: "history",
	enums: []enumeration{
		enum(domain.Priorities),
		enum(domain.ProblemStatuses),
		enum(domain.KnownErrorStatuses),
	},
	defaults: []preset{
		presets(func(p *domain.Problem) { p.Status, p.Priority = domain.ProblemOpen, domain.PriorityMedium }),
		presets(func(e *domain.KnownError) { e.Status = domain.KnownErrorDraft }),
	},
	kinds:         problemKinds,
	relationships: problemRelationships,
	policies: []PolicyArea{
		{
			Name: "problem", Doc: "problems, known errors, and where they show", Placed: true,
			Kinds:         []string{domain.KindProblem, domain.KindKnownError},
			Relationships: []string{domain.RelConcerns, domain.RelDiagnoses, domain.RelPresentIn},
		},
	},
})

func problemKinds() []*Kind {
	return []*Kind{
		newKind[domain.Problem](domain.KindProblem),
		newKind[domain.KnownError](domain.KindKnownError),
	}
}

func problemRelationships() []*Relationship {
	const (
		item       = domain.KindConfigurationItem
		request    = domain.KindChangeRequest
		problem    = domain.KindProblem
		knownError = domain.KindKnownError
	)
	return []*Relationship{
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
	}
}
