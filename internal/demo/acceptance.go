package demo

import (
	"context"
	"time"

	"releasegraph/internal/app"
	"releasegraph/internal/app/acceptance"
	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/environment"
	"releasegraph/internal/domain"
)

// try takes the release of the shop half through acceptance: some of its tests were
// run, one was judged; some of its deliverables are approved; two have signed.
func try(ctx context.Context, a *app.App) error {
	const release = "SHOP-5.15.0"
	as := func(name string, role domain.Role) context.Context {
		return acting.WithActor(ctx, domain.Actor{Name: name, Roles: []domain.Role{role}})
	}
	run := func(who string, role domain.Role, test string, verdict domain.TestVerdict, comment string, places ...string) func() error {
		return func() error {
			var place *domain.Ref
			for _, key := range places {
				there := ref(key)
				place = &there
			}
			document := ref("shop-5.15.0-test-report")
			_, err := a.Acceptance.ReportTestRun(as(who, role), acceptance.Report{
				Test: ref(release + "-" + test), Verdict: verdict, StartedAt: time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC), Comment: &comment, Report: &document, TestEnvironment: place,
			}, nil)
			return err
		}
	}
	approve := func(who string, role domain.Role, deliverable string) func() error {
		return func() error {
			_, err := a.Acceptance.ApproveDeliverable(as(who, role), domain.Verb{Ref: ref(release + "-" + deliverable)}, nil)
			return err
		}
	}
	sign := func(who string, role domain.Role, column domain.SignOffColumn, comment string) func() error {
		return func() error {
			_, err := a.Acceptance.SignRelease(as(who, role), acceptance.Sign{Ref: ref(release), Column: column, Verdict: domain.Signs, Comment: &comment}, nil)
			return err
		}
	}
	for _, step := range []func() error{
		run("tim", domain.Viewer, "functional", domain.TestPassed, "Five shops, forty orders."),
		run("tim", domain.Viewer, "technical", domain.TestInconclusive, "Two errors, both while the test database was restarted."),
		func() error {
			_, err := a.Acceptance.JudgeTestRun(as("tara", domain.TestManager), acceptance.Judge{
				Ref: ref(release + "-technical/run-1"), Verdict: domain.TestPassed, Reason: "The restart was announced; the errors are those of a lost connection.",
			}, nil)
			return err
		},
		func() error {
			at := time.Date(2026, 1, 5, 7, 0, 0, 0, time.UTC)
			_, err := a.Environments.ResetTestEnvironment(as("bruno", domain.Viewer), environment.Reset{Ref: ref("shop-acceptance"), At: &at}, nil)
			return err
		},
		run("tara", domain.TestManager, "installation", domain.TestPassed, "Twice on an empty host.", "shop-acceptance"),
		approve("tara", domain.TestManager, "installation-manual"),
		approve("olaf", domain.OperationsManager, "operating-instructions"),
		approve("sofia", domain.SupportManager, "support-document"),
		sign("paula", domain.Viewer, domain.SignDelivered, "All that was agreed is in it; KE-206 is known."),
		sign("olaf", domain.OperationsManager, domain.SignSupported, "The instructions are clear."),
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
