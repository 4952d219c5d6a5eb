package conformance_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// needCurl skips a test where there is no curl, unless that is to be there.
func needCurl(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("curl"); err == nil {
		return
	}
	const missing = "no curl: what it is told was not looked at"
	if os.Getenv("RELEASEGRAPH_REQUIRE_NODE") == "1" {
		t.Fatal(missing)
	}
	t.Skip(missing)
}

// brings creates a site.
func brings(t *testing.T, url, key string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"query": `mutation($key: String!) { createSite(input: {key: $key, name: "s"}) { revision } }`, "variables": map[string]any{"key": key},
	})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Post(url, "application/json", bytes.NewReader(body)) //nolint:noctx // it ends with the test's server
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var a struct{ Errors []struct{ Message string } }
	if err := json.NewDecoder(answer.Body).Decode(&a); err != nil || len(a.Errors) > 0 {
		t.Fatalf("%v %v", err, a.Errors)
	}
}

// follows has curl follow what happens behind an event, until it was told of so many keys,
// and returns these and the id of the last event.
func follows(t *testing.T, url, last string, n int) (keys []string, id string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "curl", "-N", "-s", "-H", "Accept: text/event-stream", "-H", "Last-Event-ID: "+last, "-G", url,
		"--data-urlencode", "query=subscription { events { type subject { key } } }")
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	}()
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if text, is := strings.CutPrefix(lines.Text(), "id: "); is {
			id = text
		}
		text, is := strings.CutPrefix(lines.Text(), "data: ")
		if !is {
			continue
		}
		var answer struct {
			Data struct {
				Events struct{ Subject struct{ Key string } }
			}
		}
		if err := json.Unmarshal([]byte(text), &answer); err != nil || answer.Data.Events.Subject.Key == "" {
			t.Fatalf("%v: %s", err, text)
		}
		if keys = append(keys, answer.Data.Events.Subject.Key); len(keys) == n {
			return keys, id
		}
	}
	t.Fatalf("it ended behind %v", keys)
	return nil, ""
}

// What docs/subscriptions.md has curl do: follow, and go on behind the last event.
func TestCurlFollowsWhatHappensAndGoesOn_E1(t *testing.T) {
	needCurl(t)
	url := serving(t, "serve", "--store", "sqlite:"+filepath.Join(t.TempDir(), "estate.db"))
	for _, key := range []string{"a", "b"} {
		brings(t, url, key)
	}
	keys, last := follows(t, url, "0", 2)
	for _, key := range []string{"c", "d"} {
		brings(t, url, key)
	}
	more, _ := follows(t, url, last, 2)
	if got := strings.Join(append(keys, more...), " "); got != "a b c d" {
		t.Errorf("told of %s", got)
	}
}
