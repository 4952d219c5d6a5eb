package acceptance

import (
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/release"
)

// Planned is a test as it is planned: Script is the key of the media item that it
// runs, empty for none.
type Planned struct {
	Key    string
	Kind   domain.TestKind
	Script string
}

// TestsPlanned is the need TEST_PLAN: a required test of each kind that the policy
// demands (R21). Planned are the kinds of the required tests.
func TestsPlanned(demanded, planned []domain.TestKind) []release.Lack {
	return release.TestsPlanned(texts(demanded), texts(planned))
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, one := range list {
		out[i] = string(one)
	}
	return out
}

// ScriptsTested is the need SCRIPT_TESTS: each script of the kit is run by a
// planned test, and no test runs a script that is not of the kit (R6).
func ScriptsTested(scripts []string, tests []Planned) (list []release.Lack) {
	for _, script := range scripts {
		if !slices.ContainsFunc(tests, func(t Planned) bool { return t.Script == script }) {
			list = append(list, release.NeedScriptTests.Lack(script, "a planned test of each script: none runs %s (connectTestScript)", script))
		}
	}
	for _, t := range tests {
		if t.Script != "" && !slices.Contains(scripts, t.Script) {
			list = append(list, release.NeedScriptTests.Lack(t.Key, "tests that run what the sites will: %s runs %s, which is no script of the kit", t.Key, t.Script))
		}
	}
	return list
}

// BackOutProcedures is the need BACK_OUT_PROCEDURES of a release that something is
// to be undone of: a BACK_OUT_PROCEDURE among its deliverables, or a script that
// its BACKOUT test runs (R6). Brought are the kinds of the deliverables whose bytes
// are known.
func BackOutProcedures(p *release.BackOutPlan, tests []Planned, brought []domain.DeliverableKind) []release.Lack {
	scripted := func(t Planned) bool { return t.Kind == domain.BackOutTest && t.Script != "" }
	if len(p.Steps) == 0 || slices.Contains(brought, domain.BackOutProcedure) || slices.ContainsFunc(tests, scripted) {
		return nil
	}
	return []release.Lack{release.NeedBackOutProcedures.Lack("", "a back-out procedure: a deliverable BACK_OUT_PROCEDURE with its digest, or a script that the BACKOUT test runs")}
}

// BuildTested is the need BUILD_TEST: the builders' report on their own test (R6).
func BuildTested(brought []domain.DeliverableKind) []release.Lack {
	if slices.Contains(brought, domain.BuildTestReport) {
		return nil
	}
	return []release.Lack{release.NeedBuildTest.Lack("", "the builders' own test: a deliverable BUILD_TEST_REPORT with its digest")}
}
