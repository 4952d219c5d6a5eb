package running

import (
	"time"

	"releasegraph/internal/domain"
)

// Apply returns the roll-out as it is after some moves at a moment, and leaves this one
// as it is: the records that move are others.
func (r *Rollout) Apply(moves []Move, now time.Time) *Rollout {
	next := r.clone()
	for _, m := range moves {
		next.apply(m, now)
	}
	return next
}

// clone copies the roll-out with its waves and steps; the records are the same.
func (r *Rollout) clone() *Rollout {
	next := *r
	next.Waves = make([]*Wave, len(r.Waves))
	for i, w := range r.Waves {
		wave := &Wave{Wave: w.Wave, Steps: make([]*Step, len(w.Steps))}
		for j, s := range w.Steps {
			step := *s
			wave.Steps[j] = &step
		}
		next.Waves[i] = wave
	}
	return &next
}

func (r *Rollout) apply(m Move, now time.Time) {
	if m.To == "" {
		return
	}
	if m.Kind == domain.KindDeployment {
		d := *r.Deployment
		d.Come(domain.DeploymentStatus(m.To), m.Why, now)
		r.Deployment = &d
		return
	}
	for _, w := range r.Waves {
		if m.Kind == domain.KindWave && w.ID == m.ID {
			wave := *w.Wave
			wave.Come(domain.WaveStatus(m.To), m.Why, now)
			w.Wave = &wave
		}
		for _, s := range w.Steps {
			if m.Kind == domain.KindSiteRollout && s.ID == m.ID {
				step := *s.SiteRollout
				step.Come(domain.SiteRolloutStatus(m.To), m.Why, now)
				s.SiteRollout = &step
			}
		}
	}
}
