package running

import (
	"time"

	"releasegraph/internal/domain"
)

// Expected is when the last wave of a deployment is expected to be done (M2): as planned
// or, where a wave ended later than planned or is late by now, as much later than planned
// as the last such wave is. It is nil where no wave says when it is planned. The waves
// come by number.
func Expected(d *domain.Deployment, waves []*domain.Wave, now time.Time) *time.Time {
	var end *time.Time
	late := time.Duration(0)
	for _, w := range waves {
		if w.Status == domain.WaveSkipped || w.WindowTo == nil {
			continue
		}
		planned := *w.WindowTo
		if end == nil || planned.After(*end) {
			end = &planned
		}
		switch {
		case w.Status == domain.WaveSucceeded && w.SucceededAt != nil:
			late = max(0, w.SucceededAt.Sub(planned))
		case w.Status != domain.WaveSucceeded && now.Sub(planned) > late:
			late = now.Sub(planned)
		}
	}
	if end == nil || d.Status != domain.DeploymentRunning && d.Status != domain.DeploymentPaused {
		return nil
	}
	at := end.Add(late)
	return &at
}
