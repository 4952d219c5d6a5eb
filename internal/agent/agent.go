// Package agent is the hand of the server at a site. It fetches the kit of what the site
// is to receive, compares its digests (L2), runs the site's scripts, and reports (D5). A
// small file keeps what it does, so that it may die at any moment.
package agent

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"
)

// Config is what an agent is made of.
type Config struct {
	// Site is the key of its site.
	Site string
	// Folder keeps its state, kits and logs. It is the agent's alone.
	Folder  string
	Scripts Scripts
	Server  Server
	// Timeout is how long a script may run, Grace how long what it started has to end by
	// itself when that is over.
	Timeout, Grace time.Duration
	// Poll is how often it looks when it hears of nothing.
	Poll time.Duration
	// Interrupted says what becomes of a script of which nobody knows how it ended.
	Interrupted Interrupted
	Log         zerolog.Logger
}

// Scripts are the programs that do the work at the site, by their paths; "": there is none.
type Scripts struct{ Install, Verify, BackOut, Audit string }

// Interrupted is what becomes of a script of which nobody knows how it ended: the machine
// went down, or the script was killed together with the agent.
type Interrupted string

// What becomes of it.
const (
	// Fail reports FAILED: somebody looks, and has the site try again.
	Fail Interrupted = "fail"
	// Again runs the script once more; it must be one that may run twice.
	Again Interrupted = "again"
)

// Agent works for one site.
type Agent struct {
	Config
	state *state
	disk  disk
	wake  chan struct{}
	// told is what was logged last of each roll-out, so that what lasts is said once.
	told map[string]string
}

// Run works until the context ends. A script that runs then goes on: the next agent over
// the same folder hears how it ended.
func (a *Agent) Run(ctx context.Context) error {
	end, err := a.begin()
	if err != nil {
		return err
	}
	defer end()
	go a.follow(ctx)
	pauses := growing(time.Second, a.Poll)
	for {
		err := a.look(ctx)
		pause := a.Poll
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.As(err, new(*DiskError)):
			return err
		case err != nil:
			a.Log.Warn().Err(err).Msg("the work could not be looked at; it is tried again")
			pause = pauses.NextBackOff()
		default:
			pauses.Reset()
		}
		select {
		case <-time.After(pause):
		case <-a.wake:
		case <-ctx.Done():
			return nil
		}
	}
}

// Once does what there is to do, and ends.
func (a *Agent) Once(ctx context.Context) error {
	end, err := a.begin()
	if err != nil {
		return err
	}
	defer end()
	return a.look(ctx)
}

// begin takes the folder, and reads what was done before.
func (a *Agent) begin() (end func(), err error) {
	a.disk, a.wake, a.told = disk{a.Folder}, make(chan struct{}, 1), map[string]string{}
	if end, err = a.disk.take(); err != nil {
		return nil, err
	}
	if a.state, err = a.disk.load(a.Site); err != nil {
		end()
		return nil, err
	}
	for _, j := range a.state.Jobs {
		if j.Phase == BackOutFailed { // somebody has looked at it
			j.Phase = Idle
		}
	}
	return end, nil
}

// look does what there is to do at the site.
func (a *Agent) look(ctx context.Context) error {
	if err := a.resume(ctx); err != nil {
		return err
	}
	for {
		if err := a.deliver(ctx); err != nil {
			return err
		}
		list, err := a.Server.Rollouts(ctx, a.Site)
		if err != nil {
			return err
		}
		a.prune(list)
		did, err := a.first(ctx, list)
		if err != nil || !did {
			return err
		}
	}
}

// first does the first thing that can be done, and reports whether there was one. What
// cannot be done about one roll-out does not keep the others.
func (a *Agent) first(ctx context.Context, list []Rollout) (did bool, _ error) {
	var failed error
	for _, r := range list {
		deed := Next(r, a.state.Jobs[r.ID], a.Scripts)
		if deed == Nothing {
			continue
		}
		did, err := a.do(ctx, deed, r)
		if did || errors.As(err, new(*DiskError)) || ctx.Err() != nil {
			return did, err
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s of %s by %s: %w", deed, r.Release, r.Deployment, err))
		}
	}
	return false, failed
}

// follow wakes the agent when something happens at its site, as long as it can listen.
func (a *Agent) follow(ctx context.Context) {
	pauses := growing(time.Second, time.Minute)
	for ctx.Err() == nil {
		err := a.Server.Follow(ctx, a.Site, func() {
			pauses.Reset()
			a.nudge()
		})
		if ctx.Err() != nil {
			return
		}
		a.Log.Debug().Err(err).Msg("the server is not heard; it is asked each --poll")
		select {
		case <-time.After(pauses.NextBackOff()):
		case <-ctx.Done():
		}
	}
}

// nudge has the agent look soon.
func (a *Agent) nudge() {
	select {
	case a.wake <- struct{}{}:
	default: // it will
	}
}

// say logs what stands against a deed, once as long as it is the same.
func (a *Agent) say(r Rollout, what string) {
	if a.told[r.ID] != what {
		a.told[r.ID] = what
		a.Log.Info().Str("deployment", r.Deployment).Str("release", r.Release).Msg(what)
	}
}
