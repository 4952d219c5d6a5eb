package listing

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"releasegraph/internal/app/refusal"
)

// Position is where something stands in a list by time: then by both its sides,
// of which what is alone has one, and by kind.
type Position struct {
	At         int64
	A, B, Kind string
}

// Compare orders positions by time, then by both sides and by kind.
func (x Position) Compare(y Position) int {
	return cmp.Or(cmp.Compare(x.At, y.At), strings.Compare(x.A, y.A), strings.Compare(x.B, y.B), strings.Compare(x.Kind, y.Kind))
}

func (x Position) cursor() *string {
	text, _ := json.Marshal(x) // of texts and numbers: it cannot fail
	cursor := base64.RawURLEncoding.EncodeToString(text)
	return &cursor
}

// ReadPosition reads a cursor, nil where there is none.
func ReadPosition(after *string) (*Position, error) {
	if after == nil {
		return nil, nil
	}
	var p Position
	text, err := base64.RawURLEncoding.DecodeString(*after)
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		return nil, refusal.Wrong("after", "is no cursor of this list")
	}
	return &p, nil
}

// Part says which part of a list a page is.
type Part struct {
	HasNext, HasPrevious bool
	Start, End           *string // cursors of the first and the last, nil on an empty page
}

// PartOf cuts a page out of an ordered list: so much of it, after a position.
func PartOf[T any](all []T, at func(T) Position, limit int, after *Position) ([]T, Part) {
	from := 0
	if after != nil {
		from, _ = slices.BinarySearchFunc(all, *after, func(one T, p Position) int {
			return cmp.Or(at(one).Compare(p), -1) // what stands there is not after it
		})
	}
	list := all[from:min(from+limit, len(all))]
	part := Part{HasNext: from+len(list) < len(all), HasPrevious: from > 0}
	if len(list) > 0 {
		part.Start, part.End = at(list[0]).cursor(), at(list[len(list)-1]).cursor()
	}
	return list, part
}
