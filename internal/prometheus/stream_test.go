package prometheus_test

import (
	"compress/gzip"
	"io"
	"net/http"
)

type open struct{ io.Writer }

func (open) Close() error { return nil }

// stream writes an answer as it is, or packed.
func stream(w http.ResponseWriter, packed bool) io.WriteCloser {
	if !packed {
		return open{w}
	}
	w.Header().Set("Content-Encoding", "gzip")
	return gzip.NewWriter(w)
}
