package running

import (
	"fmt"
	"time"

	"releasegraph/internal/domain"
)

// tooMany pauses the deployment where too many steps of a wave have failed since it was
// started or resumed (D4, D5). Who reports judges at once; two who report at once may
// each see one failure too few.
func (r *Rollout) tooMany(time.Time) []Move {
	d := r.Deployment
	if d.Status != domain.DeploymentRunning {
		return nil
	}
	for _, w := range r.Waves {
		t := w.count().Tally(d.Activation)
		if t.TooManyFailed(d.ErrorThreshold) && (d.StatusSince == nil || w.lastFailed().After(*d.StatusSince)) {
			return r.pause(tooManyFailed(t, d.ErrorThreshold))
		}
	}
	return nil
}

// tooManyFailed names no wave: whoever reads it may not see that. Failing tells which.
func tooManyFailed(t Tally, threshold int) string {
	return fmt.Sprintf("%d of the %d sites of a wave failed: more than %d %%", t.Failed, t.Total, threshold)
}

// Failing reports whether more steps failed, of those that are counted, than the error
// threshold of a deployment lets (D4).
func Failing(d *domain.Deployment, c Counts) bool {
	return c.Tally(d.Activation).TooManyFailed(d.ErrorThreshold)
}

// Pause pauses the deployment, with its running waves (D5).
func (r *Rollout) Pause(why string) []Move { return r.pause(why) }

// Resume lets the deployment and its paused waves go on (D5).
func (r *Rollout) Resume(why string) []Move {
	list := []Move{moveDeployment(r.Deployment, domain.DeploymentRunning, why)}
	for _, w := range r.Waves {
		if w.Status == domain.WavePaused {
			list = append(list, moveWave(w, domain.WaveRunning, why))
		}
	}
	return list
}

// Abort gives the deployment up: what was not installed is left out, with the waves that
// have not begun (D1).
func (r *Rollout) Abort(why string) []Move {
	list := []Move{moveDeployment(r.Deployment, domain.DeploymentAborted, why)}
	for _, w := range r.Waves {
		left := 0
		for _, s := range w.Steps {
			switch s.Status {
			case domain.SitePending, domain.SiteDistributed:
				list = append(list, moveStep(s, domain.SiteSkipped, why))
			case domain.SiteSkipped:
			default:
				left++
			}
		}
		if left == 0 && w.Status != domain.WaveSucceeded && w.Status != domain.WaveSkipped {
			list = append(list, moveWave(w, domain.WaveSkipped, why))
		}
	}
	return list
}

// BackOut begins to take the release back everywhere: what was not installed is left out
// (D7).
func (r *Rollout) BackOut(why string) []Move {
	list := r.Abort(why)
	list[0] = moveDeployment(r.Deployment, domain.DeploymentBackingOut, why)
	return list
}

// Activate has all that is installed run (P8).
func (r *Rollout) Activate(why string) (list []Move) {
	for _, w := range r.Waves {
		for _, s := range w.Steps {
			if s.Status == domain.SiteInstalled {
				list = append(list, moveStep(s, domain.SiteActivated, why))
			}
		}
	}
	return list
}

// Step moves one step (D5).
func (r *Rollout) Step(s *Step, to domain.SiteRolloutStatus, why string) Move {
	return moveStep(s, to, why)
}

// Begin lets a wave that FAILED go on, as one of its steps is tried again (D5): while the
// deployment is PAUSED, it is, too.
func (r *Rollout) Begin(w *Wave, why string) []Move {
	list := []Move{moveWave(w, domain.WaveRunning, why)}
	if r.Deployment.Status == domain.DeploymentPaused {
		list = append(list, moveWave(w, domain.WavePaused, why))
	}
	return list
}

// Judge says what follows for a wave from the states of its steps (D4), the error
// threshold first. failed says that one of them has failed just now: only then does the
// error threshold pause the deployment, so that resuming is no loop.
func (r *Rollout) Judge(w *Wave, failed bool) []Move {
	d := r.Deployment
	t := w.count().Tally(d.Activation)
	if failed && d.Status == domain.DeploymentRunning && t.TooManyFailed(d.ErrorThreshold) {
		return r.pause(tooManyFailed(t, d.ErrorThreshold))
	}
	return r.settle(w, t)
}

// pause pauses the deployment, with its running waves.
func (r *Rollout) pause(why string) []Move {
	list := []Move{moveDeployment(r.Deployment, domain.DeploymentPaused, why)}
	for _, w := range r.Waves {
		if w.Status == domain.WaveRunning {
			list = append(list, moveWave(w, domain.WavePaused, why))
		}
	}
	return list
}

// settle says whether a wave has come to its end.
func (r *Rollout) settle(w *Wave, t Tally) []Move {
	switch w.Status {
	case domain.WavePending, domain.WaveReady, domain.WaveRunning, domain.WavePaused, domain.WaveFailed:
	default:
		return nil
	}
	begun := w.Status == domain.WaveRunning || w.Status == domain.WavePaused
	switch d := r.Deployment; {
	case t.Total == 0 && w.Exposure != nil && w.Status != domain.WaveRunning:
		return nil
	case t.Total == 0 && w.Exposure != nil:
		return []Move{moveWave(w, domain.WaveSucceeded, fmt.Sprintf("%d %% of all have the release", *w.Exposure))}
	case t.Total == 0:
		return []Move{moveWave(w, domain.WaveSkipped, "all of its sites were left out")}
	case (begun || w.Status == domain.WaveFailed) && t.Enough(d.SuccessThreshold):
		return []Move{moveWave(w, domain.WaveSucceeded, fmt.Sprintf("%d of %d sites are done: %d %% are enough", t.Verified, t.Total, d.SuccessThreshold))}
	case begun && w.final():
		return []Move{moveWave(w, domain.WaveFailed, fmt.Sprintf("only %d of %d sites are done, and %d %% are needed", t.Verified, t.Total, d.SuccessThreshold))}
	}
	return nil
}
