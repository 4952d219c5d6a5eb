package conformance_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"releasegraph/internal/cli"
)

// node runs a program of this folder in Node, which must be there with what
// package.json names (npm ci); otherwise the test is skipped, unless
// RELEASEGRAPH_REQUIRE_NODE=1 makes that a failure.
func node(t *testing.T, arguments ...string) (answer map[string]any) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "node", arguments...)
	var out, complaints bytes.Buffer
	command.Stdout, command.Stderr = &out, &complaints
	if err := command.Run(); err != nil {
		t.Fatalf("%v\n%s%s", err, &out, &complaints)
	}
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
		t.Fatalf("%v: %s", err, &out)
	}
	return answer
}

func needNode(t *testing.T) {
	t.Helper()
	_, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat("node_modules")
	}
	if err == nil {
		return
	}
	const missing = "no Node, or no node_modules here (npm ci): the public tools were not run"
	if os.Getenv("RELEASEGRAPH_REQUIRE_NODE") == "1" {
		t.Fatal(missing)
	}
	t.Skip(missing)
}

// demo serves the demo's estate, in which nothing moves by itself, and gives the address of
// its API.
func demo(t *testing.T) string {
	t.Helper()
	return serving(t, "demo", "--still")
}

// serving serves by a command and gives the address of its API.
func serving(t *testing.T, command string, flags ...string) string {
	t.Helper()
	out := &heard{}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan int, 1)
	go func() {
		done <- cli.Run(ctx, append([]string{command, "--listen", "127.0.0.1:0"}, flags...), cli.Streams{Stdin: strings.NewReader(""), Stdout: out, Stderr: out})
	}()
	t.Cleanup(func() {
		stop()
		<-done
	})
	address := regexp.MustCompile(`(http://127\.0\.0\.1:\d+)`)
	for {
		if found := address.FindStringSubmatch(out.String()); found != nil {
			if code := cli.Run(ctx, []string{"ready", "--url", found[1]}, cli.Streams{Stdout: io.Discard, Stderr: io.Discard}); code == 0 {
				return found[1] + "/graphql"
			}
		}
		select {
		case code := <-done:
			done <- code
			t.Fatalf("%s ended with %d: %s", command, code, out)
		case <-time.After(time.Millisecond):
		}
	}
}

// heard keeps what is written at any time.
type heard struct {
	mu   sync.Mutex
	text strings.Builder
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.Write(p)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.String()
}

// sdl writes the schema into a file.
func sdl(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	if code := cli.Run(t.Context(), []string{"schema"}, cli.Streams{Stdout: &out, Stderr: io.Discard}); code != 0 {
		t.Fatalf("schema ended with %d", code)
	}
	path := filepath.Join(t.TempDir(), "schema.graphqls")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestThePublicAuditOfGraphQLOverHTTPPasses(t *testing.T) {
	needNode(t)
	if got := node(t, "audit.mjs", demo(t)); got["checks"] != 61.0 || got["ok"] != 61.0 {
		t.Errorf("%v", got)
	}
}

func TestTheClientsThatPeopleUseWork(t *testing.T) {
	needNode(t)
	if got := node(t, "clients.mjs", demo(t)); len(got["clients"].([]any)) != 4 {
		t.Errorf("%v", got)
	}
}

func TestTheClientsThatPeopleUseFollowWhatHappensAndGoOn_E1(t *testing.T) {
	needNode(t)
	if got := node(t, "subscriptions.mjs", demo(t)); len(got["followed"].([]any)) != 24 {
		t.Errorf("%v", got)
	}
}

func TestPublicLibrariesVerifyAndReadWhatWebhooksSend_E3(t *testing.T) {
	needNode(t)
	if got := node(t, "webhooks.mjs", serving(t, "serve", "--store", "sqlite:"+filepath.Join(t.TempDir(), "estate.db"), "--webhook-allow", "127.0.0.0/8")); got["verified"] != 3.0 || got["parsed"] != 1.0 {
		t.Errorf("%v", got)
	}
}

// Software asks an unmodified client for what a release switches: at one instant for all, for
// a share that grows, for what is none.
func TestAnOpenFeatureClientReadsTheSwitchesOfReleases_P8(t *testing.T) {
	needNode(t)
	if got := node(t, "openfeature.mjs", serving(t, "serve", "--store", "sqlite:"+filepath.Join(t.TempDir(), "estate.db"))); len(got["asked"].([]any)) != 4 {
		t.Errorf("%v", got)
	}
}

func TestPublicLintersFindNothingInTheSchema(t *testing.T) {
	needNode(t)
	if got := node(t, "schema.mjs", sdl(t)); got["problems"] != 0.0 {
		t.Errorf("%v", got)
	}
}

// What a check is worth shows in that it finds something.
func TestPublicLintersFindWhatIsWrong(t *testing.T) {
	needNode(t)
	path := filepath.Join(t.TempDir(), "schema.graphqls")
	if err := os.WriteFile(path, []byte("type Query { a: AConnection }\ntype AConnection { nodes: [Int] }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "node", "schema.mjs", path).CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte("require-description")) || !bytes.Contains(out, []byte("relay-connection-types")) {
		t.Errorf("%v: %s", err, out)
	}
}

// relaySource is what an application of Relay's would write.
const relaySource = `import { graphql } from 'relay-runtime';
graphql` + "`query appQuery($id: ID!, $n: Int) { node(id: $id) { id ...app_item @alias @arguments(count: $n) } }`" + `;
graphql` + "`fragment app_item on ConfigurationItem @argumentDefinitions(count: {type: \"Int\", defaultValue: 10}, cursor: {type: \"String\"}) @refetchable(queryName: \"appRefetchQuery\") { key dependsOn(first: $count, after: $cursor) @connection(key: \"app_dependsOn\") { edges { node { id key } } } }`" + `;
graphql` + "`mutation appMutation($input: CreateSiteInput!, $c: [ID!]!) { createSite(input: $input) { site @prependNode(connections: $c, edgeTypeName: \"SiteEdge\") { id key } } }`" + `;
graphql` + "`subscription appSubscription { events { revision subject { __typename id key } } }`" + `;
`

// Relay's compiler reads a file, into which the last of the tools puts what the
// server told it.
func TestToolsReadTheSchemaOfARunningServerAndRelaysCompilerTakesIt(t *testing.T) {
	needNode(t)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"app.js":            relaySource,
		"relay.config.json": `{"src": ".", "schema": "schema.graphql", "language": "javascript", "artifactDirectory": "made"}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := node(t, "introspect.mjs", demo(t), filepath.Join(dir, "schema.graphql")); len(got["tools"].([]any)) != 4 {
		t.Errorf("%v", got)
	}
	if err := os.Mkdir(filepath.Join(dir, "made"), 0o700); err != nil {
		t.Fatal(err)
	}
	compiler, err := filepath.Abs("node_modules/relay-compiler/cli.js")
	if err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), "node", compiler, "relay.config.json")
	run.Dir = dir
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	made, err := filepath.Glob(filepath.Join(dir, "made", "app*.graphql.js"))
	if err != nil || len(made) < 4 {
		t.Errorf("%d files, %v", len(made), err)
	}
}
