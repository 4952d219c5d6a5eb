package cli_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// browser finds a headless browser. Without one the test is skipped, unless
// RELEASEGRAPH_REQUIRE_BROWSER=1 makes that a failure.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const missing = "no chromium in PATH: the IDE was not opened in a browser"
	if os.Getenv("RELEASEGRAPH_REQUIRE_BROWSER") == "1" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// visit opens a page in a browser for which nothing but the loopback exists,
// and returns what the page has become and what it complained of.
func visit(t *testing.T, url string) (page string, complaints []string) {
	t.Helper()
	chromium := browser(t)
	nowhere := httptest.NewServer(http.NotFoundHandler()) // where all that is not loopback goes
	defer nowhere.Close()
	var dom, console bytes.Buffer
	c := exec.CommandContext(t.Context(), chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps", "--window-size=1400,900",
		"--user-data-dir="+t.TempDir(), "--proxy-server="+nowhere.URL, "--enable-logging=stderr", "--virtual-time-budget=20000", "--dump-dom", url)
	c.Stdout, c.Stderr = &dom, &console
	if err := c.Run(); err != nil {
		t.Fatalf("%v\n%s", err, &console)
	}
	complaint := regexp.MustCompile(`CONSOLE.*(Refused|violates|Failed to load|Error)`)
	for line := range strings.Lines(console.String()) {
		if complaint.MatchString(line) {
			complaints = append(complaints, line)
		}
	}
	return dom.String(), complaints
}

func TestTheIDEOpensInABrowserThatReachesNoOtherServer(t *testing.T) {
	browser(t)
	url, _ := serving(t, "demo")
	page, complaints := visit(t, url+"/graphiql?example=what-if")
	for _, part := range []string{
		"graphiql-session",            // GraphiQL is there,
		"Show Documentation Explorer", // with its explorer
		"Show History",                // and history;
		"TryAChange",                  // the examples are its tabs,
		"view-line",                   // the editor shows text,
		"removeDependencies",          // and the variables of what was asked for.
	} {
		if !strings.Contains(page, part) {
			t.Errorf("%q is missing in the page", part)
		}
	}
	if len(complaints) > 0 {
		t.Errorf("the page complains: %s", complaints)
	}
}

// The other test is worth something only if this holds: the policy that the
// IDE is served with makes any need of another server known.
func TestAPageThatNeedsAnotherServerIsFoundOut(t *testing.T) {
	browser(t)
	url, _ := serving(t, "demo")
	ide, err := http.Get(url + "/graphiql")
	if err != nil {
		t.Fatal(err)
	}
	ide.Body.Close()
	needy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Security-Policy", ide.Header.Get("Content-Security-Policy"))
		w.Write([]byte(`<script src="http://cdn.example/graphiql.js"></script>`))
	}))
	defer needy.Close()
	if _, complaints := visit(t, needy.URL); !strings.Contains(strings.Join(complaints, ""), "cdn.example") {
		t.Errorf("found: %s", complaints)
	}
}
