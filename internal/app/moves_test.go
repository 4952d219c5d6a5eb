package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	changearea "releasegraph/internal/app/change"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/problem"
	"releasegraph/internal/domain"
	"releasegraph/internal/neo4jtest"
)

// The moves that a record tells of are those that its verbs make: one that lacks
// nothing succeeds, one that lacks something is refused for exactly that, and
// what is not among them is refused (H2, H8, PROBLEM, KNOWN_ERROR).
func TestMovesAgreeWithWhatTheVerbsDo(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		movable(f)
		if strings.HasSuffix(t.Name(), "neo4j") {
			defer neo4jtest.FewerDraws(12)()
		}
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			draws := map[string]func(*rapid.T, string){
				domain.KindChangeRequest: func(p0 *rapid.T, p1 string) { anyRequest(f, p0, p1) }, domain.KindProblem: func(p0 *rapid.T, p1 string) { anyProblem(f, p0, p1) }, domain.KindKnownError: func(p0 *rapid.T, p1 string) { anyKnownError(f, p0, p1) },
				domain.KindFreezeException: func(p0 *rapid.T, p1 string) { anyException(f, p0, p1) },
			}
			kind := rapid.SampledFrom([]string{
				domain.KindChangeRequest, domain.KindChangeRequest, domain.KindProblem, domain.KindKnownError, domain.KindFreezeException,
			}).Draw(rt, "kind")
			k := fmt.Sprintf("%s-%d", kind, n)
			draws[kind](rt, k)
			checkMoves(f, rt, kind, k)
		})
	})
}

// movable is an estate in which records can lack what their moves need.
func movable(f *apptest.Fixture) {
	f.Reviewed()
	f.Put(domain.KindBoard, apptest.Values{"key": "ECAB", "name": "Night", "members": []any{"ann", "cid"}, "quorum": 1, "emergency": true})
	f.Put(domain.KindBoard, apptest.Values{"key": "REL", "name": "Releases", "members": []any{"ann", "bob", "cid"}, "quorum": 2, "releaseOnly": true})
	f.Item("old", apptest.Values{"status": "WITHDRAWN"})
	f.Put(domain.KindChangeModel, apptest.Values{"key": "M0", "name": "Template", "preauthorised": false})
	f.Put(domain.KindChangeModel, apptest.Values{
		"key": "M1", "name": "Model", "preauthorised": true, "justification": "work", "plan": "do", "backOutKind": "FULL", "backOutPlan": "undo",
	})
	_, err := f.CreateFreeze(f.Ctx, apptest.NewFreeze{
		Key: "peak", Name: "Peak", Everywhere: apptest.Some(true), From: apptest.Some(time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)), To: apptest.Some(time.Date(2026, 4, 3, 0, 0, 0, 0, time.UTC)),
	}, nil)
	require.NoError(f.T, err)
}

// maybe puts a value to a field of a line, or leaves it out.
func maybe(rt *rapid.T, line apptest.Values, field string, choices ...any) {
	if v := rapid.SampledFrom(append(choices, nil)).Draw(rt, field); v != nil {
		line[field] = v
	}
}

func bringAll(f *apptest.Fixture, rt *rapid.T, lines ...apptest.Values) {
	list := make([]string, len(lines))
	for i, line := range lines {
		text, err := json.Marshal(line)
		require.NoError(rt, err)
		list[i] = string(text)
	}
	got, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: list, Overwrite: true}, nil)
	require.NoError(rt, err)
	require.Empty(rt, got.Wrong)
}

// anyRequest is a request in any state with anything, assessed and voted on where
// its board can.
func anyRequest(f *apptest.Fixture, rt *rapid.T, k string) {
	line := apptest.Values{"node": "ChangeRequest", "key": k, "name": k, "requester": "rita"}
	line["type"] = string(rapid.SampledFrom(domain.ChangeRequestTypes).Draw(rt, "type"))
	line["status"] = string(rapid.SampledFrom(domain.ChangeRequestStatuses).Draw(rt, "status"))
	maybe(rt, line, "justification", "why", "why", " ")
	maybe(rt, line, "plan", "how", "how", "how")
	maybe(rt, line, "backOutKind", "FULL", "FULL", "NONE")
	maybe(rt, line, "backOutPlan", "undo", "undo")
	maybe(rt, line, "mitigation", "wait")
	maybe(rt, line, "plannedFrom", "2026-04-01T10:00:00Z", "2026-05-01T10:00:00Z")
	maybe(rt, line, "plannedTo", "2026-05-01T12:00:00Z", "2026-05-02T12:00:00Z")
	lines := []apptest.Values{line}
	link := func(rel string, choices ...any) {
		if to := rapid.SampledFrom(choices).Draw(rt, rel); to != nil {
			lines = append(lines, apptest.Values{"edge": rel, "from": "ChangeRequest:" + k, "to": to})
		}
	}
	link("AFFECTS", nil, "ConfigurationItem:db", "ConfigurationItem:db", "ConfigurationItem:db", "ConfigurationItem:old")
	link("DECIDED_BY", nil, "Board:CAB", "Board:CAB", "Board:ECAB", "Board:REL")
	link("FOLLOWS", nil, "ChangeModel:M0", "ChangeModel:M1", "ChangeModel:M1")
	if done := rapid.SampledFrom([]any{nil, nil, true, false}).Draw(rt, "task"); done != nil {
		lines = append(lines, apptest.Values{"node": "Task", "key": k + "/task", "name": "Task", "kind": "OTHER", "done": done},
			apptest.Values{"edge": "PREPARES", "from": "Task:" + k + "/task", "to": "ChangeRequest:" + k})
	}
	bringAll(f, rt, lines...)
	if rapid.Bool().Draw(rt, "assessed") {
		_, _ = f.Changes.AssessChangeRequest(f.As("max", domain.ChangeManager), changearea.Assess{Ref: apptest.Key(k)}, nil) // where it can be
	}
	for _, voter := range rapid.SampledFrom([][]string{nil, {"ann"}, {"ann", "bob"}}).Draw(rt, "voters") {
		_, _ = f.Vote(voter, k, domain.Approve) // where they can
	}
}

func anyProblem(f *apptest.Fixture, rt *rapid.T, k string) {
	line := apptest.Values{"node": "Problem", "key": k, "name": k}
	line["status"] = string(rapid.SampledFrom(domain.ProblemStatuses).Draw(rt, "status"))
	maybe(rt, line, "cause", "a fault", " ")
	if status := line["status"]; status == "RESOLVED" || status == "CLOSED" {
		maybe(rt, line, "resolution", "gone")
	}
	lines := []apptest.Values{line}
	if rapid.Bool().Draw(rt, "diagnosed") {
		lines = append(lines, apptest.Values{"node": "KnownError", "key": k + "/known", "name": k},
			apptest.Values{"edge": "DIAGNOSES", "from": "KnownError:" + k + "/known", "to": "Problem:" + k})
	}
	if rapid.Bool().Draw(rt, "resolved") {
		request := apptest.Values{"node": "ChangeRequest", "key": k + "/rfc", "name": k, "status": string(rapid.SampledFrom(domain.ChangeRequestStatuses).Draw(rt, "request"))}
		maybe(rt, request, "reviewOutcome", "FAILED", "SUCCESSFUL")
		lines = append(lines, request, apptest.Values{"edge": "RESOLVES", "from": "ChangeRequest:" + k + "/rfc", "to": "Problem:" + k})
	}
	bringAll(f, rt, lines...)
}

func anyKnownError(f *apptest.Fixture, rt *rapid.T, k string) {
	line := apptest.Values{"node": "KnownError", "key": k, "name": k}
	line["status"] = string(rapid.SampledFrom(domain.KnownErrorStatuses).Draw(rt, "status"))
	maybe(rt, line, "symptoms", "slow", " ")
	maybe(rt, line, "workaround", "wait", " ")
	if line["status"] == "PUBLISHED" { // an import is refused otherwise
		line["symptoms"], line["workaround"] = "slow", "wait"
	}
	bringAll(f, rt, line)
}

func anyException(f *apptest.Fixture, rt *rapid.T, k string) {
	line := apptest.Values{"node": "FreezeException", "key": k, "name": k, "requestedBy": "rita", "decidedBy": "olga", "decidedAt": "2026-01-01T00:00:00Z"}
	line["status"] = string(rapid.SampledFrom(domain.ExceptionStatuses).Draw(rt, "status"))
	maybe(rt, line, "reason", "it cannot wait", " ")
	lines := []apptest.Values{line}
	if rapid.Bool().Draw(rt, "freeze") {
		lines = append(lines, apptest.Values{"edge": "EXCEPTS", "from": "FreezeException:" + k, "to": "Freeze:peak"})
	}
	if rapid.Bool().Draw(rt, "change") {
		lines = append(lines, apptest.Values{"node": "ChangeRequest", "key": k + "/rfc", "name": k, "requester": "rita"},
			apptest.Values{"edge": "EXCEPTION_FOR", "from": "FreezeException:" + k, "to": "ChangeRequest:" + k + "/rfc"})
	}
	bringAll(f, rt, lines...)
}

// toldMove is a move as a record tells it.
type toldMove struct {
	verb, to string
	lacks    []string
}

func toldOf[S ~string](moves []domain.LegalMove[S]) (list []toldMove) {
	for _, m := range moves {
		one := toldMove{to: string(m.To)}
		if m.Verb != nil {
			one.verb = *m.Verb
		}
		for _, l := range m.Lacks {
			one.lacks = append(one.lacks, l.Rule+" "+string(l.Need)+" "+l.Field+" "+l.Message)
		}
		list = append(list, one)
	}
	return list
}

// tries are all verbs of a kind, each with the status that it is to lead to, ""
// for the one that the record tells. They are dry runs.
func tries(f *apptest.Fixture, kind, k string) map[[2]string]func() (string, error) {
	dry, ref := &domain.WriteOptions{DryRun: apptest.Some(true)}, apptest.Key(k)
	max := f.As("max", domain.ChangeManager)
	change := func(verb func(context.Context, changearea.ChangeVerb, *domain.WriteOptions) (*estate.Written, error)) func() (string, error) {
		return func() (string, error) { return statusOf(verb(max, changearea.ChangeVerb{Ref: ref}, dry)) }
	}
	review := func(outcome domain.ReviewOutcome) func() (string, error) {
		return func() (string, error) {
			return statusOf(f.Changes.ReviewChangeRequest(max, changearea.ReviewChange{Ref: ref, Outcome: outcome, Learnt: apptest.Some("much")}, dry))
		}
	}
	switch kind {
	case domain.KindChangeRequest:
		return map[[2]string]func() (string, error){
			{"submitChangeRequest"}: change(f.Changes.SubmitChangeRequest), {"withdrawChangeRequest"}: change(f.Changes.WithdrawChangeRequest),
			{"authoriseChangeRequest"}: change(f.Changes.AuthoriseChangeRequest), {"backOutChangeRequest"}: change(f.Changes.BackOutChangeRequest),
			{"reviewChangeRequest", "CLOSED"}: review(domain.OutcomeFailed), {"reviewChangeRequest", "BACKED_OUT"}: review(domain.OutcomeBackedOut),
			{"implementChangeRequest"}: func() (string, error) {
				return statusOf(f.Changes.ImplementChangeRequest(max, changearea.ImplementChange{Ref: ref, ActualFrom: apptest.NightBegins, ActualTo: apptest.NightEnds}, dry))
			},
			{"assessChangeRequest"}: func() (string, error) {
				r, err := f.Changes.AssessChangeRequest(max, changearea.Assess{Ref: ref}, dry)
				if err != nil {
					return "", err
				}
				return string(r.ChangeRequest.Status), nil
			},
			{"castVote"}: func() (string, error) { // cid sits on every board, and has not voted
				r, err := f.Changes.CastVote(f.As("cid", domain.CABMember), changearea.CastVote{Ref: ref, Verdict: domain.Reject, Comment: apptest.Some("no")}, dry)
				if err != nil {
					return "", err
				}
				return string(r.ChangeRequest.Status), nil
			},
		}
	case domain.KindFreezeException:
		decide := func(verdict domain.ExceptionVerdict) func() (string, error) {
			return func() (string, error) {
				return statusOf(f.Calendar.DecideFreezeException(f.As("olga", domain.OperationsManager), ref, verdict, nil, nil, dry))
			}
		}
		return map[[2]string]func() (string, error){
			{"decideFreezeException", "GRANTED"}: decide(domain.GrantException), {"decideFreezeException", "REFUSED"}: decide(domain.RefuseException),
		}
	case domain.KindProblem:
		return map[[2]string]func() (string, error){
			{"diagnoseProblem"}: func() (string, error) { return statusOf(f.Problems.DiagnoseProblem(f.Ctx, ref, nil, nil, dry)) },
			{"resolveProblem"}:  func() (string, error) { return statusOf(f.Problems.ResolveProblem(f.Ctx, ref, nil, nil, dry)) },
			{"closeProblem"}:    func() (string, error) { return statusOf(f.Problems.CloseProblem(f.Ctx, ref, nil, dry)) },
			{"reopenProblem"}:   func() (string, error) { return statusOf(f.Problems.ReopenProblem(f.Ctx, ref, "it is back", nil, dry)) },
		}
	}
	return map[[2]string]func() (string, error){
		{"publishKnownError"}: func() (string, error) { return statusOf(f.Problems.PublishKnownError(f.Ctx, ref, nil, dry)) },
		{"retireKnownError"}:  func() (string, error) { return statusOf(f.Problems.RetireKnownError(f.Ctx, ref, nil, dry)) },
	}
}

func statusOf(w *estate.Written, err error) (string, error) {
	if err != nil {
		return "", err
	}
	switch r := w.Record.(type) {
	case *domain.ChangeRequest:
		return string(r.Status), nil
	case *domain.Problem:
		return string(r.Status), nil
	case *domain.FreezeException:
		return string(r.Status), nil
	}
	return string(w.Record.(*domain.KnownError).Status), nil
}

func movesOf(f *apptest.Fixture, rt *rapid.T, kind, k string) []toldMove {
	r, err := f.Records.Record(f.Ctx, kind, apptest.Key(k), nil)
	require.NoError(rt, err)
	switch r := r.(type) {
	case *domain.ChangeRequest:
		moves, err := f.Changes.ChangeMoves(f.Ctx, r)
		require.NoError(rt, err)
		return toldOf(moves)
	case *domain.Problem:
		moves, err := f.Problems.ProblemMoves(f.Ctx, r)
		require.NoError(rt, err)
		return toldOf(moves)
	case *domain.FreezeException:
		moves, err := f.Calendar.ExceptionMoves(f.Ctx, r)
		require.NoError(rt, err)
		return toldOf(moves)
	}
	return toldOf(problem.KnownErrorMoves(r.(*domain.KnownError)))
}

func checkMoves(f *apptest.Fixture, rt *rapid.T, kind, k string) {
	moves := movesOf(f, rt, kind, k)
	tries := tries(f, kind, k)
	for _, m := range moves {
		if m.verb == "" {
			require.NotEmpty(rt, m.lacks, "nobody makes the move to %s, and yet it lacks nothing", m.to)
			continue
		}
		known := tries[[2]string{m.verb}] != nil || tries[[2]string{m.verb, m.to}] != nil
		require.True(rt, known, "%s is no verb that was tried", m.verb)
	}
	for at, try := range tries {
		i := slices.IndexFunc(moves, func(m toldMove) bool { return m.verb == at[0] && (at[1] == "" || at[1] == m.to) })
		status, err := try()
		var all domain.Errors
		var one *domain.Error
		if errors.As(err, &one); !errors.As(err, &all) && one != nil {
			all = domain.Errors{one}
		}
		switch {
		case i < 0:
			require.Len(rt, all, 1, "%s of %s, which has no such move: %v", at, k, err)
			require.Equal(rt, domain.RuleViolation, all[0].Code, "%s: %v", at, err)
			require.NotNil(rt, all[0].Details["legal"], "%s: %v", at, err)
		case len(moves[i].lacks) == 0:
			require.NoError(rt, err, "%s of %s, which lacks nothing", at, k)
			require.Equal(rt, moves[i].to, status, "%s of %s", at, k)
		default:
			var lacks []string
			for _, e := range all {
				_, message, _ := strings.Cut(e.Message, "it lacks ")
				lacks = append(lacks, fmt.Sprintf("%s %v %v %s", e.Rule, e.Details["missing"], e.Details["field"], message))
			}
			require.Equal(rt, moves[i].lacks, lacks, "%s of %s", at, k)
		}
	}
}
