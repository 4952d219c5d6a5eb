package server

import (
	"errors"
	"io"
	"net/http"
	"time"

	"releasegraph/internal/digest"
	"releasegraph/internal/domain"
	"releasegraph/internal/library"
)

// put takes the content of an item in one request. It may be sent again: what is
// kept is the same.
func (m *media) put(w http.ResponseWriter, r *http.Request) {
	o, err := offerOf(r)
	if err != nil {
		m.refuse(w, r, err)
		return
	}
	if o, err = m.receive(r.Context(), o); err != nil {
		m.refuse(w, r, err)
		return
	}
	leave, err := m.transfers.enter(caller(r.Context()), o.Size)
	if err != nil {
		m.refuse(w, r, err)
		return
	}
	defer leave()
	defer m.Library.Hold(o.Digest)()
	body := newPaced(w, r.Body, m.transfers.limits.Idle)
	err = m.Library.Put(r.Context(), o.Location, body, o.Digest, o.Size)
	body.answerable()
	if err == nil {
		err = m.record(r.Context(), o)
	}
	if err != nil {
		m.refuse(w, r, err)
		return
	}
	w.Header().Set("Repr-Digest", o.Digest.Header())
	writeJSON(w, http.StatusCreated, "application/json; charset=utf-8", keptOf(o))
}

// offerOf reads what a request says of the content that it brings.
func offerOf(r *http.Request) (library.Offer, error) {
	o := library.Offer{Size: r.ContentLength, Location: r.URL.Query().Get("location")}
	var err error
	if o.Key, err = keyOf(r); err != nil {
		return o, err
	}
	if o.Digest, err = digestOf(r.Header); err != nil {
		return o, err
	}
	switch {
	case r.Header.Get("Content-Encoding") != "":
		return o, &domain.Error{Code: domain.Invalid, Message: "send the content as it is, without Content-Encoding"}
	case r.Header.Get("Content-Range") != "":
		return o, &domain.Error{Code: domain.Invalid, Message: "send the whole content; parts of it are sent to " + UploadsPath}
	case o.Size < 0:
		return o, &domain.Error{Code: domain.Invalid, Field: "size", Message: "say by Content-Length how long the content is"}
	}
	return o, unknownParameters(r.URL.Query(), "location")
}

// digestOf is the digest that headers give, zero when they give none.
func digestOf(h http.Header) (digest.SHA256, error) {
	var found digest.SHA256
	for _, name := range []string{"Repr-Digest", "Content-Digest", "Sha256"} {
		values := h.Values(name)
		if len(values) == 0 {
			continue
		}
		read := digest.ParseHeader
		if name == "Sha256" {
			read = func(values []string) (digest.SHA256, error) { return digest.Parse(values[0]) }
		}
		d, err := read(values)
		if err != nil {
			return d, &domain.Error{Code: domain.Invalid, Rule: "L1", Field: name, Message: err.Error()}
		}
		if !found.IsZero() && d != found {
			return d, &domain.Error{Code: domain.Invalid, Rule: "L1", Field: name, Message: "another header names another SHA-256"}
		}
		found = d
	}
	return found, nil
}

// paced reads the body of a request as steady writes an answer: a client that
// sends too little for too long is cut off, and one that goes on may take as long
// as it takes.
type paced struct {
	io.ReadCloser
	control *http.ResponseController
	idle    time.Duration
	left    int // of the piece that is to come in time
}

// newPaced returns the body of a request that is paced. The deadlines of the
// whole request no longer hold.
func newPaced(w http.ResponseWriter, body io.ReadCloser, idle time.Duration) *paced {
	p := &paced{ReadCloser: body, control: http.NewResponseController(w), idle: idle}
	// A connection that has no deadlines is one in memory.
	_ = p.control.SetWriteDeadline(time.Time{})
	return p
}

// Read implements io.Reader.
func (p *paced) Read(into []byte) (int, error) {
	if p.left <= 0 {
		p.left = piece
		_ = p.control.SetReadDeadline(time.Now().Add(p.idle))
	}
	n, err := p.ReadCloser.Read(into)
	p.left -= n
	if errors.Is(err, io.EOF) {
		_ = p.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

// answerable gives the answer its time.
func (p *paced) answerable() {
	_ = p.control.SetWriteDeadline(time.Now().Add(wholeAnswer))
}
