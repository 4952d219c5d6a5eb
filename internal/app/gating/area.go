// Package gating has gates of waves measured that are due to be (D2).
package gating

import (
	"context"
	"errors"
	"fmt"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/running"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/measure"
	"releasegraph/internal/store"
)

// Measuring asks servers for measurements of gates.
type Measuring interface {
	Ask(ctx context.Context, a measure.Asked) (measure.Answer, error)
}

// Area measures gates.
type Area struct {
	estate  *estate.Estate
	running *running.Area
	// Measuring asks servers; nil: there is none.
	Measuring Measuring
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, r *running.Area) *Area { return &Area{estate: e, running: r} }

// Measure has the gates measured that are due to be: a PASS opens one, a FAIL refuses it,
// and what says nothing is measured again (D2). Servers that do so at once are harmless to
// each other: guards let one of two decide. What fails for one is told behind the others.
func (a *Area) Measure(ctx context.Context) error {
	if a.Measuring == nil {
		return nil
	}
	ctx = acting.WithIdentity(ctx, acting.Clock)
	waves, err := estate.All[*domain.Wave](ctx, a.estate.Everything(), store.Query{Order: []store.Order{{Property: "key"}}, Filter: store.And{
		store.Compare{Property: "gate", Op: store.Eq, Value: string(domain.MeasuredGate)},
		store.Compare{Property: "status", Op: store.Eq, Value: string(domain.WaveReady)},
		store.Compare{Property: "gateVerdict", Op: store.IsNull},
	}})
	if err != nil {
		return err
	}
	var failed []error
	for _, w := range waves {
		if err := a.measure(ctx, w); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", w.Key, err))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(failed...)
}

// measure asks for the measurements of a gate, if that is due, and decides by them. The
// server is asked before anything is written.
func (a *Area) measure(ctx context.Context, w *domain.Wave) error {
	id := store.ID(w.ID)
	far, err := estate.Linked[*domain.Deployment](ctx, a.estate.Everything(), []store.ID{id}, domain.RelHasWave, store.In)
	if err != nil || len(far[id]) == 0 || far[id][0].Status != domain.DeploymentRunning {
		return err
	}
	d := far[id][0]
	over, due, err := a.running.GateDue(ctx, d, w)
	if err != nil || !due {
		return err
	}
	asked := measure.Asked{Measure: *w.GateMeasure, Query: *w.GateQuery, Over: over}
	answer, err := a.Measuring.Ask(ctx, asked)
	if err != nil {
		return err
	}
	verdict, kept := measure.Judge(asked, answer)
	return a.running.DecideGate(ctx, d, w, verdict, kept)
}
