package mirror

import (
	"math"
	"math/bits"
	"time"

	"releasegraph/internal/store"
)

// shape is the properties that a kind or a relationship declares, numbered. It
// packs properties into a text and reads them again:
//
//	bits of those that are there | width of an end | their ends | their values | open ones
//
// Only packers change it.
type shape struct {
	properties []store.Property
	numbers    map[string]int
	prefix     string // of open properties; "": none are allowed
	words      *words
	values     []*recurring // by number; nil: no value recurs
	open       map[string]*recurring
}

func newShape(properties []store.Property, prefix string, w *words) *shape {
	s := &shape{properties: properties, numbers: map[string]int{}, prefix: prefix, words: w, open: map[string]*recurring{}}
	s.values = make([]*recurring, len(properties))
	for i, p := range properties {
		s.numbers[p.Name] = i
		if p.Type == store.String && !p.Unique {
			s.values[i] = newRecurring(w)
		}
	}
	return s
}

// packed is the properties that a shape has packed.
type packed struct {
	text  string // from the bits on
	width int
	ends  int // where the ends begin
	count int // of declared properties that are there
}

func (s *shape) packedOf(text string) packed {
	n := (len(s.properties) + 7) / 8
	count := 0
	for i := range n {
		count += bits.OnesCount8(text[i])
	}
	return packed{text: text, width: int(text[n]), ends: n + 1, count: count}
}

// end is where the value before the one with an index ends.
func (p *packed) end(index int) int {
	start := p.ends + p.count*p.width
	if index == 0 {
		return start
	}
	at := p.ends + (index-1)*p.width
	if p.width == 2 {
		return start + int(uint16(p.text[at])|uint16(p.text[at+1])<<8)
	}
	return start + int(uint32(p.text[at])|uint32(p.text[at+1])<<8|uint32(p.text[at+2])<<16|uint32(p.text[at+3])<<24)
}

// raw returns the packed value of a declared property.
func (s *shape) raw(text string, number int) (string, bool) {
	if text[number/8]&(1<<(number%8)) == 0 {
		return "", false
	}
	index := bits.OnesCount8(text[number/8] & (1<<(number%8) - 1))
	for i := range number / 8 {
		index += bits.OnesCount8(text[i])
	}
	p := s.packedOf(text)
	return text[p.end(index):p.end(index+1)], true
}

// value returns a declared property, nil where it is absent.
func (s *shape) value(text string, number int) any {
	raw, ok := s.raw(text, number)
	if !ok {
		return nil
	}
	return s.unpack(raw, s.properties[number].Type)
}

// text returns a declared property that is a text.
func (s *shape) text(packed string, number int) (string, bool) {
	raw, ok := s.raw(packed, number)
	if !ok {
		return "", false
	}
	if raw[0] == plain {
		return raw[1:], true
	}
	n, _ := uvarint(raw[1:])
	return s.words.text(n), true
}

func (s *shape) unpack(raw string, t store.Type) any {
	switch t {
	case store.Bool:
		return raw[0] == 1
	case store.Int:
		return int64(number64(raw))
	case store.Float:
		return math.Float64frombits(number64(raw))
	case store.Time:
		return moment(raw)
	case store.String:
		if raw[0] == plain {
			return raw[1:]
		}
		n, _ := uvarint(raw[1:])
		return s.words.at(n)
	}
	count, at := uvarint(raw)
	list := make([]string, count)
	for i := range list {
		size, n := uvarint(raw[at:])
		at += n
		list[i] = raw[at : at+int(size)]
		at += int(size)
	}
	return list
}

// openValue returns an open property, nil where it is absent.
func (s *shape) openValue(text, name string) any {
	var found any
	s.eachOpen(text, func(is string, v any) bool {
		if is == name {
			found = v
		}
		return is != name
	})
	return found
}

// eachOpen visits the open properties until visit returns false.
func (s *shape) eachOpen(text string, visit func(name string, v any) bool) {
	p := s.packedOf(text)
	at := p.end(p.count)
	left, n := uvarint(text[at:])
	at += n
	for ; left > 0; left-- {
		name, n := uvarint(text[at:])
		at += n
		size, n := uvarint(text[at:])
		at += n
		var v any
		if size&1 == word {
			v = s.words.at(size >> 1)
		} else {
			v = text[at : at+int(size>>1)]
			at += int(size >> 1)
		}
		if !visit(s.words.text(name), v) {
			return
		}
	}
}

// props returns all properties; keep, where it is not nil, tells which.
func (s *shape) props(text string, keep map[string]bool) store.Props {
	p := s.packedOf(text)
	at := p.end(p.count)
	open, _ := uvarint(text[at:])
	props := make(store.Props, p.count+int(open))
	index := 0
	from := p.end(0)
	for i := range s.properties {
		if text[i/8]&(1<<(i%8)) == 0 {
			continue
		}
		index++
		to := p.end(index)
		if keep == nil || keep[s.properties[i].Name] {
			props[s.properties[i].Name] = s.unpack(text[from:to], s.properties[i].Type)
		}
		from = to
	}
	if open > 0 {
		s.eachOpen(text, func(name string, v any) bool {
			if keep == nil || keep[name] {
				props[name] = v
			}
			return true
		})
	}
	return props
}

func uvarint(text string) (n uint64, size int) {
	var shift uint
	for i := range len(text) {
		c := text[i]
		if c < 0x80 {
			return n | uint64(c)<<shift, i + 1
		}
		n |= uint64(c&0x7f) << shift
		shift += 7
	}
	return n, len(text)
}

func number64(raw string) uint64 {
	_ = raw[7]
	return uint64(raw[0]) | uint64(raw[1])<<8 | uint64(raw[2])<<16 | uint64(raw[3])<<24 |
		uint64(raw[4])<<32 | uint64(raw[5])<<40 | uint64(raw[6])<<48 | uint64(raw[7])<<56
}

func moment(raw string) time.Time { return time.UnixMicro(int64(number64(raw))).UTC() }

// each hands over the properties that keep tells, in order; nil: all.
func (s *shape) each(text string, keep []bool, to store.NodeRows) {
	p := s.packedOf(text)
	index, from := 0, p.end(0)
	for i := range s.properties {
		if text[i/8]&(1<<(i%8)) == 0 {
			continue
		}
		index++
		until := p.end(index)
		if keep == nil || keep[i] {
			s.tell(i, text[from:until], to)
		}
		from = until
	}
}

// tell hands over a packed value.
func (s *shape) tell(number int, raw string, to store.NodeRows) {
	switch s.properties[number].Type {
	case store.Bool:
		to.Int(number, int64(raw[0]))
	case store.Int, store.Time:
		to.Int(number, int64(number64(raw)))
	case store.Float:
		to.Float(number, math.Float64frombits(number64(raw)))
	case store.String:
		if raw[0] == plain {
			to.Text(number, raw[1:])
			return
		}
		n, _ := uvarint(raw[1:])
		to.Text(number, s.words.text(n))
	case store.Strings:
		to.List(number, s.unpack(raw, store.Strings).([]string))
	}
}
