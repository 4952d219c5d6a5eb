package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
)

// problem stores a problem that shows in some items.
func (f *fixture) problem(k string, items ...string) *domain.Problem {
	f.t.Helper()
	in := domain.NewProblem{Key: k, Name: "Problem " + k}
	for _, i := range items {
		in.Concerns = append(in.Concerns, some(key(i)))
	}
	made, err := f.CreateProblem(f.ctx, in, nil)
	require.NoError(f.t, err)
	return made.Problem
}

func (f *fixture) create(kind, k string, more values) any {
	f.t.Helper()
	in := values{"key": k, "name": "Record " + k}
	for name, v := range more {
		in[name] = v
	}
	w, err := f.Create(f.ctx, kind, in, nil)
	require.NoError(f.t, err)
	return w.Record
}

func (f *fixture) knownError(k string, more values) *domain.KnownError {
	f.t.Helper()
	return f.create(domain.KindKnownError, k, more).(*domain.KnownError)
}

// brings imports lines, of which none may be wrong, also over what people set.
func (f *fixture) brings(lines ...string) {
	f.t.Helper()
	got, err := f.ImportLines(f.ctx, app.ImportLinesInput{Lines: lines, Overwrite: true}, nil)
	require.NoError(f.t, err)
	require.Empty(f.t, got.Wrong)
}

func (f *fixture) read(kind, k string) any {
	f.t.Helper()
	r, err := f.Record(f.ctx, kind, key(k), nil)
	require.NoError(f.t, err)
	return r
}

func TestAProblemIsWalkedThroughItsLife_PROBLEM(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("db")
		p := f.problem("P-1", "db")
		require.Equal(t, domain.ProblemOpen, p.Status)
		require.Equal(t, domain.PriorityMedium, p.Priority)
		require.NotNil(t, p.OpenedAt)
		require.Equal(t, p.OpenedAt, p.StatusSince)

		_, err := f.DiagnoseProblem(f.ctx, key("P-1"), nil, nil, nil)
		e := refused(t, err, domain.RuleViolation, "input.cause")
		require.Equal(t, "PROBLEM", e.Rule)
		w, err := f.DiagnoseProblem(f.ctx, key("P-1"), some("a full disk"), &p.Version, nil)
		require.NoError(t, err)
		diagnosed := w.Record.(*domain.Problem)
		require.Equal(t, domain.ProblemDiagnosed, diagnosed.Status)
		require.True(t, diagnosed.StatusSince.After(*p.StatusSince))
		_, err = f.ResolveProblem(f.ctx, key("P-1"), some("disk replaced"), &p.Version, nil)
		refused(t, err, domain.Conflict, "input.ifVersion")

		_, err = f.CloseProblem(f.ctx, key("P-1"), nil, nil)
		e = refused(t, err, domain.RuleViolation, "input.ref")
		require.Contains(t, e.Message, "resolveProblem (to RESOLVED; lacks ")
		_, err = f.ResolveProblem(f.ctx, key("P-1"), nil, nil, nil)
		refused(t, err, domain.RuleViolation, "input.resolution")
		_, err = f.ResolveProblem(f.ctx, key("P-1"), some("disk replaced"), nil, nil)
		require.NoError(t, err)
		_, err = f.CloseProblem(f.ctx, key("P-1"), nil, nil)
		require.NoError(t, err)

		_, err = f.ReopenProblem(f.ctx, key("P-1"), " ", nil, nil)
		refused(t, err, domain.RuleViolation, "input.reason")
		w, err = f.ReopenProblem(f.ctx, key("P-1"), "it is back", nil, nil)
		require.NoError(t, err)
		again := w.Record.(*domain.Problem)
		require.Equal(t, domain.ProblemOpen, again.Status)
		require.Nil(t, again.Resolution)
		require.Equal(t, "a full disk", *again.Cause)
		past, err := f.History(f.ctx, again, some(1), nil)
		require.NoError(t, err)
		require.Equal(t, "it is back", *past.Nodes[0].Reason)
	})
}

func TestAProblemIsResolvedByAChangeThatIsCarriedOut_PROBLEM(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("db")
		f.problem("P-1", "db")
		f.brings(
			`{"node":"KnownError","key":"K-1","name":"Leak"}`,
			`{"node":"ChangeRequest","key":"RFC-1","name":"Fix","type":"NORMAL","status":"AUTHORISED"}`,
			`{"node":"ChangeRequest","key":"RFC-2","name":"Fix more","type":"NORMAL","status":"SUBMITTED"}`,
			`{"edge":"RESOLVES","from":"RFC-1","to":"P-1"}`, `{"edge":"RESOLVES","from":"RFC-2","to":"P-1"}`,
			`{"edge":"DIAGNOSES","from":"K-1","to":"P-1"}`,
		)
		_, err := f.DiagnoseProblem(f.ctx, key("P-1"), nil, nil, nil)
		require.NoError(t, err, "a known error diagnoses it")
		_, err = f.ResolveProblem(f.ctx, key("P-1"), nil, nil, nil)
		refused(t, err, domain.RuleViolation, "input.resolution")
		f.brings(`{"node":"ChangeRequest","key":"RFC-1","status":"IMPLEMENTED"}`)
		_, err = f.ResolveProblem(f.ctx, key("P-1"), nil, nil, nil)
		require.NoError(t, err)
		_, err = f.CloseProblem(f.ctx, key("P-1"), nil, nil)
		refused(t, err, domain.RuleViolation, "input.ref")
		f.brings(`{"node":"ChangeRequest","key":"RFC-2","status":"WITHDRAWN"}`)
		_, err = f.CloseProblem(f.ctx, key("P-1"), nil, nil)
		require.NoError(t, err)
	})
}

func TestADiagnosedProblemKeepsWhatDiagnosesIt_PROBLEM(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.problem("P-1")
		f.knownError("K-1", nil)
		f.knownError("K-2", nil)
		f.connect("DIAGNOSES", "K-1", "P-1", nil)
		f.connect("DIAGNOSES", "K-2", "P-1", nil)
		_, err := f.DiagnoseProblem(f.ctx, key("P-1"), some("a leak"), nil, nil)
		require.NoError(t, err)
		cause := func(v any) error {
			_, err := f.Update(f.ctx, domain.KindProblem, key("P-1"), values{"cause": v}, nil, nil)
			return err
		}
		part := func(k string) error {
			_, err := f.Disconnect(f.ctx, "DIAGNOSES", key(k), key("P-1"), nil, nil)
			return err
		}
		require.NoError(t, cause(nil), "known errors diagnose it")
		require.NoError(t, part("K-1"))
		refused(t, part("K-2"), domain.RuleViolation, "input.to")
		_, err = f.Remove(f.ctx, domain.KindKnownError, key("K-2"), nil, nil)
		refused(t, err, domain.RuleViolation, "input.ref")
		require.NoError(t, cause("a leak"))
		require.NoError(t, part("K-2"))
		e := refused(t, cause(""), domain.RuleViolation, "input.patch.cause")
		require.Equal(t, "PROBLEM", e.Rule)
		_, err = f.ReopenProblem(f.ctx, key("P-1"), "it was no leak", nil, nil)
		require.NoError(t, err)
		require.NoError(t, cause(nil))
	})
}

func TestOfTwoWhoMoveAProblemAtOnceOneWinsAndTheOtherIsTold_PROBLEM(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.problem("P-1")
		f.store.beforeNext(func() {
			_, err := f.DiagnoseProblem(f.ctx, key("P-1"), some("the other one's"), nil, nil)
			require.NoError(t, err)
		})
		_, err := f.DiagnoseProblem(f.ctx, key("P-1"), some("mine"), nil, nil)
		e := refused(t, err, domain.RuleViolation, "input.ref")
		require.Contains(t, e.Message, "P-1 is DIAGNOSED")
		require.Equal(t, "the other one's", *f.read(domain.KindProblem, "P-1").(*domain.Problem).Cause)
	})
}

func TestAKnownErrorIsPublishedWithSymptomsAndAWorkaround_KNOWN_ERROR(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		k := f.knownError("K-1", values{"symptoms": "it hangs"})
		require.Equal(t, domain.KnownErrorDraft, k.Status)
		require.NotNil(t, k.StatusSince)
		_, err := f.PublishKnownError(f.ctx, key("K-1"), nil, nil)
		require.Equal(t, "WORKAROUND", refused(t, err, domain.RuleViolation, "input.ref").Details["missing"])
		_, err = f.Update(f.ctx, domain.KindKnownError, key("K-1"), values{"workaround": "restart it"}, nil, nil)
		require.NoError(t, err)
		_, err = f.PublishKnownError(f.ctx, key("K-1"), nil, nil)
		require.NoError(t, err)
		_, err = f.Update(f.ctx, domain.KindKnownError, key("K-1"), values{"workaround": nil}, nil, nil)
		e := refused(t, err, domain.RuleViolation, "input.patch.workaround")
		require.Equal(t, "KNOWN_ERROR", e.Rule)
		_, err = f.Update(f.ctx, domain.KindKnownError, key("K-1"), values{"status": "DRAFT"}, nil, nil)
		refused(t, err, domain.Invalid, "input.patch.status")
		_, err = f.RetireKnownError(f.ctx, key("K-1"), nil, nil)
		require.NoError(t, err)
		_, err = f.PublishKnownError(f.ctx, key("K-1"), nil, nil)
		refused(t, err, domain.RuleViolation, "input.ref")
	})
}

func TestAMoveCanBeTriedAndRepeated(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("db")
		in := domain.NewProblem{Key: "P-1", Name: "Slow", Concerns: []*domain.Ref{some(key("db")), some(key("db"))}}
		tried, err := f.CreateProblem(f.ctx, in, &domain.WriteOptions{DryRun: some(true)})
		require.NoError(t, err)
		require.True(t, tried.DryRun)
		require.Len(t, tried.Changes, 2, "the problem, and that it concerns the item once")
		once := &domain.WriteOptions{IdempotencyKey: some("once")}
		made, err := f.CreateProblem(f.ctx, in, once)
		require.NoError(t, err)
		again, err := f.CreateProblem(f.ctx, in, once)
		require.NoError(t, err)
		require.Equal(t, made.Revision, again.Revision)
		require.Equal(t, made.Problem.ID, again.Problem.ID)

		closing := &domain.WriteOptions{IdempotencyKey: some("diagnosed"), Reason: some("found")}
		first, err := f.DiagnoseProblem(f.ctx, key("P-1"), some("x"), nil, closing)
		require.NoError(t, err)
		second, err := f.DiagnoseProblem(f.ctx, key("P-1"), some("x"), nil, closing)
		require.NoError(t, err)
		require.Equal(t, first.Revision, second.Revision)
	})
}

func TestANewProblemIsRefusedWithAllThatIsWrongWithIt(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		_, err := f.CreateProblem(f.ctx, domain.NewProblem{
			Key: "P 1\n", Name: "", OpenedAt: some(time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)),
			Concerns: []*domain.Ref{some(key("nowhere")), {}},
		}, nil)
		var all domain.Errors
		require.ErrorAs(t, err, &all)
		var fields []string
		for _, e := range all {
			fields = append(fields, e.Field)
		}
		require.ElementsMatch(t, []string{"input.key", "input.name", "input.openedAt", "input.concerns.0", "input.concerns.1"}, fields)
		require.Zero(t, f.head())
	})
}

func TestOnlyAProblemManagerWorksOnProblems(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.problem("P-1")
		ctx := app.WithActor(f.ctx, domain.Actor{Name: "mira", Roles: []domain.Role{domain.ChangeManager, domain.ConfigurationManager}})
		_, err := f.DiagnoseProblem(ctx, key("P-1"), some("x"), nil, nil)
		e := refused(t, err, domain.Forbidden, "")
		require.Equal(t, "mira may not move Problem: PROBLEM_MANAGER and ADMIN may", e.Message)
		_, err = f.CreateProblem(ctx, domain.NewProblem{Key: "P-2", Name: "x"}, nil)
		refused(t, err, domain.Forbidden, "")
		ctx = app.WithActor(f.ctx, domain.Actor{Name: "ines", Roles: []domain.Role{domain.ProblemManager}})
		_, err = f.DiagnoseProblem(ctx, key("P-1"), some("x"), nil, nil)
		require.NoError(t, err)
	})
}

func TestProblemsComeInAnyStateByAnImportAndGoOutAgain(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("db")
		lines := []string{
			`{"node":"Problem","key":"P-1","name":"Slow","status":"CLOSED","priority":"HIGH","openedAt":"2026-01-02T03:04:05Z","statusSince":"2026-02-01T00:00:00Z","resolution":"gone"}`,
			`{"node":"KnownError","key":"K-1","name":"Leak","status":"PUBLISHED","symptoms":"slow","workaround":"restart"}`,
			`{"edge":"CONCERNS","from":"P-1","to":"db"}`, `{"edge":"DIAGNOSES","from":"K-1","to":"P-1"}`,
			`{"edge":"PRESENT_IN","from":"K-1","to":"db","versions":["14.x","16.x"]}`,
		}
		f.brings(lines...)
		before := f.head()
		f.brings(lines...)
		require.Equal(t, before, f.head(), "the same again changes nothing")

		got, err := f.ImportLines(f.ctx, app.ImportLinesInput{Lines: []string{
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
		got, err = f.ImportLines(f.ctx, app.ImportLinesInput{Lines: []string{`{"node":"KnownError","key":"K-2","name":"Bare","status":"PUBLISHED"}`}}, nil)
		require.NoError(t, err)
		require.Len(t, got.Wrong, 2, "a workaround and symptoms are missing")
		f.brings(`{"node":"KnownError","key":"K-1","status":"PUBLISHED"}`) // which has both already

		var out strings.Builder
		_, err = f.Export(f.ctx, &out, app.ExportOptions{})
		require.NoError(t, err)
		require.Contains(t, out.String(), `"versions":["14.x","16.x"]`)
		require.Contains(t, out.String(), `"status":"CLOSED"`)
	})
}

func TestAnItemTellsItsProblemsAndKnownErrorsForAWholePageAtOnce(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		var items []*domain.ConfigurationItem
		for _, k := range []string{"a", "b", "c"} {
			f.item(k)
		}
		f.problem("P-1", "a", "b")
		f.problem("P-2", "a")
		f.problem("P-3", "a")
		_, err := f.DiagnoseProblem(f.ctx, key("P-2"), some("x"), nil, nil)
		require.NoError(t, err)
		f.brings(`{"node":"Problem","key":"P-3","status":"CLOSED"}`)
		p, err := f.Records(f.ctx, domain.KindConfigurationItem, app.List{OrderBy: []values{{"field": "KEY"}}})
		require.NoError(t, err)
		var counts []int
		before := f.store.calls.Load()
		for _, i := range p.Items {
			items = append(items, i.Record.(*domain.ConfigurationItem))
			n, err := f.OpenProblems(f.ctx, items[len(items)-1])
			require.NoError(t, err)
			counts = append(counts, n)
		}
		require.Equal(t, []int{2, 1, 0}, counts)
		require.EqualValues(t, 1, f.store.calls.Load()-before, "one call for all items of the page")
	})
}
