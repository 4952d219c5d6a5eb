package agent_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/agent"
)

var all = []string{"DISTRIBUTED", "INSTALLED", "VERIFIED"}

// A site installs what it receives, by the steps of its plan and with the kit of the
// release; an agent that looks again does nothing twice.
func TestASiteInstallsWhatItReceives_D5_L2(t *testing.T) {
	onServers(t, func(t *testing.T, w *world) {
		w.rollout("R", "RUNNING", "the program", "its data")
		w.once()
		status, reports, details := w.said("R")
		require.Equal(t, "VERIFIED", status)
		require.Equal(t, all, reports)
		require.Contains(t, details, "installing")
		require.Equal(t, "the programits data", w.read("installed"))
		require.Equal(t, "install remove=old@3 install=app@2.0.0\nverify\n", w.read("ran"))
		w.once()
		_, reports, _ = w.said("R")
		require.Equal(t, all, reports)
		require.Equal(t, 2, strings.Count(w.read("ran"), "\n"))
	})
}

// Before its wave has begun a site gets the kit, and nothing else.
func TestBeforeItsWaveASiteGetsTheKitAlone_D2(t *testing.T) {
	w := newWorld(t)
	w.waiting("R", "the program")
	w.once()
	status, reports, _ := w.said("R")
	require.Equal(t, "DISTRIBUTED", status)
	require.Equal(t, []string{"DISTRIBUTED"}, reports)
	require.Empty(t, w.read("ran"))
}

// A kit that is not the one of the release is never run: it is fetched once more, and then
// the site has failed.
func TestAWrongKitIsNeverRun_L2(t *testing.T) {
	w := newWorld(t)
	w.rollout("R", "RUNNING", "the program")
	w.damage("the program")
	w.once()
	status, reports, details := w.said("R")
	require.Equal(t, "FAILED", status)
	require.Equal(t, []string{"FAILED"}, reports)
	require.Contains(t, details, "not the one of the release")
	require.Empty(t, w.read("ran"))
}

// A kit that was damaged at the site after it had come is fetched again before it is run.
func TestAKitThatWasDamagedAtTheSiteIsFetchedAgain_L2(t *testing.T) {
	w := newWorld(t)
	w.rollout("R", "RUNNING", "the program")
	ctx, stop := context.WithCancel(t.Context())
	err := w.agent(func(c *agent.Config) {
		c.Server = &calls{Server: c.Server, on: func(name string, n int) {
			if name == "Plan" { // the kit is there, and was compared
				stop()
			}
		}}
	}).Once(ctx)
	require.ErrorIs(t, err, context.Canceled)
	files, err := filepath.Glob(filepath.Join(w.folder, "agent/jobs/*/kit/*"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	require.NoError(t, os.WriteFile(files[0], []byte("rm -rf /"), 0o600))
	w.once()
	status, _, _ := w.said("R")
	require.Equal(t, "VERIFIED", status)
	require.Equal(t, "the program", w.read("installed"))
}

// A script that fails has failed at the site, with the end of what it said; the next
// attempt is another one.
func TestAScriptThatFailsIsTriedAgainWhenSomebodySaysSo_D5(t *testing.T) {
	onServers(t, func(t *testing.T, w *world) {
		w.rollout("R", "RUNNING", "the program")
		w.once(func(c *agent.Config) {
			c.Scripts.Install = w.script("bad.sh", `echo "install" >> ran; echo "the disk is \033[31mfull"; exit 3`)
		})
		status, reports, details := w.said("R")
		require.Equal(t, "FAILED", status)
		require.Equal(t, []string{"DISTRIBUTED", "FAILED"}, reports)
		require.Contains(t, details, "exit code 3\nthe disk is [31mfull")
		w.once()
		require.Equal(t, "install\n", w.read("ran"), "nobody has said so")
		w.verb("retrySiteRollout", "R", `, site: {key: "par-1"}`)
		w.verb("resumeDeployment", "R")
		w.once()
		status, reports, _ = w.said("R")
		require.Equal(t, "VERIFIED", status)
		require.Equal(t, []string{"DISTRIBUTED", "FAILED", "DISTRIBUTED", "INSTALLED", "VERIFIED"}, reports)
	})
}

// When the time of a script is over, all that it has started is ended, also what does not
// want to.
func TestATimeLimitEndsAllThatAScriptStarted_D5(t *testing.T) {
	w := newWorld(t)
	w.rollout("R", "RUNNING", "the program")
	w.once(func(c *agent.Config) {
		c.Timeout, c.Grace = 1500*time.Millisecond, 200*time.Millisecond
		c.Scripts.Install = w.script("slow.sh", `(trap "" TERM; sh -c 'trap "" TERM; echo $$ > grandchild; while :; do sleep 0.1; done') & wait; wait`)
	})
	status, _, details := w.said("R")
	require.Equal(t, "FAILED", status)
	require.Contains(t, details, "took longer than 1.5s")
	pid, err := strconv.Atoi(strings.TrimSpace(w.read("grandchild")))
	require.NoError(t, err)
	require.Eventually(t, func() bool { return gone(pid) }, 5*time.Second, 10*time.Millisecond)
}

// gone reports whether a process runs no more.
func gone(pid int) bool {
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return true
	}
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && strings.Contains(string(text), ") Z ") // nobody has asked how it ended
}

// What a script leaves running on purpose is no part of it.
func TestAServiceThatAScriptStartsIsNotWaitedFor(t *testing.T) {
	w := newWorld(t)
	w.rollout("R", "RUNNING", "the program")
	began := time.Now()
	w.once(func(c *agent.Config) {
		c.Scripts.Install = w.script("service.sh", `echo install >> ran; touch installed; sleep 20 & echo $! > service`)
	})
	status, _, _ := w.said("R")
	require.Equal(t, "VERIFIED", status)
	require.Less(t, time.Since(began), 15*time.Second)
	pid, err := strconv.Atoi(strings.TrimSpace(w.read("service")))
	require.NoError(t, err)
	require.False(t, gone(pid))
	require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
}

// Reports that cannot be brought wait, and come in their order when the server is there
// again.
func TestReportsWaitForTheServer_D5(t *testing.T) {
	w := newWorld(t)
	w.rollout("R", "RUNNING", "the program")
	away := &calls{Server: w.remote()}
	away.fails = func(name string) bool { return w.read("ran") != "" }
	err := w.agent(func(c *agent.Config) { c.Server = away }).Once(t.Context())
	require.ErrorIs(t, err, errAway)
	_, reports, _ := w.said("R")
	require.Equal(t, []string{"DISTRIBUTED"}, reports)
	require.ErrorIs(t, w.agent(func(c *agent.Config) { c.Server = away }).Once(t.Context()), errAway)
	w.once()
	status, reports, _ := w.said("R")
	require.Equal(t, "VERIFIED", status)
	require.Equal(t, all, reports)
	require.Equal(t, 2, strings.Count(w.read("ran"), "\n"))
}

// A report whose answer was lost is brought again, and is the same one.
func TestAReportIsBroughtTwiceAndKeptOnce_D5(t *testing.T) {
	w := newWorld(t)
	w.rollout("R", "RUNNING", "the program")
	lost := &calls{Server: w.remote()}
	lost.loses = func(name string, n int) bool { return name == "Report" && n%2 == 1 }
	a := func() error { return w.agent(func(c *agent.Config) { c.Server = lost }).Once(t.Context()) }
	for range 10 {
		if a() == nil {
			break
		}
	}
	status, reports, _ := w.said("R")
	require.Equal(t, "VERIFIED", status)
	require.Equal(t, all, reports)
	require.Equal(t, 2, strings.Count(w.read("ran"), "\n"))
}

// An agent may die at any of its steps: the next one over its folder does what was not
// done, and nothing twice.
func TestAnAgentMayDieAtEachStep_D5(t *testing.T) {
	w := newWorld(t)
	for _, answered := range []bool{false, true} {
		for at := 1; ; at++ {
			key := "R-" + strconv.FormatBool(answered) + strconv.Itoa(at)
			w.rollout(key, "RUNNING", "the program "+key)
			require.NoError(t, os.RemoveAll(filepath.Join(w.folder, "ran")))
			ctx, stop := context.WithCancel(t.Context())
			dying := &calls{Server: w.remote(), dies: stop, at: at, answered: answered}
			err := w.agent(func(c *agent.Config) { c.Server = dying }).Once(ctx)
			stop()
			w.once()
			status, reports, _ := w.said(key)
			require.Equal(t, "VERIFIED", status, "%s died at call %d", key, at)
			require.Equal(t, all, reports)
			require.Equal(t, []int{1, 1}, []int{strings.Count(w.read("ran"), "install "), strings.Count(w.read("ran"), "verify")}, w.read("ran"))
			if err == nil { // it lived
				require.Greater(t, at, 10)
				break
			}
		}
	}
}

// A script that was interrupted together with its keeper is not run blindly again: the site
// has failed, unless the operator has said that it may run twice.
func TestAScriptOfWhichNobodyKnowsHowItEndedIsNotRunBlindly_D5(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		interrupted agent.Interrupted
		status      string
		ran         string
	}{
		{agent.Fail, "FAILED", "begun \n"},
		{agent.Again, "VERIFIED", "begun \nbegun 1\nverify\n"},
	} {
		key := "R-" + string(c.interrupted)
		w.rollout(key, "RUNNING", "the program")
		require.NoError(t, os.RemoveAll(filepath.Join(w.folder, "ran")))
		change := func(config *agent.Config) {
			config.Interrupted = c.interrupted
			config.Scripts.Install = w.script("hangs.sh", `echo "begun $ROLLOUT_INTERRUPTED" >> ran; touch installed; test -n "$ROLLOUT_INTERRUPTED" || sleep 30`)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- w.agent(change).Once(ctx) }()
		require.Eventually(t, func() bool { return w.read("ran") != "" }, 10*time.Second, 5*time.Millisecond)
		stop()
		require.ErrorIs(t, <-ended, context.Canceled)
		locks, err := filepath.Glob(filepath.Join(w.folder, "agent/jobs/*/install-1.lock"))
		require.NoError(t, err)
		text, err := os.ReadFile(locks[len(locks)-1])
		require.NoError(t, err)
		group, err := strconv.Atoi(strings.TrimSpace(string(text)))
		require.NoError(t, err)
		require.NoError(t, syscall.Kill(-group, syscall.SIGKILL))
		require.Eventually(t, func() bool { return gone(group) }, 5*time.Second, 5*time.Millisecond)
		w.once(change)
		status, _, _ := w.said(key)
		require.Equal(t, c.status, status)
		require.Equal(t, c.ran, w.read("ran"))
		if c.interrupted == agent.Fail {
			w.verb("abortDeployment", key)
		}
	}
}

// An agent that is stopped while a script runs leaves it: the next one hears how it ended.
func TestAScriptGoesOnWithoutTheAgent_D5(t *testing.T) {
	w := newWorld(t)
	w.rollout("R", "RUNNING", "the program")
	slow := func(c *agent.Config) {
		c.Scripts.Install = w.script("slow.sh", `echo install >> ran; until test -f go; do sleep 0.02; done; touch installed; echo "it took its time"`)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.agent(slow).Run(ctx) }()
	require.Eventually(t, func() bool { return w.read("ran") != "" }, 10*time.Second, 5*time.Millisecond)
	stop()
	require.NoError(t, <-ended)
	go func() { ended <- w.agent(slow).Once(t.Context()) }() // it waits for the script
	time.Sleep(300 * time.Millisecond)
	require.NoError(t, os.WriteFile(filepath.Join(w.folder, "go"), nil, 0o600))
	require.NoError(t, <-ended)
	status, reports, details := w.said("R")
	require.Equal(t, "VERIFIED", status)
	require.Equal(t, all, reports)
	require.Contains(t, details, "it took its time")
	require.Equal(t, "install\nverify\n", w.read("ran"))
}

// What is taken back at all sites is taken back here, and reported.
func TestASiteTakesBack_D7(t *testing.T) {
	onServers(t, func(t *testing.T, w *world) {
		w.rollout("R", "RUNNING", "the program")
		w.once()
		w.verb("backOut", "R")
		w.once()
		status, reports, _ := w.said("R")
		require.Equal(t, "BACKED_OUT", status)
		require.Equal(t, append(all, "BACKED_OUT"), reports)
		require.Contains(t, w.read("ran"), "back-out install=app@1.0.0 install=old@3\n")
		require.Empty(t, w.read("installed"))
		w.once()
		require.Equal(t, 1, strings.Count(w.read("ran"), "back-out"))
	})
}

// A site that was put on record as taken back takes back, too: nothing is left to report.
func TestASiteThatIsTakenBackOnRecordTakesBack_D7(t *testing.T) {
	w := newWorld(t)
	w.rollout("R", "RUNNING", "the program")
	w.brings(
		`{"node":"Site","key":"lyo","name":"Lyon"}`, `{"node":"SiteRollout","key":"R-lyo","name":"L","status":"PENDING"}`,
		`{"edge":"TARGETS","from":"Wave:R-w","to":"SiteRollout:R-lyo"}`, `{"edge":"TARGETS","from":"SiteRollout:R-lyo","to":"Site:lyo"}`,
	)
	w.once()
	w.verb("backOut", "R", `, site: {key: "par-1"}`)
	w.once()
	status, reports, _ := w.said("R")
	require.Equal(t, "BACKED_OUT", status)
	require.Equal(t, all, reports)
	require.Equal(t, 1, strings.Count(w.read("ran"), "back-out"))
	w.once()
	require.Equal(t, 1, strings.Count(w.read("ran"), "back-out"))
}

// A back-out that fails is told, and is tried again when the agent is started again.
func TestABackOutThatFailsIsTold_D7(t *testing.T) {
	w := newWorld(t)
	w.rollout("R", "RUNNING", "the program")
	w.once()
	w.verb("backOut", "R")
	w.once(func(c *agent.Config) { c.Scripts.BackOut = w.script("stuck.sh", `echo "it is in use"; exit 1`) })
	status, reports, details := w.said("R")
	require.Equal(t, "VERIFIED", status)
	require.Equal(t, append(all, "FAILED"), reports)
	require.Contains(t, details, "it is in use")
	w.once()
	status, _, _ = w.said("R")
	require.Equal(t, "BACKED_OUT", status)
}

// An agent that listens begins when its wave does.
func TestAnAgentHearsWhenItsWaveBegins_D10(t *testing.T) {
	onServers(t, func(t *testing.T, w *world) {
		w.waiting("R", "the program")
		w.once()
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- w.agent().Run(ctx) }()
		time.Sleep(200 * time.Millisecond) // it has looked, and listens
		require.Empty(t, w.read("ran"))
		w.verb("skipSiteRollout", "R", `, site: {key: "lyo"}`)
		require.Eventually(t, func() bool { status, _, _ := w.said("R"); return status == "VERIFIED" }, 20*time.Second, 20*time.Millisecond)
		stop()
		require.NoError(t, <-ended)
	})
}

// What another party rolls out is not for the agent.
func TestWhatOthersRollOutIsLeftToThem_D9(t *testing.T) {
	w := newWorld(t)
	w.rollout("R", "RUNNING", "the program")
	w.brings(`{"node":"Deployment","key":"R-d","carriedOutBy":"Acme"}`)
	w.once()
	status, reports, _ := w.said("R")
	require.Equal(t, "PENDING", status)
	require.Empty(t, reports)
}

// Two agents do not share a folder, nor two sites.
func TestAFolderIsOfOneAgent(t *testing.T) {
	w := newWorld(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.agent().Run(ctx) }()
	require.Eventually(t, func() bool { _, err := os.Stat(filepath.Join(w.folder, "agent/lock")); return err == nil }, 5*time.Second, time.Millisecond)
	require.ErrorContains(t, w.agent().Once(t.Context()), "another agent works in")
	stop()
	require.NoError(t, <-ended)
	w.rollout("R", "RUNNING", "the program")
	w.once()
	require.ErrorContains(t, w.agent(func(c *agent.Config) { c.Site = "lyo" }).Once(t.Context()), "is of the agent of par-1")
}
