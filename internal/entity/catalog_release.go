package entity

import "releasegraph/internal/domain"

// The area release is releases, what they hold, and the policies that they follow.
var _ = declare(area{
	name: "release", after: "calendar",
	enums: []enumeration{
		enum(domain.ReleaseTypes),
		enum(domain.ReleaseCategories),
		enum(domain.ReleaseStatuses),
		enum(domain.RolloutApproaches),
		enum(domain.ChangeActions),
		enum(domain.PolicyStatuses),
		enum(domain.VersionOrders),
		enum(domain.VersionComparisons),
		enum(domain.AbsentVersionParts),
		enum(domain.DeliverableKinds),
		enum(domain.TestKinds),
		enum(domain.MoveNeeds),
		enum(domain.DeploymentNatures),
		enum(domain.Roles),
		enum(domain.SignatureSchemes),
	},
	defaults: []preset{
		presets(func(r *domain.Release) { r.Status, r.ContentVersion = domain.ReleasePlanned, 1 }),
		presets(func(p *domain.ReleasePolicy) {
			p.Status, p.PolicyVersion, p.KitSignature = domain.PolicyDraft, 1, domain.SignatureNone
		}),
	},
	kinds:         releaseKinds,
	relationships: releaseRelationships,
	policies: []PolicyArea{
		{
			Name: "release", Doc: "releases, and what they hold", Placed: true,
			Kinds: []string{domain.KindRelease},
			Relationships: []string{
				domain.RelChanges, domain.RelImplements, domain.RelBundles, domain.RelRequires, domain.RelSupersedes, domain.RelFixes,
				domain.RelIntroducedBy, domain.RelCausedBy, domain.RelSucceeds, domain.RelDiffersIn,
			},
		},
		{
			Name: "policy", Doc: "the written rules for releases",
			Kinds:         []string{domain.KindReleasePolicy},
			Relationships: []string{domain.RelGoverns, domain.RelObserves, domain.RelRevises},
		},
	},
})

func releaseKinds() []*Kind {
	return []*Kind{
		newKind[domain.Release](domain.KindRelease).named("what the policy's nameTemplate makes of its key and number (R3)"),
		newKind[domain.ReleasePolicy](domain.KindReleasePolicy).deed(),
	}
}

func releaseRelationships() []*Relationship {
	const (
		item    = domain.KindConfigurationItem
		release = domain.KindRelease
		policy  = domain.KindReleasePolicy
	)
	return []*Relationship{
		link[domain.ReleaseChange](Relationship{
			Name: domain.RelChanges, Noun: "ReleaseChange", From: release, To: item, AtSites: FromEnd,
			Field: "changes", FieldDoc: "The items that this release adds, changes or removes; contents tells all that it holds (R2).",
			Inverse: "releases", InverseDoc: "The releases that change this item.",
		}),
		{
			Name: domain.RelImplements, Noun: "ImplementedChange", From: release, To: domain.KindChangeRequest,
			Field: "implements", FieldDoc: "The requests for change that this release carries out (H4).",
			Inverse: "releases", InverseDoc: "The releases that carry this request out.",
		},
		{
			Name: domain.RelBundles, Noun: "BundledRelease", From: release, To: release,
			Field: "bundles", FieldDoc: "The releases that this package bundles (R2).",
			Inverse: "bundledBy", InverseDoc: "The packages that bundle this release.",
		},
		{
			Name: domain.RelRequires, Noun: "RequiredRelease", From: release, To: release,
			Field: "requires", FieldDoc: "The releases that must be live at a site before this one (P9).",
			Inverse: "requiredBy", InverseDoc: "The releases that require this one.",
		},
		link[domain.Supersession](Relationship{
			Name: domain.RelSupersedes, Noun: "Supersession", From: release, To: release, Deed: true, ByVerbs: true,
			Field: "supersedes", FieldDoc: "The releases whose place this one has taken, and of which units (R1).",
			Inverse: "supersededBy", InverseDoc: "The releases that have taken the place of this one.",
		}),
		{
			Name: domain.RelSucceeds, Noun: "Succession", From: release, To: release, ToOne: true, Deed: true, ByVerbs: true,
			Field: "succeeds", FieldDoc: "The release that went live before this one, of the same units, when this one was accepted (R11).",
			Inverse: "succeededBy", InverseDoc: "The releases that were accepted as the next after this one.",
		},
		link[domain.ReleaseDifference](Relationship{
			Name: domain.RelDiffersIn, Noun: "ReleaseDifference", From: release, To: item, Deed: true, ByVerbs: true,
			Field: "differences", FieldDoc: "The items in which this release differs from the one that it succeeds, as it was accepted (R11).",
			Inverse: "differedIn", InverseDoc: "The releases that were accepted with a difference in this item.",
		}),
		{
			Name: domain.RelFixes, Noun: "FixedError", From: release, To: domain.KindKnownError,
			Field: "fixes", FieldDoc: "The known errors that this release removes.",
			Inverse: "fixedBy", InverseDoc: "The releases that remove this known error.",
		},
		{
			Name: domain.RelIntroducedBy, Noun: "IntroducedError", From: domain.KindKnownError, To: release, ToOne: true,
			Field: "introducedBy", FieldDoc: "The release that brought this defect, known and accepted (R8).",
			Inverse: "introduces", InverseDoc: "The defects that were known and accepted in acceptance.",
		},
		{
			Name: domain.RelCausedBy, Noun: "ProblemCause", From: domain.KindProblem, To: release,
			Field: "causedBy", FieldDoc: "The releases that caused this problem.",
			Inverse: "causedProblems", InverseDoc: "The problems that this release caused.",
		},
		{
			Name: domain.RelFollows, Noun: "FollowedPolicy", From: release, To: policy, ToOne: true,
			Field: "policy", FieldDoc: "The version of a policy that this release follows; null: none was named yet.",
			Inverse: "releases", InverseDoc: "The releases that follow this version of the policy.",
		},
		{
			Name: domain.RelGoverns, Noun: "GovernedUnit", From: policy, To: domain.KindReleaseUnit,
			Field: "units", FieldDoc: "The release units to whose releases it applies; none: all.",
			Inverse: "policies", InverseDoc: "The policies that name this unit.",
		},
		{
			Name: domain.RelGoverns, Noun: "GovernedService", From: policy, To: item,
			Field: "services", FieldDoc: "The services to which it applies, with all that they need; none: all.",
			Inverse: "policies", InverseDoc: "The policies that name this item.",
		},
		{
			Name: domain.RelGoverns, Noun: "GovernedSupplier", From: policy, To: domain.KindParty,
			Field: "suppliers", FieldDoc: "The suppliers to whose items it applies; none: all.",
			Inverse: "policies", InverseDoc: "The policies that name this supplier.",
		},
		{
			Name: domain.RelObserves, Noun: "ObservedFreeze", From: policy, To: domain.KindFreeze,
			Field: "freezes", FieldDoc: "The freezes that its releases observe.",
			Inverse: "policies", InverseDoc: "The policies whose releases observe this freeze.",
		},
		{
			Name: domain.RelRevises, Noun: "PolicyRevision", From: policy, To: policy, ToOne: true, Deed: true, ByVerbs: true,
			Field: "revises", FieldDoc: "The version of the policy of which this is the next.",
			Inverse: "revisedBy", InverseDoc: "The versions that were made from this one.",
		},
	}
}
