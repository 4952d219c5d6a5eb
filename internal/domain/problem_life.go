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
	// Done counts the requests for change that resolve it and are carried out.
	// Underway names those that are not yet.
	Done     int
	Underway []string
}

// ProblemLife is the life of a problem: OPEN → DIAGNOSED → RESOLVED → CLOSED,
// and from each of these back to OPEN.
//
// The later moves ask again for what the earlier ones did: an import may bring
// a problem in any state.
var ProblemLife = Lifecycle[ProblemStatus, ProblemFacts]{
	Rule: RuleProblem,
	Moves: []Move[ProblemStatus, ProblemFacts]{
		{Verb: DiagnoseProblem, From: []ProblemStatus{ProblemOpen}, To: ProblemDiagnosed, Needs: []problemNeed{{
			Name: NeedCause, Field: "cause", Input: "cause", Lacks: unless(ProblemFacts.diagnosed, "a cause, or a known error that diagnoses it"),
		}}},
		{Verb: ResolveProblem, From: []ProblemStatus{ProblemDiagnosed}, To: ProblemResolved, Needs: []problemNeed{needDiagnosis, {
			Name: NeedResolution, Field: "resolution", Input: "resolution",
			Lacks: unless(ProblemFacts.resolved, "a request for change that resolves it and is carried out, or a resolution in words"),
		}}},
		{Verb: CloseProblem, From: []ProblemStatus{ProblemResolved}, To: ProblemClosed, Needs: []problemNeed{needDiagnosis, {
			Name: NeedChangesDone, Field: "resolvedBy", Lacks: lacksChangesDone,
		}}},
		{Verb: ReopenProblem, From: []ProblemStatus{ProblemDiagnosed, ProblemResolved, ProblemClosed}, To: ProblemOpen},
	},
}

// ProblemMove is a move that a problem has.
type ProblemMove = LegalMove[ProblemStatus]

type problemNeed = Need[ProblemFacts]

// needDiagnosis is what a problem has whose cause was found.
var needDiagnosis = problemNeed{
	Name: NeedCause, Field: "cause", Lacks: unless(ProblemFacts.diagnosed, "a cause (updateProblem), or a known error that diagnoses it"),
}

func (f ProblemFacts) diagnosed() bool { return blank(f.Cause) != "" || f.Diagnoses > 0 }

func (f ProblemFacts) resolved() bool { return blank(f.Resolution) != "" || f.Done > 0 }

func lacksChangesDone(f ProblemFacts) string {
	if len(f.Underway) == 0 {
		return ""
	}
	return "the end of the requests for change that resolve it and are still under way: " + strings.Join(f.Underway, ", ")
}

// CheckReopening says why a problem cannot be opened again for a reason: there
// must be one.
func CheckReopening(reason string) Errors {
	if blank(&reason) == "" {
		return Errors{{Code: RuleViolation, Rule: RuleProblem, Field: "reason", Message: "must say why it is opened again"}}
	}
	return nil
}

// blank is a text without the space around it, "" when there is none.
func blank(s *string) string {
	if s == nil {
		return ""
	}
	return strings.TrimSpace(*s)
}

// StaysDiagnosed reports whether a problem has what its status promises: as long
// as it is not OPEN, a cause or a known error that diagnoses it.
func (p *Problem) StaysDiagnosed(diagnoses int) bool {
	return p.Status == ProblemOpen || blank(p.Cause) != "" || diagnoses > 0
}

// Diagnosed reports whether the cause of a problem is known, which so many known
// errors diagnose.
func (p *Problem) Diagnosed(diagnoses int) bool {
	return ProblemFacts{Cause: p.Cause, Diagnoses: diagnoses}.diagnosed()
}

// LeftWithoutCause says why a problem cannot be left without a cause.
func LeftWithoutCause(p *Problem, field string) *Error {
	return &Error{
		Code: RuleViolation, Rule: RuleProblem, Field: field,
		Message: "a problem that is " + string(p.Status) + " keeps its cause, or a known error that diagnoses it: reopen it first",
		Details: map[string]any{"state": string(p.Status)},
	}
}
