package importer_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
	"releasegraph/internal/importer"
)

// serve answers the two operations that a remote import sends, as the real
// resolvers do.
func serve(t *testing.T, a *app.App) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Query     string
			Variables struct {
				Records, Assume, Keys []string
				Kind                  string
				Options               domain.WriteOptions
			}
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Error(err)
		}
		v, data := in.Variables, map[string]any{}
		if strings.HasPrefix(in.Query, "query") {
			data["unknownKeys"], _ = a.UnknownKeys(r.Context(), v.Kind, v.Keys)
		} else {
			done, err := a.ImportLines(r.Context(), v.Records, v.Assume, &v.Options)
			if err != nil {
				t.Error(err)
				return
			}
			var wrong []map[string]any
			for _, e := range done.Wrong {
				wrong = append(wrong, map[string]any{"line": e.Line, "field": e.Field, "message": e.Message})
			}
			data["importRecords"] = map[string]any{"counts": done.Counts, "errors": wrong,
				"revision": strconv.FormatInt(done.Revision, 10), "changes": done.Changes}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": data})
	}))
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
