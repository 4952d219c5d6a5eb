package release

import (
	"cmp"
	"fmt"
	"slices"

	"releasegraph/internal/domain"
)

// EmergencyChange is a request that an emergency release carries out.
type EmergencyChange struct {
	Key    string
	Type   domain.ChangeRequestType
	Status domain.ChangeRequestStatus
	// Here says that the request is IN_RELEASE by this very release.
	Here bool
	// EmergencyBoard says that the board that decides is one for emergencies.
	EmergencyBoard bool
	Resolves       []string // problems
	Affects        []string // items
}

// EmergencyProblem is a problem that an emergency release is about: its requests
// resolve it, or a known error that it FIXES diagnoses it.
type EmergencyProblem struct {
	Key      string
	Status   domain.ProblemStatus
	Priority domain.Priority
	// KnownError says that a known error diagnoses it.
	KnownError bool
}

// EmergencyCase is all that the emergency path looks at.
type EmergencyCase struct {
	Category Category
	Changes  []EmergencyChange
	Problems []EmergencyProblem // each once
	Items    []string           // that the release CHANGES
	// MaxProblems and Minimum are the policy's.
	MaxProblems int
	Minimum     domain.Priority
}

// The conditions of the emergency path.
const (
	lackAuthorised     = "AUTHORISED"
	lackChanges        = "CHANGES"
	lackEmergencyBoard = "EMERGENCY_BOARD"
	lackEmergencyType  = "EMERGENCY_CHANGE"
	lackFewProblems    = "FEW_PROBLEMS"
	lackKnown          = "KNOWN"
	lackKnownProblem   = "KNOWN_PROBLEM"
	lackNotAPackage    = "NOT_A_PACKAGE"
	lackPriority       = "PRIORITY"
	lackStowawayChange = "STOWAWAY_CHANGE"
	lackStowawayItem   = "STOWAWAY_ITEM"
)

// EmergencyLacks tells all at once why a release may not take the emergency path
// (R9), by condition and then by key; nothing when it may. The Name of each is
// the condition.
func EmergencyLacks(c EmergencyCase) (list []Lack) {
	say := func(name, about, text string, args ...any) {
		list = append(list, Lack{Need{name, "R9"}, about, fmt.Sprintf(text, args...)})
	}
	if c.Category == Package {
		say(lackNotAPackage, "", "a release of its own: a package gathers fixes as planned work, and is no emergency")
	}
	if len(c.Changes) == 0 {
		say(lackChanges, "", "at least one request that it carries out")
	}
	for _, r := range c.Changes {
		if r.Type != domain.EmergencyChange {
			say(lackEmergencyType, r.Key, "emergency changes only: %s is %s", r.Key, r.Type)
		}
		if r.Status != domain.ChangeAuthorised && (r.Status != domain.ChangeInRelease || !r.Here) {
			say(lackAuthorised, r.Key, "authorised requests only: %s is %s", r.Key, r.Status)
		}
		if !r.EmergencyBoard {
			say(lackEmergencyBoard, r.Key, "requests that an emergency board decides only: not so %s", r.Key)
		}
		if len(r.Resolves) == 0 {
			say(lackStowawayChange, r.Key, "requests that resolve a problem only: %s resolves none", r.Key)
		}
	}
	c.problems(say)
	c.stowaways(say)
	slices.SortStableFunc(list, func(a, b Lack) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.About, b.About)) })
	return list
}

func (c EmergencyCase) problems(say func(name, about, text string, args ...any)) {
	if len(c.Problems) == 0 {
		say(lackKnownProblem, "", "a known problem that it fixes")
	}
	if len(c.Problems) > c.MaxProblems {
		say(lackFewProblems, "", "at most %d problems that it fixes: it has %d", c.MaxProblems, len(c.Problems))
	}
	for _, p := range c.Problems {
		if !p.known() {
			say(lackKnown, p.Key, "known problems only: %s is %s without a known error", p.Key, p.Status)
		}
		if slices.Index(domain.Priorities, p.Priority) < slices.Index(domain.Priorities, c.Minimum) {
			say(lackPriority, p.Key, "problems of priority %s or above only: %s is %s", c.Minimum, p.Key, p.Priority)
		}
	}
}

func (p EmergencyProblem) known() bool {
	return p.Status == domain.ProblemDiagnosed || p.Status == domain.ProblemResolved || p.Status == domain.ProblemOpen && p.KnownError
}

func (c EmergencyCase) stowaways(say func(name, about, text string, args ...any)) {
	affected := map[string]bool{}
	for _, r := range c.Changes {
		for _, item := range r.Affects {
			affected[item] = true
		}
	}
	for _, item := range c.Items {
		if !affected[item] {
			say(lackStowawayItem, item, "items that one of its requests affects only: not so %s", item)
		}
	}
}
