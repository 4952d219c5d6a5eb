package entity

import "releasegraph/internal/domain"

// The area change is requests for change, and who decides on them.
var _ = declare(area{
	name: "change", after: "problem",
	enums: []enumeration{
		enum(domain.ChangeRequestTypes),
		enum(domain.ChangeRequestStatuses),
		enum(domain.BackOutKinds),
		enum(domain.ReviewOutcomes),
		enum(domain.Risks),
		enum(domain.Verdicts),
		enum(domain.IdentityMethods),
		enum(domain.TaskKinds),
	},
	defaults: []preset{
		presets(func(r *domain.ChangeRequest) {
			r.Type, r.Status, r.Priority, r.ContentVersion = domain.NormalChange, domain.ChangeDraft, domain.PriorityMedium, 1
		}),
		presets(func(b *domain.Board) { b.Quorum = 1 }),
		presets(func(t *domain.Task) { t.Kind = domain.TaskOther }),
	},
	kinds:         changeKinds,
	relationships: changeRelationships,
	policies: []PolicyArea{
		{
			Name: "change", Doc: "requests for change, and what they are about", Placed: true,
			Kinds:         []string{domain.KindChangeRequest, domain.KindTask},
			Relationships: []string{domain.RelAffects, domain.RelTakesPlaceAt, domain.RelResolves, domain.RelFollows, domain.RelPrepares},
		},
		{
			Name: "review", Doc: "what was found out and said about requests for change", Placed: true,
			Kinds:         []string{domain.KindVote, domain.KindAssessment},
			Relationships: []string{domain.RelCastOn, domain.RelAssesses, domain.RelExcludes},
		},
		{
			Name: "board", Doc: "who decides on changes, and which are decided beforehand",
			Kinds:         []string{domain.KindBoard, domain.KindDelegation, domain.KindChangeModel},
			Relationships: []string{domain.RelDecidedBy, domain.RelDelegatesOn},
		},
	},
})

func changeKinds() []*Kind {
	return []*Kind{
		newKind[domain.ChangeRequest](domain.KindChangeRequest),
		newKind[domain.ChangeModel](domain.KindChangeModel),
		newKind[domain.Board](domain.KindBoard),
		newKind[domain.Delegation](domain.KindDelegation).deed(),
		newKind[domain.Vote](domain.KindVote).byVerbs(),
		newKind[domain.Assessment](domain.KindAssessment).byVerbs(),
		newKind[domain.Task](domain.KindTask),
	}
}

func changeRelationships() []*Relationship {
	const (
		request = domain.KindChangeRequest
		item    = domain.KindConfigurationItem
		site    = domain.KindSite
		board   = domain.KindBoard
	)
	return []*Relationship{
		{
			Name: domain.RelAffects, Noun: "AffectedItem", From: request, To: item, AtSites: FromEnd,
			Field: "affects", FieldDoc: "The items that this request wants to change.",
			Inverse: "changeRequests", InverseDoc: "The requests for change that affect this item.",
		},
		{
			Name: domain.RelTakesPlaceAt, Noun: "ChangeSite", From: request, To: site, AtSites: FromEnd,
			Field: "sites", FieldDoc: "The sites where the change is carried out.",
			Inverse: "changeRequests", InverseDoc: "The requests for change that are carried out at this site.",
		},
		{
			Name: domain.RelFollows, Noun: "FollowedModel", From: request, To: domain.KindChangeModel, ToOne: true,
			Field: "model", FieldDoc: "The model that this request follows (H7).",
			Inverse: "changeRequests", InverseDoc: "The requests for change that follow this model.",
		},
		{
			Name: domain.RelDecidedBy, Noun: "DecidingBoard", From: request, To: board, ToOne: true,
			Field: "board", FieldDoc: "The board that decides on this request.",
			Inverse: "changeRequests", InverseDoc: "The requests for change that this board decides on.",
		},
		link[domain.Exclusion](Relationship{
			Name: domain.RelExcludes, Noun: "Exclusion", From: request, To: item, Deed: true, ByVerbs: true,
			Field: "excludes", FieldDoc: "The items that analysts marked as not impacted by this request (I10).",
			Inverse: "excludedBy", InverseDoc: "The requests for change by which analysts found this item not impacted.",
		}),
		{
			Name: domain.RelCastOn, Noun: "CastVote", From: domain.KindVote, To: request, Deed: true, AtSites: FromEnd, ToOne: true, ByVerbs: true,
			Field: "changeRequest", FieldDoc: "The request that was voted on.",
			Inverse: "votes", InverseDoc: "The votes that were cast on this request, those that have fallen among them.",
		},
		{
			Name: domain.RelAssesses, Noun: "RequestAssessment", From: domain.KindAssessment, To: request, Deed: true, ToOne: true, ByVerbs: true,
			Field: "changeRequest", FieldDoc: "The request that was assessed.",
			Inverse: "assessments", InverseDoc: "The assessments of this request; the last one counts.",
		},
		{
			Name: domain.RelPrepares, Noun: "Preparation", From: domain.KindTask, To: request, AtSites: FromEnd, ToOne: true,
			Field: "changeRequest", FieldDoc: "The request for change that this task prepares (R12).",
			Inverse: "tasks", InverseDoc: "What has to be prepared before this change may go on (R12).",
		},
		{
			Name: domain.RelDelegatesOn, Noun: "DelegationBoard", From: domain.KindDelegation, To: board, Deed: true, ToOne: true,
			Field: "board", FieldDoc: "The board on which the deputy stands in; null: on every board.",
			Inverse: "delegations", InverseDoc: "Who stands in for whom on this board, and on no other.",
		},
	}
}
