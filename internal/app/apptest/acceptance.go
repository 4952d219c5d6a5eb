package apptest

import (
	"fmt"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/acceptance"
	"releasegraph/internal/domain"
)

// DemandedTests are the kinds of test that the default policy demands, each with the
// environment in which it is to be shown.
var DemandedTests = map[domain.TestKind]domain.Environment{
	domain.FunctionalTest: domain.Test, domain.TechnicalTest: domain.Test,
	domain.InstallationTest: domain.Acceptance, domain.BackOutTest: domain.Acceptance,
}

// TestOf is the key of the test of a kind that PlanTests plans.
func TestOf(release string, kind domain.TestKind) string { return release + "-" + string(kind) }

// PlanTests plans the tests of a release that the default policy demands (R21), and
// has done what that wants prepared before BUILDING (R12). The tests of its
// installation and its back-out run a script.
func (f *Fixture) PlanTests(release, script string) {
	f.T.Helper()
	lines := []string{}
	for _, kind := range []domain.TaskKind{domain.TaskQualityPlan, domain.TaskResource} {
		k := release + "-" + string(kind)
		lines = append(lines, fmt.Sprintf(`{"node":"Task","key":%q,"name":%q,"kind":%q,"done":true}`, k, k, kind),
			fmt.Sprintf(`{"edge":"PREPARES","from":"Task:%s","to":"Release:%s"}`, k, release))
	}
	for _, kind := range domain.TestKinds {
		environment, demanded := DemandedTests[kind]
		if !demanded {
			continue
		}
		k := TestOf(release, kind)
		lines = append(lines,
			fmt.Sprintf(`{"node":"AcceptanceTest","key":%q,"name":%q,"kind":%q,"criteria":"it works","environment":%q,"required":true,"regression":%t}`, k, k, kind, environment, kind == domain.FunctionalTest),
			fmt.Sprintf(`{"edge":"TESTS","from":"AcceptanceTest:%s","to":"Release:%s"}`, k, release))
		if kind.Scripted() {
			lines = append(lines, fmt.Sprintf(`{"edge":"RUNS","from":"AcceptanceTest:%s","to":"MediaItem:%s"}`, k, script))
		}
	}
	f.Lines(lines...)
}

// Runs reports what came of a test of a release, as somebody with a role.
func (f *Fixture) Runs(test string, verdict domain.TestVerdict, who string, roles ...domain.Role) error {
	f.T.Helper()
	if len(roles) == 0 {
		roles = []domain.Role{domain.TestManager}
	}
	_, err := f.Acceptance.ReportTestRun(f.As(who, roles...), acceptance.Report{
		Test: Key(test), Verdict: verdict, StartedAt: time.Date(2026, 3, 1, 7, 0, 0, 0, time.UTC),
	}, nil)
	return err
}

// PassTests has all tests that PlanTests plans passed, but some.
func (f *Fixture) PassTests(release, who string, but ...domain.TestKind) {
	f.T.Helper()
	for _, kind := range domain.TestKinds {
		if _, demanded := DemandedTests[kind]; demanded && !slices.Contains(but, kind) {
			require.NoError(f.T, f.Runs(TestOf(release, kind), domain.TestPassed, who))
		}
	}
}

// Deliver brings the deliverables that the default policy demands, written by the
// fixture's own actor and approved by another.
func (f *Fixture) Deliver(release string) {
	f.T.Helper()
	for _, d := range domain.DefaultPolicy().DemandedDeliverables(domain.MinorRelease, domain.DeltaRelease) {
		k := release + "-" + string(d)
		f.Create(domain.KindDeliverable, k, Values{"kind": string(d), "sha256": Digest})
		f.Connect(domain.RelBrings, release, k, nil)
		_, err := f.Acceptance.ApproveDeliverable(f.As("sue", domain.SupportManager), domain.Verb{Ref: Key(k)}, nil)
		require.NoError(f.T, err)
	}
}

// Digest is a SHA-256 digest.
const Digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
