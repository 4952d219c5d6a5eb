package server_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"releasegraph/internal/app/export"
	"releasegraph/internal/domain"
	"releasegraph/internal/server"
	"releasegraph/resolvers"
)

// exporter writes what it is told to, and then fails or waits.
type exporter struct {
	text string
	err  error
	wait bool
	over chan error
}

func (e exporter) Export(ctx context.Context, w io.Writer, _ export.ExportOptions) (export.Exported, error) {
	if e.wait {
		<-ctx.Done()
		e.over <- ctx.Err()
		return export.Exported{}, ctx.Err()
	}
	_, err := io.WriteString(w, e.text)
	return export.Exported{Records: 1, Revision: 7}, errors.Join(err, e.err)
}

func (e exporter) ExportHistory(ctx context.Context, w io.Writer) (export.Exported, error) {
	return e.Export(ctx, w, export.ExportOptions{})
}

func exporting(t *testing.T, c server.Config, e server.Exporter) *running {
	r := start(t, c, func(f *fake) server.Open {
		return func(context.Context) (*server.Core, error) { return &server.Core{Schema: f, Exporter: e}, nil }
	})
	r.awaitReady()
	return r
}

func TestAnExportEndsWithWhatItHolds(t *testing.T) {
	for _, length := range []int{0, 10, 5_000, 1 << 20} {
		r := exporting(t, server.Config{}, exporter{text: strings.Repeat("x", length)})
		for _, compressed := range []string{"identity", "gzip"} {
			answer, body := r.fetch(server.ExportPath, "Accept-Encoding", compressed)
			if answer.StatusCode != http.StatusOK || answer.Trailer.Get(server.ExportedHeader) != `{"records":1,"relationships":0,"revision":7}` {
				t.Errorf("%s: %s %v", compressed, answer.Status, answer.Trailer)
			}
			if answer.Header.Get("Content-Type") != "application/x-ndjson; charset=utf-8" || answer.Header.Get("Cache-Control") != "no-store" || (body == "") != (length == 0) {
				t.Errorf("%v", answer.Header)
			}
		}
	}
}

func TestAnExportThatFailsIsRefusedOrBreaksOff(t *testing.T) {
	failed := &domain.Error{Code: domain.Unavailable, Message: "the store is gone"}
	exporting(t, server.Config{}, exporter{err: failed}).get(server.ExportPath).wants(t, http.StatusServiceUnavailable, "the store is gone")
	exporting(t, server.Config{}, exporter{err: errors.New("secret of the house")}).get(server.ExportPath).lacks(t, "secret")
	r := exporting(t, server.Config{}, exporter{text: strings.Repeat("x", 1<<20), err: failed})
	answer, err := http.Get(r.url + server.ExportPath)
	if err != nil {
		return // it broke off at once
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err == nil || answer.Trailer.Get(server.ExportedHeader) != "" {
		t.Errorf("it reads as whole: %v %v", err, answer.Trailer)
	}
}

func TestAllThatIsWrongWithAnExportsAddressIsTold(t *testing.T) {
	r := exporting(t, server.Config{}, exporter{})
	r.get(server.ExportPath+"?depth=two&dependents=perhaps&history=true&Kind=Site").wants(t, http.StatusBadRequest,
		"depth:", "dependents:", "history:", `\"Kind\" is no parameter`)
	r.do(http.MethodPost, server.ExportPath, "", nil).wants(t, http.StatusMethodNotAllowed)
	r.do(http.MethodGet, server.ExportPath, "", header{"Sec-Fetch-Site": "cross-site"}).wants(t, http.StatusForbidden)
}

func TestAnExportEndsWithItsReader(t *testing.T) {
	e := exporter{wait: true, over: make(chan error, 1)}
	r := exporting(t, server.Config{}, e)
	ctx, leave := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer leave()
	q, _ := http.NewRequestWithContext(ctx, http.MethodGet, r.url+server.ExportPath, nil)
	if answer, err := http.DefaultClient.Do(q); err == nil {
		answer.Body.Close()
	}
	select {
	case <-e.over:
	case <-time.After(soon):
		t.Error("it goes on for nobody")
	}
}

func TestWhereOnlyListedOperationsAreRunNothingIsExported(t *testing.T) {
	r := exporting(t, server.Config{Persisted: &server.PersistedOperations{}}, exporter{text: "x"})
	r.get(server.ExportPath).wants(t, http.StatusForbidden, "listed operations")
}

func TestWhoSeesAPartOfTheEstateExportsNothing(t *testing.T) {
	_, a := withCalendar(t)
	over := start(t, server.Config{}, func(*fake) server.Open {
		return func(context.Context) (*server.Core, error) {
			return &server.Core{Schema: resolvers.New(a, zerolog.Nop()), Exporter: a.Export}, nil
		}
	})
	over.awaitReady()
	for _, query := range []string{"", "?kind=Site", "?from=ConfigurationItem:db", "?history=true"} {
		for _, who := range []string{"sam; roles=SITE_OPERATOR; sites=par", "sue; roles=SUPPLIER"} {
			answer := over.do(http.MethodGet, server.ExportPath+query, "", header{"Releasegraph-Act-As": who})
			answer.wants(t, http.StatusForbidden)
			answer.lacks(t, `"db"`, `:db"`)
		}
	}
	asViewer := header{"Releasegraph-Act-As": "vic; roles=VIEWER"}
	over.do(http.MethodGet, server.ExportPath+"?kind=Site&kind=ConfigurationItem", "", asViewer).wants(t, http.StatusOK, `"par"`, `"db"`)
	over.do(http.MethodGet, server.ExportPath, "", asViewer).wants(t, http.StatusForbidden, "may not read CalendarFeed")
}
