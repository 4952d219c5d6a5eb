package agent_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// An agent that is killed again and again installs once and reports once. Where it was
// killed as it was about to begin, nobody knows whether it had: the site has failed, and
// nothing is run.
func TestAnAgentThatIsKilledInstallsOnce_D5(t *testing.T) {
	onServers(t, func(t *testing.T, w *world) {
		scripts := w.scripts()
		slow := w.script("slow.sh", `echo install >> ran; sleep 0.2; touch installed; echo done`)
		for release := range 3 {
			key := fmt.Sprintf("R-%d", release)
			w.rollout(key, "RUNNING", "the program "+key)
			require.NoError(t, os.RemoveAll(filepath.Join(w.folder, "ran")))
			ended := func() (status string, reports []string, details string, over bool) {
				status, reports, details = w.said(key)
				return status, reports, details, status == "VERIFIED" || status == "FAILED"
			}
			kills := 0
			for over := false; !over; _, _, _, over = ended() {
				c := exec.Command(os.Args[0], "agent", "--site=par-1", "--server="+w.url, "--run="+slow, "--verify="+scripts.Verify, "--state="+filepath.Join(w.folder, "agent"))
				require.NoError(t, c.Start())
				time.Sleep(time.Duration(50+rand.IntN(250)+10*kills) * time.Millisecond)
				require.NoError(t, c.Process.Kill())
				_ = c.Wait()
				kills++
			}
			status, reports, details, _ := ended()
			t.Logf("%s after %d kills", status, kills)
			for _, one := range all {
				require.LessOrEqual(t, strings.Count(strings.Join(reports, " "), one), 1, reports)
			}
			if status == "FAILED" {
				require.Contains(t, details, "was interrupted")
				require.LessOrEqual(t, strings.Count(w.read("ran"), "install"), 1)
				continue
			}
			require.Equal(t, all, reports)
			require.Equal(t, 1, strings.Count(w.read("ran"), "install"), w.read("ran"))
		}
	})
}
