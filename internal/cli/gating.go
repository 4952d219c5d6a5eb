package cli

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"releasegraph/internal/app"
)

// gating has gates of waves measured whose time has come. Servers that are asked may be
// slow: nothing else waits for them.
type gating struct {
	app *app.App
	log zerolog.Logger
}

// gateEvery is how often is looked for gates to measure.
const gateEvery = time.Second

// Run works until the context ends. What fails is logged and tried again.
func (g gating) Run(ctx context.Context) {
	if g.app.Gates.Measuring == nil {
		return
	}
	for tick := time.NewTicker(gateEvery); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
		if err := g.app.Gates.Measure(g.app.WithLoads(ctx)); err != nil && ctx.Err() == nil {
			g.log.Error().Err(err).Msg("gates of waves could not be measured, and are tried again")
		}
	}
}
