package running

import (
	"maps"
	"time"

	"releasegraph/internal/domain"
)

// Apply returns the roll-out as it is after some moves at a moment, and leaves this one
// as it is: the records that move are others.
func (r *Rollout) Apply(moves []Move, now time.Time) *Rollout {
	next := r.clone()
	next.Make(moves, now)
	return next
}

// Make makes moves in the roll-out itself: the records that move are others, those that
// it had stay as they are.
func (r *Rollout) Make(moves []Move, now time.Time) {
	for _, m := range moves {
		r.apply(m, now)
	}
}

// clone copies the roll-out with its waves and steps; the records are the same.
func (r *Rollout) clone() *Rollout {
	next := *r
	next.Waves = make([]*Wave, len(r.Waves))
	for i, w := range r.Waves {
		wave := &Wave{Wave: w.Wave, Steps: make([]*Step, len(w.Steps)), Opens: w.Opens, LastFailed: w.LastFailed}
		if w.Counts != nil {
			counts := maps.Clone(*w.Counts)
			wave.Counts = &counts
		}
		for j, s := range w.Steps {
			step := *s
			wave.Steps[j] = &step
		}
		next.Waves[i] = wave
	}
	return &next
}

func (r *Rollout) apply(m Move, now time.Time) {
	if m.Kind == domain.KindDeployment {
		d := *r.Deployment
		d.Come(domain.DeploymentStatus(m.To), m.Why, now)
		r.Deployment = &d
		return
	}
	for _, w := range r.Waves {
		if m.Kind == domain.KindWave {
			if w.ID == m.ID {
				wave := *w.Wave
				wave.Come(domain.WaveStatus(m.To), m.Why, now)
				w.Wave = &wave
				return
			}
			continue
		}
		for _, s := range w.Steps {
			if s.ID == m.ID {
				w.come(s, m, now)
				return
			}
		}
	}
}

// reaches has the window of the wave last until a time: what is planned shows it.
func (w *Wave) reaches(until time.Time) {
	if w.WindowTo == nil || !until.After(*w.WindowTo) {
		return
	}
	wave := *w.Wave
	wave.WindowTo = &until
	w.Wave = &wave
}

// come does to a step of the wave what a move says.
func (w *Wave) come(s *Step, m Move, now time.Time) {
	step := *s.SiteRollout
	switch {
	case m.To != "":
		if w.Counts != nil {
			(*w.Counts)[step.Status]--
			(*w.Counts)[domain.SiteRolloutStatus(m.To)]++
		}
		step.Come(domain.SiteRolloutStatus(m.To), m.Why, now)
	case m.Tell == Overdue:
		step.OverdueSince = &now
	case m.Tell == Warned:
		step.WarnedAt = &now
	case m.Tell == Reminded:
		step.RemindedAt = &now
	case m.Tell == Forced && m.Window != nil:
		step.ForcedAt, step.OverdueSince = &now, nil
		step.WindowFrom, step.WindowTo = &m.Window.From, &m.Window.To
		w.reaches(m.Window.To)
	}
	s.SiteRollout = &step
}
