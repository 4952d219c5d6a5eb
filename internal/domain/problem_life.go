package domain

import "strings"

// RuleProblem is the rule of a problem's life.
const RuleProblem = "PROBLEM"

// The moves of a problem.
const (
	DiagnoseProblem = "diagnoseProblem"
	ResolveProblem  = "resolveProblem"
	CloseProblem    = "closeProblem"
	ReopenProblem   = "reopenProblem"
)

// ProblemFacts is what the moves of a problem look at.
type ProblemFacts struct {
	// Cause and Resolution are those that the problem has, or would have.
	Cause, Resolution *string
	// Diagnoses counts the known errors that diagnose it.
	Diagnoses int
	// Done counts the requests for change that resolve it and are carried out,
	// Underway those that are not yet.
	Done, Underway int
	// Reason is why it is opened again.
	Reason *string
}

// ProblemLife is the life of a problem: OPEN → DIAGNOSED → RESOLVED → CLOSED,
// and from each of these back to OPEN.
//
// The later moves ask again for what the earlier ones did: an import may bring
// a problem in any state.
var ProblemLife = Lifecycle[ProblemStatus, ProblemFacts]{
	Rule: RuleProblem,
	Moves: []Move[ProblemStatus, ProblemFacts]{
		{Verb: DiagnoseProblem, From: []ProblemStatus{ProblemOpen}, To: ProblemDiagnosed, Needs: []Need[ProblemFacts]{{
			Field: "cause", Text: "a cause, or a known error that diagnoses it",
			Met: func(f ProblemFacts) bool { return blank(f.Cause) != "" || f.Diagnoses > 0 },
		}}},
		{Verb: ResolveProblem, From: []ProblemStatus{ProblemDiagnosed}, To: ProblemResolved, Needs: []Need[ProblemFacts]{diagnosed, {
			Field: "resolution", Text: "a request for change that resolves it and is carried out, or a resolution in words",
			Met: func(f ProblemFacts) bool { return blank(f.Resolution) != "" || f.Done > 0 },
		}}},
		{Verb: CloseProblem, From: []ProblemStatus{ProblemResolved}, To: ProblemClosed, Needs: []Need[ProblemFacts]{diagnosed, {
			Field: "ref", Text: "the end of the requests for change that resolve it and are still under way",
			Met: func(f ProblemFacts) bool { return f.Underway == 0 },
		}}},
		{
			Verb: ReopenProblem, From: []ProblemStatus{ProblemDiagnosed, ProblemResolved, ProblemClosed}, To: ProblemOpen,
			Needs: []Need[ProblemFacts]{{
				Field: "reason", Text: "a reason", Met: func(f ProblemFacts) bool { return blank(f.Reason) != "" },
			}},
		},
	},
}

// diagnosed is what a problem has whose cause was found.
var diagnosed = Need[ProblemFacts]{
	Field: "ref", Text: "a cause (updateProblem), or a known error that diagnoses it",
	Met: func(f ProblemFacts) bool { return blank(f.Cause) != "" || f.Diagnoses > 0 },
}

// blank is a text without the space around it, "" when there is none.
func blank(s *string) string {
	if s == nil {
		return ""
	}
	return strings.TrimSpace(*s)
}

// StaysDiagnosed tells whether a problem has what its status promises: as long
// as it is not OPEN, a cause or a known error that diagnoses it.
func (p *Problem) StaysDiagnosed(diagnoses int) bool {
	return p.Status == ProblemOpen || blank(p.Cause) != "" || diagnoses > 0
}

// LeftWithoutCause says why a problem cannot be left without a cause.
func LeftWithoutCause(p *Problem, field string) *Error {
	return &Error{
		Code: RuleViolation, Rule: RuleProblem, Field: field,
		Message: "a problem that is " + string(p.Status) + " keeps its cause, or a known error that diagnoses it: reopen it first",
		Details: map[string]any{"state": string(p.Status)},
	}
}
