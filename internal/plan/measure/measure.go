// Package measure decides what a series of measurements says of a test (R7): that it
// passed, that it failed, or that nobody can say.
package measure

import (
	"fmt"
	"math"
	"time"

	"releasegraph/internal/domain"
)

// Sample is a number at an instant.
type Sample struct {
	At    time.Time
	Value float64
}

// Answer is what a server answered.
type Answer struct {
	// Series are those that the query selects: it should be one.
	Series [][]Sample
	// Troubles say why nothing, or not all, of it can be relied on: the server is away, it
	// refused the query, it warns.
	Troubles []string
}

// Asked is what was asked.
type Asked struct {
	Measure domain.TestMeasure
	Query   string
	Over    domain.TimeRange
}

// Instants are when is measured: at the beginning, and each interval after it.
func (a Asked) Instants() int { return int(a.Over.Length()/a.Measure.Step()) + 1 }

// Judge says what an answer means. A FAIL needs more failures than the limit, a PASS
// all that was asked for but what the limits allow, and one success at least. What
// cannot be relied on is INCONCLUSIVE, and so is silence: it never passes by itself.
func Judge(a Asked, answer Answer) (domain.TestVerdict, domain.Measurement) {
	m := domain.Measurement{
		Source: a.Measure.Source, Query: a.Query, From: a.Over.From, To: a.Over.To, Interval: a.Measure.Interval, Asked: a.Instants(), Reasons: []string{},
	}
	troubles := answer.Troubles
	switch len(answer.Series) {
	case 1:
		troubles = append(troubles[:len(troubles):len(troubles)], count(&m, a, answer.Series[0])...)
	case 0:
		m.Inconclusive = m.Asked
		if len(troubles) == 0 {
			troubles = []string{"the query selects nothing"}
		}
	default:
		m.Inconclusive = m.Asked
		troubles = append(troubles[:len(troubles):len(troubles)], fmt.Sprintf("the query selects %d series, and must select one", len(answer.Series)))
	}
	if len(troubles) > 0 {
		m.Reasons = troubles
		return domain.TestInconclusive, m
	}
	verdict, why := decide(m, or(a.Measure.FailureLimit), or(a.Measure.InconclusiveLimit))
	m.Reasons = []string{why}
	return verdict, m
}

func or(limit *int) int {
	if limit == nil {
		return 0
	}
	return *limit
}

// decide judges by the counts.
func decide(m domain.Measurement, failures, inconclusive int) (domain.TestVerdict, string) {
	switch {
	case m.Failed > failures:
		return domain.TestFailed, fmt.Sprintf("%d of %d measurements failed, and %d may", m.Failed, m.Asked, failures)
	case m.Inconclusive > inconclusive:
		return domain.TestInconclusive, fmt.Sprintf("%d of %d measurements say nothing, and %d may", m.Inconclusive, m.Asked, inconclusive)
	case m.Succeeded == 0:
		return domain.TestInconclusive, fmt.Sprintf("none of %d measurements succeeded", m.Asked)
	}
	return domain.TestPassed, fmt.Sprintf("%d of %d measurements succeeded, %d failed, %d say nothing", m.Succeeded, m.Asked, m.Failed, m.Inconclusive)
}

// count counts the measurements of a series, and says what is wrong with it. An
// instant without a number is inconclusive.
func count(m *domain.Measurement, a Asked, series []Sample) (troubles []string) {
	at, stray := map[int]float64{}, 0
	for _, s := range series {
		n, exact := a.index(s.At)
		if _, known := at[n]; known || !exact || n < 0 || n >= m.Asked {
			stray++
			continue
		}
		at[n] = s.Value
	}
	if stray > 0 {
		troubles = append(troubles, fmt.Sprintf("%d numbers are of other times than was asked for", stray))
	}
	for n := range m.Asked {
		value, there := at[n]
		if !there || math.IsNaN(value) || math.IsInf(value, 0) {
			m.Inconclusive++
			continue
		}
		note(m, value)
		switch means(a.Measure, value) {
		case domain.TestPassed:
			m.Succeeded++
		case domain.TestFailed:
			m.Failed++
		default:
			m.Inconclusive++
		}
	}
	return troubles
}

// index is which instant a time is, and whether it is one.
func (a Asked) index(at time.Time) (n int, exact bool) {
	d, step := at.Sub(a.Over.From), a.Measure.Step()
	return int(d / step), d%step == 0 && d >= 0
}

// note keeps the bounds of what was measured.
func note(m *domain.Measurement, value float64) {
	if m.Least == nil || value < *m.Least {
		m.Least = &value
	}
	if m.Most == nil || value > *m.Most {
		m.Most = &value
	}
	m.Last = &value
}

// means says what a number means: a failure before anything else, and with one limit
// alone what is not the one is the other.
func means(m domain.TestMeasure, value float64) domain.TestVerdict {
	switch {
	case m.Failure != nil && m.Failure.Holds(value):
		return domain.TestFailed
	case m.Success == nil || m.Success.Holds(value):
		return domain.TestPassed
	case m.Failure == nil:
		return domain.TestFailed
	}
	return domain.TestInconclusive
}
