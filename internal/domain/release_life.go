package domain

import (
	"slices"
	"time"
)

// The verbs that move a release.
const (
	StartBuild          = "startBuild"
	SubmitForAcceptance = "submitForAcceptance"
	RejectRelease       = "rejectRelease"
	AcceptRelease       = "acceptRelease"
	ReplanRelease       = "replanRelease"
	UnlockRelease       = "unlockRelease"
	CancelRelease       = "cancelRelease"
)

// ReleaseFacts is all that the moves of a release depend on.
type ReleaseFacts struct {
	Release *Release
	// Missing are the needs that are not met, each with what is missing: worked
	// out by package plan/release.
	Missing map[MoveNeed][]string
	// Tasks are what has to be prepared before a status, and is not (R12).
	Tasks func(ReleaseStatus) []string
	// Around are the deployments of the release, and the packages that bundle it.
	Around ReleaseAround
	// Reason is why the move is made, where it needs one.
	Reason string
}

// releaseNeed is a need of a move of a release.
type releaseNeed = Need[*ReleaseFacts]

// ReleaseMove is a move that a release has.
type ReleaseMove = LegalMove[ReleaseStatus]

// ReleaseLife is the life of a release (R4).
//
// Moves without a verb follow from its deployments. Later moves ask again for what
// earlier ones did: what a release relies on may change, and an import may bring a
// release in any status.
var ReleaseLife = Lifecycle[ReleaseStatus, *ReleaseFacts]{
	Rule: "R4",
	Moves: []Move[ReleaseStatus, *ReleaseFacts]{
		{Verb: StartBuild, From: []ReleaseStatus{ReleasePlanned}, To: ReleaseBuilding, Needs: slices.Concat(agreed, planned, tasksBefore(ReleaseBuilding))},
		{Verb: SubmitForAcceptance, From: []ReleaseStatus{ReleaseBuilding}, To: ReleaseInAcceptance, Needs: slices.Concat(agreed, built, tasksBefore(ReleaseInAcceptance))},
		{Verb: AcceptRelease, From: []ReleaseStatus{ReleaseInAcceptance}, To: ReleaseAccepted, Needs: slices.Concat(agreed, accepted, tasksBefore(ReleaseAccepted))},
		{Verb: RejectRelease, From: []ReleaseStatus{ReleaseInAcceptance}, To: ReleaseRejected, Needs: []releaseNeed{needMoveReason}},
		{Verb: ReplanRelease, From: []ReleaseStatus{ReleaseRejected, ReleaseBackedOut}, To: ReleasePlanned, Needs: []releaseNeed{needMoveReason}},
		{
			Verb: UnlockRelease, From: []ReleaseStatus{ReleaseInAcceptance, ReleaseAccepted}, To: ReleasePlanned,
			Needs: []releaseNeed{needMoveReason, noDeployment(DeploymentStatus.begun), noPackage(ReleaseStatus.handedIn)},
		},
		{
			Verb: CancelRelease, To: ReleaseCancelled,
			From:  []ReleaseStatus{ReleasePlanned, ReleaseBuilding, ReleaseInAcceptance, ReleaseAccepted, ReleaseRejected},
			Needs: []releaseNeed{needMoveReason, noDeployment(DeploymentStatus.Open), noPackage(ReleaseStatus.open)},
		},
		{Verb: StartDeployment, From: []ReleaseStatus{ReleaseAccepted}, To: ReleaseDeploying, Needs: slices.Concat(goingLive, tasksBefore(ReleaseDeploying))},
		{From: []ReleaseStatus{ReleaseDeploying}, To: ReleaseVerifying},
		{From: []ReleaseStatus{ReleaseVerifying}, To: ReleaseClosed, Needs: []releaseNeed{needAsked}},
		{From: []ReleaseStatus{ReleaseDeploying}, To: ReleaseAccepted},
		{From: []ReleaseStatus{ReleaseDeploying, ReleaseVerifying, ReleaseClosed}, To: ReleaseBackedOut},
	},
}

// What the moves need. agreed is what looks at the content and is asked again by
// the later moves, planned what is agreed on before building, built what is built,
// accepted what acceptance must have shown.
var (
	agreed = []releaseNeed{
		aNeed(NeedContent, "R2", "changes"), aNeed(NeedContentComplete, "R2", "changes"), aNeed(NeedContentOne, "R2", "bundles"),
		aNeed(NeedPolicy, "R3", "policy"), aNeed(NeedNumber, "R3", "releaseVersion"), aNeed(NeedItemVersions, "R3", "changes"),
		aNeed(NeedAuthorised, "H4", "implements"), aNeed(NeedTraced, "R5", "implements"), aNeed(NeedBackOutPlans, "R10", "implements"),
		aNeed(NeedReversible, "R20", "implements"), aNeed(NeedNotAPackage, "R9", "category"), aNeed(NeedChanges, "R9", "implements"),
		aNeed(NeedEmergencyChange, "R9", "implements"), aNeed(NeedEmergencyBoard, "R9", "implements"),
		aNeed(NeedStowawayChange, "R9", "implements"), aNeed(NeedStowawayItem, "R9", "changes"), aNeed(NeedKnownProblem, "R9", "implements"),
		aNeed(NeedKnown, "R9", "implements"), aNeed(NeedFewProblems, "R9", "implements"), aNeed(NeedPriority, "R9", "implements"),
		aNeed(NeedRoles, "R5", "manager"), aNeed(NeedTestPlan, "R21", "tests"), aNeed(NeedPackageSize, "R16", "bundles"),
	}
	planned = []releaseNeed{
		aNeed(NeedMethod, "R5", "approach"), aNeed(NeedCalendar, "R5", "plannedFrom"), aNeed(NeedFrequency, "R3", "plannedFrom"),
		aNeed(NeedProductionAudit, "R5", "changes"), aNeed(NeedBoardAdvice, "R19", "recommendations"),
	}
	built = []releaseNeed{
		aNeed(NeedParts, "R2", "bundles"), aNeed(NeedKit, "R6", "kit"), aNeed(NeedKitWhole, "L2", "kit"), aNeed(NeedKitLicensed, "L1", "kit"),
		aNeed(NeedKitSigned, "L1", "kit"), aNeed(NeedAssembly, "R6", "assembly"), aNeed(NeedScripts, "R6", "kit"),
		aNeed(NeedScriptTests, "R6", "tests"), aNeed(NeedBackOutProcedures, "R6", "deliverables"), aNeed(NeedBuildTest, "R6", "deliverables"),
		aNeed(NeedPriorMaster, "L5", "changes"), aNeed(NeedHardware, "L4", "changes"), aNeed(NeedManualSteps, "R24", "manualSteps"),
		aNeed(NeedPurchases, "R6", "tasks"),
	}
	accepted = []releaseNeed{
		aNeed(NeedParts, "R2", "bundles"), aNeed(NeedKitWhole, "L2", "kit"), aNeed(NeedTests, "R8", "tests"), aNeed(NeedDecided, "R7", "tests"),
		aNeed(NeedBackOutTested, "R10", "tests"), aNeed(NeedActivationTested, "P8", "tests"), aNeed(NeedRegression, "R20", "tests"),
		aNeed(NeedEnvironmentReady, "R12", "tests"), aNeed(NeedPath, "R15", "tests"), aNeed(NeedDefects, "R8", "introduces"), aNeed(NeedDeliverables, "R8", "deliverables"),
		aNeed(NeedSignatures, "R8", "signOffs"), aNeed(NeedSeparation, "R7", "deeds"), aNeed(NeedManualSteps, "R24", "manualSteps"),
	}
)

var goingLive = []releaseNeed{
	aNeed(NeedPlan, "P11", "deployments"), aNeed(NeedAuthorisation, "R22", "signOffs"), aNeed(NeedSame, "R21", "acceptedDigest"),
	aNeed(NeedKitWhole, "L2", "kit"), aNeed(NeedCalendarAccepted, "R13", "calendarAsked"), aNeed(NeedSupportTold, "R23", "announcements"),
	aNeed(NeedTrained, "R12", "tasks"), aNeed(NeedNotSuperseded, "R1", "supersededBy"), aNeed(NeedNotHeld, "P7", "changes"), aNeed(NeedNumber, "R3", "releaseVersion"),
	aNeed(NeedNotAPackage, "R9", "category"), aNeed(NeedChanges, "R9", "implements"), aNeed(NeedEmergencyChange, "R9", "implements"),
	aNeed(NeedEmergencyBoard, "R9", "implements"), aNeed(NeedStowawayChange, "R9", "implements"), aNeed(NeedStowawayItem, "R9", "changes"),
	aNeed(NeedKnownProblem, "R9", "implements"), aNeed(NeedKnown, "R9", "implements"), aNeed(NeedFewProblems, "R9", "implements"), aNeed(NeedPriority, "R9", "implements"),
}

// aNeed is a need whose lacks are worked out beforehand.
func aNeed(name MoveNeed, rule, field string) releaseNeed {
	return releaseNeed{Name: name, Rule: rule, Field: field, Each: func(f *ReleaseFacts) []string { return f.Missing[name] }}
}

// tasksBefore is the need TASKS of a move into a status (R12).
func tasksBefore(into ReleaseStatus) []releaseNeed {
	return []releaseNeed{{Name: NeedTasks, Rule: "R12", Field: "tasks", Each: func(f *ReleaseFacts) []string {
		if f.Tasks == nil {
			return nil
		}
		return f.Tasks(into)
	}}}
}

var needMoveReason = releaseNeed{
	Name: NeedReason, Rule: "R4", Field: "status", Input: "reason", Given: true,
	Lacks: unless(func(f *ReleaseFacts) bool { return blank(&f.Reason) != "" }, "a reason"),
}

// needAsked is that those who know were asked how well it went; an answer is not needed
// (R17).
var needAsked = releaseNeed{
	Name: NeedEffectiveness, Rule: "R17", Field: "effectivenessAskedAt",
	Lacks: unless(func(f *ReleaseFacts) bool { return f.Release.EffectivenessAskedAt != nil }, "that the service desk and the sites are asked how well it went"),
}

// Moves tells where the release can go from where it is, and what each way lacks.
// A reason is asked for when the move is made.
func (f *ReleaseFacts) Moves() []ReleaseMove { return ReleaseLife.From(f.Release.Status, f) }

// Move brings the release to a status that its life allows, and notes when.
func (r *Release) Move(to ReleaseStatus, at time.Time) {
	r.Status, r.StatusSince = to, &at
	switch to {
	case ReleaseInAcceptance:
		r.Round++
	case ReleasePlanned:
		r.ContentDigest, r.AcceptedDigest, r.DossierDigest = nil, nil, nil
	}
}

// Publish keeps with which times and budget its roll-out begins, and to how many sites, as
// they are published (M3).
func (r *Release) Publish(from, to *time.Time, sites int) {
	r.PublishedFrom, r.PublishedTo, r.PublishedSites = from, to, &sites
	r.PublishedBudget, r.PublishedCurrency = nil, nil
	if r.BudgetPlanned != nil {
		r.PublishedBudget, r.PublishedCurrency = r.BudgetPlanned, r.Currency
	}
}

// AcceptanceLacks tells what the release lacks before it can be accepted,
// wherever it stands; nothing of one that was accepted.
func (f *ReleaseFacts) AcceptanceLacks() []MoveLack {
	switch f.Release.Status {
	case ReleasePlanned, ReleaseBuilding, ReleaseInAcceptance, ReleaseRejected:
		return ReleaseLife.Lacking(slices.Concat(agreed, accepted), f)
	}
	return []MoveLack{}
}

// AcceptedElsewhere reports whether the release came as one that was accepted already:
// what its acceptance and its preparation asked for is not on record here.
func (r *Release) AcceptedElsewhere() bool { return r.AcceptedDigest == nil }

// AcceptanceOpen reports whether what acceptance looks at besides the content of a
// release, its deliverables and accepted defects, may still be changed (R8).
func (s ReleaseStatus) AcceptanceOpen() bool {
	return s.ContentOpen() || s == ReleaseInAcceptance || s == ReleaseRejected
}

// Arrive notes since when the release has its status, unless that is said, and when
// it was at all its sites.
func (r *Release) Arrive(was *Release, at time.Time) {
	if sameTime(r.StatusSince, was.StatusSince) {
		r.StatusSince = &at
	}
	if r.LiveAt == nil && (r.Status == ReleaseVerifying || r.Status == ReleaseClosed) {
		r.LiveAt = r.StatusSince
	}
}

// GoesWith reports whether the release, a part of a package, goes with that to a
// status: one that is ACCEPTED from DEPLOYING on, and one that went with it before,
// which came to the package's status at the same time (R4).
func (r *Release) GoesWith(was *Release, to ReleaseStatus) bool {
	together := r.Status == was.Status && r.StatusSince != nil && sameTime(r.StatusSince, was.StatusSince)
	switch to {
	case ReleaseDeploying, ReleaseVerifying, ReleaseClosed:
		return r.Status == ReleaseAccepted || together && was.Status.WentLive()
	case ReleaseAccepted, ReleaseBackedOut:
		return together && was.Status.WentLive()
	}
	return false
}
