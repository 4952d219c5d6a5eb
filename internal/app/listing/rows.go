package listing

import (
	"encoding/base64"
	"strings"

	"releasegraph/internal/app/refusal"
)

// Rows is a page of a report: what is found by going through records in the order
// of their keys until the page is full.
type Rows[N any] struct {
	Nodes   []*N
	Cursors []string
	HasNext bool

	limit int
	after string
	stop  *string
}

// NewRows returns an empty page of a report that begins behind a cursor.
func NewRows[N any](first *int, after *string) (*Rows[N], error) {
	limit, err := PageLength(first)
	r := &Rows[N]{Nodes: []*N{}, Cursors: []string{}, limit: limit}
	if after != nil {
		text, cursorErr := base64.RawURLEncoding.DecodeString(*after)
		if cursorErr != nil || len(text) == 0 {
			return nil, refusal.Both(refusal.Wrong("after", "is no cursor of this list"), err)
		}
		r.after = string(text)
	}
	return r, err
}

// From is the key of the record with which the page begins, "" for the first.
func (r *Rows[N]) From() string {
	key, _, _ := strings.Cut(r.after, "\n")
	return key
}

// HasPrevious reports whether the page begins behind a cursor.
func (r *Rows[N]) HasPrevious() bool { return r.after != "" }

// Behind is where a page goes on behind a record.
func Behind(record string) string { return record + "\x00" }

// Stop ends the page, full or not, where the next one is to begin.
func (r *Rows[N]) Stop(from string) {
	cursor := rowCursor(from)
	r.stop, r.HasNext = &cursor, true
}

// Ends are the cursors of the first row and of where the next page begins, nil
// where there is none.
func (r *Rows[N]) Ends() (start, end *string) {
	if n := len(r.Cursors); n > 0 {
		start, end = &r.Cursors[0], &r.Cursors[n-1]
	}
	if r.stop != nil {
		end = r.stop
	}
	return start, end
}

func rowCursor(at string) string { return base64.RawURLEncoding.EncodeToString([]byte(at)) }

// Add adds a row at a place: the key of its record and what tells rows of one
// record apart, in order. It reports whether the page takes more.
func (r *Rows[N]) Add(record, within string, row *N) bool {
	at := record + "\n" + within
	if at <= r.after {
		return true
	}
	if len(r.Nodes) == r.limit {
		r.HasNext = true
		return false
	}
	r.Nodes, r.Cursors = append(r.Nodes, row), append(r.Cursors, rowCursor(at))
	return true
}
