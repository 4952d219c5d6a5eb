package library

import (
	"encoding/binary"
	"time"

	"releasegraph/internal/digest"
)

// Turn tells which contents are to be compared, so that each is once in a period
// and about as many are in each hour of it (L6). Which hour is a content's own
// follows from its digest: nothing has to be remembered, and a server that was
// away goes on with the hour that it is.
type Turn struct {
	Every time.Duration // less than an hour: all are compared in each hour
	From  time.Time     // the moment since which turns have come
	Until time.Time     // the moment until which, that one included
}

// Has reports whether it is a content's turn.
func (t Turn) Has(d digest.SHA256) bool {
	hours := max(1, int64(t.Every/time.Hour))
	own := int64(binary.BigEndian.Uint64(d[:8]) % uint64(hours)) // less than hours
	from, until := hour(t.From), hour(t.Until)
	// The first hour of its own that is not over before the turns begin.
	next := from + ((own-from)%hours+hours)%hours
	return next <= until
}

func hour(t time.Time) int64 { return t.Unix() / int64(time.Hour/time.Second) }
