package domain

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Release is a set of authorised changes that are built, tested and deployed
// together (R1, R2, R4).
type Release struct {
	Record
	Description *string `graph:"description,set,text"`
	// ReleaseVersion is the release's own number, by the policy's scheme (R3).
	ReleaseVersion string          `graph:"releaseVersion,required,filter,sort,set,text"`
	Type           ReleaseType     `graph:"type,required,filter,sort,set"`
	Category       ReleaseCategory `graph:"category,required,filter,sort,set"`
	// Status changes by the moves of R4 alone; an import may bring any.
	Status      ReleaseStatus `graph:"status,required,filter,sort,import"`
	StatusSince *time.Time    `graph:"statusSince,filter,sort,import"`
	// Manager to DeploymentManager are who answers for it (R5, section 9).
	Manager           *string `graph:"manager,filter,sort,set,text,person"`
	BuildManager      *string `graph:"buildManager,filter,sort,set,text,person"`
	TestManager       *string `graph:"testManager,filter,sort,set,text,person"`
	DeploymentManager *string `graph:"deploymentManager,filter,sort,set,text,person"`
	// Approach is how it is to be rolled out (P1).
	Approach    *RolloutApproach `graph:"approach,filter,set"`
	PlannedFrom *time.Time       `graph:"plannedFrom,filter,sort,set"`
	PlannedTo   *time.Time       `graph:"plannedTo,filter,sort,set"`
	// BusinessNeed says in short what the business wants of it.
	BusinessNeed  *string `graph:"businessNeed,set,text"`
	BusinessOwner *string `graph:"businessOwner,filter,set,text,person"`
	// Assembly tells how its kit is put together (R6).
	Assembly *string `graph:"assembly,set,text"`
	// ManualSteps are those that a person must do at each site (R24).
	ManualSteps []string `graph:"manualSteps,set"`
	// BudgetPlanned is an amount of Currency, an ISO 4217 code.
	BudgetPlanned *string `graph:"budgetPlanned,set"`
	Currency      *string `graph:"currency,filter,set"`
	// PolicyReason says why it follows the policy that it names, where several
	// apply.
	PolicyReason *string `graph:"policyReason,set,text"`
	// Round counts the submissions to acceptance (R21).
	Round int `graph:"round,filter,sort,import"`
	// ContentVersion counts the changes to what is signed: what it holds, with
	// which versions, requests and kit. ContentDigest stands for what that is, as
	// last submitted, AcceptedDigest as accepted.
	ContentVersion int     `graph:"contentVersion,import,whole"`
	ContentDigest  *string `graph:"contentDigest,import"`
	AcceptedDigest *string `graph:"acceptedDigest,import"`
	// DossierDigest stands for all that led to its acceptance.
	DossierDigest *string `graph:"dossierDigest,import"`
	// AcceptanceCount counts the test runs, judgements and signatures, so that two
	// who judge it at once do not miss each other.
	AcceptanceCount int `graph:"acceptanceCount,import"`
	// Deeds are what makes somebody unfit to judge it, or to make it (R7).
	Deeds []ReleaseDeed `graph:"deeds,import"`
	// LiveAt is when it was first at all its sites.
	LiveAt *time.Time `graph:"liveAt,filter,sort,import"`
	// PublishedFrom and PublishedTo are the times as they were published when its
	// deployment began (M3).
	PublishedFrom *time.Time `graph:"publishedFrom,filter,sort,import"`
	PublishedTo   *time.Time `graph:"publishedTo,filter,sort,import"`
	// PublishedBudget is an amount of PublishedCurrency, PublishedSites how many sites it was
	// to come to, as they were published then (M3).
	PublishedBudget   *string `graph:"publishedBudget,import"`
	PublishedCurrency *string `graph:"publishedCurrency,filter,import"`
	PublishedSites    *int    `graph:"publishedSites,filter,sort,import"`
	// EffectivenessAskedAt is when the service desk and the sites were asked how well it
	// went (R17).
	EffectivenessAskedAt *time.Time `graph:"effectivenessAskedAt,filter,sort,import"`
	// Waivers are the needs that were waived, KeptInForce the releases that it does
	// not supersede (R1).
	Waivers     []Waiver      `graph:"waivers,import"`
	KeptInForce []KeptRelease `graph:"keptInForce,import"`
}

// ReleaseType says how much a release changes (R1).
type ReleaseType string

// The types of release.
const (
	MajorRelease     ReleaseType = "MAJOR"
	MinorRelease     ReleaseType = "MINOR"
	EmergencyRelease ReleaseType = "EMERGENCY"
)

// ReleaseTypes lists all types of release.
var ReleaseTypes = []ReleaseType{MajorRelease, MinorRelease, EmergencyRelease}

// ReleaseCategory says how much of its units a release installs (R2).
type ReleaseCategory string

// The categories of release.
const (
	FullRelease    ReleaseCategory = "FULL"
	DeltaRelease   ReleaseCategory = "DELTA"
	PackageRelease ReleaseCategory = "PACKAGE"
)

// ReleaseCategories lists all categories of release.
var ReleaseCategories = []ReleaseCategory{FullRelease, DeltaRelease, PackageRelease}

// RolloutApproach says how a release goes to its sites (P1).
type RolloutApproach string

// The approaches.
const (
	BigBang    RolloutApproach = "BIG_BANG"
	Phased     RolloutApproach = "PHASED"
	Continuous RolloutApproach = "CONTINUOUS"
	Pull       RolloutApproach = "PULL"
)

// RolloutApproaches lists all approaches.
var RolloutApproaches = []RolloutApproach{BigBang, Phased, Continuous, Pull}

// ReleaseStatus is where a release stands in its life (R4).
type ReleaseStatus string

// The statuses of a release.
const (
	ReleasePlanned      ReleaseStatus = "PLANNED"
	ReleaseBuilding     ReleaseStatus = "BUILDING"
	ReleaseInAcceptance ReleaseStatus = "IN_ACCEPTANCE"
	ReleaseAccepted     ReleaseStatus = "ACCEPTED"
	ReleaseDeploying    ReleaseStatus = "DEPLOYING"
	ReleaseVerifying    ReleaseStatus = "VERIFYING"
	ReleaseClosed       ReleaseStatus = "CLOSED"
	ReleaseRejected     ReleaseStatus = "REJECTED"
	ReleaseBackedOut    ReleaseStatus = "BACKED_OUT"
	ReleaseCancelled    ReleaseStatus = "CANCELLED"
)

// ReleaseStatuses lists all statuses, in the order of a release's life.
var ReleaseStatuses = []ReleaseStatus{
	ReleasePlanned, ReleaseBuilding, ReleaseInAcceptance, ReleaseAccepted, ReleaseDeploying, ReleaseVerifying,
	ReleaseClosed, ReleaseRejected, ReleaseBackedOut, ReleaseCancelled,
}

// OpenReleases are the statuses of releases that may still change something.
var OpenReleases = []ReleaseStatus{
	ReleasePlanned, ReleaseBuilding, ReleaseInAcceptance, ReleaseAccepted, ReleaseDeploying, ReleaseVerifying, ReleaseRejected,
}

// PlannedReleases are the statuses of releases that are still going to install
// something.
var PlannedReleases = []ReleaseStatus{
	ReleasePlanned, ReleaseBuilding, ReleaseInAcceptance, ReleaseAccepted, ReleaseDeploying, ReleaseRejected,
}

// WentLive reports whether a release of the status has gone to its sites.
func (s ReleaseStatus) WentLive() bool {
	return s == ReleaseDeploying || s == ReleaseVerifying || s == ReleaseClosed
}

// Carries reports whether a release of the status carries out its requests
// (H4): they are IN_RELEASE.
func (s ReleaseStatus) Carries() bool {
	switch s {
	case ReleaseBuilding, ReleaseInAcceptance, ReleaseAccepted, ReleaseDeploying, ReleaseRejected:
		return true
	}
	return false
}

// ContentOpen reports whether what a release holds may still be changed (R6).
func (s ReleaseStatus) ContentOpen() bool { return s == ReleasePlanned || s == ReleaseBuilding }

// Waiver is a need that a release goes on without.
type Waiver struct {
	Need   MoveNeed  `json:"need"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// KeptRelease is a release that another one does not supersede (R1).
type KeptRelease struct {
	Release string    `json:"release"`
	Reason  string    `json:"reason"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// ManagerPerson is who manages the release.
func (r *Release) ManagerPerson() *Person { return maybePersonOf(r, r.Manager) }

// BuildManagerPerson is who has it built.
func (r *Release) BuildManagerPerson() *Person { return maybePersonOf(r, r.BuildManager) }

// TestManagerPerson is who has it tested.
func (r *Release) TestManagerPerson() *Person { return maybePersonOf(r, r.TestManager) }

// DeploymentManagerPerson is who has it deployed.
func (r *Release) DeploymentManagerPerson() *Person { return maybePersonOf(r, r.DeploymentManager) }

// BusinessOwnerPerson is who answers for it in the business.
func (r *Release) BusinessOwnerPerson() *Person { return maybePersonOf(r, r.BusinessOwner) }

// Check tells what is wrong with the release: what can never be right, whatever
// its status.
func (r *Release) Check() Errors {
	es := r.Record.Check()
	es.after("plannedTo", r.PlannedTo, "plannedFrom", r.PlannedFrom)
	es.amount("budgetPlanned", r.BudgetPlanned, "currency", r.Currency)
	es.amount("publishedBudget", r.PublishedBudget, "publishedCurrency", r.PublishedCurrency)
	es.within("publishedSites", r.PublishedSites, 0, MaxCount)
	r.checkTester(&es, "release manager", r.Manager)
	r.checkTester(&es, "build manager", r.BuildManager)
	if r.Type == EmergencyRelease && r.Category == PackageRelease {
		es.rule("R9", "type", "cannot be EMERGENCY of a PACKAGE: planned work needs no emergency path")
	}
	return es
}

// checkTester keeps the test manager from being one who builds or manages (R7).
func (r *Release) checkTester(es *Errors, as string, who *string) {
	if who != nil && r.TestManager != nil && AlikeNames(*who, *r.TestManager) {
		es.rule("R7", "testManager", fmt.Sprintf("is its %s, too: the test manager is nobody who builds or manages the release", as))
	}
}

// ReleaseChange is what CHANGES says: what a release does to an item.
type ReleaseChange struct {
	Action ChangeAction `graph:"action,required,filter,set"`
	// FromVersion is the version that it replaces, absent of an ADD; ToVersion the
	// one that it brings, absent of a REMOVE.
	FromVersion *string `graph:"fromVersion,filter,set"`
	ToVersion   *string `graph:"toVersion,filter,set"`
	// Coexists says that both versions may run side by side (P4).
	Coexists bool `graph:"coexists,filter,set"`
}

// ChangeAction is what a release does to an item.
type ChangeAction string

// The actions.
const (
	AddItem    ChangeAction = "ADD"
	ModifyItem ChangeAction = "MODIFY"
	RemoveItem ChangeAction = "REMOVE"
)

// ChangeActions lists all actions.
var ChangeActions = []ChangeAction{AddItem, ModifyItem, RemoveItem}

// Check tells what is wrong with the change: each action names its versions.
func (c *ReleaseChange) Check() Errors {
	var es Errors
	if c.Action == AddItem && c.FromVersion != nil {
		es.wrong("fromVersion", errors.New("belongs to no ADD: there is nothing before it"))
	}
	if c.Action == RemoveItem && c.ToVersion != nil {
		es.wrong("toVersion", errors.New("belongs to no REMOVE: nothing comes after it"))
	}
	if c.Action != RemoveItem && blank(c.ToVersion) == "" {
		es.wrong("toVersion", fmt.Errorf("is missing: the version that the release brings (action %s)", c.Action))
	}
	return es
}

// Supersession is what SUPERSEDES says: of which units a release takes another's
// place (R1).
type Supersession struct {
	Units []string `graph:"units,filter,set"`
}

// ReleaseDifference is what DIFFERS_IN says: what the release before did to an item,
// and what this one does; nil where it does nothing (R11).
type ReleaseDifference struct {
	Before *string `graph:"before,filter,set,text"`
	Now    *string `graph:"now,filter,set,text"`
}

// SameContent reports whether another state of the release has what is signed of
// it in its own fields: number, type and category (R21).
func (r *Release) SameContent(other *Release) bool {
	return r.ReleaseVersion == other.ReleaseVersion && r.Type == other.Type && r.Category == other.Category
}

// CheckRevision says which fields of an edit the release's status has closed
// (R6): what is signed and who answers from acceptance on, how it is planned from
// building on, the calendar once it is being deployed.
func (r *Release) CheckRevision(now *Release) Errors {
	var es Errors
	closed := func(open bool, field string, same bool) {
		if !open && !same {
			es.rule("R6", field, fmt.Sprintf("is closed of a release that is %s", r.Status))
		}
	}
	building, plannedOnly := r.Status.ContentOpen(), r.Status == ReleasePlanned
	beforeDeployment := building || r.Status == ReleaseInAcceptance || r.Status == ReleaseAccepted || r.Status == ReleaseRejected
	closed(building, "releaseVersion", r.ReleaseVersion == now.ReleaseVersion)
	closed(building, "type", r.Type == now.Type)
	closed(building, "category", r.Category == now.Category)
	closed(building, "manager", sameText(r.Manager, now.Manager))
	closed(building, "buildManager", sameText(r.BuildManager, now.BuildManager))
	closed(building, "testManager", sameText(r.TestManager, now.TestManager))
	closed(building, "deploymentManager", sameText(r.DeploymentManager, now.DeploymentManager))
	closed(building, "assembly", sameText(r.Assembly, now.Assembly))
	closed(building, "manualSteps", slices.Equal(r.ManualSteps, now.ManualSteps))
	closed(building, "policyReason", sameText(r.PolicyReason, now.PolicyReason))
	closed(plannedOnly, "approach", r.Approach == now.Approach || r.Approach != nil && now.Approach != nil && *r.Approach == *now.Approach)
	closed(plannedOnly, "businessNeed", sameText(r.BusinessNeed, now.BusinessNeed))
	closed(plannedOnly, "businessOwner", sameText(r.BusinessOwner, now.BusinessOwner))
	closed(beforeDeployment, "plannedFrom", sameTime(r.PlannedFrom, now.PlannedFrom))
	closed(beforeDeployment, "plannedTo", sameTime(r.PlannedTo, now.PlannedTo))
	return es
}

func sameText(a, b *string) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// CheckRemovable says why a release cannot be removed: only one that is PLANNED,
// and was never submitted, leaves no trace that others rely on.
func (r *Release) CheckRemovable() Errors {
	var es Errors
	if r.Status != ReleasePlanned || r.Round > 0 {
		es.rule("R4", "", fmt.Sprintf("%s is %s: only a draft is removed; cancel it (%s)", r.Key, r.Status, CancelRelease))
	}
	return es
}
