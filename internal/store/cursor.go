package store

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"
)

// Position is what a Cursor stands for: the values of the order's properties
// (nil where absent), and the last sort keys. Tag is used for edges only.
type Position struct {
	Keys []any
	ID   ID
	Tag  string
}

// Ordering is the identity of an order, against which cursors are checked. It
// is made by Declared.Ordering and Declared.EdgeOrdering.
type Ordering struct {
	Order []Order
	Types []Type // of the properties in Order
	print string
}

// newOrdering makes an ordering; scope tells apart what is ordered.
func newOrdering(scope string, order []Order, types []Type) Ordering {
	h := fnv.New64a()
	text := []string{scope}
	for _, o := range order {
		text = append(text, fmt.Sprintf("%s %v", o.Property, o.Descending))
	}
	_, _ = h.Write([]byte(strings.Join(text, "\n")))
	return Ordering{order, types, fmt.Sprintf("%x", h.Sum64())}
}

// EncodeCursor makes the cursor of a position in an ordering.
func EncodeCursor(o Ordering, p Position) (Cursor, error) {
	b := appendText([]byte{'['}, o.print)
	b = appendText(append(b, ','), string(p.ID))
	b = appendText(append(b, ','), p.Tag)
	for _, k := range p.Keys {
		b = append(b, ',')
		if k == nil {
			b = append(b, "null"...)
			continue
		}
		var err error
		if b, err = appendValue(b, k); err != nil {
			return "", err
		}
	}
	return Cursor(base64.RawURLEncoding.EncodeToString(append(b, ']'))), nil
}

// DecodeCursor reads a cursor of the same ordering, or nil for an empty one.
// Errors match ErrInvalid.
func DecodeCursor(o Ordering, c Cursor) (*Position, error) {
	if c == "" {
		return nil, nil
	}
	foreign := fmt.Errorf("%w: the cursor is not one of this query's order", ErrInvalid)
	b, err := base64.RawURLEncoding.DecodeString(string(c))
	if err != nil {
		return nil, foreign
	}
	var raw []json.RawMessage
	if json.Unmarshal(b, &raw) != nil || len(raw) != 3+len(o.Order) || o.print != plainText(raw[0]) {
		return nil, foreign
	}
	p := &Position{ID: ID(plainText(raw[1])), Tag: plainText(raw[2]), Keys: make([]any, len(o.Order))}
	if p.ID == "" {
		return nil, foreign
	}
	for i, k := range raw[3:] {
		if string(k) == "null" {
			continue
		}
		r := logText{rest: k}
		if p.Keys[i] = r.value(); r.wrong || !isOf(o.Types[i], p.Keys[i]) {
			return nil, foreign
		}
	}
	return p, nil
}

// plainText is a JSON string, empty where it is none.
func plainText(b []byte) string {
	r := logText{rest: b}
	return r.text()
}
