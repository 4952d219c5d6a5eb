package ddi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/cli"
	"releasegraph/internal/digest"
)

// operator is who the devices of Paris are.
const operator = "opal; roles=SITE_OPERATOR; sites=par-1"

// buffer may be read while it is written.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// world is a server with a library, and a release that comes to Paris.
type world struct {
	t   *testing.T
	url string
}

var listening = regexp.MustCompile(`"url":"(http://127\.0\.0\.1:\d+)"`)

func newWorld(t *testing.T, flags ...string) *world {
	t.Helper()
	w, folder := &world{t: t}, t.TempDir()
	ctx, stop := context.WithCancel(context.Background())
	log, done := &buffer{}, make(chan int, 1)
	go func() {
		args := append([]string{"serve", "--listen=127.0.0.1:0", "--topology=off", "--media=" + folder, "--store=sqlite:" + filepath.Join(folder, "e.db")}, flags...)
		done <- cli.Run(ctx, args, cli.Streams{Stdin: strings.NewReader(""), Stdout: log, Stderr: log})
	}()
	t.Cleanup(func() { stop(); <-done })
	require.Eventually(t, func() bool { return strings.Contains(log.String(), "the store is open") }, time.Minute, 5*time.Millisecond, log)
	w.url = listening.FindStringSubmatch(log.String())[1]
	return w
}

// rollout lets a release come to the site, with a kit of one file.
func (w *world) rollout(wave string, kit []byte) {
	w.t.Helper()
	gate := "NONE"
	if wave != "RUNNING" {
		gate = "PERSON"
	}
	lines := []string{
		`{"node":"Site","key":"par-1","name":"Paris","timeZone":"Europe/Paris"}`, `{"node":"Site","key":"lyo","name":"Lyon"}`,
		`{"node":"ConfigurationItem","key":"app","name":"app","class":"APPLICATION","status":"LIVE","environment":"LIVE"}`,
		`{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:par-1","version":"1.0.0","activeVersion":"1.0.0"}`,
		`{"node":"Release","key":"R","name":"R","releaseVersion":"2.0.0","type":"MINOR","category":"DELTA","status":"DEPLOYING"}`,
		`{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"2.0.0"}`,
		`{"node":"Deployment","key":"D","name":"D","status":"RUNNING"}`, `{"edge":"DEPLOYS","from":"Deployment:D","to":"Release:R"}`,
		fmt.Sprintf(`{"node":"Wave","key":"D-w","name":"W","ordinal":1,"status":%q,"gate":%q}`, wave, gate), `{"edge":"HAS_WAVE","from":"Deployment:D","to":"Wave:D-w"}`,
	}
	for _, site := range []string{"par-1", "lyo"} {
		lines = append(lines,
			fmt.Sprintf(`{"node":"SiteRollout","key":"D-%s","name":"S","status":"PENDING"}`, site),
			fmt.Sprintf(`{"edge":"TARGETS","from":"Wave:D-w","to":"SiteRollout:D-%s"}`, site), fmt.Sprintf(`{"edge":"TARGETS","from":"SiteRollout:D-%[1]s","to":"Site:%[1]s"}`, site),
			fmt.Sprintf(`{"edge":"RECEIVES","from":"SiteRollout:D-%s","to":"ConfigurationItem:app","action":"MODIFY","fromVersion":"1.0.0","toVersion":"2.0.0","ordinal":1}`, site),
		)
	}
	w.ask(`mutation ($lines: [String!]!) { importRecords(input: {records: $lines}) { errors { message } } }`, map[string]any{"lines": lines})
	const librarian = "mia; roles=CONFIGURATION_MANAGER" // who puts a kit leads no release (R7)
	w.askAs(librarian, `mutation ($in: CreateMediaItemInput!) { createMediaItem(input: $in) { mediaItem { id } } }`, map[string]any{"in": map[string]any{
		"key": "app-2.0.0.swu", "name": "app", "productVersion": "2.0.0", "sha256": digest.Of(kit).String(), "size": len(kit),
	}})
	w.ask(`mutation ($lines: [String!]!) { importRecords(input: {records: $lines}) { errors { message } } }`, map[string]any{"lines": []string{`{"edge":"KIT_OF","from":"MediaItem:app-2.0.0.swu","to":"Release:R"}`}})
	status, text := w.send(librarian, http.MethodPut, "/media/app-2.0.0.swu", string(kit))
	require.Equal(w.t, http.StatusCreated, status, text)
}

// send sends a request as somebody.
func (w *world) send(who, method, path, body string) (int, string) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.url+strings.TrimPrefix(path, w.url), strings.NewReader(body))
	require.NoError(w.t, err)
	r.Header.Set("Releasegraph-Act-As", who)
	if path != "/media/app-2.0.0.swu" {
		r.Header.Set("Content-Type", "application/json")
	}
	got, err := http.DefaultClient.Do(r)
	require.NoError(w.t, err)
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	require.NoError(w.t, err)
	return got.StatusCode, string(text)
}

func (w *world) ask(document string, variables map[string]any) string {
	w.t.Helper()
	return w.askAs("ada; roles=ADMIN", document, variables)
}

func (w *world) askAs(who, document string, variables map[string]any) string {
	w.t.Helper()
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	require.NoError(w.t, err)
	_, text := w.send(who, http.MethodPost, "/graphql", string(body))
	require.NotContains(w.t, text, `"message"`)
	return text
}

// stands is where the site is, with what is installed there.
func (w *world) stands(site string) string {
	w.t.Helper()
	var got struct {
		Data struct {
			SiteRollout       struct{ Status string }
			ConfigurationItem struct {
				InstalledAt struct {
					Edges []struct {
						Version string
						Node    struct{ Key string }
					}
				}
			}
		}
	}
	text := w.ask(`query ($key: String!) { siteRollout(key: $key) { status } configurationItem(key: "app") { installedAt { edges { version node { key } } } } }`, map[string]any{"key": "D-" + site})
	require.NoError(w.t, json.Unmarshal([]byte(text), &got), text)
	for _, e := range got.Data.ConfigurationItem.InstalledAt.Edges {
		if e.Node.Key == site {
			return got.Data.SiteRollout.Status + " " + e.Version
		}
	}
	return got.Data.SiteRollout.Status
}
