package domain

// Dependency is what DEPENDS_ON says: the item at its start needs the one at
// its end. Kind and RedundancyGroup tell parallel dependencies apart (I5).
type Dependency struct {
	Kind   DependencyKind `graph:"kind,required,filter,set,identity"`
	Impact Impact         `graph:"impact,required,filter,set"`
	// RedundancyGroup names the suppliers of one item that stand in for one
	// another (I5).
	RedundancyGroup *string `graph:"redundancyGroup,filter,set,identity"`
	// Minimum is how many members of the group must stay up; MinimumPercent the
	// same in percent of the members, rounded up. At most one is given;
	// without either it is 1.
	Minimum        *int `graph:"minimum,filter,set"`
	MinimumPercent *int `graph:"minimumPercent,filter,set"`
}

// DependencyKind says how an item needs another.
type DependencyKind string

// The kinds of dependency.
const (
	HostedOn   DependencyKind = "HOSTED_ON"
	Uses       DependencyKind = "USES"
	ConnectsTo DependencyKind = "CONNECTS_TO"
	PartOf     DependencyKind = "PART_OF"
	Supports   DependencyKind = "SUPPORTS"
)

// DependencyKinds lists all kinds.
var DependencyKinds = []DependencyKind{HostedOn, Uses, ConnectsTo, PartOf, Supports}

// Impact is how badly an item is hurt when the one it needs fails (I4).
type Impact string

// The impacts, the weakest first.
const (
	ImpactNone     Impact = "NONE"
	ImpactDegraded Impact = "DEGRADED"
	ImpactFull     Impact = "FULL"
)

// Impacts lists all impacts, the weakest first.
var Impacts = []Impact{ImpactNone, ImpactDegraded, ImpactFull}
