package problem_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/listing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/export"
	"releasegraph/internal/domain"
)

// Create creates a record of a kind.
func knownError(f *apptest.Fixture, k string, more apptest.Values) *domain.KnownError {
	f.T.Helper()
	return f.Create(domain.KindKnownError, k, more).(*domain.KnownError)
}

// Read returns a record.
func TestAProblemIsWalkedThroughItsLife_PROBLEM(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("db")
		p := f.Problem("P-1", "db")
		require.Equal(t, domain.ProblemOpen, p.Status)
		require.Equal(t, domain.PriorityMedium, p.Priority)
		require.NotNil(t, p.OpenedAt)
		require.Equal(t, p.OpenedAt, p.StatusSince)

		_, err := f.Problems.DiagnoseProblem(f.Ctx, apptest.Key("P-1"), nil, nil, nil)
		e := apptest.Refused(t, err, domain.RuleViolation, "input.cause")
		require.Equal(t, "PROBLEM", e.Rule)
		w, err := f.Problems.DiagnoseProblem(f.Ctx, apptest.Key("P-1"), apptest.Some("a full disk"), &p.Version, nil)
		require.NoError(t, err)
		diagnosed := w.Record.(*domain.Problem)
		require.Equal(t, domain.ProblemDiagnosed, diagnosed.Status)
		require.True(t, diagnosed.StatusSince.After(*p.StatusSince))
		_, err = f.Problems.ResolveProblem(f.Ctx, apptest.Key("P-1"), apptest.Some("disk replaced"), &p.Version, nil)
		apptest.Refused(t, err, domain.Conflict, "input.ifVersion")

		_, err = f.Problems.CloseProblem(f.Ctx, apptest.Key("P-1"), nil, nil)
		e = apptest.Refused(t, err, domain.RuleViolation, "input.ref")
		require.Contains(t, e.Message, "resolveProblem (to RESOLVED; lacks ")
		_, err = f.Problems.ResolveProblem(f.Ctx, apptest.Key("P-1"), nil, nil, nil)
		apptest.Refused(t, err, domain.RuleViolation, "input.resolution")
		_, err = f.Problems.ResolveProblem(f.Ctx, apptest.Key("P-1"), apptest.Some("disk replaced"), nil, nil)
		require.NoError(t, err)
		_, err = f.Problems.CloseProblem(f.Ctx, apptest.Key("P-1"), nil, nil)
		require.NoError(t, err)

		_, err = f.Problems.ReopenProblem(f.Ctx, apptest.Key("P-1"), " ", nil, nil)
		apptest.Refused(t, err, domain.RuleViolation, "input.reason")
		w, err = f.Problems.ReopenProblem(f.Ctx, apptest.Key("P-1"), "it is back", nil, nil)
		require.NoError(t, err)
		again := w.Record.(*domain.Problem)
		require.Equal(t, domain.ProblemOpen, again.Status)
		require.Nil(t, again.Resolution)
		require.Equal(t, "a full disk", *again.Cause)
		past, err := f.History.History(f.Ctx, again, apptest.Some(1), nil)
		require.NoError(t, err)
		require.Equal(t, "it is back", *past.Nodes[0].Reason)
	})
}

func TestAProblemIsResolvedByAChangeThatIsCarriedOut_PROBLEM(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("db")
		f.Problem("P-1", "db")
		f.Brings(
			`{"node":"KnownError","key":"K-1","name":"Leak"}`,
			`{"node":"ChangeRequest","key":"RFC-1","name":"Fix","type":"NORMAL","status":"AUTHORISED"}`,
			`{"node":"ChangeRequest","key":"RFC-2","name":"Fix more","type":"NORMAL","status":"SUBMITTED"}`,
			`{"edge":"RESOLVES","from":"RFC-1","to":"P-1"}`, `{"edge":"RESOLVES","from":"RFC-2","to":"P-1"}`,
			`{"edge":"DIAGNOSES","from":"K-1","to":"P-1"}`,
		)
		_, err := f.Problems.DiagnoseProblem(f.Ctx, apptest.Key("P-1"), nil, nil, nil)
		require.NoError(t, err, "a known error diagnoses it")
		_, err = f.Problems.ResolveProblem(f.Ctx, apptest.Key("P-1"), nil, nil, nil)
		apptest.Refused(t, err, domain.RuleViolation, "input.resolution")
		f.Brings(`{"node":"ChangeRequest","key":"RFC-1","status":"IMPLEMENTED"}`)
		_, err = f.Problems.ResolveProblem(f.Ctx, apptest.Key("P-1"), nil, nil, nil)
		require.NoError(t, err)
		_, err = f.Problems.CloseProblem(f.Ctx, apptest.Key("P-1"), nil, nil)
		apptest.Refused(t, err, domain.RuleViolation, "input.ref")
		f.Brings(`{"node":"ChangeRequest","key":"RFC-2","status":"WITHDRAWN"}`)
		_, err = f.Problems.CloseProblem(f.Ctx, apptest.Key("P-1"), nil, nil)
		require.NoError(t, err)
	})
}

func TestADiagnosedProblemKeepsWhatDiagnosesIt_PROBLEM(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Problem("P-1")
		knownError(f, "K-1", nil)
		knownError(f, "K-2", nil)
		f.Connect("DIAGNOSES", "K-1", "P-1", nil)
		f.Connect("DIAGNOSES", "K-2", "P-1", nil)
		_, err := f.Problems.DiagnoseProblem(f.Ctx, apptest.Key("P-1"), apptest.Some("a leak"), nil, nil)
		require.NoError(t, err)
		cause := func(v any) error {
			_, err := f.Records.Update(f.Ctx, domain.KindProblem, apptest.Key("P-1"), apptest.Values{"cause": v}, nil, nil)
			return err
		}
		part := func(k string) error {
			_, err := f.Records.Disconnect(f.Ctx, "DIAGNOSES", apptest.Key(k), apptest.Key("P-1"), nil, nil)
			return err
		}
		require.NoError(t, cause(nil), "known errors diagnose it")
		require.NoError(t, part("K-1"))
		apptest.Refused(t, part("K-2"), domain.RuleViolation, "input.to")
		_, err = f.Records.Remove(f.Ctx, domain.KindKnownError, apptest.Key("K-2"), nil, nil)
		apptest.Refused(t, err, domain.RuleViolation, "input.ref")
		require.NoError(t, cause("a leak"))
		require.NoError(t, part("K-2"))
		e := apptest.Refused(t, cause(""), domain.RuleViolation, "input.patch.cause")
		require.Equal(t, "PROBLEM", e.Rule)
		_, err = f.Problems.ReopenProblem(f.Ctx, apptest.Key("P-1"), "it was no leak", nil, nil)
		require.NoError(t, err)
		require.NoError(t, cause(nil))
	})
}

func TestOfTwoWhoMoveAProblemAtOnceOneWinsAndTheOtherIsTold_PROBLEM(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Problem("P-1")
		f.Store.BeforeNext(func() {
			_, err := f.Problems.DiagnoseProblem(f.Ctx, apptest.Key("P-1"), apptest.Some("the other one's"), nil, nil)
			require.NoError(t, err)
		})
		_, err := f.Problems.DiagnoseProblem(f.Ctx, apptest.Key("P-1"), apptest.Some("mine"), nil, nil)
		e := apptest.Refused(t, err, domain.RuleViolation, "input.ref")
		require.Contains(t, e.Message, "P-1 is DIAGNOSED")
		require.Equal(t, "the other one's", *f.Read(domain.KindProblem, "P-1").(*domain.Problem).Cause)
	})
}

func TestAKnownErrorIsPublishedWithSymptomsAndAWorkaround_KNOWN_ERROR(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		k := knownError(f, "K-1", apptest.Values{"symptoms": "it hangs"})
		require.Equal(t, domain.KnownErrorDraft, k.Status)
		require.NotNil(t, k.StatusSince)
		_, err := f.Problems.PublishKnownError(f.Ctx, apptest.Key("K-1"), nil, nil)
		require.Equal(t, "WORKAROUND", apptest.Refused(t, err, domain.RuleViolation, "input.ref").Details["missing"])
		_, err = f.Records.Update(f.Ctx, domain.KindKnownError, apptest.Key("K-1"), apptest.Values{"workaround": "restart it"}, nil, nil)
		require.NoError(t, err)
		_, err = f.Problems.PublishKnownError(f.Ctx, apptest.Key("K-1"), nil, nil)
		require.NoError(t, err)
		_, err = f.Records.Update(f.Ctx, domain.KindKnownError, apptest.Key("K-1"), apptest.Values{"workaround": nil}, nil, nil)
		e := apptest.Refused(t, err, domain.RuleViolation, "input.patch.workaround")
		require.Equal(t, "KNOWN_ERROR", e.Rule)
		_, err = f.Records.Update(f.Ctx, domain.KindKnownError, apptest.Key("K-1"), apptest.Values{"status": "DRAFT"}, nil, nil)
		apptest.Refused(t, err, domain.Invalid, "input.patch.status")
		_, err = f.Problems.RetireKnownError(f.Ctx, apptest.Key("K-1"), nil, nil)
		require.NoError(t, err)
		_, err = f.Problems.PublishKnownError(f.Ctx, apptest.Key("K-1"), nil, nil)
		apptest.Refused(t, err, domain.RuleViolation, "input.ref")
	})
}

func TestAMoveCanBeTriedAndRepeated(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("db")
		in := domain.NewProblem{Key: "P-1", Name: "Slow", Concerns: []*domain.Ref{apptest.Some(apptest.Key("db")), apptest.Some(apptest.Key("db"))}}
		tried, err := f.Problems.CreateProblem(f.Ctx, in, &domain.WriteOptions{DryRun: apptest.Some(true)})
		require.NoError(t, err)
		require.True(t, tried.DryRun)
		require.Len(t, tried.Changes, 2, "the problem, and that it concerns the item once")
		once := &domain.WriteOptions{IdempotencyKey: apptest.Some("once")}
		made, err := f.Problems.CreateProblem(f.Ctx, in, once)
		require.NoError(t, err)
		again, err := f.Problems.CreateProblem(f.Ctx, in, once)
		require.NoError(t, err)
		require.Equal(t, made.Revision, again.Revision)
		require.Equal(t, made.Problem.ID, again.Problem.ID)

		closing := &domain.WriteOptions{IdempotencyKey: apptest.Some("diagnosed"), Reason: apptest.Some("found")}
		first, err := f.Problems.DiagnoseProblem(f.Ctx, apptest.Key("P-1"), apptest.Some("x"), nil, closing)
		require.NoError(t, err)
		second, err := f.Problems.DiagnoseProblem(f.Ctx, apptest.Key("P-1"), apptest.Some("x"), nil, closing)
		require.NoError(t, err)
		require.Equal(t, first.Revision, second.Revision)
	})
}

func TestANewProblemIsRefusedWithAllThatIsWrongWithIt(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		_, err := f.Problems.CreateProblem(f.Ctx, domain.NewProblem{
			Key: "P 1\n", Name: "", OpenedAt: apptest.Some(time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)),
			Concerns: []*domain.Ref{apptest.Some(apptest.Key("nowhere")), {}},
		}, nil)
		var all domain.Errors
		require.ErrorAs(t, err, &all)
		var fields []string
		for _, e := range all {
			fields = append(fields, e.Field)
		}
		require.ElementsMatch(t, []string{"input.key", "input.name", "input.openedAt", "input.concerns.0", "input.concerns.1"}, fields)
		require.Zero(t, f.Head())
	})
}

func TestOnlyAProblemManagerWorksOnProblems(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Problem("P-1")
		ctx := acting.WithActor(f.Ctx, domain.Actor{Name: "mira", Roles: []domain.Role{domain.ChangeManager, domain.ConfigurationManager}})
		_, err := f.Problems.DiagnoseProblem(ctx, apptest.Key("P-1"), apptest.Some("x"), nil, nil)
		e := apptest.Refused(t, err, domain.Forbidden, "")
		require.Equal(t, "mira may not move Problem: PROBLEM_MANAGER and ADMIN may", e.Message)
		_, err = f.Problems.CreateProblem(ctx, domain.NewProblem{Key: "P-2", Name: "x"}, nil)
		apptest.Refused(t, err, domain.Forbidden, "")
		ctx = acting.WithActor(f.Ctx, domain.Actor{Name: "ines", Roles: []domain.Role{domain.ProblemManager}})
		_, err = f.Problems.DiagnoseProblem(ctx, apptest.Key("P-1"), apptest.Some("x"), nil, nil)
		require.NoError(t, err)
	})
}

func TestProblemsComeInAnyStateByAnImportAndGoOutAgain(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("db")
		lines := []string{
			`{"node":"Problem","key":"P-1","name":"Slow","status":"CLOSED","priority":"HIGH","openedAt":"2026-01-02T03:04:05Z","statusSince":"2026-02-01T00:00:00Z","resolution":"gone"}`,
			`{"node":"KnownError","key":"K-1","name":"Leak","status":"PUBLISHED","symptoms":"slow","workaround":"restart"}`,
			`{"edge":"CONCERNS","from":"P-1","to":"db"}`, `{"edge":"DIAGNOSES","from":"K-1","to":"P-1"}`,
			`{"edge":"PRESENT_IN","from":"K-1","to":"db","versions":["14.x","16.x"]}`,
		}
		f.Brings(lines...)
		before := f.Head()
		f.Brings(lines...)
		require.Equal(t, before, f.Head(), "the same again changes nothing")

		got, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: []string{
			`{"node":"Problem","key":"P-2","name":"Odd","status":"OPEN","resolution":"gone"}`,
			`{"node":"Problem","key":"P-3","name":"Odd","status":"SOLVED"}`,
			`{"edge":"PRESENT_IN","from":"K-1","to":"db","versions":[""]}`,
		}}, nil)
		require.NoError(t, err)
		var wrong []string
		for _, w := range got.Wrong {
			wrong = append(wrong, fmt.Sprint(w.Line, " ", w.Field, " ", w.Rule))
		}
		require.Equal(t, []string{"1 resolution PROBLEM", "2 status ", "3 versions.0 "}, wrong)
		got, err = f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: []string{`{"node":"KnownError","key":"K-2","name":"Bare","status":"PUBLISHED"}`}}, nil)
		require.NoError(t, err)
		require.Len(t, got.Wrong, 2, "a workaround and symptoms are missing")
		f.Brings(`{"node":"KnownError","key":"K-1","status":"PUBLISHED"}`) // which has both already

		var out strings.Builder
		_, err = f.Export.Export(f.Ctx, &out, export.ExportOptions{})
		require.NoError(t, err)
		require.Contains(t, out.String(), `"versions":["14.x","16.x"]`)
		require.Contains(t, out.String(), `"status":"CLOSED"`)
	})
}

func TestAnItemTellsItsProblemsAndKnownErrorsForAWholePageAtOnce(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		var items []*domain.ConfigurationItem
		for _, k := range []string{"a", "b", "c"} {
			f.Item(k)
		}
		f.Problem("P-1", "a", "b")
		f.Problem("P-2", "a")
		f.Problem("P-3", "a")
		_, err := f.Problems.DiagnoseProblem(f.Ctx, apptest.Key("P-2"), apptest.Some("x"), nil, nil)
		require.NoError(t, err)
		f.Brings(`{"node":"Problem","key":"P-3","status":"CLOSED"}`)
		p, err := f.Records.Records(f.Ctx, domain.KindConfigurationItem, listing.List{OrderBy: []apptest.Values{{"field": "KEY"}}})
		require.NoError(t, err)
		var counts []int
		before := f.Store.Calls.Load()
		for _, i := range p.Items {
			items = append(items, i.Record.(*domain.ConfigurationItem))
			n, err := f.Problems.OpenProblems(f.Ctx, items[len(items)-1])
			require.NoError(t, err)
			counts = append(counts, n)
		}
		require.Equal(t, []int{2, 1, 0}, counts)
		require.EqualValues(t, 1, f.Store.Calls.Load()-before, "one call for all items of the page")
	})
}
