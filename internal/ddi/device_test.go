package ddi_test

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/ddi"
	"releasegraph/internal/digest"
)

const root = "/default/controller/v1/par-1"

// polls asks what there is for Paris.
func (w *world) polls() (links map[string]ddi.Link) {
	w.t.Helper()
	status, text := w.send(operator, http.MethodGet, root, "")
	require.Equal(w.t, http.StatusOK, status, text)
	var got ddi.Root
	require.NoError(w.t, json.Unmarshal([]byte(text), &got))
	require.Equal(w.t, "00:05:00", got.Config.Polling.Sleep)
	return got.Links
}

// says tells something of an action.
func (w *world) says(link, execution, finished string, want int) {
	w.t.Helper()
	body := fmt.Sprintf(`{"id":"1","time":"20270101T000000","status":{"execution":%q,"result":{"finished":%q},"details":["line"]}}`, execution, finished)
	status, text := w.send(operator, http.MethodPost, link+"/feedback", body)
	require.Equal(w.t, want, status, text)
}

// A device asks, is told what to install as soon as it may, fetches it, and says how that
// went; what it says again changes nothing (D2, D5, L2).
func TestADeviceInstallsWhatItIsTold_D2_D5_L2(t *testing.T) {
	w, kit := newWorld(t, "--ddi"), []byte("the second version")
	w.rollout("PENDING", kit)
	require.NotContains(t, w.polls(), ddi.DeploymentBase, "its wave has not begun")
	_ = w.ask(`mutation { openGate(input: {deployment: {key: "D"}, wave: 1, verdict: GO}) { revision } }`, nil)
	require.Eventually(t, func() bool { return w.polls()[ddi.DeploymentBase].Href != "" }, time.Minute, 20*time.Millisecond)
	links := w.polls()
	require.Contains(t, links, ddi.DeploymentBase)
	require.Contains(t, links, ddi.ConfigData)
	base := links[ddi.DeploymentBase].Href
	status, text := w.send(operator, http.MethodGet, base, "")
	require.Equal(t, http.StatusOK, status, text)
	var action ddi.Action
	require.NoError(t, json.Unmarshal([]byte(text), &action))
	require.True(t, strings.HasSuffix(base, "/deploymentBase/"+action.ID))
	file := action.Deployment.Chunks[0].Files[0]
	one := sha1.Sum(kit)
	require.Equal(t, []any{"app-2.0.0.swu", int64(len(kit)), hex.EncodeToString(one[:]), digest.Of(kit).String()}, []any{file.Filename, file.Size, file.Hashes.SHA1, file.Hashes.SHA256})
	status, text = w.send(operator, http.MethodGet, file.Links["download-http"].Href, "")
	require.Equal(t, []any{http.StatusOK, string(kit)}, []any{status, text})

	w.says(base, "proceeding", "none", http.StatusOK)
	require.Equal(t, "DISTRIBUTED 1.0.0", w.stands("par-1"))
	w.says(base, "closed", "success", http.StatusOK)
	require.Equal(t, "VERIFIED 2.0.0", w.stands("par-1"))
	before := w.ask(`{ siteReports { totalCount } siteRollout(key: "D-par-1") { version } }`, nil)
	w.says(base, "closed", "success", http.StatusOK)
	require.Equal(t, before, w.ask(`{ siteReports { totalCount } siteRollout(key: "D-par-1") { version } }`, nil), "it was told before")
	require.NotContains(t, w.polls(), ddi.DeploymentBase)
	status, _ = w.send(operator, http.MethodGet, base, "")
	require.Equal(t, http.StatusNotFound, status, "it is over")

	status, text = w.send(operator, http.MethodPut, root+"/configData", `{"mode":"merge","data":{"vin":"1"}}`)
	require.Equal(t, http.StatusOK, status, text)
	require.NotContains(t, w.polls(), ddi.ConfigData, "it was told")
	_, text = w.send(operator, http.MethodGet, root+"/configData", "")
	require.JSONEq(t, `{"data":{"vin":"1"}}`, text)
}

// What fails is FAILED, and offered no more until somebody has it tried again; each attempt
// is an action of its own (D5).
func TestADeviceThatFailsIsTriedAgain_D5(t *testing.T) {
	w := newWorld(t, "--ddi")
	w.rollout("RUNNING", []byte("the second version"))
	first := w.polls()[ddi.DeploymentBase].Href
	w.says(first, "closed", "failure", http.StatusOK)
	require.Equal(t, "FAILED 1.0.0", w.stands("par-1"))
	require.NotContains(t, w.polls(), ddi.DeploymentBase)
	_ = w.ask(`mutation { retrySiteRollout(input: {deployment: {key: "D"}, site: {key: "par-1"}}) { revision } resumeDeployment(input: {deployment: {key: "D"}, reason: "again"}) { revision } }`, nil)
	second := w.polls()[ddi.DeploymentBase].Href
	require.NotEqual(t, first, second)
	w.says(first, "closed", "success", http.StatusNotFound)
	w.says(second, "download", "none", http.StatusOK)
	_ = w.ask(`mutation { abortDeployment(input: {deployment: {key: "D"}, reason: "no more"}) { revision } }`, nil)
	links := w.polls()
	require.NotContains(t, links, ddi.DeploymentBase)
	leave := links[ddi.CancelAction].Href
	status, text := w.send(operator, http.MethodGet, leave, "")
	require.Equal(t, http.StatusOK, status, text)
	require.Contains(t, text, `"cancelAction":{"stopId":"`)
	w.says(leave, "closed", "success", http.StatusOK)
	require.NotContains(t, w.polls(), ddi.CancelAction, "it has left it")
}

// Nobody hears or says anything of another's site, and what is no message is told to be
// none (section 9).
func TestADeviceIsKeptToItsSite(t *testing.T) {
	w := newWorld(t, "--ddi")
	w.rollout("RUNNING", []byte("x"))
	status, _ := w.send(operator, http.MethodGet, "/default/controller/v1/lyo", "")
	require.Equal(t, http.StatusNotFound, status)
	status, _ = w.send("vera; roles=VIEWER", http.MethodPut, root+"/configData", `{"data":{}}`)
	require.Equal(t, http.StatusForbidden, status)
	base := w.polls()[ddi.DeploymentBase].Href
	for path, body := range map[string]string{"/feedback": `{"status":{"execution":"asleep"}}`, "x/feedback": `{}`} {
		status, text := w.send(operator, http.MethodPost, base+path, body)
		require.Equal(t, http.StatusBadRequest, status, text)
	}
	w.says(strings.Replace(base, "deploymentBase/", "deploymentBase/1", 1), "closed", "success", http.StatusNotFound)
	status, _ = w.send("vera; roles=VIEWER", http.MethodPost, base+"/feedback", `{"status":{"execution":"closed","result":{"finished":"success"}}}`)
	require.Equal(t, http.StatusForbidden, status)
	require.Equal(t, "PENDING 1.0.0", w.stands("par-1"))
}

func TestDevicesAreNotHeardUnlessSomebodySaysSo(t *testing.T) {
	w := newWorld(t)
	status, _ := w.send(operator, http.MethodGet, root, "")
	require.Equal(t, http.StatusNotFound, status)
}
