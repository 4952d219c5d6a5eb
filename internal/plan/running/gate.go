package running

import (
	"fmt"
	"strings"
	"time"

	"releasegraph/internal/domain"
)

// Measures says over which time the gate of a wave is to be measured now (D2); false: it is
// not. What is measured came after the wave before it, and what is watched of that; one that
// said nothing is measured again an interval later.
func (r *Rollout) Measures(i int, now time.Time) (over domain.TimeRange, due bool) {
	w := r.Waves[i]
	if w.Status != domain.WaveReady || w.Gate != domain.MeasuredGate || w.GateVerdict != nil || w.GateMeasure == nil || now.Before(r.measurable(i)) {
		return over, false
	}
	if w.GateMeasuredAt != nil && now.Before(w.GateMeasuredAt.Add(w.GateMeasure.Step())) {
		return over, false
	}
	to := now.Truncate(time.Second)
	return domain.TimeRange{From: to.Add(-w.MeasuredOver()), To: to}, true
}

// measurable is from when on the gate of a wave can be measured, zero: at any time.
func (r *Rollout) measurable(i int) time.Time {
	since := r.lastSucceeded(i)
	if since == nil {
		return time.Time{}
	}
	return since.Add(max(r.Soak, r.Waves[i].MeasuredOver()))
}

// unmeasured says why a gate that is MEASURED is not open.
func (r *Rollout) unmeasured(i int, now time.Time) string {
	w := r.Waves[i]
	told := ""
	if w.GateMeasured != nil {
		told = ": " + strings.Join(w.GateMeasured.Reasons, "; ")
	}
	switch {
	case w.GateVerdict != nil:
		return "its gate was refused" + told
	case w.GateMeasuredAt != nil:
		return fmt.Sprintf("its gate was measured at %s, and that says nothing%s", w.GateMeasuredAt.UTC().Format(time.RFC3339), told)
	case now.Before(r.measurable(i)):
		return fmt.Sprintf("its gate is measured at %s", r.measurable(i).UTC().Format(time.RFC3339))
	}
	return "its gate has not been measured yet"
}
