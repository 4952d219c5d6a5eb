package domain

import "slices"

// The verbs that move a deployment.
const (
	StartDeployment  = "startDeployment"
	PauseDeployment  = "pauseDeployment"
	ResumeDeployment = "resumeDeployment"
	AbortDeployment  = "abortDeployment"
	BackOut          = "backOut"
)

// DeploymentFacts is all that the moves of a deployment depend on.
type DeploymentFacts struct {
	Deployment *Deployment
	// Missing are the needs that are not met, each with what is missing.
	Missing map[MoveNeed][]string
	// Reason is why the move is made, where it needs one.
	Reason string
}

// DeploymentMove is a move that a deployment has.
type DeploymentMove = LegalMove[DeploymentStatus]

type deploymentNeed = Need[*DeploymentFacts]

// DeploymentLife is the life of a deployment (D1). Moves without a verb are made by the
// engine. What starts brings its release from ACCEPTED to DEPLOYING, so that it needs
// what that move of the release needs, too (R4).
var DeploymentLife = Lifecycle[DeploymentStatus, *DeploymentFacts]{
	Rule: "D1",
	Moves: []Move[DeploymentStatus, *DeploymentFacts]{
		{Verb: StartDeployment, From: []DeploymentStatus{DeploymentPlanned}, To: DeploymentRunning, Needs: starting},
		{Verb: PauseDeployment, From: []DeploymentStatus{DeploymentRunning}, To: DeploymentPaused, Needs: because},
		{Verb: ResumeDeployment, From: []DeploymentStatus{DeploymentPaused}, To: DeploymentRunning, Needs: because},
		{
			Verb: AbortDeployment, From: []DeploymentStatus{DeploymentPlanned, DeploymentRunning, DeploymentPaused},
			To: DeploymentAborted, Needs: because,
		},
		{From: []DeploymentStatus{DeploymentRunning}, To: DeploymentVerifying},
		{From: []DeploymentStatus{DeploymentVerifying}, To: DeploymentClosed},
		{
			Verb: BackOut, From: []DeploymentStatus{DeploymentRunning, DeploymentPaused, DeploymentAborted, DeploymentVerifying},
			To: DeploymentBackingOut, Needs: slices.Concat(because, []deploymentNeed{missingNeed(NeedUndo, "D7", "status")}),
		},
		{From: []DeploymentStatus{DeploymentBackingOut}, To: DeploymentBackedOut},
	},
}

// starting is what a deployment needs, with what its release needs to go live.
var starting = append([]deploymentNeed{
	missingNeed(NeedPlan, "P11", "acceptedAt"), missingNeed(NeedRelease, "R4", "release"), missingNeed(NeedNoDeployment, "D1", "release"),
	missingNeed(NeedRequired, "P9", "release"),
}, ofRelease(goingLive)...)

// ofRelease are needs of a release that are needs of its deployment: that of a plan is
// the deployment's own.
func ofRelease(needs []releaseNeed) (list []deploymentNeed) {
	for _, n := range needs {
		if n.Name != NeedPlan {
			list = append(list, missingNeed(n.Name, n.Rule, "release"))
		}
	}
	return append(list, missingNeed(NeedTasks, "R12", "release"))
}

// missingNeed is a need whose lacks are worked out beforehand.
func missingNeed(name MoveNeed, rule, field string) deploymentNeed {
	return deploymentNeed{Name: name, Rule: rule, Field: field, Each: func(f *DeploymentFacts) []string { return f.Missing[name] }}
}

// because is the need REASON of what is done against the plan (D5).
var because = []deploymentNeed{{
	Name: NeedReason, Rule: "D5", Field: "statusReason", Input: "reason", Given: true,
	Lacks: unless(func(f *DeploymentFacts) bool { return blank(&f.Reason) != "" }, "a reason"),
}}

// Moves tells where the deployment can go from where it is, and what each way lacks.
func (f *DeploymentFacts) Moves() []DeploymentMove {
	return DeploymentLife.From(f.Deployment.Status, f)
}

// OverdueRule is what becomes of a site that lets the deadline of a PULL pass.
type OverdueRule string

// The rules.
const (
	// RemindOverdue only tells of it.
	RemindOverdue OverdueRule = "REMIND"
	// FailOverdue has the site fail, so that its threshold judges.
	FailOverdue OverdueRule = "FAIL"
	// ExcuseOverdue leaves the site out.
	ExcuseOverdue OverdueRule = "EXCUSE"
	// ForceOverdue has the site take the release at an hour that is set for it, as in a wave.
	ForceOverdue OverdueRule = "FORCE"
)

// OverdueRules lists the rules.
var OverdueRules = []OverdueRule{RemindOverdue, FailOverdue, ExcuseOverdue, ForceOverdue}
