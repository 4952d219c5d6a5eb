package agent

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"releasegraph/internal/domain"
)

// run is one run of a script for a job.
type run struct {
	folder string
	deed   Deed
	number int
	script string
	args   []string
	env    []string
}

func (r run) file(what string) string {
	return fmt.Sprintf("%s/%s-%d.%s", r.folder, r.deed, r.number, what)
}
func (r run) log() string     { return r.file("log") }
func (r run) lock() string    { return r.file("lock") }
func (r run) outcome() string { return r.file("outcome") }
func (r run) found() string   { return r.file("found") }

// ended reads how a run ended; known says whether anybody wrote it down.
func (r run) ended() (code int, known bool, err error) {
	text, err := os.ReadFile(r.outcome())
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	code, err = strconv.Atoi(strings.TrimSpace(string(text)))
	return code, err == nil, nil // what a power cut left of it tells nothing
}

// runOf is the last run of a job.
func (a *Agent) runOf(j *Job, deed Deed) run {
	script := map[Deed]string{
		Install: a.Scripts.Install, Verify: a.Scripts.Verify, TakeBack: a.Scripts.BackOut, AuditBefore: a.Scripts.Audit, AuditAfter: a.Scripts.Audit,
	}[deed]
	return run{folder: a.disk.path("jobs", j.Rollout.ID), deed: deed, number: j.Runs, script: script}
}

// begun are the phases in which the scripts of deeds run.
var begun = map[Deed]Phase{Install: Installing, Verify: Verifying, TakeBack: TakingBack, AuditBefore: AuditingSite, AuditAfter: AuditingWork}

// carryOut runs the script of a deed to its end. That it is about to is written down first:
// an agent that dies meanwhile never takes it for one that was not begun.
func (a *Agent) carryOut(ctx context.Context, j *Job, deed Deed, plan *Plan, more ...string) error {
	was := *j
	j.From, j.Phase, j.Since, j.Runs = j.Phase, begun[deed], time.Now(), j.Runs+1
	j.Touched = j.Touched || deed == Install || deed == TakeBack
	r := a.runOf(j, deed)
	r.args, r.env = arguments(deed, plan), append(append(a.environment(j, deed), "ROLLOUT_FOUND="+r.found()), more...)
	if err := a.keep(); err != nil {
		*j = was
		return err
	}
	p, err := start(r)
	if err != nil {
		return a.settle(j, deed, domain.SiteFailed, "the script could not be started: "+err.Error())
	}
	a.Log.Info().Str("deployment", j.Rollout.Deployment).Str("release", j.Rollout.Release).Str("script", r.script).Msg("begun")
	return a.await(ctx, j, r, p)
}

// await waits for the script of a job, and settles it.
func (a *Agent) await(ctx context.Context, j *Job, r run, p *process) error {
	inTime, err := p.wait(ctx, j.Since.Add(a.Timeout), a.Grace)
	if err != nil {
		return err // it goes on without this agent
	}
	if !inTime {
		return a.settle(j, r.deed, domain.SiteFailed, told(fmt.Sprintf("the script took longer than %s, and was ended with all that it had started", a.Timeout), r.log()))
	}
	return a.settleEnded(ctx, j, r)
}

// settleEnded settles a job whose script runs no more.
func (a *Agent) settleEnded(ctx context.Context, j *Job, r run) error {
	code, known, err := r.ended()
	switch {
	case err != nil:
		return &DiskError{err}
	case !known:
		return a.interrupted(ctx, j, r)
	case code == 0 && r.deed.looks():
		return a.settleAudit(j, r)
	case code == 0:
		return a.settle(j, r.deed, done[r.deed].status, told("", r.log()))
	}
	return a.settle(j, r.deed, domain.SiteFailed, told(fmt.Sprintf("the script ended with the exit code %d", code), r.log()))
}

// done is where a site and its job are when the script of a deed has done its work.
var done = map[Deed]struct {
	status domain.SiteRolloutStatus
	phase  Phase
}{
	Install:  {domain.SiteInstalled, Installed},
	Verify:   {domain.SiteVerified, Verified},
	TakeBack: {domain.SiteBackedOut, TakenBack},
}

// before are the phases in which the scripts of deeds have not begun.
var before = map[Deed]Phase{Install: Distributed, Verify: Installed, TakeBack: Idle, AuditBefore: Distributed, AuditAfter: Installed}

// looks reports whether the script of a deed changes nothing, and may run twice.
func (d Deed) looks() bool { return d == AuditBefore || d == AuditAfter }

// interrupted settles a job of whose script nobody knows how it ended. One that was never
// begun, or that only looks, is begun anew.
func (a *Agent) interrupted(ctx context.Context, j *Job, r run) error {
	_, err := os.Stat(r.lock())
	if r.deed == Verify || r.deed.looks() || errors.Is(err, fs.ErrNotExist) {
		if j.Phase = j.From; j.Phase == Idle { // an earlier agent kept none
			j.Phase = before[r.deed]
		}
		return a.keep()
	}
	words := "the script was interrupted, as the machine or the agent ended: what is installed is not known"
	a.Log.Warn().Str("deployment", j.Rollout.Deployment).Str("script", r.script).Msg(words)
	if a.Interrupted != Again {
		return a.settle(j, r.deed, domain.SiteFailed, told(words, r.log()))
	}
	plan, err := a.plan(ctx, j)
	if err != nil {
		return err
	}
	return a.carryOut(ctx, j, r.deed, plan, "ROLLOUT_INTERRUPTED=1")
}

// resume goes on with the scripts that an earlier agent began.
func (a *Agent) resume(ctx context.Context) error {
	for _, j := range a.state.Jobs {
		deed := j.deed()
		if deed == Nothing {
			continue
		}
		r := a.runOf(j, deed)
		p, err := adopt(r)
		switch {
		case err != nil:
			return err
		case p != nil:
			err = a.await(ctx, j, r, p)
		default:
			err = a.settleEnded(ctx, j, r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// settle writes down how a deed ended, together with the report of it: neither is without
// the other.
func (a *Agent) settle(j *Job, deed Deed, status domain.SiteRolloutStatus, detail string) error {
	was := *j
	waiting := len(a.state.Outbox)
	switch {
	case status == done[deed].status:
		j.Phase = done[deed].phase
		j.Touched = j.Touched && deed != TakeBack
	case deed == TakeBack:
		j.Phase = BackOutFailed
	default:
		j.Phase = Failed
	}
	// A site that is BACKED_OUT on record already has nothing to add when it is.
	if deed != TakeBack || status == domain.SiteFailed || was.Rollout.Status != domain.SiteBackedOut {
		a.tell(j.report(a.Site, status, time.Now(), detail))
	}
	if err := a.keep(); err != nil {
		*j, a.state.Outbox = was, slices.Delete(a.state.Outbox, waiting, len(a.state.Outbox))
		return err
	}
	return nil
}
