package entity

import "releasegraph/internal/domain"

// The area acceptance is what a release must show and bring before it is accepted,
// and who signs for it.
var _ = declare(area{
	name: "acceptance", after: "library",
	enums: []enumeration{
		enum(domain.TestVerdicts),
		enum(domain.SignOffColumns),
		enum(domain.SignOffVerdicts),
		enum(domain.SignOffStates),
		enum(domain.DeliverableStates),
		enum(domain.DeedKinds),
		enum(domain.MeasureComparisons),
	},
	defaults: []preset{
		presets(func(t *domain.AcceptanceTest) { t.Environment, t.Required = domain.Acceptance, true }),
		presets(func(d *domain.Deliverable) { d.State = domain.DeliverableDraft }),
	},
	kinds:         acceptanceKinds,
	relationships: acceptanceRelationships,
	policies: []PolicyArea{
		{
			Name: "test", Doc: "tests that are planned for releases", Placed: true,
			Kinds:         []string{domain.KindAcceptanceTest},
			Relationships: []string{domain.RelTests, domain.RelRuns, domain.RelMitigates},
		},
		{
			Name: "acceptance", Doc: "what came of tests, and who signed", Placed: true,
			Kinds:         []string{domain.KindTestRun, domain.KindSignOff},
			Relationships: []string{domain.RelRunOf, domain.RelSigns, domain.RelRanIn},
		},
		{
			Name: "deliverable", Doc: "documents and parts that releases bring", Placed: true,
			Kinds:         []string{domain.KindDeliverable},
			Relationships: []string{domain.RelBrings, domain.RelStoredAs},
		},
		{
			Name: "membership", Doc: "who is a member of which team",
			Relationships: []string{domain.RelMemberOf},
		},
	},
	actions: []Action{
		{Name: "report", Doc: "report what came of a test"},
		{Name: "sign", Doc: "sign a release, or refuse to"},
		{Name: "deliver", Doc: "say which defects of a release are known and accepted"},
		{Name: "approve", Doc: "approve what a release brings"},
	},
})

func acceptanceKinds() []*Kind {
	return []*Kind{
		newKind[domain.AcceptanceTest](domain.KindAcceptanceTest),
		newKind[domain.TestRun](domain.KindTestRun).byVerbs(),
		newKind[domain.SignOff](domain.KindSignOff).byVerbs(),
		newKind[domain.Deliverable](domain.KindDeliverable).deed(),
	}
}

func acceptanceRelationships() []*Relationship {
	const (
		release     = domain.KindRelease
		media       = domain.KindMediaItem
		test        = domain.KindAcceptanceTest
		run         = domain.KindTestRun
		deliverable = domain.KindDeliverable
		party       = domain.KindParty
	)
	return []*Relationship{
		{
			Name: domain.RelTests, Noun: "PlannedTest", From: test, To: release, AtSites: FromEnd, ToOne: true,
			Field: "release", FieldDoc: "The release for which this test is planned.",
			Inverse: "tests", InverseDoc: "The tests that are planned for this release (R21).",
		},
		{
			Name: domain.RelRuns, Noun: "TestScript", From: test, To: media, ToOne: true,
			Field: "script", FieldDoc: "The script of the kit that this test runs: the one that the sites will (R6).",
			Inverse: "scriptOf", InverseDoc: "The tests that run this script.",
		},
		{
			Name: domain.RelMitigates, Noun: "TestedMitigation", From: test, To: domain.KindChangeRequest, ToOne: true,
			Field: "mitigates", FieldDoc: "The request whose mitigation this test tries, since it cannot be undone (R10).",
			Inverse: "mitigationTests", InverseDoc: "The tests that try the mitigation of this request.",
		},
		{
			Name: domain.RelRunOf, Noun: "RunOfTest", From: run, To: test, Deed: true, AtSites: FromEnd, ToOne: true, ByVerbs: true,
			Field: "test", FieldDoc: "The test that was run.",
			Inverse: "runs", InverseDoc: "The runs of this test, of all rounds.",
		},
		{
			Name: domain.RelStoredAs, Noun: "RunReport", From: run, To: media, Deed: true, ToOne: true, ByVerbs: true,
			Field: "report", FieldDoc: "The report of this run, as the library keeps it.",
			Inverse: "reportOf", InverseDoc: "The test runs that this document reports on.",
		},
		{
			Name: domain.RelSigns, Noun: "Signature", From: domain.KindSignOff, To: release, Deed: true, AtSites: FromEnd, ToOne: true, ByVerbs: true,
			Field: "release", FieldDoc: "The release that was signed.",
			Inverse: "signOffs", InverseDoc: "The signatures on this release, those that have fallen among them (R8).",
		},
		{
			Name: domain.RelBrings, Noun: "BroughtDeliverable", From: release, To: deliverable, AtSites: ToEnd,
			Field: "deliverables", FieldDoc: "The documents and parts that this release brings (R8).",
			Inverse: "releases", InverseDoc: "The releases that bring this deliverable.",
		},
		{
			Name: domain.RelStoredAs, Noun: "StoredDeliverable", From: deliverable, To: media, ToOne: true,
			Field: "storedAs", FieldDoc: "The media item that keeps this deliverable.",
			Inverse: "deliverables", InverseDoc: "The deliverables that this media item keeps.",
		},
		{
			Name: domain.RelMemberOf, Noun: "Membership", From: party, To: party,
			Field: "memberOf", FieldDoc: "The teams that this person is a member of: they hold its functions (section 9).",
			Inverse: "members", InverseDoc: "The members of this team.",
		},
	}
}
