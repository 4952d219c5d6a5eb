package release

import "releasegraph/internal/domain"

// The terms of releases, by their short names here.
type (
	// Type is how large a release is (R1).
	Type = domain.ReleaseType
	// Category is how much of its units a release brings (R2).
	Category = domain.ReleaseCategory
	// Status is where a release stands in its life (R4).
	Status = domain.ReleaseStatus
)

// Their values.
const (
	Major     = domain.MajorRelease
	Minor     = domain.MinorRelease
	Emergency = domain.EmergencyRelease

	Full    = domain.FullRelease
	Delta   = domain.DeltaRelease
	Package = domain.PackageRelease

	Planned      = domain.ReleasePlanned
	Building     = domain.ReleaseBuilding
	InAcceptance = domain.ReleaseInAcceptance
	Accepted     = domain.ReleaseAccepted
	Deploying    = domain.ReleaseDeploying
	Verifying    = domain.ReleaseVerifying
	Closed       = domain.ReleaseClosed
	Rejected     = domain.ReleaseRejected
	BackedOut    = domain.ReleaseBackedOut
	Cancelled    = domain.ReleaseCancelled
)

// Action is what a release does to an item. REBUILD is what a FULL release does
// to the items of its units that do not change.
type Action string

// What a release does to items.
const (
	Add     Action = "ADD"
	Modify  Action = "MODIFY"
	Remove  Action = "REMOVE"
	Rebuild Action = "REBUILD"
)

// Actions lists all actions, in the order in which notes tell of them.
var Actions = []Action{Add, Modify, Remove, Rebuild}

// Content is what a release does to one item. From is empty for ADD, To for
// REMOVE. Coexists says that both versions may run side by side.
type Content struct {
	Item     string
	Action   Action
	From, To string
	Coexists bool
}

// Unit is what is numbered and updated together: a release unit or, where Own,
// an item that is in no unit and so is one of its own (R2).
type Unit struct {
	Key string
	Own bool
}

func (u Unit) String() string { return u.Key }
