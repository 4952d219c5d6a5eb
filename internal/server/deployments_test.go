package server_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/entity"
	"releasegraph/internal/pipeline"
	"releasegraph/internal/server"
	"releasegraph/internal/store/sqlite"
	"releasegraph/resolvers"
)

const hookSecret = "0123456789abcdef"

// deploying is a server that hears of roll-outs, over a release of two sites.
func deploying(t *testing.T) (*running, *app.App) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Memory, entity.Schema(), sqlite.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	a := appOver(s)
	got, err := a.Bulk.ImportLines(t.Context(), bulk.ImportLinesInput{Lines: []string{
		`{"node":"Site","key":"par-1","name":"Paris"}`, `{"node":"Site","key":"ber-1","name":"Berlin"}`,
		`{"node":"ConfigurationItem","key":"app","name":"app","class":"APPLICATION","status":"LIVE","environment":"LIVE"}`,
		`{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:par-1","version":"5.0.0"}`,
		`{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:ber-1","version":"5.0.0"}`,
		`{"node":"Release","key":"SHOP-6.0.0","name":"R","releaseVersion":"6.0.0","type":"MAJOR","category":"DELTA","status":"ACCEPTED"}`,
		`{"edge":"CHANGES","from":"Release:SHOP-6.0.0","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"6.0.0"}`,
	}}, nil)
	require.NoError(t, err)
	require.Empty(t, got.Wrong)
	t.Setenv("HOOK_SECRET", hookSecret)
	c, err := pipeline.ReadConfig([]byte(`
environments: {production: [par-1, ber-1]}
sources:
  - {name: hub, kind: github, party: Hub, release: "SHOP-{version}", secretEnv: HOOK_SECRET}
  - {name: lab, kind: gitlab, party: Lab, release: "SHOP-{version}", secretEnv: HOOK_SECRET}
`))
	require.NoError(t, err)
	r := start(t, server.Config{Pipelines: c}, func(*fake) server.Open {
		return func(context.Context) (*server.Core, error) {
			return &server.Core{Schema: resolvers.New(a, zerolog.Nop()), Pipelines: a.Pipelines}, nil
		}
	})
	r.awaitReady()
	return r, a
}

// tells sends a body with headers, and returns what came of it.
func (r *running) tells(path, body string, header ...string) (int, string) {
	r.t.Helper()
	q, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.url+path, strings.NewReader(body))
	require.NoError(r.t, err)
	for i := 0; i < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(q)
	require.NoError(r.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(r.t, err)
	return answer.StatusCode, string(text)
}

// One line of shell tells of a roll-out.
func TestOneLineOfShellTellsOfARollOut_D9(t *testing.T) {
	r, a := deploying(t)
	body := `{"party": "Acme", "release": "SHOP-6.0.0", "environment": "production", "state": "succeeded", "at": "2026-01-10T21:04:00Z", "id": "42", "url": "https://ci/42"}`
	status, text := r.tells(server.DeploymentsPath, body)
	require.Equal(t, http.StatusOK, status, text)
	require.Contains(t, text, `{"deployment":"Acme/42","status":"CLOSED","finding":"it was done by Acme without a request`)
	head, err := a.Head(t.Context())
	require.NoError(t, err)
	status, text = r.tells(server.DeploymentsPath, body)
	require.Equal(t, http.StatusOK, status, text)
	again, err := a.Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, head, again)

	for _, c := range []struct {
		body   string
		who    string
		status int
		want   string
	}{
		{`{`, "", http.StatusBadRequest, "is no JSON object"},
		{`{"environment": "prod"}`, "", http.StatusBadRequest, "known are: production"},
		{`{"id": "1", "party": "A", "release": "NONE", "state": "failed"}`, "", http.StatusNotFound, `"code":"NOT_FOUND"`},
		{`{"id": "1", "party": "A", "release": "SHOP-6.0.0", "state": "gone"}`, "", http.StatusBadRequest, "one of planned, started, succeeded, failed"},
		{`{"id": "42", "party": "Acme", "release": "SHOP-6.0.0", "state": "failed"}`, "", http.StatusConflict, "is over and CLOSED"},
		{`{"id": "1", "party": "A", "release": "SHOP-6.0.0", "state": "failed"}`, "vera; roles=VIEWER", http.StatusForbidden, `"code":"FORBIDDEN"`},
		{`{"id": "` + strings.Repeat("x", 1<<20) + `"}`, "", http.StatusRequestEntityTooLarge, "1 MB"},
	} {
		header := []string{}
		if c.who != "" {
			header = []string{server.ActAs, c.who}
		}
		status, text := r.tells(server.DeploymentsPath, c.body, header...)
		require.Equal(t, c.status, status, text)
		require.Contains(t, text, c.want)
	}
}

// A webhook of GitHub is believed by its signature; the same delivery again changes nothing.
func TestAWebhookTellsOfARollOut_D9(t *testing.T) {
	r, a := deploying(t)
	body := `{"deployment": {"id": 42, "ref": "v6.0.0", "environment": "production", "created_at": "2026-01-10T21:00:00Z"},
		"deployment_status": {"state": "success", "created_at": "2026-01-10T21:04:00Z", "log_url": "https://l"}}`
	sum := hmac.New(sha256.New, []byte(hookSecret))
	sum.Write([]byte(body))
	signature := "sha256=" + hex.EncodeToString(sum.Sum(nil))
	status, text := r.tells("/deployments/hub", body, "X-GitHub-Event", "deployment_status", "X-Hub-Signature-256", signature)
	require.Equal(t, http.StatusOK, status, text)
	require.Contains(t, text, `"deployment":"Hub/42","status":"CLOSED"`)
	head, err := a.Head(t.Context())
	require.NoError(t, err)
	status, _ = r.tells("/deployments/hub", body, "X-GitHub-Event", "deployment_status", "X-Hub-Signature-256", signature)
	require.Equal(t, http.StatusOK, status)
	again, err := a.Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, head, again)
	status, text = r.tells("/deployments/hub", body+" ", "X-GitHub-Event", "deployment_status", "X-Hub-Signature-256", signature)
	require.Equal(t, http.StatusUnauthorized, status)
	require.Contains(t, text, "UNAUTHENTICATED")
	status, unknown := r.tells("/deployments/none", body, "X-Hub-Signature-256", signature)
	require.Equal(t, http.StatusUnauthorized, status)
	require.Equal(t, without(text), without(unknown), "whether there is a source is not told")
	status, text = r.tells("/deployments/lab", `{"object_kind": "deployment", "status": "skipped", "deployment_id": 1}`, "X-Gitlab-Event", "Deployment Hook", "X-Gitlab-Token", hookSecret)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, `{"ignored":`)
	status, text = r.tells("/deployments/lab", `{}`, "X-Gitlab-Event", "Push Hook", "X-Gitlab-Token", hookSecret)
	require.Equal(t, http.StatusBadRequest, status)
	require.Contains(t, text, "have the webhook send deployment events")
}

// without is an answer without the id of its request.
func without(text string) string {
	before, _, _ := strings.Cut(text, `"requestId"`)
	return before
}
