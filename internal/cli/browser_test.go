package cli_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser starts a headless browser for which nothing but the loopback exists.
// Without one the test is skipped, unless RELEASEGRAPH_REQUIRE_BROWSER=1 makes
// that a failure.
func browser(t *testing.T) context.Context {
	t.Helper()
	program := chromium()
	if program == "" {
		const missing = "no chromium in PATH: the IDE was not opened in a browser"
		if os.Getenv("RELEASEGRAPH_REQUIRE_BROWSER") == "1" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	nowhere := httptest.NewServer(http.NotFoundHandler()) // where all that is not loopback goes
	t.Cleanup(nowhere.Close)
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(stop)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox,
		chromedp.UserDataDir(t.TempDir()), chromedp.ProxyServer(nowhere.URL), chromedp.Flag("disable-quic", true),
		chromedp.WindowSize(1400, 900), chromedp.WSURLReadTimeout(time.Minute))
	ctx, stop = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	t.Cleanup(func() { _ = chromedp.Cancel(ctx) }) // It waits until the browser has left its directory.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// page is a tab of a browser, which remembers nothing of other tabs.
type page struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex
	complaints []string
}

// visit opens an address in a tab of its own.
func visit(ctx context.Context, t *testing.T, url string) *page {
	t.Helper()
	ctx, stop := chromedp.NewContext(ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(stop)
	p := &page{t: t, ctx: ctx}
	err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *log.EventEntryAdded:
			if e.Entry.Level == log.EntryLevelError {
				p.complain(e.Entry.Text + " " + e.Entry.URL)
			}
		case *runtime.EventExceptionThrown:
			p.complain(e.ExceptionDetails.Text)
		}
	})
	if err == nil {
		_, err = chromedp.Call(ctx, log.Enable, cdp.Empty{})
	}
	if err != nil {
		t.Fatal(err)
	}
	p.does(chromedp.Navigate(url))
	return p
}

func (p *page) complain(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.complaints = append(p.complaints, what)
}

// complained is what the page has said of its troubles so far.
func (p *page) complained() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.complaints, "\n")
}

func (p *page) does(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// text is what the first element shows that the selector finds; nothing when
// there is none yet.
func (p *page) text(selector string) string {
	p.t.Helper()
	shown, err := chromedp.Run(p.ctx, chromedp.Evaluate[string]("document.querySelector("+strconv.Quote(selector)+")?.innerText ?? ''"))
	if err != nil {
		p.t.Fatal(err)
	}
	return strings.ReplaceAll(shown, "\u00a0", " ")
}

// awaits waits until an element shows what is asked for, and tells what it
// shows in the end.
func (p *page) awaits(selector string, shows func(text string) bool) (text string) {
	p.t.Helper()
	for start := time.Now(); time.Since(start) < 30*time.Second; time.Sleep(10 * time.Millisecond) {
		if text = p.text(selector); shows(text) {
			return text
		}
	}
	p.t.Errorf("%s shows in the end: %.300s\nand the page complains: %s", selector, text, p.complained())
	return text
}

// The other tests are worth something only if this holds: the policy that the
// IDE is served with makes any need of another server known.
func TestAPageThatNeedsAnotherServerIsFoundOut(t *testing.T) {
	ctx := browser(t)
	url, _ := serving(t, "demo", "--still")
	ide, err := http.Get(url + "/graphiql")
	if err != nil {
		t.Fatal(err)
	}
	ide.Body.Close()
	needy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Security-Policy", ide.Header.Get("Content-Security-Policy"))
		w.Write([]byte(`<script src="http://cdn.example/graphiql.js"></script><p>here</p>`))
	}))
	defer needy.Close()
	p := visit(ctx, t, needy.URL)
	p.awaits("p", func(string) bool { return strings.Contains(p.complained(), "cdn.example") })
}
