package server

import (
	"net/http"
	"time"
)

const (
	// pace is how long a client may take for a piece of an answer, and
	// wholeAnswer for all of it.
	pace, wholeAnswer = 10 * time.Second, time.Minute
	piece             = 64 << 10
)

// steady writes an answer piece by piece. A client that takes none in time is
// cut off, so that what nobody reads is not held.
type steady struct {
	http.ResponseWriter
	control *http.ResponseController
	until   time.Time     // zero: it may take as long as it takes
	idle    time.Duration // how long a piece may take; zero: pace
	err     error
}

func newSteady(w http.ResponseWriter) *steady {
	return &steady{ResponseWriter: w, control: http.NewResponseController(w), until: time.Now().Add(wholeAnswer)}
}

// Write implements io.Writer. After the first failure it writes nothing more.
func (s *steady) Write(text []byte) (written int, err error) {
	for len(text) > 0 && s.err == nil {
		deadline := time.Now().Add(or(s.idle, pace))
		if !s.until.IsZero() && s.until.Before(deadline) {
			deadline = s.until
		}
		// A writer that has no deadlines is one in memory.
		_ = s.control.SetWriteDeadline(deadline)
		var n int
		n, s.err = s.ResponseWriter.Write(text[:min(len(text), piece)])
		written, text = written+n, text[n:]
	}
	return written, s.err
}

// breakOff has what was written not be ended: its connection is closed. A handler that
// panics to that end would be taken by gqlgen for one that failed.
func (s *steady) breakOff() { _ = s.control.SetWriteDeadline(time.Unix(1, 0)) }

// Unwrap lets a controller find what is written to.
func (s *steady) Unwrap() http.ResponseWriter { return s.ResponseWriter }
