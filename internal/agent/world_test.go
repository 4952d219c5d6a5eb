package agent_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/agent"
	"releasegraph/internal/cli"
	"releasegraph/internal/digest"
	"releasegraph/internal/entity"
	"releasegraph/internal/neo4jtest"
)

// TestMain lets a test start this program as an agent.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "agent" {
		os.Exit(cli.Run(context.Background(), os.Args[1:], cli.System()))
	}
	neo4jtest.Main(m)
}

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

// world is a server with a library, and a site with an agent.
type world struct {
	t      *testing.T
	url    string
	media  string
	folder string // of the site: scripts, what they did, and the agent's own
}

var listening = regexp.MustCompile(`"url":"(http://127\.0\.0\.1:\d+)"`)

// newWorld is a world whose server keeps a file.
func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldOver(t, "--store=sqlite:"+filepath.Join(t.TempDir(), "e.db"))
}

// onServers runs a test against a server over each kind of store.
func onServers(t *testing.T, run func(*testing.T, *world)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { run(t, newWorld(t)) })
	t.Run("neo4j", func(t *testing.T) {
		uri, user, password := neo4jtest.EmptiedOf(t, entity.Schema())
		t.Setenv("RELEASEGRAPH_STORE_PASSWORD", password)
		run(t, newWorldOver(t, "--store="+uri, "--store-user="+user))
	})
}

// newWorldOver is a world whose server is told by flags which store it has.
func newWorldOver(t *testing.T, store ...string) *world {
	t.Helper()
	w := &world{t: t, media: t.TempDir(), folder: t.TempDir()}
	ctx, stop := context.WithCancel(context.Background())
	log, done := &buffer{}, make(chan int, 1)
	go func() {
		args := append([]string{"serve", "--listen=127.0.0.1:0", "--topology=off", "--media=" + w.media}, store...)
		done <- cli.Run(ctx, args, cli.Streams{Stdin: strings.NewReader(""), Stdout: log, Stderr: log})
	}()
	t.Cleanup(func() { stop(); <-done })
	require.Eventually(t, func() bool { return strings.Contains(log.String(), "the store is open") }, time.Minute, 5*time.Millisecond, log)
	w.url = listening.FindStringSubmatch(log.String())[1]
	w.brings(
		`{"node":"Site","key":"par-1","name":"Paris","timeZone":"Europe/Paris","users":100}`,
		`{"node":"ConfigurationItem","key":"app","name":"app","class":"APPLICATION","status":"LIVE","environment":"LIVE"}`,
		`{"node":"ConfigurationItem","key":"old","name":"old","class":"APPLICATION","status":"LIVE","environment":"LIVE"}`,
		`{"edge":"INSTALLED_AT","from":"ConfigurationItem:app","to":"Site:par-1","version":"1.0.0","activeVersion":"1.0.0"}`,
		`{"edge":"INSTALLED_AT","from":"ConfigurationItem:old","to":"Site:par-1","version":"3","activeVersion":"3"}`,
	)
	return w
}

// send sends a request as somebody, and returns what came of it.
func (w *world) send(who, method, path, body string) (int, string) {
	w.t.Helper()
	r, err := http.NewRequest(method, w.url+path, strings.NewReader(body))
	require.NoError(w.t, err)
	r.Header.Set("Releasegraph-Act-As", who)
	if path == "/graphql" {
		r.Header.Set("Content-Type", "application/json")
	}
	got, err := http.DefaultClient.Do(r)
	require.NoError(w.t, err)
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	require.NoError(w.t, err)
	return got.StatusCode, string(text)
}

// ask answers a document that must not fail.
func (w *world) ask(document string, variables map[string]any, into any) {
	w.t.Helper()
	w.askAs("ada; roles=ADMIN", document, variables, into)
}

func (w *world) askAs(who, document string, variables map[string]any, into any) {
	w.t.Helper()
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	require.NoError(w.t, err)
	_, text := w.send(who, http.MethodPost, "/graphql", string(body))
	require.False(w.t, strings.HasPrefix(text, `{"errors"`), text)
	if into != nil {
		require.NoError(w.t, json.Unmarshal([]byte(text), &struct{ Data any }{into}))
	}
}

func (w *world) brings(lines ...string) {
	w.t.Helper()
	var got struct {
		ImportRecords struct {
			Errors []struct {
				Line    int
				Message string
			}
		}
	}
	w.ask(`mutation ($lines: [String!]!) { importRecords(input: {records: $lines}) { errors { line message } } }`, map[string]any{"lines": lines}, &got)
	require.Empty(w.t, got.ImportRecords.Errors)
}

// rollout lets a release come to the site, with a kit of some contents, by a deployment
// that is RUNNING; its wave has a status.
func (w *world) rollout(key, wave string, contents ...string) {
	w.t.Helper()
	w.brings(rolledOut(key, wave)...)
	w.kit(key, contents)
}

// waiting is rollout in a wave that waits for one with another site.
func (w *world) waiting(key string, contents ...string) {
	w.t.Helper()
	w.brings(append(rolledOut(key, "PENDING"),
		`{"node":"Site","key":"lyo","name":"Lyon"}`, fmt.Sprintf(`{"node":"SiteRollout","key":"%s-lyo","name":"L","status":"PENDING"}`, key),
		fmt.Sprintf(`{"node":"Wave","key":"%s-first","name":"First","ordinal":1,"status":"RUNNING"}`, key),
		fmt.Sprintf(`{"edge":"HAS_WAVE","from":"Deployment:%[1]s-d","to":"Wave:%[1]s-first"}`, key),
		fmt.Sprintf(`{"edge":"TARGETS","from":"Wave:%[1]s-first","to":"SiteRollout:%[1]s-lyo"}`, key),
		fmt.Sprintf(`{"edge":"TARGETS","from":"SiteRollout:%s-lyo","to":"Site:lyo"}`, key),
	)...)
	w.kit(key, contents)
}

// rolledOut are a release and its deployment to the site.
func rolledOut(key, wave string) []string {
	return []string{
		fmt.Sprintf(`{"node":"Release","key":%q,"name":"R","releaseVersion":"2.0.0","type":"MINOR","category":"DELTA","status":"DEPLOYING"}`, key),
		fmt.Sprintf(`{"edge":"CHANGES","from":"Release:%s","to":"ConfigurationItem:app","action":"MODIFY","toVersion":"2.0.0"}`, key),
		fmt.Sprintf(`{"edge":"CHANGES","from":"Release:%s","to":"ConfigurationItem:old","action":"REMOVE","fromVersion":"3"}`, key),
		fmt.Sprintf(`{"node":"Deployment","key":"%s-d","name":"D","status":"RUNNING"}`, key),
		fmt.Sprintf(`{"edge":"DEPLOYS","from":"Deployment:%[1]s-d","to":"Release:%[1]s"}`, key),
		fmt.Sprintf(`{"node":"Wave","key":"%s-w","name":"W","ordinal":2,"status":%q}`, key, wave),
		fmt.Sprintf(`{"edge":"HAS_WAVE","from":"Deployment:%[1]s-d","to":"Wave:%[1]s-w"}`, key),
		fmt.Sprintf(`{"node":"SiteRollout","key":"%s-par","name":"P","status":"PENDING"}`, key),
		fmt.Sprintf(`{"edge":"TARGETS","from":"Wave:%[1]s-w","to":"SiteRollout:%[1]s-par"}`, key),
		fmt.Sprintf(`{"edge":"TARGETS","from":"SiteRollout:%s-par","to":"Site:par-1"}`, key),
		fmt.Sprintf(`{"edge":"RECEIVES","from":"SiteRollout:%s-par","to":"ConfigurationItem:app","action":"MODIFY","fromVersion":"1.0.0","toVersion":"2.0.0","ordinal":2}`, key),
		fmt.Sprintf(`{"edge":"RECEIVES","from":"SiteRollout:%s-par","to":"ConfigurationItem:old","action":"REMOVE","fromVersion":"3","ordinal":1}`, key),
	}
}

// kit puts the parts of the kit of a release into the library.
func (w *world) kit(key string, contents []string) {
	w.t.Helper()
	for i, content := range contents {
		w.item(fmt.Sprintf("%s-kit-%d", key, i), key, content)
	}
}

// item puts a part of the kit of a release into the library.
func (w *world) item(item, release, content string) {
	w.t.Helper()
	const librarian = "mia; roles=CONFIGURATION_MANAGER" // who puts a kit leads no release (R7)
	w.askAs(librarian, `mutation ($in: CreateMediaItemInput!) { createMediaItem(input: $in) { mediaItem { id } } }`, map[string]any{"in": map[string]any{
		"key": item, "name": item, "productVersion": "2.0.0", "sha256": digest.Of([]byte(content)).String(), "size": len(content),
	}}, nil)
	w.brings(fmt.Sprintf(`{"edge":"KIT_OF","from":"MediaItem:%s","to":"Release:%s"}`, item, release))
	status, text := w.send(librarian, http.MethodPut, "/media/"+item, content)
	require.Equal(w.t, http.StatusCreated, status, text)
}

// damage changes a content in the library behind its back.
func (w *world) damage(content string) {
	w.t.Helper()
	d := digest.Of([]byte(content)).String()
	file := filepath.Join(w.media, "sha256", d[:2], d)
	require.NoError(w.t, os.Chmod(file, 0o600))
	require.NoError(w.t, os.WriteFile(file, []byte(strings.ToUpper(content)), 0o600))
}

// script writes a program of the site.
func (w *world) script(name, text string) string {
	w.t.Helper()
	file := filepath.Join(w.folder, name)
	require.NoError(w.t, os.WriteFile(file, []byte("#!/bin/sh\ncd "+w.folder+"\n"+text), 0o700))
	return file
}

// scripts are programs that note that they ran, and with which arguments.
func (w *world) scripts() agent.Scripts {
	return agent.Scripts{
		Install: w.script("install.sh", `echo "install $*" >> ran; echo installing; cat "$ROLLOUT_KIT"/* > installed`),
		Verify:  w.script("verify.sh", `echo "verify" >> ran; test -f installed`),
		BackOut: w.script("back-out.sh", `echo "back-out $*" >> ran; rm installed`),
	}
}

// read reads a file of the site, "" for none.
func (w *world) read(name string) string {
	text, err := os.ReadFile(filepath.Join(w.folder, name))
	if err != nil {
		return ""
	}
	return string(text)
}

// remote is the server as an operator of the site reaches it.
func (w *world) remote() *agent.Remote {
	header := http.Header{"Releasegraph-Act-As": {"box; roles=SITE_OPERATOR; sites=par-1"}}
	return &agent.Remote{
		Endpoint: w.url + "/graphql", Client: &http.Client{}, Header: func() (http.Header, error) { return header, nil },
		Content: func(ctx context.Context, key, file string) error {
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"/media/"+key, nil)
			if err != nil {
				return err
			}
			r.Header = header
			got, err := http.DefaultClient.Do(r)
			if err != nil {
				return err
			}
			defer got.Body.Close()
			text, err := io.ReadAll(got.Body)
			if err != nil || got.StatusCode != http.StatusOK {
				return fmt.Errorf("%s %w", got.Status, err)
			}
			return os.WriteFile(file, text, 0o600)
		},
	}
}

// agent is an agent of the site, over the folder of those before it.
func (w *world) agent(change ...func(*agent.Config)) *agent.Agent {
	c := agent.Config{
		Site: "par-1", Folder: filepath.Join(w.folder, "agent"), Scripts: w.scripts(), Server: w.remote(),
		Timeout: time.Minute, Grace: time.Second, Poll: time.Hour, Interrupted: agent.Fail, Log: zerolog.New(zerolog.NewTestWriter(w.t)),
	}
	for _, f := range change {
		f(&c)
	}
	return &agent.Agent{Config: c}
}

// once has an agent do what there is to do.
func (w *world) once(change ...func(*agent.Config)) {
	w.t.Helper()
	require.NoError(w.t, w.agent(change...).Once(w.t.Context()))
}

// said is what the server knows of a roll-out: its status, and what was reported of it.
func (w *world) said(key string) (status string, reports []string, details string) {
	w.t.Helper()
	var got struct {
		SiteRollout struct {
			Status  string
			Reports struct {
				Nodes []struct{ Status, ReportID, Detail string }
			}
		}
	}
	w.ask(`query ($key: String!) { siteRollout(key: $key) { status reports(orderBy: [{field: CREATED_AT}]) { nodes { status reportId detail } } } }`,
		map[string]any{"key": key + "-par"}, &got)
	for _, r := range got.SiteRollout.Reports.Nodes {
		reports = append(reports, r.Status)
		details += r.Detail + "\n"
	}
	return got.SiteRollout.Status, reports, details
}

// verb does something with the deployment of a release.
func (w *world) verb(name, key string, more ...string) {
	w.t.Helper()
	w.ask(fmt.Sprintf(`mutation { %s(input: {deployment: {key: "%s-d"}, reason: "r" %s}) { revision } }`, name, key, strings.Join(more, " ")), nil, nil)
}
