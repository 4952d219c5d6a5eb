package mirror

import (
	"cmp"
	"encoding/binary"
	"math"
	"time"

	"releasegraph/internal/store"
)

// sortKey is a property by which records are ordered.
type sortKey struct {
	property
	descending bool
	as         reading
}

// reading is how a property is read for an order.
type reading uint8

const (
	asIs     reading = iota
	folded           // texts by their store.FoldCase
	asNumber         // texts as the store.Number that they are
)

// item is a record at its place in an order. Items compare by key, then by id.
type item struct {
	key string // the values, so that texts compare as they do
	id  string
	row uint32
}

func compareItems(a, b item) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.id, b.id)) }

func lessItem(a, b item) bool {
	if a.key != b.key {
		return a.key < b.key
	}
	return a.id < b.id
}

// sorter makes items.
type sorter struct {
	keys   []sortKey
	single bool // one text, ascending: it is its own key
	buffer []byte
}

func newSorter(keys []sortKey) *sorter {
	return &sorter{keys: keys, single: len(keys) == 1 && keys[0].is == store.String && !keys[0].descending && keys[0].as != asNumber}
}

// absent follows all texts, which are UTF-8.
const absent = "\xff"

// item returns the place of a record.
func (s *sorter) item(r record, row uint32) item {
	return item{s.key(r), r.id(), row}
}

func (s *sorter) key(r record) string {
	switch {
	case len(s.keys) == 0:
		return ""
	case s.single:
		text, ok := s.keys[0].text(r)
		switch {
		case !ok:
			return absent
		case s.keys[0].as == folded:
			return store.FoldCase(text)
		}
		return text
	}
	b := s.buffer[:0]
	for i := range s.keys {
		k := &s.keys[i]
		v := k.of(r)
		if k.as == asNumber {
			v = numberOf(v)
		}
		b = appendKey(b, v, k.descending)
	}
	s.buffer = b
	return string(b)
}

// keyOf returns the key of values, nil for one that is absent.
func (s *sorter) keyOf(values []any) string {
	if s.single {
		if text, ok := values[0].(string); ok {
			return text
		}
		return absent
	}
	var b []byte
	for i := range s.keys {
		b = appendKey(b, values[i], s.keys[i].descending)
	}
	return string(b)
}

// pivot returns the place of a position, nil for none.
func (s *sorter) pivot(p *store.Position) *item {
	if p == nil {
		return nil
	}
	return &item{key: s.keyOf(p.Keys), id: string(p.ID)}
}

func numberOf(v any) any {
	if text, ok := v.(string); ok {
		if n, ok := store.Number(text); ok {
			return n
		}
	}
	return nil
}

// appendKey appends a value so that keys compare as the values do, absent ones
// last.
func appendKey(b []byte, v any, descending bool) []byte {
	var n uint64
	switch v := v.(type) {
	case nil:
		return append(b, absent...)
	case string:
		return appendTextKey(b, v, descending)
	case bool:
		if v {
			n = 1
		}
	case int64:
		n = uint64(v) ^ 1<<63
	case time.Time:
		n = uint64(v.UnixMicro()) ^ 1<<63
	case float64:
		n = floatKey(v)
	}
	if descending {
		n = ^n
	}
	return binary.BigEndian.AppendUint64(append(b, 1), n)
}

// appendTextKey ends the text so that one that begins another comes first, or
// last where they descend. No byte of UTF-8 is above 0xf4.
func appendTextKey(b []byte, text string, descending bool) []byte {
	const end, last = 0xf6, 0xf5
	for i := range len(text) {
		if descending {
			b = append(b, last-text[i])
		} else {
			b = append(b, text[i]+1)
		}
	}
	if descending {
		return append(b, end)
	}
	return append(b, 0)
}

func floatKey(f float64) uint64 {
	if f == 0 {
		return 1 << 63 // -0 is 0
	}
	n := math.Float64bits(f)
	if n>>63 != 0 {
		return ^n
	}
	return n | 1<<63
}
