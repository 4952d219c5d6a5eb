package server

import (
	"cmp"
	"errors"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"releasegraph/internal/domain"
	"releasegraph/internal/store/blob"
)

// maxRanges is how many parts of a content one request may ask for: each is a
// request of its own to an object store.
const maxRanges = 16

// get gives the content of an item, or parts of it.
func (m *media) get(w http.ResponseWriter, r *http.Request) {
	key, err := keyOf(r)
	if err != nil {
		m.refuse(w, r, err)
		return
	}
	held, err := m.Items.Send(r.Context(), key)
	if err != nil {
		m.refuse(w, r, err)
		return
	}
	leave, err := m.transfers.enter(caller(r.Context()), 0)
	if err != nil {
		m.refuse(w, r, err)
		return
	}
	defer leave()
	content, at, err := m.Library.Open(r.Context(), held.Digest, held.Locations)
	if err != nil {
		m.refuse(w, r, gone(err))
		return
	}
	defer content.Close()
	if content.Size() != held.Size {
		m.server.config.Log.Error().Str("item", key).Str("location", at).Msg("a content of the library has another size than its item says")
		m.refuse(w, r, &domain.Error{Code: domain.Conflict, Rule: "L6", Message: "the content at " + at + " is damaged: it has another size than the item says"})
		return
	}
	if strings.Count(r.Header.Get("Range"), ",") >= maxRanges {
		r.Header.Del("Range") // all of it is an answer, too
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set(gzhttp.HeaderNoCompression, "1") // parts are of the content as it is
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": cmp.Or(held.Name, key)}))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Repr-Digest", held.Digest.Header())
	h.Set("ETag", `"sha256-`+held.Digest.String()+`"`)
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Time{}) // which would end the request that is answered
	http.ServeContent(&steady{ResponseWriter: w, control: control, idle: m.transfers.limits.Idle}, r, "", time.Time{}, content)
}

// gone says of a content that no location has what its reader can know.
func gone(err error) error {
	if errors.Is(err, blob.ErrNotFound) {
		return &domain.Error{Code: domain.NotFound, Rule: "L2", Message: "no bytes of this item are in the library", Cause: err}
	}
	return err
}
