package domain

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// TestMeasure is how a test is measured by a query (R7): which server is asked, how
// often over the period, and what its answers mean.
type TestMeasure struct {
	// Source is the name of a server that was configured at start.
	Source string `json:"source"`
	// Interval is between two measurements: PT1M.
	Interval string `json:"interval"`
	// Success is when a measurement succeeds, Failure when it fails. With one of them
	// what does not is the other, with both what is neither is inconclusive.
	Success *MeasureLimit `json:"success"`
	Failure *MeasureLimit `json:"failure"`
	// FailureLimit and InconclusiveLimit are how many measurements may fail, or be
	// inconclusive; nil: none.
	FailureLimit      *int `json:"failureLimit"`
	InconclusiveLimit *int `json:"inconclusiveLimit"`
}

// MeasureLimit is a half of all numbers.
type MeasureLimit struct {
	Is    MeasureComparison `json:"is"`
	Value float64           `json:"value"`
}

// MeasureComparison compares what was measured with a value.
type MeasureComparison string

// The comparisons.
const (
	AtLeast MeasureComparison = "AT_LEAST"
	AtMost  MeasureComparison = "AT_MOST"
	Above   MeasureComparison = "ABOVE"
	Below   MeasureComparison = "BELOW"
)

// MeasureComparisons lists all comparisons.
var MeasureComparisons = []MeasureComparison{AtLeast, AtMost, Above, Below}

// Holds reports whether a number is on the right side.
func (l MeasureLimit) Holds(n float64) bool {
	switch l.Is {
	case AtLeast:
		return n >= l.Value
	case AtMost:
		return n <= l.Value
	case Above:
		return n > l.Value
	case Below:
		return n < l.Value
	}
	return false
}

// upwards reports whether the limit holds for all that is large enough.
func (l MeasureLimit) upwards() bool { return l.Is == AtLeast || l.Is == Above }

// meets reports whether some number is on the right side of both.
func (l MeasureLimit) meets(other MeasureLimit) bool {
	if l.upwards() == other.upwards() {
		return true
	}
	low, high := l, other
	if !l.upwards() {
		low, high = other, l
	}
	return low.Value < high.Value || low.Value == high.Value && low.Is == AtLeast && high.Is == AtMost
}

// MostMeasurements is how many measurements a run has at most.
const MostMeasurements = 1440

// Step is the time between two measurements.
func (m *TestMeasure) Step() time.Duration {
	d, _ := ParseDuration(m.Interval) // which Check has read
	return d
}

// check adds what is wrong with the measure.
func (m *TestMeasure) check(es *Errors) {
	es.wrong("measure.source", CheckKey(m.Source))
	switch step, err := ParseDuration(m.Interval); {
	case err != nil:
		es.wrong("measure.interval", err)
	case step < time.Second || step > 24*time.Hour || step%time.Second != 0:
		es.wrong("measure.interval", errors.New("must be whole seconds, from PT1S to P1D"))
	}
	for _, one := range []struct {
		field string
		limit *MeasureLimit
	}{{"measure.success", m.Success}, {"measure.failure", m.Failure}} {
		if one.limit == nil {
			continue
		}
		if math.IsNaN(one.limit.Value) || math.IsInf(one.limit.Value, 0) {
			es.wrong(one.field+".value", errors.New("must be a number"))
		}
		if !slices.Contains(MeasureComparisons, one.limit.Is) {
			es.wrong(one.field+".is", fmt.Errorf("must be one of %s", list(MeasureComparisons)))
		}
	}
	switch {
	case m.Success == nil && m.Failure == nil:
		es.rule("R7", "measure.success", "is missing, and so is failure: say when a measurement succeeds, when it fails, or both")
	case m.Success != nil && m.Failure != nil && m.Success.meets(*m.Failure):
		es.rule("R7", "measure.failure", "meets success: a measurement would both succeed and fail")
	}
	es.within("measure.failureLimit", m.FailureLimit, 0, MostMeasurements)
	es.within("measure.inconclusiveLimit", m.InconclusiveLimit, 0, MostMeasurements)
}

// CheckMeasured says why the test cannot be measured over a period (R7): nobody said
// how, or the period has too few or too many measurements, or is not over.
func (t *AcceptanceTest) CheckMeasured(over TimeRange, now time.Time) (es Errors) {
	if t.Measure == nil || t.Query == nil {
		es.rule("R7", "test", "has no query and no measure: it is reported by who runs it (reportTestRun)")
		return es
	}
	step := t.Measure.Step()
	switch {
	case !over.From.Before(over.To):
		es.rule("R7", "to", "must be after from")
	case over.Length() < step:
		es.rule("R7", "to", fmt.Sprintf("is less than one interval of %s after from", t.Measure.Interval))
	case over.Length()/step+1 > MostMeasurements:
		es.rule("R7", "to", fmt.Sprintf("would ask for %d measurements, and a run has %d at most", over.Length()/step+1, MostMeasurements))
	}
	if over.To.After(now) {
		es.rule("R7", "to", fmt.Sprintf("is in the future: it is %s", now.UTC().Format(time.RFC3339)))
	}
	return es
}

// Measurement is what was measured in a run, as it is kept: what was asked, and what
// came of it.
type Measurement struct {
	Source   string    `json:"source"`
	Query    string    `json:"query"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Interval string    `json:"interval"`
	// Asked is how many measurements there should be; the next three say what became
	// of them.
	Asked        int `json:"asked"`
	Succeeded    int `json:"succeeded"`
	Failed       int `json:"failed"`
	Inconclusive int `json:"inconclusive"`
	// Least, Most and Last are of the numbers that were measured; nil: none was.
	Least *float64 `json:"least"`
	Most  *float64 `json:"most"`
	Last  *float64 `json:"last"`
	// Reasons say why the verdict is what it is.
	Reasons []string `json:"reasons"`
}
