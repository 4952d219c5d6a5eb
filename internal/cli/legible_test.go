package cli

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"releasegraph/internal/domain"
)

func TestTablesNeverControlTheTerminal(t *testing.T) {
	var b strings.Builder
	var f found
	if err := json.Unmarshal([]byte(`{"totalCount":1,"edges":[{"node":{"name":"a\u009b31mred\u202egnp"}}]}`), &f); err != nil {
		t.Fatal(err)
	}
	f.table(&b)
	if text := b.String(); strings.ContainsAny(text, "\u009b\u202e") || !strings.Contains(text, "31mred") {
		t.Errorf("%q", text)
	}
}

func TestWhatIsToldBesideTheDataNeverControlsTheTerminal(t *testing.T) {
	const evil, controls = "\x1b]0;owned\a\u009b31mred\u202egnp\r", "\x1b\a\u009b\u202e\r"
	var b strings.Builder
	r := &running{Streams: Streams{Stderr: &b}}
	r.say("%s left out\n", evil)
	report(r.Streams, errors.New(evil))
	report(r.Streams, usageError{errors.New(evil)})
	for _, format := range []string{"json", "console"} {
		log := (&commands{LogFormat: format, LogLevel: "info"}).logger(Streams{Stderr: &b})
		log.Warn().Str("key", evil).Err(errors.New(evil)).Msg("told")
	}
	if text := uncolour.ReplaceAllString(b.String(), ""); strings.ContainsAny(text, controls) || strings.Count(text, "31mred") != 7 {
		t.Errorf("%q", text)
	}
}

// uncolour finds what the log itself colours.
var uncolour = regexp.MustCompile("\x1b\\[[0-9;]*m")

func TestChangesInColoursHoldNoOtherControls(t *testing.T) {
	evil := "a\x1b[2Jb"
	p := painter{on: true}
	for _, text := range []string{
		p.change(domain.Change{Type: domain.ChangeCreated, Key: &evil}), p.change(domain.Change{Type: domain.ChangeRemoved, Key: &evil}),
		p.change(domain.Change{Type: domain.ChangeUpdated, Key: &evil, Fields: []domain.FieldChange{{Field: "name", Before: &evil, After: &evil}}}),
		p.kept(domain.FieldKept{Key: &evil, Kept: &evil, Offered: &evil}), p.kept(domain.FieldKept{Key: &evil, Removed: true}),
	} {
		if strings.Contains(text, "[2J") && strings.Contains(text, "\x1b[2J") || !strings.Contains(text, "[2J") {
			t.Errorf("%q", text)
		}
	}
}

func TestAServersErrorNeverControlsTheTerminal(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"errors":[{"message":"no \u001b[2J\u202e"}]}`))
	}))
	t.Cleanup(s.Close)
	var out, errs strings.Builder
	code := Run(t.Context(), []string{"search", "--url", s.URL, "x"}, Streams{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs})
	if text := errs.String(); code != exitFailed || !strings.Contains(text, "[2J") || strings.ContainsAny(text, "\x1b\u202e") {
		t.Errorf("%d %q", code, text)
	}
}
