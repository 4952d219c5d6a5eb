package release

// Type is how large a release is (R1).
type Type string

// The types of releases.
const (
	Major     Type = "MAJOR"
	Minor     Type = "MINOR"
	Emergency Type = "EMERGENCY"
)

// Types lists all types of releases.
var Types = []Type{Major, Minor, Emergency}

// Category is how much of its units a release brings (R2).
type Category string

// The categories of releases.
const (
	Full    Category = "FULL"
	Delta   Category = "DELTA"
	Package Category = "PACKAGE"
)

// Categories lists all categories of releases.
var Categories = []Category{Full, Delta, Package}

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

// Status is where a release stands in its life (R4).
type Status string

// The statuses of releases.
const (
	Planned      Status = "PLANNED"
	Building     Status = "BUILDING"
	InAcceptance Status = "IN_ACCEPTANCE"
	Accepted     Status = "ACCEPTED"
	Deploying    Status = "DEPLOYING"
	Verifying    Status = "VERIFYING"
	Closed       Status = "CLOSED"
	Rejected     Status = "REJECTED"
	BackedOut    Status = "BACKED_OUT"
	Cancelled    Status = "CANCELLED"
)

// live reports whether a number of the status is one that sites have.
func (s Status) live() bool { return s == Deploying || s == Verifying || s == Closed }

// acceptedOrLater reports whether a part of the status may go with its package.
func (s Status) acceptedOrLater() bool { return s == Accepted || s.live() }

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
