package domain_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"releasegraph/internal/domain"
)

func some[T any](v T) *T { return &v }

// every fact that a move of a problem could want.
var complete = domain.ProblemFacts{Cause: some("a full disk"), Resolution: some("disk replaced")}

// PROBLEM: OPEN → DIAGNOSED → RESOLVED → CLOSED, and back to OPEN; nothing
// else.
func TestAProblemMovesAsItsLifeSaysAndNotOtherwise_PROBLEM(t *testing.T) {
	legal := map[string]map[domain.ProblemStatus]domain.ProblemStatus{
		"diagnoseProblem": {"OPEN": "DIAGNOSED"},
		"resolveProblem":  {"DIAGNOSED": "RESOLVED"},
		"closeProblem":    {"RESOLVED": "CLOSED"},
		"reopenProblem":   {"DIAGNOSED": "OPEN", "RESOLVED": "OPEN", "CLOSED": "OPEN"},
	}
	for verb, moves := range legal {
		for _, from := range domain.ProblemStatuses {
			to, errs := domain.ProblemLife.Check("P-1", verb, from, complete)
			want, ok := moves[from]
			if ok && (len(errs) > 0 || to != want) {
				t.Errorf("%s from %s leads to %s, %v", verb, from, to, errs)
			}
			if !ok && (len(errs) != 1 || errs[0].Code != domain.RuleViolation || errs[0].Rule != "PROBLEM" || to != from) {
				t.Errorf("%s from %s is not refused but leads to %s, %v", verb, from, to, errs)
			}
		}
	}
	if n := len(domain.ProblemLife.Moves); n != len(legal) {
		t.Errorf("there are %d moves, not %d", n, len(legal))
	}
}

func TestAnIllegalMoveNamesTheLegalOnesAndWhatTheyLack_PROBLEM(t *testing.T) {
	_, errs := domain.ProblemLife.Check("P-1", "closeProblem", domain.ProblemDiagnosed, domain.ProblemFacts{Cause: some("x")})
	want := "P-1 is DIAGNOSED, from where closeProblem does not lead on; legal now: " +
		"resolveProblem (to RESOLVED; lacks a request for change that resolves it and is carried out, or a resolution in words), " +
		"reopenProblem (to OPEN)"
	if len(errs) != 1 || errs[0].Message != want {
		t.Errorf("told %v", errs)
	}
	legal, _ := errs[0].Details["legal"].([]any)
	if len(legal) != 2 {
		t.Errorf("details %v", errs[0].Details)
	}
	_, errs = domain.KnownErrorLife.Check("K-1", "publishKnownError", domain.KnownErrorRetired, &domain.KnownError{})
	if len(errs) != 1 || !strings.HasSuffix(errs[0].Message, "nothing leads on from there") {
		t.Errorf("told %v", errs)
	}
}

func TestWhatEachMoveOfAProblemNeeds_PROBLEM(t *testing.T) {
	for name, c := range map[string]struct {
		verb  string
		from  domain.ProblemStatus
		facts domain.ProblemFacts
		lacks string // the field, "" when nothing is lacking
	}{
		"no cause":                    {"diagnoseProblem", "OPEN", domain.ProblemFacts{}, "cause"},
		"a blank cause":               {"diagnoseProblem", "OPEN", domain.ProblemFacts{Cause: some(" \n")}, "cause"},
		"a cause":                     {"diagnoseProblem", "OPEN", domain.ProblemFacts{Cause: some("x")}, ""},
		"a known error":               {"diagnoseProblem", "OPEN", domain.ProblemFacts{Diagnoses: 1}, ""},
		"no change and no reason":     {"resolveProblem", "DIAGNOSED", domain.ProblemFacts{Cause: some("x")}, "resolution"},
		"a change under way":          {"resolveProblem", "DIAGNOSED", domain.ProblemFacts{Diagnoses: 1, Underway: []string{"R1", "R2"}}, "resolution"},
		"a change carried out":        {"resolveProblem", "DIAGNOSED", domain.ProblemFacts{Diagnoses: 1, Done: 1, Underway: []string{"R1"}}, ""},
		"a resolution":                {"resolveProblem", "DIAGNOSED", domain.ProblemFacts{Cause: some("x"), Resolution: some("gone")}, ""},
		"another change under way":    {"closeProblem", "RESOLVED", domain.ProblemFacts{Cause: some("x"), Done: 1, Underway: []string{"R1"}}, "ref"},
		"no change under way":         {"closeProblem", "RESOLVED", domain.ProblemFacts{Cause: some("x"), Done: 1}, ""},
		"brought without a cause":     {"resolveProblem", "DIAGNOSED", domain.ProblemFacts{Resolution: some("gone")}, "ref"},
		"brought without a known one": {"closeProblem", "RESOLVED", domain.ProblemFacts{}, "ref"},
		"it is back":                  {"reopenProblem", "CLOSED", domain.ProblemFacts{}, ""},
		"the cause is doubted":        {"reopenProblem", "DIAGNOSED", domain.ProblemFacts{}, ""},
	} {
		_, errs := domain.ProblemLife.Check("P-1", c.verb, c.from, c.facts)
		if c.lacks == "" && len(errs) > 0 || c.lacks != "" && (len(errs) != 1 || errs[0].Field != c.lacks) {
			t.Errorf("%s: %v", name, errs)
		}
	}
}

// However a problem is moved, what its status promises holds.
func TestNoRunOfMovesReachesAStatusWithSomethingMissing_PROBLEM(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		status := domain.ProblemOpen
		var f domain.ProblemFacts
		for range rapid.IntRange(1, 20).Draw(t, "moves") {
			f.Cause = rapid.SampledFrom([]*string{nil, some(""), some("a cause")}).Draw(t, "cause")
			f.Resolution = rapid.SampledFrom([]*string{nil, some("gone")}).Draw(t, "resolution")
			f.Diagnoses, f.Done = rapid.IntRange(0, 1).Draw(t, "diagnoses"), rapid.IntRange(0, 1).Draw(t, "done")
			f.Underway = rapid.SliceOfN(rapid.Just("R1"), 0, 1).Draw(t, "underway")
			verb := domain.ProblemLife.Moves[rapid.IntRange(0, 3).Draw(t, "verb")].Verb
			to, errs := domain.ProblemLife.Check("P-1", verb, status, f)
			if len(errs) > 0 {
				if to != status && !slices.ContainsFunc(errs, func(e *domain.Error) bool { return e.Details["missing"] != nil }) {
					t.Fatalf("%s from %s: refused, and yet leads to %s", verb, status, to)
				}
				continue
			}
			was := status
			status = to
			missing := status == domain.ProblemDiagnosed && (f.Cause == nil || *f.Cause == "") && f.Diagnoses == 0 ||
				status == domain.ProblemResolved && f.Resolution == nil && f.Done == 0 ||
				status == domain.ProblemClosed && (was != domain.ProblemResolved || len(f.Underway) > 0)
			if missing {
				t.Fatalf("%s from %s reached %s with %+v", verb, was, status, f)
			}
		}
	})
}

func TestAKnownErrorMovesAsItsLifeSaysAndNotOtherwise_KNOWN_ERROR(t *testing.T) {
	full := &domain.KnownError{Symptoms: some("slow"), Workaround: some("wait")}
	legal := map[string]map[domain.KnownErrorStatus]domain.KnownErrorStatus{
		"publishKnownError": {"DRAFT": "PUBLISHED"},
		"retireKnownError":  {"DRAFT": "RETIRED", "PUBLISHED": "RETIRED"},
	}
	for verb, moves := range legal {
		for _, from := range domain.KnownErrorStatuses {
			to, errs := domain.KnownErrorLife.Check("K-1", verb, from, full)
			if want, ok := moves[from]; ok != (len(errs) == 0) || ok && to != want {
				t.Errorf("%s from %s leads to %s, %v", verb, from, to, errs)
			}
		}
	}
	_, errs := domain.KnownErrorLife.Check("K-1", "publishKnownError", domain.KnownErrorDraft, &domain.KnownError{})
	if len(errs) != 2 || errs[0].Details["field"] != "symptoms" || errs[1].Details["field"] != "workaround" {
		t.Errorf("all that it lacks is told at once: %v", errs)
	}
}

// Records of every kind may come in any state; what cannot be is refused.
func TestAProblemOrKnownErrorIsConsistentHoweverItCame(t *testing.T) {
	record := domain.Record{Key: "K-1", Name: "A record"}
	monday := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		record domain.Checked
		wrong  []string
	}{
		"published without anything": {&domain.KnownError{Record: record, Status: "PUBLISHED"}, []string{"symptoms", "workaround"}},
		"published":                  {&domain.KnownError{Record: record, Status: "PUBLISHED", Symptoms: some("a"), Workaround: some("b")}, nil},
		"a bare draft":               {&domain.KnownError{Record: record, Status: "DRAFT"}, nil},
		"closed from another tool":   {&domain.Problem{Record: record, Status: "CLOSED"}, nil},
		"open with a resolution":     {&domain.Problem{Record: record, Status: "OPEN", Resolution: some("done")}, []string{"resolution"}},
		"moved before it was opened": {&domain.Problem{Record: record, Status: "OPEN", OpenedAt: &monday, StatusSince: some(monday.AddDate(0, 0, -1))}, []string{"statusSince"}},
		"versions":                   {&domain.Presence{Versions: []string{"1.0", "", "1.0"}}, []string{"versions.1", "versions.2"}},
	} {
		var fields []string
		for _, e := range c.record.Check() {
			fields = append(fields, e.Field)
		}
		if !slices.Equal(fields, c.wrong) {
			t.Errorf("%s: wrong are %v, not %v", name, fields, c.wrong)
		}
	}
}
