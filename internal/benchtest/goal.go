package benchtest

import "testing"

// The metrics of a benchmark that the table understands: of a figure in some
// unit, "baseline-UNIT" is what it is held against, "max-UNIT" or "min-UNIT" its
// goal; "max-ratio" or "min-ratio" is the goal of the figure over its baseline.

// AtMost reports a figure that should not be larger than the goal.
func AtMost(b *testing.B, unit string, figure, goal float64) {
	b.ReportMetric(figure, unit)
	b.ReportMetric(goal, "max-"+unit)
}

// Beside reports a figure, its baseline and the ratio of the two.
func Beside(b *testing.B, unit string, figure, baseline float64) {
	b.ReportMetric(figure, unit)
	b.ReportMetric(baseline, "baseline-"+unit)
	b.ReportMetric(figure/baseline, "ratio")
}

// RatioAtMost is Beside, with the largest ratio wished for.
func RatioAtMost(b *testing.B, unit string, figure, baseline, goal float64) {
	Beside(b, unit, figure, baseline)
	b.ReportMetric(goal, "max-ratio")
}

// RatioAtLeast is Beside, with the smallest ratio wished for.
func RatioAtLeast(b *testing.B, unit string, figure, baseline, goal float64) {
	Beside(b, unit, figure, baseline)
	b.ReportMetric(goal, "min-ratio")
}
