package measure_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/measure"
)

var began = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func limit(is domain.MeasureComparison, value float64) *domain.MeasureLimit {
	return &domain.MeasureLimit{Is: is, Value: value}
}

// asked asks for n measurements, a minute apart.
func asked(n int, m domain.TestMeasure) measure.Asked {
	m.Source, m.Interval = "prod", "PT1M"
	return measure.Asked{Measure: m, Query: "up", Over: domain.TimeRange{From: began, To: began.Add(time.Duration(n-1) * time.Minute)}}
}

// series is a measurement each minute; one that is absent is the number gap.
const gap = -987654

func series(values ...float64) measure.Answer {
	list := []measure.Sample{}
	for i, v := range values {
		if v != gap {
			list = append(list, measure.Sample{At: began.Add(time.Duration(i) * time.Minute), Value: v})
		}
	}
	return measure.Answer{Series: [][]measure.Sample{list}}
}

func some(n int) *int { return &n }

func TestMeasurementsPassFailOrSayNothing_R7(t *testing.T) {
	ratio := domain.TestMeasure{Success: limit(domain.AtLeast, 0.95), Failure: limit(domain.Below, 0.9)}
	for _, c := range []struct {
		name    string
		measure domain.TestMeasure
		answer  measure.Answer
		verdict domain.TestVerdict
		reason  string
	}{
		{"all succeed", ratio, series(1, 0.95, 0.99), domain.TestPassed, "3 of 3 measurements succeeded, 0 failed, 0 say nothing"},
		{"one fails", ratio, series(1, 0.89, 0.99), domain.TestFailed, "1 of 3 measurements failed, and 0 may"},
		{"one fails, as may", domain.TestMeasure{Success: ratio.Success, Failure: ratio.Failure, FailureLimit: some(1)}, series(1, 0.89, 0.99), domain.TestPassed, "2 of 3 measurements succeeded, 1 failed, 0 say nothing"},
		{"one is between", ratio, series(1, 0.92, 0.99), domain.TestInconclusive, "1 of 3 measurements say nothing, and 0 may"},
		{"one is between, as may", domain.TestMeasure{Success: ratio.Success, Failure: ratio.Failure, InconclusiveLimit: some(1)}, series(1, 0.92, 0.99), domain.TestPassed, "2 of 3 measurements succeeded, 0 failed, 1 say nothing"},
		{"failures come first", ratio, series(0.1, gap, gap), domain.TestFailed, "1 of 3 measurements failed, and 0 may"},
		{"success alone", domain.TestMeasure{Success: limit(domain.AtMost, 5)}, series(5, 6, 1), domain.TestFailed, "1 of 3 measurements failed, and 0 may"},
		{"failure alone", domain.TestMeasure{Failure: limit(domain.Above, 5)}, series(5, 4, 1), domain.TestPassed, "3 of 3 measurements succeeded, 0 failed, 0 say nothing"},
		{"a gap", ratio, series(1, gap, 1), domain.TestInconclusive, "1 of 3 measurements say nothing, and 0 may"},
		{"it ends early", ratio, series(1, 1), domain.TestInconclusive, "1 of 3 measurements say nothing, and 0 may"},
		{"NaN", ratio, series(1, math.NaN(), 1), domain.TestInconclusive, "1 of 3 measurements say nothing, and 0 may"},
		{"NaN is no success of a failure alone", domain.TestMeasure{Failure: limit(domain.Above, 5)}, series(math.NaN(), math.NaN(), math.NaN()), domain.TestInconclusive, "3 of 3 measurements say nothing, and 0 may"},
		{"infinite", domain.TestMeasure{Success: limit(domain.AtLeast, 5)}, series(math.Inf(1), math.Inf(-1), 6), domain.TestInconclusive, "2 of 3 measurements say nothing, and 0 may"},
		{"silence does not pass, whatever may be missing", domain.TestMeasure{Success: ratio.Success, InconclusiveLimit: some(1440)}, series(gap, gap, gap), domain.TestInconclusive, "none of 3 measurements succeeded"},
		{"nothing", ratio, measure.Answer{}, domain.TestInconclusive, "the query selects nothing"},
		{"an empty series", ratio, series(), domain.TestInconclusive, "3 of 3 measurements say nothing, and 0 may"},
		{"several series", ratio, measure.Answer{Series: append(series(1, 1, 1).Series, series(1, 1, 1).Series...)}, domain.TestInconclusive, "the query selects 2 series, and must select one"},
		{"a warning", ratio, measure.Answer{Series: series(1, 1, 1).Series, Troubles: []string{"it warns"}}, domain.TestInconclusive, "it warns"},
		{"a warning beside a failure", ratio, measure.Answer{Series: series(0, 0, 0).Series, Troubles: []string{"it warns"}}, domain.TestInconclusive, "it warns"},
		{"away", ratio, measure.Answer{Troubles: []string{"it is away"}}, domain.TestInconclusive, "it is away"},
		{"other times", ratio, measure.Answer{Series: [][]measure.Sample{{{At: began.Add(time.Second), Value: 1}, {At: began.Add(-time.Minute), Value: 1}}}}, domain.TestInconclusive, "2 numbers are of other times than was asked for"},
	} {
		t.Run(c.name, func(t *testing.T) {
			verdict, m := measure.Judge(asked(3, c.measure), c.answer)
			require.Equal(t, c.verdict, verdict)
			require.Equal(t, []string{c.reason}, m.Reasons)
			require.Equal(t, 3, m.Asked)
			require.Equal(t, m.Asked, m.Succeeded+m.Failed+m.Inconclusive, "each instant is counted once")
		})
	}
}

func TestWhatWasMeasuredIsKept_R7(t *testing.T) {
	_, m := measure.Judge(asked(4, domain.TestMeasure{Success: limit(domain.AtLeast, 1)}), series(3, math.NaN(), 0.5, 2))
	require.Equal(t, []float64{0.5, 3, 2}, []float64{*m.Least, *m.Most, *m.Last})
	require.Equal(t, "prod", m.Source)
	require.Equal(t, "up", m.Query)
	_, m = measure.Judge(asked(1, domain.TestMeasure{Success: limit(domain.AtLeast, 1)}), series(math.Inf(1)))
	require.Nil(t, m.Least)
}

// Whatever is answered, what passes has one success at least, no more failures and no
// more silence than may be; and less that may be never makes a pass of what was none.
func TestNothingPassesBySilence_R7(t *testing.T) {
	number := rapid.SampledFrom([]float64{0, 0.5, 1, math.NaN(), math.Inf(1), math.Inf(-1), gap})
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(number, 1, 12).Draw(t, "values")
		m := domain.TestMeasure{
			Success: limit(domain.AtLeast, 1), Failure: limit(domain.AtMost, 0),
			FailureLimit: some(rapid.IntRange(0, 3).Draw(t, "failures")), InconclusiveLimit: some(rapid.IntRange(0, 3).Draw(t, "inconclusive")),
		}
		verdict, kept := measure.Judge(asked(len(values), m), series(values...))
		ones, zeroes := 0, 0
		for _, v := range values {
			if v == 1 {
				ones++
			}
			if v == 0 {
				zeroes++
			}
		}
		require.Equal(t, []int{ones, zeroes}, []int{kept.Succeeded, kept.Failed})
		silent := len(values) - ones - zeroes
		require.Equal(t, verdict == domain.TestPassed, ones > 0 && zeroes <= *m.FailureLimit && silent <= *m.InconclusiveLimit)
		require.Equal(t, verdict == domain.TestFailed, zeroes > *m.FailureLimit)
	})
}
