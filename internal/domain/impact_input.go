package domain

// ImpactInput asks what is hurt when some items fail, or what they need (I1,
// I2). Lists that are empty or absent limit nothing.
type ImpactInput struct {
	Sources    ImpactSourcesInput
	Direction  *ImpactDirection // default ImpactDependents
	Redundancy *RedundancyMode  // default RedundancyEvaluate
	// MaxDepth leaves deeper hits out of the answer; it changes no strength.
	MaxDepth *int
	// Kinds, Environment and StopAt bound the spread: it passes only along
	// dependencies of these kinds, enters only items of this environment, and
	// goes no further than these items, which are hit themselves.
	Kinds       []DependencyKind
	Environment *Environment
	StopAt      []*Ref
	// Site lists only hits that are installed there, or at a site that is part
	// of it.
	Site   *Ref
	WhatIf *WhatIfInput
	// During adds what the requests for change that are open in this time affect
	// to the sources (I6).
	During *TimeRange
}

// ImpactSourcesInput is where an analysis starts (I1). A site stands for the
// items installed there and at the sites that are part of it.
type ImpactSourcesInput struct {
	Items          []*Ref
	Sites          []*Ref
	ChangeRequests []*Ref
	Releases       []*Ref
}

// WhatIfInput is a hypothetical change to the estate, for one analysis (I1).
// The items come first, then removals, then additions.
type WhatIfInput struct {
	Items              []*HypotheticalItemInput
	AddDependencies    []*HypotheticalDependencyInput
	RemoveDependencies []*DependencySelectorInput
}

// HypotheticalItemInput is an item that is not stored. Other parts of the same
// input name it by its key.
type HypotheticalItemInput struct {
	Key         string
	Name        *string      // default: the key
	Class       *Class       // default Application
	Environment *Environment // default Live
	Criticality *int
	Users       *int
}

// HypotheticalDependencyInput is a dependency that is not stored. It replaces
// the stored one with the same ends, kind and group.
type HypotheticalDependencyInput struct {
	From            Ref
	To              Ref
	Kind            *DependencyKind // default Uses
	Impact          *Impact         // default ImpactFull
	RedundancyGroup *string
	Minimum         *int
	MinimumPercent  *int
}

// DependencySelectorInput names the dependencies between two items; without
// kind and group all of them.
type DependencySelectorInput struct {
	From            Ref
	To              Ref
	Kind            *DependencyKind
	RedundancyGroup *string
}

// ImpactDirection says which way an analysis looks (I2).
type ImpactDirection string

// The directions.
const (
	// ImpactDependents: who is hurt when the sources fail.
	ImpactDependents ImpactDirection = "DEPENDENTS"
	// ImpactDependencies: what the sources need.
	ImpactDependencies ImpactDirection = "DEPENDENCIES"
)

// ImpactDirections lists both directions.
var ImpactDirections = []ImpactDirection{ImpactDependents, ImpactDependencies}

// RedundancyMode says whether redundancy groups count (I5).
type RedundancyMode string

// The modes.
const (
	// RedundancyEvaluate: members of a group stand in for one another.
	RedundancyEvaluate RedundancyMode = "EVALUATE"
	// RedundancyIgnore: every dependency counts as a plain one.
	RedundancyIgnore RedundancyMode = "IGNORE"
)

// RedundancyModes lists both modes.
var RedundancyModes = []RedundancyMode{RedundancyEvaluate, RedundancyIgnore}
