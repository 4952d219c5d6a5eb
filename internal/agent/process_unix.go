//go:build unix

package agent

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"releasegraph/internal/durable"
)

// lock takes a file for this process and those that inherit it, and reports whether it
// was free.
func lock(f *os.File) (free bool, err error) {
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

// keeper runs a script and writes down how it ended, also when the agent is gone: it holds
// the lock, in which its number is, as long as it lives. The script does not inherit the
// lock, so that what it leaves running is not taken for it.
const keeper = `out=$1; shift; echo $$ >&3
"$@" 3>&-
code=$?
echo "$code" > "$out.part" && mv "$out.part" "$out"
exit "$code"`

// process is a script that runs.
type process struct {
	run   run
	group int
	ended <-chan struct{}
	end   func()
}

// start starts a script in a group of its own.
func start(r run) (*process, error) {
	log, err := os.OpenFile(r.log(), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	held, err := os.OpenFile(r.lock(), os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	defer held.Close()
	if free, err := lock(held); err != nil || !free {
		return nil, errors.Join(fmt.Errorf("%s is held: an earlier script still runs", r.lock()), err)
	}
	// Where there is no lock, also after a power cut, the script was never begun.
	if err := durable.Names(r.lock()); err != nil {
		return nil, err
	}
	c := exec.Command("/bin/sh", append([]string{"-c", keeper, "sh", r.outcome(), r.script}, r.args...)...)
	c.Env, c.Stdout, c.Stderr, c.ExtraFiles = r.env, log, log, []*os.File{held}
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := c.Start(); err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	go func() {
		_ = c.Wait() // how it ended stands in its outcome
		close(ended)
	}()
	return &process{r, c.Process.Pid, ended, func() {}}, nil
}

// adopt finds a script that an earlier agent began; nil: it runs no more.
func adopt(r run) (*process, error) {
	held, err := os.OpenFile(r.lock(), os.O_RDWR, 0o600)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	free, err := lock(held)
	if err != nil || free {
		return nil, errors.Join(err, held.Close())
	}
	text, err := os.ReadFile(r.lock())
	group, numberErr := strconv.Atoi(strings.TrimSpace(string(text)))
	if err := errors.Join(err, numberErr); err != nil || group < 2 {
		return nil, errors.Join(fmt.Errorf("%s does not say which script runs", r.lock()), err, held.Close())
	}
	ended, stop := make(chan struct{}), make(chan struct{})
	go func() {
		defer held.Close()
		for {
			if free, err := lock(held); err != nil || free {
				close(ended)
				return
			}
			select {
			case <-time.After(100 * time.Millisecond):
			case <-stop:
				return
			}
		}
	}()
	return &process{r, group, ended, func() { close(stop) }}, nil
}

// wait waits for the end of a script, for as long as it may run, and reports whether it
// ended in time. When its time is over all that it started is ended, too.
func (p *process) wait(ctx context.Context, until time.Time, grace time.Duration) (inTime bool, err error) {
	defer p.end()
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-p.ended:
		return true, nil
	case <-ctx.Done():
		return false, context.Cause(ctx)
	case <-timer.C:
	}
	p.kill(ctx, grace)
	return false, nil
}

// kill asks the whole group to end, and makes it after a while.
func (p *process) kill(ctx context.Context, grace time.Duration) {
	_ = syscall.Kill(-p.group, syscall.SIGTERM)
	for over := time.Now().Add(grace); time.Now().Before(over) && ctx.Err() == nil; {
		if errors.Is(syscall.Kill(-p.group, 0), syscall.ESRCH) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	_ = syscall.Kill(-p.group, syscall.SIGKILL)
	select {
	case <-p.ended:
	case <-time.After(5 * time.Second): // something keeps it in the kernel
	}
}
