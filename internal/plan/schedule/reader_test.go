package schedule_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// readerJS finds the reader of calendar files that checks ours: node and ical.js
// from the web sources. Without them the test is skipped, unless
// RELEASEGRAPH_REQUIRE_NODE=1 makes that a failure.
func readerJS(t *testing.T) (node, library string) {
	t.Helper()
	library, err := filepath.Abs("../../../web/node_modules/ical.js/dist/ical.js")
	if err == nil {
		_, err = os.Stat(library)
	}
	if err == nil {
		node, err = exec.LookPath("node")
	}
	if err == nil {
		return node, library
	}
	missing := fmt.Sprintf("no second opinion on calendar files: %v; run npm ci in web", err)
	if os.Getenv("RELEASEGRAPH_REQUIRE_NODE") == "1" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return "", ""
}

// reader is a program that reads one calendar file after another.
type reader struct {
	in  *json.Encoder
	out *bufio.Reader
}

func startReader(t *testing.T) *reader {
	t.Helper()
	node, library := readerJS(t)
	c := exec.CommandContext(t.Context(), node, "testdata/read.mjs", library)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_, _ = io.Copy(io.Discard, out)
		_ = c.Wait() // the test's end may have ended it
	})
	return &reader{json.NewEncoder(in), bufio.NewReader(out)}
}

type readEvent struct {
	UID, Summary, Description, Location, Zone, Status string
	From, To                                          time.Time
	Sequence                                          int
	Categories                                        []string
}

// failer is a test, or a draw of one.
type failer interface {
	Fatalf(format string, args ...any)
}

func (r *reader) read(t failer, file string) (name string, events []readEvent) {
	var answer struct {
		Version, Method, Name string
		Events                []readEvent
	}
	err := r.in.Encode(file)
	var line []byte
	if err == nil {
		line, err = r.out.ReadBytes('\n')
	}
	if err == nil {
		err = json.Unmarshal(line, &answer)
	}
	if err != nil {
		t.Fatalf("%v in\n%s", err, file)
	}
	if answer.Version != "2.0" || answer.Method != "PUBLISH" {
		t.Fatalf("version %q, method %q", answer.Version, answer.Method)
	}
	return answer.Name, answer.Events
}
