package running

import (
	"fmt"

	"releasegraph/internal/domain"
)

// Judge says what follows for a wave from the states of its steps (D4), the error
// threshold first. failed says that one of them has failed just now: only then does the
// error threshold pause the deployment, so that resuming is no loop.
func (r *Rollout) Judge(w *Wave, failed bool) []Move {
	d := r.Deployment
	t := TallyOf(w.Steps, d.Activation)
	if failed && d.Status == domain.DeploymentRunning && t.TooManyFailed(d.ErrorThreshold) {
		return r.pause(fmt.Sprintf("%d of the %d sites of %s failed: more than %d %%", t.Failed, t.Total, w.Key, d.ErrorThreshold))
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
	case t.Total == 0:
		return []Move{moveWave(w, domain.WaveSkipped, "all of its sites were left out")}
	case (begun || w.Status == domain.WaveFailed) && t.Enough(d.SuccessThreshold):
		return []Move{moveWave(w, domain.WaveSucceeded, fmt.Sprintf("%d of %d sites are done: %d %% are enough", t.Verified, t.Total, d.SuccessThreshold))}
	case begun && w.final():
		return []Move{moveWave(w, domain.WaveFailed, fmt.Sprintf("only %d of %d sites are done, and %d %% are needed", t.Verified, t.Total, d.SuccessThreshold))}
	}
	return nil
}

// final reports whether all steps are done with.
func (w *Wave) final() bool {
	for _, s := range w.Steps {
		if !s.Status.Final() {
			return false
		}
	}
	return true
}
