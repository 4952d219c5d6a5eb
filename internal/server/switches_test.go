package server_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/bulk"
	"releasegraph/internal/entity"
	"releasegraph/internal/server"
	"releasegraph/internal/store/sqlite"
	"releasegraph/resolvers"
)

// asked is the answer to a question for flags.
func (r *running) asked(path string) (int, string) { return r.askedFor("", path) }

// askedFor is the answer to a question for flags, for what a key stands for.
func (r *running) askedFor(key, path string) (int, string) {
	r.t.Helper()
	asks := `{"context":{}}`
	if key != "" {
		asks = fmt.Sprintf(`{"context":{"targetingKey":%q,"country":"FR"}}`, key)
	}
	q, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.url+path, strings.NewReader(asks))
	require.NoError(r.t, err)
	q.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(q)
	require.NoError(r.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(r.t, err)
	return answer.StatusCode, string(text)
}

// What a release installed is a flag for software that asks, from its instant on.
func TestAReleaseWithOneInstantIsAFlag_P8(t *testing.T) {
	s, err := sqlite.Open(t.Context(), sqlite.Memory, entity.Schema(), sqlite.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	a := appOver(s)
	deployment := func(release string, at time.Time) []string {
		return []string{
			fmt.Sprintf(`{"node":"Release","key":%q,"name":"R","releaseVersion":"1.0.0","type":"MINOR","category":"DELTA","status":"DEPLOYING"}`, release),
			fmt.Sprintf(`{"node":"Deployment","key":"of-%[1]s","name":"D","status":"RUNNING","activation":"SCHEDULED","activateAt":%[2]q}`, release, at.UTC().Format(time.RFC3339)),
			fmt.Sprintf(`{"edge":"DEPLOYS","from":"Deployment:of-%[1]s","to":"Release:%[1]s"}`, release),
		}
	}
	lines := append(deployment("now", time.Now().Add(-time.Hour)), deployment("later", time.Now().Add(time.Hour))...)
	lines = append(lines,
		`{"node":"Release","key":"half","name":"R","releaseVersion":"1.0.0","type":"MINOR","category":"DELTA","status":"DEPLOYING"}`,
		`{"node":"Deployment","key":"of-half","name":"D","status":"RUNNING"}`, `{"edge":"DEPLOYS","from":"Deployment:of-half","to":"Release:half"}`,
		`{"node":"Wave","key":"half-1","name":"W","ordinal":1,"status":"SUCCEEDED","exposure":50}`, `{"edge":"HAS_WAVE","from":"Deployment:of-half","to":"Wave:half-1"}`,
	)
	got, err := a.Bulk.ImportLines(t.Context(), bulk.ImportLinesInput{Lines: lines}, nil)
	require.NoError(t, err)
	require.Empty(t, got.Wrong)
	r := start(t, server.Config{}, func(*fake) server.Open {
		return func(context.Context) (*server.Core, error) {
			return &server.Core{Schema: resolvers.New(a, zerolog.Nop()), Switches: a.Progress}, nil
		}
	})
	r.awaitReady()

	status, text := r.asked(server.SwitchesPath + "/now")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, `"key":"now","value":true,"reason":"STATIC","variant":"on"`)
	_, text = r.asked(server.SwitchesPath + "/later")
	require.Contains(t, text, `"value":false,"reason":"STATIC","variant":"off"`)
	status, text = r.asked(server.SwitchesPath + "/unknown")
	require.Equal(t, http.StatusNotFound, status)
	require.Contains(t, text, `"errorCode":"FLAG_NOT_FOUND"`)
	_, text = r.asked(server.SwitchesPath)
	require.Equal(t, 3, strings.Count(text, `"key"`))

	status, text = r.asked(server.SwitchesPath + "/half")
	require.Equal(t, http.StatusBadRequest, status)
	require.Contains(t, text, `"errorCode":"TARGETING_KEY_MISSING"`)
	on := 0
	for i := range 40 {
		status, text = r.askedFor(fmt.Sprintf("user-%d", i), server.SwitchesPath+"/half")
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, text, `"reason":"SPLIT"`)
		on += strings.Count(text, `"value":true`)
	}
	require.InDelta(t, 20, on, 12)
}
