package running

import (
	"context"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
)

// setMeasure gives a gate that is MEASURED the query and the measure of a test, as they are
// now (D2).
func setMeasure(ctx context.Context, v estate.View, in SetGate, w *domain.Wave) error {
	w.GateMeasure, w.GateQuery, w.GateOver, w.GateMeasured, w.GateMeasuredAt = nil, nil, in.Over, nil, nil
	switch {
	case in.Gate != domain.MeasuredGate && (in.Test != nil || in.Over != nil):
		return domain.Breaks("D2", "input.test", "and over go with a gate that is MEASURED, and this one is %s", in.Gate)
	case in.Gate != domain.MeasuredGate:
		return nil
	case in.Test == nil || in.Over == nil:
		return domain.Breaks("D2", "input.test", "or over is missing: a gate that is MEASURED says by which test, and over how long")
	}
	test, err := estate.One[*domain.AcceptanceTest](ctx, v, *in.Test, "input.test")
	switch {
	case err != nil:
		return err
	case test.Measure == nil || test.Query == nil:
		return domain.Breaks("D2", "input.test", "has no query and no measure: no server can be asked")
	}
	w.GateMeasure, w.GateQuery = test.Measure, test.Query
	return nil
}

// GateDue says over which time the gate of a wave is to be measured now (D2); false: it is
// not.
func (a *Area) GateDue(ctx context.Context, d *domain.Deployment, w *domain.Wave) (over domain.TimeRange, due bool, err error) {
	c, err := a.open(ctx, d)
	if err != nil {
		return over, false, err
	}
	for i, one := range c.r.Waves {
		if one.ID == w.ID && one.Version == w.Version {
			over, due = c.r.Measures(i, c.now)
		}
	}
	return over, due, nil
}

// DecideGate keeps what was measured of a gate, with what it comes to, unless somebody has
// decided meanwhile (D2).
func (a *Area) DecideGate(ctx context.Context, d *domain.Deployment, measured *domain.Wave, verdict domain.TestVerdict, kept domain.Measurement) error {
	o := &domain.WriteOptions{Reason: optional.Text("its gate was measured")}
	_, err := a.onWave(ctx, rollsOut, "measureGate", domain.Ref{ID: &d.ID}, []any{measured.ID, kept.To}, o, func(_ context.Context, c *course) (*domain.Wave, error) {
		w, err := c.gated(measured.Ordinal)
		if err != nil || w.Version != measured.Version {
			return w, err
		}
		next, by := *w, acting.Name(ctx)
		next.GateMeasured, next.GateMeasuredAt = &kept, &c.now
		decided := map[domain.TestVerdict]domain.GateVerdict{domain.TestPassed: domain.GateGo, domain.TestFailed: domain.GateNoGo}
		if to, is := decided[verdict]; is {
			next.GateVerdict, next.GateDecidedBy, next.GateDecidedAt = &to, &by, &c.now
		}
		return &next, nil
	})
	return err
}
