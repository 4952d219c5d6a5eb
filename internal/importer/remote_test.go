package importer_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/rs/zerolog"

	"releasegraph/graph/response"
	"releasegraph/internal/app"
	"releasegraph/internal/domain"
	"releasegraph/internal/importer"
	"releasegraph/resolvers"
)

// serve answers as a server does.
func serve(t *testing.T, a *app.App) string {
	t.Helper()
	h := handler.New(resolvers.New(a, zerolog.Nop()))
	h.AddTransport(transport.POST{})
	h.SetErrorPresenter(response.ErrorPresenter(zerolog.Nop()))
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

func TestAnImportThroughAServerDoesTheSame(t *testing.T) {
	near, _ := newApp(t)
	far, _ := newApp(t)
	run(t, near, importer.Options{Files: []string{"-"}, Stdin: strings.NewReader(estate)})
	to := importer.Remote(serve(t, far), nil, nil)
	for _, step := range []struct {
		dry                bool
		created, unchanged int
	}{{true, 11, 0}, {false, 11, 0}, {true, 0, 11}, {false, 0, 11}} {
		s, err := importer.Run(context.Background(), to, importer.Options{Files: []string{file(t, "a.ndjson", estate)}, DryRun: step.dry})
		if err != nil || s.Created() != step.created || s.Unchanged() != step.unchanged {
			t.Fatalf("%+v: %+v %v", step, s, err)
		}
	}
	if got, want := export(t, far), export(t, near); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	_, err := importer.Run(context.Background(), to, importer.Options{Files: []string{file(t, "b.ndjson", `{"edge":"SITE_NEEDS","from":"Site:par-1","to":"Site:moon"}`)}})
	if err == nil || !strings.Contains(err.Error(), `b.ndjson:1: to: there is no Site with the key "moon"`) {
		t.Error(err)
	}
}

func TestAnImportThroughAServerThatAsksToWaitGoesOn(t *testing.T) {
	near, _ := newApp(t)
	far, _ := newApp(t)
	run(t, near, importer.Options{Files: []string{"-"}, Stdin: strings.NewReader(estate)})
	server, refused := serve(t, far), 0
	busy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refused++; refused%2 == 1 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		http.Redirect(w, r, server, http.StatusTemporaryRedirect)
	}))
	t.Cleanup(busy.Close)
	to := importer.Remote(busy.URL, nil, nil)
	if s, err := importer.Run(context.Background(), to, importer.Options{Files: []string{file(t, "a.ndjson", estate)}}); err != nil || s.Created() != 11 {
		t.Fatalf("%+v %v", s, err)
	}
	if got, want := export(t, far), export(t, near); got != want || refused < 4 {
		t.Errorf("after %d calls\n%s\nwant\n%s", refused, got, want)
	}
}

func TestAServerThatIsNotThereIsToldAsSuch(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	o := importer.Options{Files: []string{file(t, "a.ndjson", estate)}, Patience: time.Millisecond}
	if _, err := importer.Run(context.Background(), importer.Remote(server.URL, nil, nil), o); err == nil || !strings.Contains(err.Error(), "404") {
		t.Error(err)
	}
	server.Close()
	_, err := importer.Run(context.Background(), importer.Remote(server.URL, nil, nil), o)
	var e *domain.Error
	if !errors.As(err, &e) || e.Code != domain.Unavailable {
		t.Error(err)
	}
}
