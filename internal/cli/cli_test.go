package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"releasegraph/internal/cli"
)

// buffer may be read while a command writes.
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

type outcome struct {
	code     int
	out, err string
}

// call runs one command to its end.
func call(t *testing.T, stdin string, args ...string) outcome {
	t.Helper()
	var out, errs buffer
	code := cli.Run(t.Context(), args, cli.Streams{Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs})
	return outcome{code, out.String(), errs.String()}
}

func (o outcome) wants(t *testing.T, code int, parts ...string) {
	t.Helper()
	if o.code != code {
		t.Errorf("exit code %d, want %d\nstdout: %.500s\nstderr: %s", o.code, code, o.out, o.err)
	}
	for _, part := range parts {
		if !strings.Contains(o.out+o.err, part) {
			t.Errorf("%q is missing\nstdout: %.900s\nstderr: %s", part, o.out, o.err)
		}
	}
}

// serving runs a command that serves, and returns its address.
func serving(t *testing.T, args ...string) (url string, out *buffer) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	out, errs, done := &buffer{}, &buffer{}, make(chan int, 1)
	go func() {
		done <- cli.Run(ctx, append(args, "--listen=127.0.0.1:0"), cli.Streams{Stdin: strings.NewReader(""), Stdout: out, Stderr: errs})
	}()
	t.Cleanup(func() {
		stop()
		if code := <-done; code != 0 {
			t.Errorf("exit code %d: %s", code, errs)
		}
	})
	listening := regexp.MustCompile(`"url":"(http://127\.0\.0\.1:\d+)"`)
	for {
		log := errs.String()
		if found := listening.FindStringSubmatch(log); found != nil && strings.Contains(log, "the store is open") {
			return found[1], out
		}
		if strings.Contains(log, "releasegraph: ") {
			t.Fatal(log)
		}
		time.Sleep(time.Millisecond)
	}
}

const shop = `{"node":"ConfigurationItem","key":"shop","name":"Shop","class":"SERVICE","status":"LIVE","environment":"LIVE","users":7}
{"node":"ConfigurationItem","key":"db-1","name":"Database 1","class":"DATABASE","status":"LIVE","environment":"LIVE"}
{"edge":"DEPENDS_ON","from":"ConfigurationItem:shop","to":"ConfigurationItem:db-1","kind":"USES","impact":"FULL"}
`

func TestTheGraphGoesInAndOutAndIsAnalysed(t *testing.T) {
	db := "--store=sqlite:" + filepath.Join(t.TempDir(), "e.db")
	call(t, shop, "import", db, "--dry-run", "-").wants(t, 0, "would be created", "Nothing was written")
	call(t, shop, "import", db, "-").wants(t, 0, "ConfigurationItem", "2 created")
	call(t, shop, "import", db, "-").wants(t, 0, "Nothing to change")
	exported := call(t, "", "export", db)
	exported.wants(t, 0, `"key":"shop"`, "2 records and 1 relationships")
	other := "--store=sqlite:" + filepath.Join(t.TempDir(), "copy.db")
	call(t, exported.out, "import", other, "-").wants(t, 0)
	if again := call(t, "", "export", other); again.out != exported.out {
		t.Errorf("the copy differs:\n%s\n%s", exported.out, again.out)
	}
	for _, topology := range []string{"--topology=on", "--topology=off"} {
		call(t, "", "impact", db, topology, "db-1").wants(t, 0, "shop → db-1", "1 hit: 1 FULL", "7 users")
	}
	call(t, "", "impact", db, "--direction=dependencies", "shop").wants(t, 0, "shop → db-1")
	call(t, "", "impact", db, "--mermaid", "db-1").wants(t, 0, "flowchart")
	call(t, "", "impact", db, "--dot", "db-1").wants(t, 0, "digraph")
	var got struct{ Summary struct{ Full int } }
	if err := json.Unmarshal([]byte(call(t, "", "impact", db, "--json", "db-1").out), &got); err != nil || got.Summary.Full != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWrongLinesAreNamedAndNothingIsWritten(t *testing.T) {
	db := "--store=sqlite:" + filepath.Join(t.TempDir(), "e.db")
	bad := call(t, shop+"{\n{\"node\":\"Nope\",\"key\":\"x\"}\n", "import", db, "-")
	bad.wants(t, 1, ":4:", ":5:", "Nope", "nothing was written")
	for line := range strings.Lines(strings.TrimSpace(bad.err)) {
		if !strings.HasPrefix(line, "standard input:") && !strings.HasPrefix(line, "releasegraph: ") {
			t.Errorf("no FILE:LINE: in %q", line)
		}
	}
	if strings.HasPrefix(bad.err, "releasegraph: ") {
		t.Errorf("no FILE:LINE: at the beginning of %q", bad.err)
	}
	if out := call(t, "", "export", db).out; out != "" {
		t.Errorf("written: %s", out)
	}
}

func TestAnEmptyFileIsNotTakenForOneThatIsThereAlready(t *testing.T) {
	db := "--store=sqlite:" + filepath.Join(t.TempDir(), "e.db")
	call(t, "", "import", db, "-").wants(t, 0, "the files hold no records")
}

func TestAnUnknownItemIsNamedOnce(t *testing.T) {
	db := "--store=sqlite:" + filepath.Join(t.TempDir(), "e.db")
	call(t, shop, "import", db, "-").wants(t, 0)
	bad := call(t, "", "impact", db, "moon")
	bad.wants(t, 1, `there is no ConfigurationItem with the key "moon"`)
	if strings.Count(bad.err, "input.sources.items.0") > 1 {
		t.Error(bad.err)
	}
}

func TestTheDemoServesWhatItShows(t *testing.T) {
	url, out := serving(t, "demo", "--still")
	for _, part := range []string{"What is hurt when", "Three things to try", url + "/graphiql?example=path", url + "/graphiql?example=what-if"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("%q is missing in\n%s", part, out)
		}
	}
	call(t, "", "impact", "--url", url, "--redundancy=ignore", "sw-par-core-1").wants(t, 0, "web-shop", "users")
	call(t, "", "impact", "--url", url, "nope").wants(t, 1, "nope")
	call(t, shop, "import", "--url", url, "-").wants(t, 0, "created")
	call(t, "", "impact", "--url", url, "db-1").wants(t, 0, "1 hit")
}

// A roll-out runs under the eyes of who looks: a site fails and is tried again, and a wave
// waits until somebody opens its gate.
func TestTheDemoMovesByItself(t *testing.T) {
	url, out := serving(t, "demo", "--day=300ms")
	wait := func(part string) {
		t.Helper()
		for begun := time.Now(); !strings.Contains(out.String(), part); time.Sleep(5 * time.Millisecond) {
			if time.Since(begun) > time.Minute {
				t.Fatalf("%q is missing in\n%s", part, out)
			}
		}
	}
	wait("waits for you")
	said := regexp.MustCompile(`-d '(\{.*\})'`).FindStringSubmatch(out.String())
	if said == nil || !strings.Contains(out.String(), url+"/graphql") {
		t.Fatal(out)
	}
	answer, err := http.Post(url+"/graphql", "application/json", strings.NewReader(said[1]))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || strings.Contains(string(text), "errors") {
		t.Fatalf("%v: %s", err, text)
	}
	wait("ber-1 is FAILED")
	wait("deployment-1 is PAUSED")
	wait("ber-1 is VERIFIED")
	wait("deployment-1 is CLOSED")
}

func TestAServerOverAFileKeepsWhatItIsGiven(t *testing.T) {
	db := "--store=sqlite:" + filepath.Join(t.TempDir(), "e.db")
	t.Run("serve", func(t *testing.T) {
		url, _ := serving(t, "serve", db)
		call(t, shop, "import", "--url", url, "-").wants(t, 0, "created")
	})
	call(t, "", "impact", db, "db-1").wants(t, 0, "1 hit")
}

func TestTheExitCodeTellsAMistakeInTheCallFromAFailure(t *testing.T) {
	call(t, "", "nope").wants(t, 2, "nope", "--help")
	call(t, "", "impact").wants(t, 2, "<key>")
	call(t, "", "impact", "--direction=up", "x").wants(t, 2, "dependents")
	call(t, "", "export", "--depth=2").wants(t, 2, "--from")
	call(t, "", "serve", "--store=estate.db").wants(t, 2, "write sqlite:PATH")
	call(t, "", "impact", "--url=localhost:8080", "x").wants(t, 2, "http://127.0.0.1:8080")
	call(t, "", "serve", "--listen=0.0.0.0:8080", "--store=sqlite::memory:").wants(t, 1, "loopback")
	call(t, "", "import", filepath.Join(t.TempDir(), "none.ndjson"), "--store=sqlite::memory:").wants(t, 1, "none.ndjson")
}

func TestAFileThatCannotBeUsedEndsTheServerAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "text.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("this is no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	call(t, "", "serve", "--listen=127.0.0.1:0", "--store=sqlite:"+path).wants(t, 1, "cannot use sqlite:"+path)
}

func TestEveryCommandExplainsItselfWithEnvironmentAndExamples(t *testing.T) {
	call(t, "", "--help").wants(t, 0, "serve", "demo", "import", "export", "impact", "schema", "version", "completion")
	for _, command := range []string{"serve", "demo", "import", "export", "impact", "schema", "completion"} {
		help := call(t, "", command, "--help")
		help.wants(t, 0, "Example")
		if help.err != "" {
			t.Errorf("%s: help on stderr: %s", command, help.err)
		}
	}
	call(t, "", "serve", "--help").wants(t, 0, "$RELEASEGRAPH_LISTEN", "$RELEASEGRAPH_STORE", "$RELEASEGRAPH_STORE_PASSWORD")
}

func TestFlagsComeFromTheEnvironmentToo(t *testing.T) {
	t.Setenv("RELEASEGRAPH_STORE", "sqlite:"+filepath.Join(t.TempDir(), "env.db"))
	call(t, shop, "import", "-").wants(t, 0, "created")
	call(t, "", "impact", "db-1").wants(t, 0, "1 hit")
}

func TestThePasswordComesFromTheEnvironmentOrAFileOnly(t *testing.T) {
	call(t, "", "serve", "--store-password=x").wants(t, 2, "unknown flag")
	call(t, "", "export", "--store=bolt://127.0.0.1:1", "--store-password-file="+filepath.Join(t.TempDir(), "none")).
		wants(t, 1, "password", "none")
}

func TestSchemaVersionAndCompletionArePrinted(t *testing.T) {
	call(t, "", "schema").wants(t, 0, "type Query", "type ConfigurationItem implements", `"""`)
	call(t, "", "version").wants(t, 0, "releasegraph ")
	if v := call(t, "", "version", "--json"); !json.Valid([]byte(v.out)) {
		t.Errorf("no JSON: %s", v.out)
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		call(t, "", "completion", shell).wants(t, 0, "impact", "mermaid", "store-password-file")
	}
	call(t, "", "completion", "tcsh").wants(t, 2, "bash")
}

func TestACommandThatReadsMakesNoEmptyStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.db")
	for _, args := range [][]string{{"export"}, {"impact", "a"}, {"search", "a"}, {"plan", "a"}, {"quality"}} {
		call(t, "", append(args, "--store", "sqlite:"+path)...).wants(t, 1, "there is no file "+path)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("one was made")
	}
}

func TestTheSchemaThatIsServedIsTheOneThatIsKept(t *testing.T) {
	kept, err := os.ReadFile("../../graph/snapshot_gen.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	if told := call(t, "", "schema"); told.out != string(kept) {
		t.Error("they differ: run go generate ./...")
	}
}

func TestAnAgentIsRefusedWhatItCannotRun(t *testing.T) {
	call(t, "", "agent", "--server=http://127.0.0.1:1", "--run=/bin/true").wants(t, 2, "--site")
	call(t, "", "agent", "--site=a", "--server=127.0.0.1:1", "--run=/bin/true").wants(t, 2, "--server", "http://127.0.0.1:8080")
	call(t, "", "agent", "--site=a", "--server=http://127.0.0.1:1", "--run=/nowhere/install.sh").wants(t, 2, "--run", "/nowhere/install.sh")
	call(t, "", "agent", "--site=a", "--server=http://127.0.0.1:1", "--run=/bin/true", "--poll=0s").wants(t, 2, "--poll")
	call(t, "", "agent", "--site=a", "--server=http://127.0.0.1:1", "--run=/bin/true", "--token-file="+filepath.Join(t.TempDir(), "none")).wants(t, 1, "--token-file")
	call(t, "", "agent", "--once", "--site=a", "--server=http://127.0.0.1:1", "--run=/bin/true", "--state="+t.TempDir()).wants(t, 1, "127.0.0.1:1")
}

func TestAFileOfSourcesIsRefusedWithAllThatIsWrong_D9(t *testing.T) {
	file := filepath.Join(t.TempDir(), "deployments.yaml")
	if err := os.WriteFile(file, []byte("sources: [{name: A, kind: b}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	call(t, "", "serve", "--store=sqlite::memory:", "--listen=127.0.0.1:0", "--deployments="+file).wants(t, 1, file, `name "A"`, `kind "b"`, "party is missing")
}
