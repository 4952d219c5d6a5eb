package agent_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/agent"
)

// audited is rollout where the deployment asks for audits.
func (w *world) audited(key string) {
	w.t.Helper()
	w.rollout(key, "RUNNING", "the program "+key)
	w.brings(`{"node":"Deployment","key":"` + key + `-d","siteAudits":["BEFORE","AFTER"]}`)
}

// looking has an agent audit its site with a program.
func looking(script string) func(*agent.Config) {
	return func(c *agent.Config) { c.Scripts.Audit = script }
}

// finds is a program that says what is at the site: app and old, until what is installed
// is app alone.
func (w *world) finds() string {
	return w.script("audit.sh", `echo "$ROLLOUT_DEED $*" >> ran; echo looked
if test -f installed; then echo app@2.0.0 > "$ROLLOUT_FOUND"; else printf 'app@1.0.0\nold@3\n# and no more\n' > "$ROLLOUT_FOUND"; fi`)
}

type told struct {
	Moment        string
	Found         int
	AuditedBy     struct{ Name string }
	Discrepancies []struct{ Item, Kind string }
}

// audits are those that the server has of a roll-out.
func (w *world) audits(key string) []told {
	w.t.Helper()
	var got struct {
		SiteRollout struct{ Audits struct{ Nodes []told } }
	}
	w.ask(`query ($key: String!) { siteRollout(key: $key) { audits(orderBy: [{field: AUDITED_AT}]) { nodes { moment found auditedBy { name } discrepancies { item kind } } } } }`,
		map[string]any{"key": key + "-par"}, &got)
	return got.SiteRollout.Audits.Nodes
}

// Where the policy asks for it an agent audits its site before it installs anything, and
// before it verifies what it installed; each is told once.
func TestAnAgentAuditsItsSiteBeforeAndAfter_D3(t *testing.T) {
	onServers(t, func(t *testing.T, w *world) {
		w.audited("R")
		w.once(looking(w.finds()))
		status, reports, details := w.said("R")
		require.Equal(t, "VERIFIED", status)
		require.Equal(t, []string{"DISTRIBUTED", "DISTRIBUTED", "INSTALLED", "ACTIVATED", "VERIFIED"}, reports)
		require.Contains(t, details, "looked")
		steps := "remove=old@3 install=app@2.0.0\n"
		require.Equal(t, "audit-before "+steps+"install "+steps+"audit-after "+steps+"verify\n", w.read("ran"))
		audits := w.audits("R")
		require.Len(t, audits, 2)
		require.Equal(t, []string{"BEFORE", "AFTER"}, []string{audits[0].Moment, audits[1].Moment})
		require.Equal(t, []int{2, 1}, []int{audits[0].Found, audits[1].Found})
		require.Empty(t, append(audits[0].Discrepancies, audits[1].Discrepancies...))
		w.once(looking(w.finds()))
		require.Len(t, w.audits("R"), 2)
	})
}

// What differs from what is on record is told, and stops nothing.
func TestWhatAnAuditOfAnAgentFindsIsTold_D3(t *testing.T) {
	w := newWorld(t)
	w.audited("R")
	w.once(looking(w.script("audit.sh", `printf 'app@0.9\nsurplus\n' > "$ROLLOUT_FOUND"`)))
	audits := w.audits("R")
	require.Len(t, audits, 2)
	var found []string
	for _, d := range audits[0].Discrepancies {
		found = append(found, d.Item+" "+d.Kind)
	}
	require.Equal(t, []string{"app OTHER_VERSION", "old MISSING", "surplus UNKNOWN_ITEM"}, found)
	status, _, _ := w.said("R")
	require.Equal(t, "VERIFIED", status)
}

// Without a program that audits people do, and nothing is installed before they have; nor
// is a site audited before its hour has come.
func TestAnAgentThatCannotAuditWaits_D3(t *testing.T) {
	w := newWorld(t)
	w.audited("R")
	w.once()
	status, _, _ := w.said("R")
	require.Equal(t, "DISTRIBUTED", status)
	require.Empty(t, w.read("ran"))

	later := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	w.brings(`{"node":"SiteRollout","key":"R-par","windowFrom":"` + later + `"}`)
	w.once(looking(w.finds()))
	require.Empty(t, w.audits("R"))
	require.Empty(t, w.read("ran"))
}

// An audit that fails, takes too long, or says what cannot be read has the site fail: nobody
// knows what is there, and nothing is installed.
func TestAnAuditThatFailsHasTheSiteFail_D3(t *testing.T) {
	w := newWorld(t)
	for key, c := range map[string]struct{ script, says string }{
		"R-fails": {`echo "no access"; exit 4`, "exit code 4\nno access"},
		"R-hangs": {`sleep 30`, "took longer than"},
		"R-long":  {`yes app > "$ROLLOUT_FOUND" & sleep 0.3; kill $!`, "names more than 10000 items"},
	} {
		w.audited(key)
		w.once(looking(w.script("bad-audit.sh", c.script)), func(c *agent.Config) { c.Timeout, c.Grace = 1500*time.Millisecond, 100*time.Millisecond })
		status, _, details := w.said(key)
		require.Equal(t, "FAILED", status, key)
		require.Contains(t, details, c.says)
		require.Empty(t, w.audits(key))
		require.NotContains(t, w.read("ran"), "install")
		w.verb("abortDeployment", key)
	}
}

// An agent that audits survives its death at each call to the server: each audit is told
// once, and nothing is installed twice.
func TestAnAgentThatAuditsSurvivesItsDeathAtEachCall_D3_D5(t *testing.T) {
	w := newWorld(t)
	for at := 1; ; at++ {
		key := "R-" + strings.Repeat("i", at)
		w.audited(key)
		for _, file := range []string{"ran", "installed"} {
			require.NoError(t, os.RemoveAll(filepath.Join(w.folder, file)))
		}
		ctx, stop := context.WithCancel(t.Context())
		dying := &calls{Server: w.remote(), dies: stop, at: at, answered: at%2 == 0}
		err := w.agent(looking(w.finds()), func(c *agent.Config) { c.Server = dying }).Once(ctx)
		stop()
		w.once(looking(w.finds()))
		status, reports, _ := w.said(key)
		require.Equal(t, "VERIFIED", status, "died at call %d", at)
		require.Equal(t, []string{"DISTRIBUTED", "DISTRIBUTED", "INSTALLED", "ACTIVATED", "VERIFIED"}, reports, "died at call %d", at)
		require.Len(t, w.audits(key), 2)
		require.Equal(t, 1, strings.Count("\n"+w.read("ran"), "\ninstall "), w.read("ran"))
		if err == nil { // it lived
			require.Greater(t, at, 14)
			return
		}
	}
}
