package agent

import (
	"context"
	"errors"
	"fmt"
	"time"

	"releasegraph/internal/digest"
	"releasegraph/internal/domain"
)

// do does a deed, and reports whether something was done: what is not to be done yet is
// looked at again later.
func (a *Agent) do(ctx context.Context, deed Deed, r Rollout) (did bool, err error) {
	j := a.state.Jobs[r.ID]
	if deed == Distribute {
		fresh := &Job{Rollout: r}
		if j != nil {
			fresh.Touched, fresh.Runs, fresh.Refetched = j.Touched, j.Runs, j.Refetched && j.Rollout.Attempt == r.Attempt
		}
		return a.distribute(ctx, fresh)
	}
	if j == nil { // installed by another hand, or the folder is lost
		j = &Job{Rollout: r, Touched: true}
	}
	j.Rollout = r
	a.state.Jobs[r.ID] = j
	switch deed {
	case AuditBefore, AuditAfter:
		return a.audit(ctx, j, deed)
	case Install:
		return a.install(ctx, j)
	case Verify:
		return a.verify(ctx, j)
	}
	return a.takeBack(ctx, j)
}

// may asks the server what would come of a deed, before anything is begun: whether the wave
// and the window are open, no freeze is on, and the kit is the one of the release (D2, D3,
// L2). The server's clock is read with it.
func (a *Agent) may(ctx context.Context, j *Job, status domain.SiteRolloutStatus) (ok bool, answer Answer, err error) {
	return a.mayBy(ctx, j, j.report(a.Site, status, time.Time{}, ""))
}

// mayBy asks what would come of a report.
func (a *Agent) mayBy(ctx context.Context, j *Job, trial Report) (ok bool, answer Answer, err error) {
	before := time.Now()
	trial.ID += "/try" // it is another report than the one that may be kept
	answer, err = a.Server.Try(ctx, trial)
	var refused *Refused
	if errors.As(err, &refused) {
		a.say(j.Rollout, "not yet: "+refused.Error())
		return false, answer, nil
	}
	if err != nil {
		return false, answer, err
	}
	j.Ahead = answer.At.Sub(before)
	delete(a.told, j.Rollout.ID)
	return true, answer, nil
}

// distribute brings the kit to the site, compared with what the library says.
func (a *Agent) distribute(ctx context.Context, j *Job) (did bool, err error) {
	if ok, _, err := a.may(ctx, j, domain.SiteDistributed); err != nil || !ok {
		return false, err
	}
	kit, err := a.Server.Kit(ctx, j.Rollout.Release)
	if err != nil {
		return false, err
	}
	a.state.Jobs[j.Rollout.ID] = j
	j.Kit = kit
	if j.Digest, err = digestOf(kit); err != nil {
		return false, err
	}
	if err := a.fetch(ctx, j); err != nil {
		if !errors.As(err, new(*digest.MismatchError)) {
			return false, err
		}
		return true, a.damaged(j, err)
	}
	j.Phase = Distributed
	if j.Rollout.Status == domain.SitePending {
		a.tell(j.report(a.Site, domain.SiteDistributed, time.Now(), ""))
	}
	return true, a.keep()
}

// install runs the script that installs, with the kit compared once more.
func (a *Agent) install(ctx context.Context, j *Job) (did bool, err error) {
	if err := a.compare(j); err != nil {
		return true, a.damaged(j, err)
	}
	ok, answer, err := a.may(ctx, j, domain.SiteInstalled)
	switch to := j.Rollout.WindowTo; {
	case err != nil || !ok:
		return false, err
	case answer.Status == domain.SiteFailed:
		return true, a.settle(j, Install, domain.SiteFailed, "nothing was run: "+answer.Why)
	case to != nil && !answer.At.Before(*to):
		a.say(j.Rollout, "its window is over: it waits for another plan")
		return false, nil
	}
	plan, err := a.plan(ctx, j)
	if err != nil {
		return false, err
	}
	return true, a.carryOut(ctx, j, Install, plan)
}

// damaged has a kit fetched again that is not the one of the release; one that is not again
// has failed.
func (a *Agent) damaged(j *Job, err error) error {
	if j.Refetched {
		return a.settle(j, Install, domain.SiteFailed, fmt.Sprintf("the kit is not the one of the release, and nothing was run: %v", err))
	}
	a.Log.Warn().Err(err).Str("release", j.Rollout.Release).Msg("the kit is not the one of the release, and is fetched again")
	j.Phase, j.Refetched = Idle, true
	return a.keep()
}

// verify runs the script that looks whether what was installed works.
func (a *Agent) verify(ctx context.Context, j *Job) (did bool, err error) {
	if ok, _, err := a.may(ctx, j, domain.SiteVerified); err != nil || !ok {
		return false, err
	}
	plan, err := a.plan(ctx, j)
	if err != nil {
		return false, err
	}
	return true, a.carryOut(ctx, j, Verify, plan)
}

// takeBack runs the script that takes the release back (D7). Where nothing was run nothing
// is taken back.
func (a *Agent) takeBack(ctx context.Context, j *Job) (did bool, err error) {
	whole := j.Rollout.Stands == domain.DeploymentBackingOut && j.Rollout.Status != domain.SiteBackedOut
	if whole {
		if ok, _, err := a.may(ctx, j, domain.SiteBackedOut); err != nil || !ok {
			return false, err
		}
	}
	if !j.Touched {
		return true, a.settle(j, TakeBack, domain.SiteBackedOut, "nothing was installed here")
	}
	if a.Scripts.BackOut == "" {
		a.say(j.Rollout, "it is to be taken back, and there is no --back-out: somebody has to do and report it")
		return false, nil
	}
	plan, err := a.plan(ctx, j)
	if err != nil {
		return false, err
	}
	return true, a.carryOut(ctx, j, TakeBack, plan)
}
