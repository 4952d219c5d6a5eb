package acceptance_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/acceptance"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/measure"
	"releasegraph/internal/prometheus"
)

// scripted is a server that answers as a test wants, and counts how often.
type scripted struct {
	answer func() measure.Answer
	asked  []measure.Asked
}

func (s *scripted) Names() []string { return []string{"acc", "prod"} }

func (s *scripted) Ask(_ context.Context, a measure.Asked) (measure.Answer, error) {
	s.asked = append(s.asked, a)
	return s.answer(), nil
}

var measuredFrom = time.Date(2026, 3, 1, 7, 0, 0, 0, time.UTC)

// numbers answers a number each minute.
func numbers(values ...float64) func() measure.Answer {
	return func() measure.Answer {
		series := make([]measure.Sample, len(values))
		for i, v := range values {
			series[i] = measure.Sample{At: measuredFrom.Add(time.Duration(i) * time.Minute), Value: v}
		}
		return measure.Answer{Series: [][]measure.Sample{series}}
	}
}

// measured is R in acceptance, whose technical test a server measures.
func measured(f *apptest.Fixture, answer func() measure.Answer) *scripted {
	f.T.Helper()
	planned(f)
	_, err := f.Records.Update(f.As("tom", domain.TestManager), domain.KindAcceptanceTest, apptest.Key("R-TECHNICAL"), apptest.Values{
		"query": "sum(up) / count(up)", "testers": []any{"ted"},
		"measure": map[string]any{"source": "prod", "interval": "PT1M", "success": map[string]any{"is": "AT_LEAST", "value": 0.95}, "failure": map[string]any{"is": "BELOW", "value": 0.9}},
	}, nil, nil)
	require.NoError(f.T, err)
	submitted(f)
	f.Lines(`{"node":"Release","key":"R","statusSince":"2026-03-01T06:00:00Z"}`)
	s := &scripted{answer: answer}
	f.Acceptance.Measuring = s
	return s
}

func measures(f *apptest.Fixture, who string, role domain.Role, more ...func(*acceptance.Measure)) (*acceptance.Ran, error) {
	to := measuredFrom.Add(2 * time.Minute)
	in := acceptance.Measure{Test: apptest.Key("R-TECHNICAL"), From: measuredFrom, To: &to}
	for _, m := range more {
		m(&in)
	}
	return f.Acceptance.MeasureTestRun(f.As(who, role), in, nil)
}

func TestAMachinesVerdictIsARunOfWhoAskedIt_R7(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		s := measured(f, numbers(0.99, 1, 0.97))
		ran, err := measures(f, "ted", domain.Viewer)
		require.NoError(t, err)
		require.Equal(t, domain.ReleaseInAcceptance, ran.Release.Status)
		require.Len(t, s.asked, 1)
		require.Equal(t, "sum(up) / count(up)", s.asked[0].Query)
		run := f.Read(domain.KindTestRun, ran.TestRun.Key).(*domain.TestRun)
		require.Equal(t, domain.TestPassed, run.Verdict)
		require.Equal(t, "ted", run.Tester)
		require.True(t, run.Machine)
		require.Equal(t, []time.Time{measuredFrom, measuredFrom.Add(2 * time.Minute)}, []time.Time{run.StartedAt, run.EndedAt})
		require.Equal(t, "prod", run.Measurement.Source)
		require.Equal(t, []int{3, 3, 0, 0}, []int{run.Measurement.Asked, run.Measurement.Succeeded, run.Measurement.Failed, run.Measurement.Inconclusive})
		require.Equal(t, 0.97, *run.Measurement.Least)
		require.Equal(t, []string{"3 of 3 measurements succeeded, 0 failed, 0 say nothing"}, run.Measurement.Reasons)
		require.Len(t, lacksOf(f, domain.NeedTests), 3, "it counts")
	})
}

func TestAMeasuredFailRejects_R7_R8(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		measured(f, numbers(0.99, 0.5, 0.97))
		ran, err := measures(f, "tom", domain.TestManager)
		require.NoError(t, err)
		require.Equal(t, domain.TestFailed, ran.TestRun.Verdict)
		require.Equal(t, domain.ReleaseRejected, f.Release("R").Status)
	})
}

// A server that does not answer passes nothing: somebody else judges.
func TestAMachineThatDoesNotAnswerIsInconclusive_R7(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		measured(f, nil)
		gone := httptest.NewServer(http.NotFoundHandler())
		gone.Close()
		servers, err := prometheus.New(map[string]string{"prod": gone.URL})
		require.NoError(t, err)
		f.Acceptance.Measuring = servers
		ran, err := measures(f, "tom", domain.TestManager)
		require.NoError(t, err)
		require.Equal(t, domain.TestInconclusive, ran.TestRun.Verdict)
		require.Equal(t, []string{"prod is away"}, ran.TestRun.Measurement.Reasons)
		require.Len(t, lacksOf(f, domain.NeedDecided), 1)
		judge := acceptance.Judge{Ref: apptest.Key(ran.TestRun.Key), Verdict: domain.TestPassed, Reason: "the log is clear"}
		_, err = f.Acceptance.JudgeTestRun(f.As("tom", domain.TestManager), judge, nil)
		require.ErrorContains(t, err, "nobody judges their own run")
		_, err = f.Acceptance.JudgeTestRun(f.As("tess", domain.TestManager), judge, nil)
		require.NoError(t, err)
		require.Empty(t, lacksOf(f, domain.NeedDecided))
	})
}

// Who may not report a run asks no server either, and who makes a release judges none
// of it by a machine.
func TestWhoMayNotTestAsksNoMachine_R7(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		s := measured(f, numbers(1, 1, 1))
		_, err := measures(f, "vera", domain.Viewer)
		require.ErrorContains(t, err, "is run by a test manager, or by one of its testers (ted)")
		_, err = measures(f, "mia", domain.ReleaseManager)
		require.ErrorContains(t, err, "mia manages (Release R) and would test")
		_, err = measures(f, "tom", domain.TestManager, func(in *acceptance.Measure) { in.Round = apptest.Some(7) })
		require.ErrorContains(t, err, "is 7, and R is in round 1")
		require.Empty(t, s.asked)
	})
}

// What is measured counts for the round and the kit that there were when the server was
// asked.
func TestARoundThatEndsWhileAMachineIsAskedIsNotCounted_R21(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		s := measured(f, nil)
		s.answer = func() measure.Answer {
			_, err := f.Releases.UnlockRelease(f.As("mia", domain.ReleaseManager), apptest.OfRelease("R"), nil)
			require.NoError(t, err)
			submitted(f)
			return numbers(1, 1, 1)()
		}
		_, err := measures(f, "tom", domain.TestManager)
		require.ErrorContains(t, err, "is 1, and R is in round 2")
		require.Len(t, s.asked, 1, "it is not asked again")
		require.Equal(t, "R21 input.round", broken(err)[0])
	})
}

// Another who acts meanwhile has the run decided anew, and the server asked once.
func TestAMachineIsAskedOnce_R7(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		s := measured(f, nil)
		s.answer = func() measure.Answer {
			f.Store.BeforeNext(func() { require.NoError(t, f.Runs("R-FUNCTIONAL", domain.TestPassed, "tom")) })
			return numbers(1, 1, 1)()
		}
		to := measuredFrom.Add(2 * time.Minute)
		in := acceptance.Measure{Test: apptest.Key("R-TECHNICAL"), From: measuredFrom, To: &to}
		tom := f.As("tom", domain.TestManager)
		dry, err := f.Acceptance.MeasureTestRun(tom, in, &domain.WriteOptions{DryRun: apptest.Some(true)})
		require.NoError(t, err)
		require.True(t, dry.DryRun)
		require.Equal(t, domain.TestPassed, dry.TestRun.Verdict)
		s.answer = numbers(1, 1, 1)
		once := &domain.WriteOptions{IdempotencyKey: apptest.Some("m-1")}
		first, err := f.Acceptance.MeasureTestRun(tom, in, once)
		require.NoError(t, err)
		again, err := f.Acceptance.MeasureTestRun(tom, in, once)
		require.NoError(t, err)
		require.Equal(t, first.TestRun.Key, again.TestRun.Key)
		require.Len(t, s.asked, 2, "once to try, once to write, and not again")
	})
}

func TestWhatCannotBeMeasuredIsToldBeforehand_R7(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		s := measured(f, numbers(1, 1, 1))
		told := func(more func(*acceptance.Measure)) []string {
			_, err := measures(f, "tom", domain.TestManager, more)
			require.Error(t, err)
			return broken(err)
		}
		require.Equal(t, []string{"R7 input.test"}, told(func(in *acceptance.Measure) { in.Test = apptest.Key("R-FUNCTIONAL") }))
		require.Equal(t, []string{"R7 input.to"}, told(func(in *acceptance.Measure) { in.To = &in.From }))
		require.Equal(t, []string{"R7 input.to"}, told(func(in *acceptance.Measure) { in.To = apptest.Some(in.From.Add(30 * time.Second)) }))
		require.Equal(t, []string{"R7 input.to", "R7 input.to"}, told(func(in *acceptance.Measure) { in.To = apptest.Some(in.From.AddDate(1, 0, 0)) }))
		require.Equal(t, []string{"R21 input.from"}, told(func(in *acceptance.Measure) { in.From = in.From.Add(-61 * time.Minute) }), "before it was handed in")
		f.Acceptance.Measuring = (*prometheus.Servers)(nil)
		_, err := measures(f, "tom", domain.TestManager)
		require.ErrorContains(t, err, "is measured by prod, which is not among the servers that may be asked; none may (serve --prometheus names them)")
		require.Empty(t, s.asked)
	})
}

// A measure that contradicts itself is told when the test is planned.
func TestAMeasureIsPlannedWhole_R21(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		planned(f)
		update := func(patch apptest.Values) error {
			_, err := f.Records.Update(f.As("tom", domain.TestManager), domain.KindAcceptanceTest, apptest.Key("R-TECHNICAL"), patch, nil, nil)
			return err
		}
		limit := func(is string, value any) map[string]any { return map[string]any{"is": is, "value": value} }
		require.ErrorContains(t, update(apptest.Values{"query": "up"}), "what is measured has both")
		for told, m := range map[string]map[string]any{
			"say when a measurement succeeds":         {"source": "prod", "interval": "PT1M"},
			"must be whole seconds, from PT1S to P1D": {"source": "prod", "interval": "PT0.5S", "success": limit("ABOVE", 1)},
			"is no duration":                          {"source": "prod", "interval": "often", "success": limit("ABOVE", 1)},
			"would both succeed and fail":             {"source": "prod", "interval": "PT1M", "success": limit("AT_LEAST", 1), "failure": limit("AT_MOST", 1)},
			"cannot be \"NEAR\"":                      {"source": "prod", "interval": "PT1M", "success": limit("NEAR", 1)},
			"a number, not a JSON string":             {"source": "prod", "interval": "PT1M", "success": limit("ABOVE", "1")},
			"must be from 0 to 1440, not -1":          {"source": "prod", "interval": "PT1M", "success": limit("ABOVE", 1), "failureLimit": -1},
		} {
			require.ErrorContains(t, update(apptest.Values{"query": "up", "measure": m}), told)
		}
		require.NoError(t, update(apptest.Values{"query": "up", "measure": map[string]any{"source": "prod", "interval": "PT1M", "success": limit("AT_LEAST", 1), "failure": limit("BELOW", 1), "failureLimit": 2}}))
		kept := f.Read(domain.KindAcceptanceTest, "R-TECHNICAL").(*domain.AcceptanceTest)
		require.Equal(t, time.Minute, kept.Measure.Step())
		require.Equal(t, 2, *kept.Measure.FailureLimit)
	})
}
