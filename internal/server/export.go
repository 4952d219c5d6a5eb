package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"releasegraph/internal/app/export"
	"releasegraph/internal/domain"
)

// Exporter writes the estate as lines of the interchange format.
type Exporter interface {
	Export(ctx context.Context, w io.Writer, o export.ExportOptions) (export.Exported, error)
	ExportHistory(ctx context.Context, w io.Writer) (export.Exported, error)
}

// ExportPath is where a whole estate is read, and ExportedHeader the trailer
// that ends it and tells what was written: an answer without one broke off.
const (
	ExportPath     = "/export.ndjson"
	ExportedHeader = "Releasegraph-Exported"
)

// exportTimeout bounds an export: a large estate takes longer than any operation
// may.
const exportTimeout = 10 * time.Minute

// exportAsked is what the address of an export asks for.
type exportAsked struct {
	export.ExportOptions
	history bool
}

// export answers with the graph, or with a part of it.
func (s *Server) export(w http.ResponseWriter, r *http.Request) {
	served, why := s.state()
	switch {
	case served == nil || served.core.Exporter == nil:
		w.Header().Set("Retry-After", "1")
		refuse(w, r, http.StatusServiceUnavailable, codeUnavailable, why)
		return
	case s.config.Persisted != nil:
		refuse(w, r, http.StatusForbidden, codeForbidden, "only listed operations are run here, and an export is none of them")
		return
	}
	asked, err := exportOf(r.URL.Query())
	if err != nil {
		refuse(w, r, http.StatusBadRequest, codeInvalid, err.Error())
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), exportTimeout)
	defer cancel()
	// As dear as an operation may be: a caller has one at a time.
	leave, err := s.budget.Enter(ctx, caller(ctx), s.config.Limits.Price)
	if err != nil {
		refuseBusy(w, r, err)
		return
	}
	defer leave()
	s.writeExport(ctx, w, r, served.core.Exporter, asked)
}

// writeExport writes what was asked for. What fails before anything is written
// is refused; later the answer breaks off, so that nobody takes it for whole.
func (s *Server) writeExport(ctx context.Context, w http.ResponseWriter, r *http.Request, from Exporter, asked exportAsked) {
	until := time.Now().Add(exportTimeout)
	out := &begun{to: &steady{ResponseWriter: w, control: http.NewResponseController(w), until: until}}
	_ = out.to.control.SetWriteDeadline(until) // nothing may be written for a while
	w.Header().Set("Content-Type", "application/x-ndjson; charset=utf-8")
	w.Header().Set("Trailer", ExportedHeader)
	var done export.Exported
	var err error
	if asked.history {
		done, err = from.ExportHistory(ctx, out)
	} else {
		done, err = from.Export(ctx, out, asked.ExportOptions)
	}
	switch {
	case err != nil && out.any:
		s.config.Log.Error().Err(err).Msg("an export broke off")
		panic(http.ErrAbortHandler)
	case err != nil:
		w.Header().Del("Trailer")
		s.refuseRead(w, r, "the export", err)
	default:
		told, _ := json.Marshal(done) // of numbers: it cannot fail
		w.Header().Set(ExportedHeader, string(told))
	}
}

// begun knows whether anything was written.
type begun struct {
	to  *steady
	any bool
}

// Write implements io.Writer.
func (b *begun) Write(text []byte) (int, error) {
	b.any = b.any || len(text) > 0
	return b.to.Write(text)
}

// exportOf reads an address, and tells all that is wrong with it.
func exportOf(query url.Values) (exportAsked, error) {
	asked := exportAsked{ExportOptions: export.ExportOptions{Kinds: query["kind"], Roots: query["from"]}}
	var depthErr, dependentsErr, historyErr error
	wrong := []error{unknownParameters(query, "kind", "from", "depth", "dependents", "history")}
	if text := query.Get("depth"); text != "" {
		if asked.Depth, depthErr = strconv.Atoi(text); depthErr != nil {
			wrong = append(wrong, fmt.Errorf("depth: %q is no whole number", text))
		}
	}
	asked.Dependents, dependentsErr = truth(query, "dependents")
	asked.history, historyErr = truth(query, "history")
	if asked.history && len(query) > 1 {
		wrong = append(wrong, errors.New("history: is of everything, and goes with nothing else"))
	}
	return asked, errors.Join(append(wrong, dependentsErr, historyErr)...)
}

func truth(query url.Values, name string) (bool, error) {
	if !query.Has(name) {
		return false, nil
	}
	v, err := strconv.ParseBool(query.Get(name))
	if err != nil {
		return false, fmt.Errorf("%s: must be true or false, not %q", name, query.Get(name))
	}
	return v, nil
}

func unknownParameters(query url.Values, known ...string) error {
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if !slices.Contains(known, name) {
			return fmt.Errorf("%q is no parameter; there are %v", name, known)
		}
	}
	return nil
}

// refuseRead tells what is wrong with what was to be read, of errors that
// callers can act on.
func (s *Server) refuseRead(w http.ResponseWriter, r *http.Request, what string, err error) {
	status := map[domain.Code]int{
		domain.NotFound: http.StatusNotFound, domain.Forbidden: http.StatusForbidden, domain.Unauthenticated: http.StatusUnauthorized,
		domain.Invalid: http.StatusBadRequest, domain.Unavailable: http.StatusServiceUnavailable, domain.Limit: http.StatusBadRequest,
	}
	var e *domain.Error
	if errors.As(err, &e) && status[e.Code] != 0 {
		refuse(w, r, status[e.Code], string(e.Code), err.Error())
		return
	}
	s.config.Log.Error().Err(err).Msg(what + " could not be written")
	refuse(w, r, http.StatusInternalServerError, codeInternal, what+" could not be written; the server's log says why")
}
