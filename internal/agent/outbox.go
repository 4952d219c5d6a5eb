package agent

import (
	"context"
	"errors"
	"slices"
	"time"
)

// tell writes a report down; deliver brings it.
func (a *Agent) tell(r Report) { a.state.Outbox = append(a.state.Outbox, r) }

// deliver brings the reports that wait, in their order. One that cannot be brought now
// keeps those behind it; one that is refused for good is set aside.
func (a *Agent) deliver(ctx context.Context) error {
	for len(a.state.Outbox) > 0 {
		r := a.state.Outbox[0]
		_, err := a.Server.Report(ctx, r)
		var refused *Refused
		switch {
		case err == nil:
			a.Log.Info().Str("deployment", r.Deployment).Str("release", r.Release).Str("status", string(r.Status)).Msg("reported")
		case errors.As(err, &refused) && refused.final():
			a.Log.Error().Str("deployment", r.Deployment).Str("status", string(r.Status)).Err(err).Msg("a report was refused, and is set aside")
			a.state.SetAside = append(a.state.SetAside, aside{r, err.Error(), time.Now().UTC()})
			a.state.SetAside = a.state.SetAside[max(0, len(a.state.SetAside)-mostAside):]
		default:
			return err
		}
		a.state.Outbox = slices.Delete(a.state.Outbox, 0, 1)
		if err := a.keep(); err != nil {
			return err
		}
	}
	return nil
}
