package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"releasegraph/internal/domain"
)

// Calendar gives the forward schedule as iCalendar files: to who may see it, or
// to who knows a secret.
type Calendar interface {
	Calendar(ctx context.Context, site, service *domain.Ref) (string, error)
	BySecret(ctx context.Context, secret string, site, service *domain.Ref) (string, error)
}

// calendar answers with the forward schedule (H5): ?secret= of a feed, and
// ?site= and ?service= by their keys.
func (s *Server) calendar(w http.ResponseWriter, r *http.Request) {
	served, why := s.state()
	if served == nil || served.core.Calendar == nil {
		w.Header().Set("Retry-After", "1")
		refuse(w, r, http.StatusServiceUnavailable, codeUnavailable, why)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.config.OperationTimeout)
	defer cancel()
	leave, err := s.budget.Enter(ctx, caller(ctx), calendarPrice)
	if err != nil {
		refuseBusy(w, r, err)
		return
	}
	defer leave()
	query := r.URL.Query()
	site, service := named(query.Get("site")), named(query.Get("service"))
	var file string
	if query.Has("secret") {
		file, err = served.core.Calendar.BySecret(ctx, query.Get("secret"), site, service)
	} else {
		file, err = served.core.Calendar.Calendar(ctx, site, service)
	}
	if err != nil {
		s.refuseRead(w, r, "the calendar", err)
		return
	}
	writeCalendar(w, r, file)
}

// calendarPrice is that of changeSchedule with all it shows.
const calendarPrice = 20_000

func named(key string) *domain.Ref {
	if key == "" {
		return nil
	}
	return &domain.Ref{Key: &key}
}

// writeCalendar sends the file, or says that the reader has it already. Caches
// that others share keep it not: the address may be a secret.
func writeCalendar(w http.ResponseWriter, r *http.Request, file string) {
	sum := sha256.Sum256([]byte(file))
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Content-Disposition", `inline; filename="calendar.ics"`)
	h.Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Referrer-Policy", "no-referrer")
	http.ServeContent(newSteady(w), r, "", time.Time{}, strings.NewReader(file))
}
