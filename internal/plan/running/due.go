package running

import (
	"fmt"
	"slices"
	"time"

	"releasegraph/internal/domain"
)

// Due says what happens at a moment by itself (D1 to D4, D8), in this order: the
// instant of a common activation; waves that have come to their end; the deployment
// that is done; waves that are READY, then those that begin; steps that took too long;
// overdue ones; the deadline of a PULL, that it is near and that it is over; the end of
// the time for which the release is watched. When that is done Due is asked again, until it says nothing.
func (r *Rollout) Due(now time.Time) []Move {
	switch r.Deployment.Status {
	case domain.DeploymentRunning, domain.DeploymentPaused:
		return r.dueOfOpen(now)
	case domain.DeploymentVerifying:
		if until := r.Deployment.VerifyingUntil; until != nil && !now.Before(*until) {
			return []Move{moveDeployment(r.Deployment, domain.DeploymentClosed, "the time for which it is watched is over")}
		}
	case domain.DeploymentBackingOut:
		if list := r.undone(); len(list) > 0 {
			return list
		}
		if r.backedOut() {
			return []Move{moveDeployment(r.Deployment, domain.DeploymentBackedOut, "all of its sites were taken back")}
		}
	}
	return nil
}

// dueOfOpen asks each rule in its turn. A rule that moves something is the last one to
// be asked: the next one looks at what comes of it.
func (r *Rollout) dueOfOpen(now time.Time) []Move {
	for _, rule := range []func(time.Time) []Move{r.activate, r.tooMany, r.ended, r.verifying, r.ready, r.begin, r.late} {
		if list := rule(now); len(list) > 0 {
			return list
		}
	}
	return slices.Concat(r.overdue(now), r.near(now), r.deadline(now))
}

// activate is the instant of a common activation (P8, D4): what is installed begins to
// run, also what tells only later that it was installed before; and where the instant was
// SCHEDULED, what is not has failed. One that is tried again after the instant is not too
// late.
func (r *Rollout) activate(now time.Time) (list []Move) {
	d := r.Deployment
	if d.Activation == domain.AtInstall || d.ActivateAt == nil || now.Before(*d.ActivateAt) {
		return nil
	}
	for _, w := range r.Waves {
		for _, s := range w.Steps {
			switch since := s.StatusSince; s.Status {
			case domain.SiteInstalled:
				list = append(list, moveStep(s, domain.SiteActivated, "the instant of the activation has come"))
			case domain.SitePending, domain.SiteDistributed:
				if d.Activation == domain.Scheduled && (since == nil || !since.After(*d.ActivateAt)) {
					list = append(list, moveStep(s, domain.SiteFailed, "it was not installed at the instant of the activation"))
				}
			}
		}
	}
	return list
}

// ended are the waves that have come to their end.
func (r *Rollout) ended(time.Time) (list []Move) {
	for _, w := range r.Waves {
		list = append(list, r.settle(w, w.count().Tally(r.Deployment.Activation))...)
	}
	return list
}

// undone are the waves that had begun, and whose sites were taken back (D7).
func (r *Rollout) undone() (list []Move) {
	for _, w := range r.Waves {
		if (w.Status == domain.WaveRunning || w.Status == domain.WavePaused) && w.Have() == 0 {
			list = append(list, moveWave(w, domain.WaveFailed, "its sites were taken back"))
		}
	}
	return list
}

// verifying is the deployment whose waves are all done, and all of whose sites are.
func (r *Rollout) verifying(time.Time) []Move {
	if r.Deployment.Status != domain.DeploymentRunning {
		return nil
	}
	for _, w := range r.Waves {
		if w.Status != domain.WaveSucceeded && w.Status != domain.WaveSkipped || !w.final() {
			return nil
		}
	}
	return []Move{moveDeployment(r.Deployment, domain.DeploymentVerifying, "all of its waves are done")}
}

// ready are the waves all before which have succeeded.
func (r *Rollout) ready(time.Time) []Move {
	for _, w := range r.Waves {
		switch w.Status {
		case domain.WaveSucceeded, domain.WaveSkipped:
		case domain.WavePending:
			return []Move{moveWave(w, domain.WaveReady, "the waves before it are done")}
		default:
			return nil
		}
	}
	return nil
}

// begin is the wave that is READY and may begin (D2).
func (r *Rollout) begin(now time.Time) []Move {
	if r.Deployment.Status != domain.DeploymentRunning {
		return nil
	}
	for i, w := range r.Waves {
		if w.Status == domain.WaveReady && r.HeldBy(i, now) == "" {
			return []Move{moveWave(w, domain.WaveRunning, "its time has come")}
		}
	}
	return nil
}

// HeldBy says what keeps a wave that is READY from beginning (D2): soak, gate, window;
// "" for nothing.
func (r *Rollout) HeldBy(i int, now time.Time) string {
	w := r.Waves[i]
	if since := r.lastSucceeded(i); since != nil && now.Before(since.Add(r.Soak)) {
		return fmt.Sprintf("the wave before it is watched until %s", since.Add(r.Soak).UTC().Format(time.RFC3339))
	}
	switch {
	case w.Gate == domain.PersonGate && (w.GateVerdict == nil || *w.GateVerdict != domain.GateGo):
		return "nobody has opened its gate"
	case w.Gate == domain.MeasuredGate && (w.GateVerdict == nil || *w.GateVerdict != domain.GateGo):
		return r.unmeasured(i, now)
	case w.Gate == domain.TimeGate && w.OpensAt != nil && now.Before(*w.OpensAt):
		return fmt.Sprintf("its gate opens at %s", w.OpensAt.UTC().Format(time.RFC3339))
	}
	if begins := w.begins(); now.Before(begins) {
		return fmt.Sprintf("the window of its first site opens at %s", begins.UTC().Format(time.RFC3339))
	}
	return ""
}

// lastSucceeded is when the last wave before one succeeded, nil for none: what was
// skipped is not watched.
func (r *Rollout) lastSucceeded(i int) *time.Time {
	for i--; i >= 0; i-- {
		if w := r.Waves[i]; w.Status == domain.WaveSucceeded && w.SucceededAt != nil {
			return w.SucceededAt
		}
	}
	return nil
}

// late are the steps that took longer than they may.
func (r *Rollout) late(now time.Time) (list []Move) {
	for _, w := range r.Waves {
		for _, s := range w.Steps {
			if !s.Limit.IsZero() && !now.Before(s.Limit) && (s.Status == domain.SiteDistributed || s.Status == domain.SiteInstalled || s.Status == domain.SiteActivated) {
				list = append(list, moveStep(s, domain.SiteFailed, "it took longer than it may"))
			}
		}
	}
	return list
}

// overdue are the steps of waves that have begun whose window is over, and that are not
// done with: that is told, and is no failure.
func (r *Rollout) overdue(now time.Time) (list []Move) {
	for _, w := range r.Waves {
		if !w.begun() {
			continue
		}
		for _, s := range w.Steps {
			if s.WindowTo != nil && !now.Before(*s.WindowTo) && !s.Status.Final() && s.OverdueSince == nil {
				list = append(list, tell(s, Overdue, "its window is over"))
			}
		}
	}
	return list
}

// near are the sites that have not said when they take the release of a PULL whose
// deadline is near (P1).
func (r *Rollout) near(now time.Time) (list []Move) {
	begins := r.warns()
	if begins == nil || now.Before(*begins) || !now.Before(*r.Deployment.Deadline) {
		return nil
	}
	for _, w := range r.Waves {
		for _, s := range w.Steps {
			hours := s.ChosenAt != nil && s.WindowTo != nil && now.Before(*s.WindowTo)
			if s.Waits() && s.WarnedAt == nil && !hours {
				list = append(list, tell(s, Warned, "the deadline is near"))
			}
		}
	}
	return list
}

// warns is from when on sites are reminded that the deadline is near, nil: they are not.
func (r *Rollout) warns() *time.Time {
	d := r.Deployment
	if d.Approach != domain.Pull || d.Deadline == nil || r.Warning <= 0 {
		return nil
	}
	begins := d.Deadline.Add(-r.Warning)
	return &begins
}

// deadline is what becomes of sites that let the deadline of a PULL pass: that is told, or
// they fail, are left out, or have an hour set for them as in a wave (P1). One that is
// tried again since has its time.
func (r *Rollout) deadline(now time.Time) (list []Move) {
	d := r.Deployment
	if d.Approach != domain.Pull || d.Deadline == nil || now.Before(*d.Deadline) {
		return nil
	}
	const why = "it did not take the release before the deadline"
	for _, w := range r.Waves {
		for _, s := range w.Steps {
			if !s.Waits() {
				continue
			}
			again := s.Attempt > 1 && s.StatusSince != nil && s.StatusSince.After(*d.Deadline)
			switch rule := r.overdueRule(); {
			case rule == domain.FailOverdue && !again:
				list = append(list, moveStep(s, domain.SiteFailed, why))
			case rule == domain.ExcuseOverdue && !again:
				list = append(list, moveStep(s, domain.SiteSkipped, why))
			case rule == domain.ForceOverdue && s.ForcedAt == nil && w.begun():
				list = append(list, tell(s, Forced, why))
			case rule == domain.RemindOverdue && s.RemindedAt == nil:
				list = append(list, tell(s, Reminded, why))
			}
		}
	}
	return list
}

// overdueRule is what becomes of sites that let the deadline pass: they are told.
func (r *Rollout) overdueRule() domain.OverdueRule {
	if rule := r.Deployment.OverdueSites; rule != nil {
		return *rule
	}
	return domain.RemindOverdue
}

// backedOut reports whether each site was taken back, left out, or left as it is by a
// plan that takes back only a part.
func (r *Rollout) backedOut() bool {
	return !slices.ContainsFunc(r.Waves, func(w *Wave) bool { return w.Have() > 0 })
}

// Next is when something may happen by itself that has not at a moment, zero: nothing
// will. It is exact where all steps are at hand.
func (r *Rollout) Next(now time.Time) (next time.Time) {
	note := func(at *time.Time) {
		if at != nil && at.After(now) && (next.IsZero() || at.Before(next)) {
			next = *at
		}
	}
	d := r.Deployment
	note(d.VerifyingUntil)
	if d.Status != domain.DeploymentRunning && d.Status != domain.DeploymentPaused {
		return next
	}
	note(d.ActivateAt)
	note(d.Deadline)
	note(r.warns())
	for i, w := range r.Waves {
		note(w.OpensAt)
		if since := r.lastSucceeded(i); since != nil {
			soaked := since.Add(r.Soak)
			note(&soaked)
		}
		begins := w.begins()
		note(&begins)
		for _, s := range w.Steps {
			note(s.WindowTo)
			if !s.Limit.IsZero() {
				note(&s.Limit)
			}
		}
	}
	return next
}
