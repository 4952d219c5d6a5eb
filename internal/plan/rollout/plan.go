package rollout

import (
	"time"

	"releasegraph/internal/domain"
)

// Answer is a plan, or why there is none.
type Answer struct {
	// Plan is nil where none holds.
	Plan *Plan
	// Violations tell what is broken, in words: of a plan, what an edit broke.
	Violations []Violation
	// Contradiction is a set of constraints that cannot hold together; nil beside a
	// plan that breaks nothing.
	Contradiction *Contradiction
}

// Violation is a rule that does not hold.
type Violation struct {
	Rule string
	Text string
	// Records are those that it concerns.
	Records []string
	// Waivable says that a person may go on with a reason (P5 and P6 alone, P11).
	Waivable bool
}

// Plan is a proposal for a roll-out. The same input gives the same plan, whatever
// the order of its records.
type Plan struct {
	Release string
	// Approach is BIG_BANG also where the release made it so (P6).
	Approach   domain.RolloutApproach
	Activation domain.Activation
	ActivateAt *time.Time
	// Path are the environments that come before the first wave (CONTINUOUS).
	Path  []PathEnvironment
	Waves []Wave
	// Steps stand in the order of their waves, then of their beginning, then by site
	// and release. Wave n has the steps from Waves[n-1].First on.
	Steps    []Step
	Contents []Content
	// UpToDate lists what is installed as it would come, Higher what is installed in a
	// higher version and so left alone (P2). By site and item.
	UpToDate, Higher []Present
	// LowerBound is how many waves any plan has at least, Proved says that no plan has
	// fewer than this one.
	LowerBound int
	Proved     bool
	// UsersUnknown are the sites whose users nobody told: they count 0 (P6).
	UsersUnknown []string
	// Relies are the plans of other deployments that this one relies on (P9).
	Relies []Reliance
	// Excluded are the sites that were taken out by hand, Waived what was waived (P11).
	Excluded []Exclusion
	Waived   []Waiver
	// Search tells how hard it was looked for fewer waves.
	Search Search
}

// Window is from the beginning of the first step to the end of the last one, empty
// for a plan without steps.
func (p *Plan) Window() (window domain.TimeRange) {
	for _, w := range p.Waves {
		window = window.Span(w.Window)
	}
	return window
}

// StepsOf returns the steps of a wave, by its ordinal.
func (p *Plan) StepsOf(ordinal int) []Step { return p.In(&p.Waves[ordinal-1]) }

// In returns the steps of a wave.
func (p *Plan) In(w *Wave) []Step { return p.Steps[w.First : w.First+w.Count] }

// Wave is a set of steps that belong together.
type Wave struct {
	Ordinal int
	// Window is from its first step's beginning to its last step's end (P7).
	Window domain.TimeRange
	// First and Count tell its steps in Plan.Steps.
	First, Count int
	// Stage is the ring that it belongs to (P5).
	Stage domain.Ring
	// Sites, Users and Criticality are what the limits are held against (P6).
	Sites, Users, Criticality int
	// Offer says that sites choose when (PULL).
	Offer bool
}

// Step is one site that receives one release.
type Step struct {
	Site, Release string
	Wave          int
	Window        domain.TimeRange
	// Content is its place in Plan.Contents: many sites receive the same.
	Content int
	Users   int
	// Criticality is the highest of what it receives, 0: not told.
	Criticality int
	Effort      Effort
}

// Content is what a step does, in this order: removals, then installations (P3).
type Content struct {
	Remove, Install []Action
}

// Action is what is done with an item at a site.
type Action struct {
	Item string
	// Kind is ADD, MODIFY, REMOVE, or HELD for what a FULL release reinstalls as it is.
	Kind ActionKind
	// From is the version that is there, To the one that comes.
	From, To string
	// Alone says that both may not run side by side.
	Alone bool
	// Unit is the key of the unit of a HELD item.
	Unit string
}

// ActionKind is what is done with an item.
type ActionKind string

// The kinds of action.
const (
	Add    ActionKind = "ADD"
	Modify ActionKind = "MODIFY"
	Remove ActionKind = "REMOVE"
	Held   ActionKind = "HELD"
)

// Effort is how long a step takes, and what that is taken from (P7).
type Effort struct {
	// Duration is what is planned.
	Duration time.Duration
	// Median and P90 are of the past, 0 where there is none; Samples is how many past
	// roll-outs they rest on.
	Median, P90 time.Duration
	Samples     int
}

// Present is an item that is at a site already.
type Present struct{ Site, Item, Version string }

// Reliance is another deployment that brings what a step needs (P9).
type Reliance struct {
	Deployment, Site, Release string
	By                        time.Time
}

// Exclusion is a site that was taken out by hand (P11).
type Exclusion struct{ Site, By, Reason string }

// Waiver is a rule that does not hold by a person's word (P11).
type Waiver struct {
	Rule, By, Reason string
	Records          []string
}

// Search is how hard it was looked for fewer waves.
type Search struct {
	// Groups is how many sets of steps were placed, Tries how many plans were made of
	// them. Exact says that all plans were looked at.
	Groups, Tries int
	Exact         bool
}
