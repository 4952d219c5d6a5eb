package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"golang.org/x/sync/singleflight"

	"releasegraph/graph/response"
	"releasegraph/internal/app/acting"
	"releasegraph/internal/digest"
	"releasegraph/internal/domain"
	"releasegraph/internal/library"
	"releasegraph/internal/library/upload"
	"releasegraph/internal/store/blob"
)

// MediaPath is below which the contents of media items are put and got by their
// keys, and UploadsPath where uploads are that can be resumed.
const (
	MediaPath   = "/media/"
	UploadsPath = MediaPath + "uploads/"
)

// Media is the library and what its items are.
type Media struct {
	Library *library.Library
	Items   library.Items
	// Upkeep, when not nil, says which contents are given up.
	Upkeep library.Upkeep
	// Uploads is the folder of uploads that are not whole yet. On the file system
	// of a location that is a folder, a whole one is moved there and not copied.
	Uploads string
	// CompareEvery is how often each content is compared with what its item says;
	// zero: never.
	CompareEvery time.Duration
}

// media answers below MediaPath.
type media struct {
	Media
	server    *Server
	transfers *transfers
	uploads   *upload.Store
	tus       http.Handler
	finishing singleflight.Group
}

// newMedia takes up the uploads that are on their way.
func (s *Server) newMedia(m *Media) (*media, error) {
	if m == nil {
		return nil, nil
	}
	uploads, err := upload.NewStore(m.Uploads, func(err error) { s.config.Log.Error().Err(err).Msg("an upload failed") })
	if err != nil {
		return nil, err
	}
	served := &media{Media: *m, server: s, transfers: s.transfers, uploads: uploads}
	err = uploads.Each(func(u *upload.Upload) error {
		if !u.Kept {
			s.transfers.take(u.Owner, u.Size)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	served.tus, err = served.newTus()
	return served, err
}

// mediaRoutes are the routes of media, each with what is common to all.
func (s *Server) mediaRoutes(r chi.Router) {
	r = r.With(unkept, s.config.ownPages, s.actor, s.rates.middleware)
	r.Get(MediaPath+"{key}", s.ofMedia((*media).get))
	r.Head(MediaPath+"{key}", s.ofMedia((*media).get))
	r.Put(MediaPath+"{key}", s.ofMedia((*media).put))
	r.HandleFunc(UploadsPath, s.ofMedia((*media).upload))
	r.HandleFunc(UploadsPath+"{id}", s.ofMedia((*media).upload))
}

// ofMedia is a handler for when there is a library.
func (s *Server) ofMedia(handle func(*media, http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		served, why := s.state()
		switch {
		case served == nil:
			w.Header().Set("Retry-After", "1")
			refuse(w, r, http.StatusServiceUnavailable, codeUnavailable, why)
		case served.media == nil:
			refuse(w, r, http.StatusNotFound, string(domain.NotFound), "this server keeps no media")
		default:
			handle(served.media, w, r)
		}
	}
}

// keyOf is the key of the item that an address names.
func keyOf(r *http.Request) (string, error) {
	key := chi.URLParam(r, "key")
	if r.URL.RawPath != "" { // or it is decoded already
		var err error
		if key, err = url.PathUnescape(key); err != nil {
			return "", &domain.Error{Code: domain.Invalid, Field: "key", Message: "is no key: " + err.Error()}
		}
	}
	if err := domain.CheckKey(key); err != nil {
		return "", &domain.Error{Code: domain.Invalid, Field: "key", Message: err.Error()}
	}
	return domain.NormalKey(key), nil
}

// receive asks whether an offer may be put, and where it goes.
func (m *media) receive(ctx context.Context, o library.Offer) (library.Offer, error) {
	at, err := m.Library.Writable(o.Location, acting.Actor(ctx).Roles)
	if err != nil {
		return o, err
	}
	o.Location = at
	if o.Size < 1 {
		return o, &domain.Error{Code: domain.Invalid, Rule: "L1", Field: "size", Message: "an empty content cannot be put"}
	}
	expected, err := m.Items.Receive(ctx, o)
	if err != nil {
		return o, err
	}
	switch {
	case expected.Digest.IsZero():
		return o, &domain.Error{Code: domain.Invalid, Rule: "L1", Field: "sha256", Message: "neither the item nor the request says which SHA-256 the content has"}
	case !o.Digest.IsZero() && o.Digest != expected.Digest:
		return o, &domain.Error{Code: domain.Conflict, Rule: "L1", Field: "sha256", Message: fmt.Sprintf("the item %s declares %s, not %s", o.Key, expected.Digest, o.Digest)}
	case o.Size != expected.Size:
		return o, &domain.Error{Code: domain.Conflict, Rule: "L1", Field: "size", Message: fmt.Sprintf("the item %s declares %d bytes, not %d", o.Key, expected.Size, o.Size)}
	}
	o.Digest = expected.Digest
	return o, nil
}

// kept is what is answered to who has put a content.
type kept struct {
	Key      string        `json:"key"`
	SHA256   digest.SHA256 `json:"sha256"`
	Size     int64         `json:"size"`
	Location string        `json:"location"`
}

func keptOf(o library.Offer) kept { return kept{o.Key, o.Digest, o.Size, o.Location} }

// record has the use cases know of what is kept.
func (m *media) record(ctx context.Context, o library.Offer) error {
	return m.Items.Stored(ctx, library.Stored(o))
}

// mediaRefusal is an error as an answer says it.
type mediaRefusal struct {
	status int
	code   string
	err    error
	rule   string
	field  string
}

// statuses are those of errors that callers can act on.
var statuses = map[domain.Code]int{
	domain.NotFound: http.StatusNotFound, domain.Forbidden: http.StatusForbidden, domain.Unauthenticated: http.StatusUnauthorized,
	domain.Invalid: http.StatusBadRequest, domain.Unavailable: http.StatusServiceUnavailable, domain.Conflict: http.StatusConflict,
	domain.RuleViolation: http.StatusUnprocessableEntity, domain.Limit: http.StatusTooManyRequests,
}

// refusalOf says what is wrong with a transfer.
func (m *media) refusalOf(err error) mediaRefusal {
	var known *domain.Error
	var mismatch *digest.MismatchError
	var size *digest.SizeError
	switch {
	case errors.As(err, &known) && statuses[known.Code] != 0:
		return mediaRefusal{statuses[known.Code], string(known.Code), err, known.Rule, known.Field}
	case errors.As(err, &mismatch):
		return mediaRefusal{http.StatusUnprocessableEntity, codeInvalid, mismatch, "L1", ""}
	case errors.As(err, &size):
		return mediaRefusal{http.StatusUnprocessableEntity, codeInvalid, size, "L1", ""}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return mediaRefusal{http.StatusRequestTimeout, codeTimeout, fmt.Errorf("too little came for too long: %d bytes may take %s", piece, m.transfers.limits.Idle), "", ""}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return mediaRefusal{http.StatusBadRequest, codeInvalid, errors.New("the content ended before its length"), "", ""}
	case errors.Is(err, blob.ErrFull):
		m.server.config.Log.Error().Err(err).Msg("the library is full")
		return mediaRefusal{http.StatusInsufficientStorage, codeUnavailable, errors.New("the library has no space left"), "", ""}
	}
	m.server.config.Log.Error().Err(err).Msg("a transfer of media failed")
	return mediaRefusal{http.StatusInternalServerError, codeInternal, errors.New("the transfer failed; the server's log says why"), "", ""}
}

// refuse answers with what is wrong with a transfer. To who has gone away
// nothing is said.
func (m *media) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		panic(http.ErrAbortHandler)
	}
	var busy *crowdedError
	if errors.As(err, &busy) {
		w.Header().Set("Retry-After", busy.retryAfter())
		refuse(w, r, busy.status(), codeLimit, err.Error())
		return
	}
	no := m.refusalOf(err)
	writeJSON(w, no.status, "application/json; charset=utf-8", no.body(r.Context()))
}

// body is a refusal in the form of all others.
func (no mediaRefusal) body(ctx context.Context) map[string]any {
	e := &gqlerror.Error{Message: no.err.Error(), Extensions: map[string]any{"code": no.code}}
	if no.rule != "" {
		e.Extensions["rule"] = no.rule
	}
	if no.field != "" {
		e.Extensions["field"] = no.field
	}
	if id := response.RequestID(ctx); id != "" {
		e.Extensions["requestId"] = id
	}
	return map[string]any{"errors": gqlerror.List{e}}
}

const (
	// uploadLife is how long an upload that nothing came of is kept.
	uploadLife = 24 * time.Hour
	// sweepEvery is how often is looked for what is too old.
	sweepEvery = time.Hour
)

// tend clears away what was left, until the context ends.
func (m *media) tend(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for from := time.Now(); ; {
		now := time.Now()
		m.sweep(ctx, now.Add(-uploadLife))
		if !now.Before(from) {
			m.compare(ctx, library.Turn{Every: m.CompareEvery, From: from, Until: now})
			from = now.Add(time.Hour)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (m *media) sweep(ctx context.Context, before time.Time) {
	gone, err := m.uploads.Sweep(before)
	for _, u := range gone {
		if !u.Kept {
			m.transfers.giveBack(u.Owner, u.Size)
		}
	}
	swept, sweepErr := m.Library.Sweep(ctx, before)
	given, purgeErr := m.purge(ctx, before)
	log := m.server.config.Log
	if given > 0 {
		log.Info().Int("contents", given).Msg("removed the bytes of media items that were purged")
	}
	if err := errors.Join(err, sweepErr, purgeErr); err != nil && ctx.Err() == nil {
		log.Warn().Err(err).Msg("what was left of transfers could not be cleared away")
	}
	if n := len(gone) + swept.Files + swept.Uploads; n > 0 {
		log.Info().Int("uploads", len(gone)).Int("files", swept.Files).Int("parts", swept.Uploads).Msg("cleared away what was left of transfers")
	}
}

// compare reads again the copies of the contents whose turn it is, and keeps which
// of them are wrong (L6).
func (m *media) compare(ctx context.Context, turn library.Turn) {
	if m.Upkeep == nil || m.CompareEvery <= 0 {
		return
	}
	log := m.server.config.Log
	err := m.Upkeep.Kept(ctx, func(item library.Item) error {
		if !turn.Has(item.Digest) {
			return nil
		}
		if err := m.Upkeep.Compare(ctx, item.Key); err != nil && ctx.Err() == nil {
			log.Warn().Err(err).Str("item", item.Key).Msg("the copies of a media item could not be compared")
		}
		return context.Cause(ctx)
	})
	if err != nil && ctx.Err() == nil {
		log.Warn().Err(err).Msg("the media library could not be compared with its items")
	}
}

// purge removes the contents of items that were purged, except what was written
// since a moment: it may be put again, through another server.
func (m *media) purge(ctx context.Context, before time.Time) (gone int, err error) {
	if m.Upkeep == nil {
		return 0, nil
	}
	err = m.Upkeep.Purged(ctx, func(d digest.SHA256) error {
		discarded, err := m.Library.Discard(ctx, d, before, m.Upkeep.Needed)
		if discarded {
			gone++
		}
		return err
	})
	return gone, err
}
