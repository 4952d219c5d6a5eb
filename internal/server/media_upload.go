package server

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/tus/tusd/v2/pkg/handler"
	"github.com/tus/tusd/v2/pkg/memorylocker"
	"golang.org/x/exp/slog"

	"releasegraph/internal/digest"
	"releasegraph/internal/domain"
	"releasegraph/internal/library"
	"releasegraph/internal/library/upload"
)

// tusExtensions are those of the tus protocol that are served. An upload is found
// again by what it is of, so that no part of it may come with its creation.
const tusExtensions = "creation,termination"

// newTus returns the tus protocol over the uploads.
func (m *media) newTus() (http.Handler, error) {
	parts := handler.NewStoreComposer()
	parts.UseCore(m.uploads)
	parts.UseTerminater(m.uploads)
	memorylocker.New().UseIn(parts)
	// Of its log nothing is wanted: each request has its line already.
	t, err := handler.NewUnroutedHandler(handler.Config{
		StoreComposer: parts, BasePath: UploadsPath, DisableDownload: true, DisableConcatenation: true,
		Cors: &handler.CorsConfig{Disable: true}, Logger: slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelError + 1})), NetworkTimeout: pace,
		PreUploadCreateCallback:    m.begin,
		PreFinishResponseCallback:  m.whole,
		PreUploadTerminateCallback: m.terminate,
	})
	if err != nil {
		return nil, err
	}
	return http.StripPrefix(UploadsPath, t.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodPost:
			t.PostFile(w, r)
		case http.MethodHead:
			t.HeadFile(w, r)
		case http.MethodPatch:
			t.PatchFile(w, r)
		case http.MethodDelete:
			t.DelFile(w, r)
		}
	}))), nil
}

// upload answers a request of the tus protocol.
func (m *media) upload(w http.ResponseWriter, r *http.Request) {
	r.Header.Del("X-HTTP-Method-Override") // the method is what it is
	id := chi.URLParam(r, "id")
	ours := &tusWriter{ResponseWriter: w, control: http.NewResponseController(w)}
	switch {
	case r.Method == http.MethodOptions:
		m.tus.ServeHTTP(ours, r)
	case r.Method == http.MethodPost && id == "":
		r.Header.Del("Content-Type") // or what comes with it would be taken for a part
		m.tus.ServeHTTP(ours, r)
	case id != "" && (r.Method == http.MethodHead || r.Method == http.MethodPatch || r.Method == http.MethodDelete):
		m.resume(ours, r, id)
	default:
		w.Header().Set("Allow", "OPTIONS, POST, HEAD, PATCH, DELETE")
		refuse(w, r, http.StatusMethodNotAllowed, codeInvalid, "an upload is made by POST, and then resumed by HEAD and PATCH; what is whole is got from "+MediaPath)
	}
}

// resume goes on with an upload. One of which all came, and which was not kept
// since something failed or the server stopped, is kept first.
func (m *media) resume(w *tusWriter, r *http.Request, id string) {
	u, err := m.own(r.Context(), id)
	if err != nil {
		m.refuse(w, r, err)
		return
	}
	offset, err := u.Offset()
	if err == nil && offset == u.Size && !u.Kept && r.Method != http.MethodDelete {
		w.patient()
		err = m.finish(r.Context(), id)
	}
	if err != nil {
		m.refuse(w, r, err)
		return
	}
	if r.Method == http.MethodPatch {
		leave, err := m.transfers.enter(caller(r.Context()), 0)
		if err != nil {
			m.refuse(w, r, err)
			return
		}
		defer leave()
		r.Body = newPaced(w.ResponseWriter, r.Body, m.transfers.limits.Idle)
	}
	m.tus.ServeHTTP(w, r)
}

// own finds an upload of the caller's. Nobody learns of others'.
func (m *media) own(ctx context.Context, id string) (*upload.Upload, error) {
	u, err := m.uploads.Find(id)
	if errors.Is(err, upload.ErrNotFound) || (err == nil && u.Owner != caller(ctx)) {
		return nil, &domain.Error{Code: domain.NotFound, Field: "upload", Message: upload.ErrNotFound.Error()}
	}
	return u, err
}

// begin checks what is to be uploaded, before anything of it comes.
func (m *media) begin(e handler.HookEvent) (handler.HTTPResponse, handler.FileInfoChanges, error) {
	u, err := m.begun(e)
	if err != nil {
		return handler.HTTPResponse{}, handler.FileInfoChanges{}, m.tusError(e.Context, err)
	}
	return handler.HTTPResponse{Header: handler.HTTPHeader{"Repr-Digest": u.Digest.Header()}}, handler.FileInfoChanges{ID: u.ID}, nil
}

func (m *media) begun(e handler.HookEvent) (*upload.Upload, error) {
	o, err := offerOfMetadata(e.Upload)
	if err != nil {
		return nil, err
	}
	if o, err = m.receive(e.Context, o); err != nil {
		return nil, err
	}
	owner := caller(e.Context)
	id := upload.NewID(owner, o.Key, o.Location, o.Digest, o.Size)
	// The same upload begun twice at once is one.
	found, err, _ := m.finishing.Do("begin "+id, func() (any, error) { return m.findOrBegin(e.Context, id, owner, o) })
	if err != nil {
		return nil, err
	}
	return found.(*upload.Upload), nil
}

func (m *media) findOrBegin(ctx context.Context, id, owner string, o library.Offer) (*upload.Upload, error) {
	known, err := m.uploads.Find(id)
	switch {
	case err == nil && known.Kept && !m.has(ctx, o.Digest, o.Location):
		// It was kept, and taken away since.
		if err := known.Remove(); err != nil {
			return nil, err
		}
	case err == nil:
		return known, nil
	case !errors.Is(err, upload.ErrNotFound):
		return nil, err
	}
	if err := m.transfers.reserve(owner, o.Size); err != nil {
		return nil, err
	}
	u, err := m.uploads.Begin(upload.Upload{ID: id, Key: o.Key, Owner: owner, Size: o.Size, Digest: o.Digest, Location: o.Location})
	if err != nil {
		m.transfers.giveBack(owner, o.Size)
	}
	return u, err
}

func (m *media) has(ctx context.Context, d digest.SHA256, location string) bool {
	c, _, err := m.Library.Open(ctx, d, []string{location})
	return err == nil && c.Close() == nil
}

// offerOfMetadata reads what a client says of its upload: the item's key, and if
// it likes the SHA-256 and a location.
func offerOfMetadata(info handler.FileInfo) (library.Offer, error) {
	o := library.Offer{Key: domain.NormalKey(info.MetaData["key"]), Size: info.Size, Location: info.MetaData["location"]}
	if err := domain.CheckKey(o.Key); err != nil {
		return o, &domain.Error{Code: domain.Invalid, Field: "Upload-Metadata.key", Message: err.Error() + ": name the item by its key"}
	}
	if text := info.MetaData["sha256"]; text != "" {
		d, err := digest.Parse(text)
		if err != nil {
			return o, &domain.Error{Code: domain.Invalid, Rule: "L1", Field: "Upload-Metadata.sha256", Message: err.Error()}
		}
		o.Digest = d
	}
	return o, nil
}

// whole keeps an upload of which all came, before its client is told so.
func (m *media) whole(e handler.HookEvent) (handler.HTTPResponse, error) {
	err := m.finish(e.Context, e.Upload.ID)
	if err != nil {
		return handler.HTTPResponse{}, m.tusError(e.Context, err)
	}
	return handler.HTTPResponse{}, nil
}

// finishWithin bounds the keeping of a whole upload: at an object store it may
// have to be sent there first.
const finishWithin = time.Hour

// finish keeps an upload of which all came, once, however many ask for it. It goes
// on when they go away.
func (m *media) finish(ctx context.Context, id string) error {
	done := m.finishing.DoChan(id, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishWithin)
		defer cancel()
		return nil, m.keep(ctx, id)
	})
	select {
	case r := <-done:
		return r.Err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// keep moves an upload into the library. What is not as declared is thrown away.
func (m *media) keep(ctx context.Context, id string) error {
	u, err := m.uploads.Find(id)
	if err != nil || u.Kept {
		return err
	}
	o, err := m.receive(ctx, library.Offer{Key: u.Key, Digest: u.Digest, Size: u.Size, Location: u.Location})
	if err != nil {
		return err
	}
	defer m.Library.Hold(o.Digest)()
	if err := m.take(ctx, u, o.Location); err != nil {
		return err
	}
	if err := m.record(ctx, o); err != nil {
		return err
	}
	m.transfers.giveBack(u.Owner, u.Size)
	return u.Keep()
}

// take has the library take what came, unless it took it before and the rest
// failed.
func (m *media) take(ctx context.Context, u *upload.Upload, location string) error {
	came, err := u.Came(ctx)
	switch {
	case errors.Is(err, fs.ErrNotExist) && m.has(ctx, u.Digest, location):
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return errors.Join(&domain.Error{Code: domain.NotFound, Field: "upload", Message: "what came of it is gone; begin again"}, m.giveUp(u))
	case err != nil:
		return err
	case came != u.Digest:
		return errors.Join(&digest.MismatchError{Want: u.Digest, Got: came}, m.giveUp(u))
	}
	return m.Library.Take(ctx, location, u.File(), u.Digest, u.Size)
}

// giveUp forgets an upload that will not be kept.
func (m *media) giveUp(u *upload.Upload) error {
	m.transfers.giveBack(u.Owner, u.Size)
	return u.Remove()
}

// terminate gives back the space of an upload that its owner gives up.
func (m *media) terminate(e handler.HookEvent) (handler.HTTPResponse, error) {
	u, err := m.uploads.Find(e.Upload.ID)
	if err != nil {
		return handler.HTTPResponse{}, m.tusError(e.Context, err)
	}
	if !u.Kept {
		m.transfers.giveBack(u.Owner, u.Size)
	}
	return handler.HTTPResponse{}, nil
}

// tusError is a refusal as tusd hands it on.
func (m *media) tusError(ctx context.Context, err error) error {
	var busy *crowdedError
	header := handler.HTTPHeader{"Content-Type": "application/json; charset=utf-8"}
	var no mediaRefusal
	if errors.As(err, &busy) {
		header["Retry-After"] = busy.retryAfter()
		no = mediaRefusal{busy.status(), codeLimit, err, "", ""}
	} else {
		no = m.refusalOf(err)
	}
	body, _ := json.Marshal(no.body(ctx)) // of texts: it cannot fail
	return handler.Error{ErrorCode: no.code, Message: no.err.Error(), HTTPResponse: handler.HTTPResponse{StatusCode: no.status, Body: string(body), Header: header}}
}

// tusWriter answers for tusd, which would otherwise renew deadlines at each byte,
// and name the server by what the request calls it.
type tusWriter struct {
	http.ResponseWriter
	control *http.ResponseController
}

// SetReadDeadline lets tusd interrupt a client, and nothing else: the body is paced.
func (w *tusWriter) SetReadDeadline(at time.Time) error {
	if at.After(time.Now()) {
		return nil
	}
	return w.control.SetReadDeadline(at)
}

// SetWriteDeadline does nothing.
func (w *tusWriter) SetWriteDeadline(time.Time) error { return nil }

// patient lifts the deadlines while something is done that takes its time.
func (w *tusWriter) patient() {
	_ = w.control.SetReadDeadline(time.Time{})
	_ = w.control.SetWriteDeadline(time.Time{})
}

// WriteHeader implements http.ResponseWriter.
func (w *tusWriter) WriteHeader(status int) {
	h := w.Header()
	if _, id, ok := strings.Cut(h.Get("Location"), UploadsPath); ok {
		h.Set("Location", UploadsPath+id)
	}
	if h.Get("Tus-Extension") != "" {
		h.Set("Tus-Extension", tusExtensions)
	}
	_ = w.control.SetWriteDeadline(time.Now().Add(wholeAnswer))
	w.ResponseWriter.WriteHeader(status)
}
