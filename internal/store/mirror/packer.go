package mirror

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"strings"
	"time"

	"releasegraph/internal/store"
)

// packer packs the properties of one record or edge after the other, in the
// order of their numbers. It serves one goroutine; several may pack for one shape.
type packer struct {
	*shape
	there  []byte
	ends   []uint32
	values []byte
	open   []byte
	opened int
	// What it knows of the shape's words, so that it need not ask: nothing where
	// known is nil.
	known []knownWords // by number of the property
	names map[string]*openWords
}

// knownWords are those of a property that a packer has met.
type knownWords struct {
	of  map[string]uint32
	all bool // there will be no others
}

// openWords are those of an open property.
type openWords struct {
	name uint32
	r    *recurring
	knownWords
}

func newPacker(s *shape) *packer {
	return &packer{shape: s, there: make([]byte, (len(s.properties)+7)/8)}
}

// remember has the packer remember the words that it meets.
func (p *packer) remember() *packer {
	p.known, p.names = make([]knownWords, len(p.properties)), map[string]*openWords{}
	return p
}

// pack appends properties to a text.
func (s *shape) pack(b []byte, props store.Props) ([]byte, error) {
	p := newPacker(s)
	for i := range s.properties {
		if v, ok := props[s.properties[i].Name]; ok {
			if err := p.value(i, v); err != nil {
				return nil, err
			}
		}
	}
	if len(p.ends) < len(props) {
		for name, v := range props {
			if _, declared := s.numbers[name]; declared {
				continue
			}
			text, ok := v.(string)
			if !ok || s.prefix == "" || !strings.HasPrefix(name, s.prefix) {
				return nil, fmt.Errorf("property %q: a %T is not declared", name, v)
			}
			p.Open(name, text)
		}
	}
	return p.appendTo(b), nil
}

// value packs a declared property.
func (p *packer) value(number int, v any) error {
	is := p.properties[number].Type
	switch v := v.(type) {
	case bool:
		if is == store.Bool {
			n := int64(0)
			if v {
				n = 1
			}
			p.Int(number, n)
			return nil
		}
	case int64:
		if is == store.Int {
			p.Int(number, v)
			return nil
		}
	case float64:
		if is == store.Float {
			p.Float(number, v)
			return nil
		}
	case time.Time:
		if is == store.Time {
			p.Int(number, v.UnixMicro())
			return nil
		}
	case string:
		if is == store.String {
			p.Text(number, v)
			return nil
		}
	case []string:
		if is == store.Strings {
			p.List(number, v)
			return nil
		}
	}
	return fmt.Errorf("property %q: a %T is no %s", p.properties[number].Name, v, is)
}

// Text packs a property that is a text.
func (p *packer) Text(number int, v string) {
	if n, ok := p.word(number, v); ok {
		p.values = binary.AppendUvarint(append(p.values, word), uint64(n))
	} else {
		p.values = append(append(p.values, plain), v...)
	}
	p.put(number)
}

// A text begins with how it is kept.
const (
	plain = 0 // as it is
	word  = 1 // as the number of a word
)

// Int packs a property that is a number, a time or a truth.
func (p *packer) Int(number int, v int64) {
	if p.properties[number].Type == store.Bool {
		p.values = append(p.values, byte(v))
	} else {
		p.values = binary.LittleEndian.AppendUint64(p.values, uint64(v))
	}
	p.put(number)
}

// Float packs a property that is one.
func (p *packer) Float(number int, v float64) {
	p.values = binary.LittleEndian.AppendUint64(p.values, math.Float64bits(v))
	p.put(number)
}

// List packs a property that is a list of texts.
func (p *packer) List(number int, v []string) {
	p.values = binary.AppendUvarint(p.values, uint64(len(v)))
	for _, text := range v {
		p.values = append(binary.AppendUvarint(p.values, uint64(len(text))), text...)
	}
	p.put(number)
}

// put ends a value.
func (p *packer) put(number int) {
	p.there[number/8] |= 1 << (number % 8)
	p.ends = append(p.ends, uint32(len(p.values)))
}

// Open packs an open property: the word of its name, then its length and text,
// or the number of a word.
func (p *packer) Open(name, v string) {
	of := p.openWords(name)
	p.open = binary.AppendUvarint(p.open, uint64(of.name))
	if n, ok := p.number(of.r, &of.knownWords, v); ok {
		p.open = binary.AppendUvarint(p.open, uint64(n)<<1|1)
	} else {
		p.open = append(binary.AppendUvarint(p.open, uint64(len(v))<<1), v...)
	}
	p.opened++
}

func (p *packer) openWords(name string) *openWords {
	if of := p.names[name]; of != nil {
		return of
	}
	p.words.Lock()
	defer p.words.Unlock()
	of := &openWords{name: p.words.add(name)}
	name = p.words.text(uint64(of.name))
	if of.r = p.shape.open[name]; of.r == nil {
		of.r = newRecurring(p.words)
		p.shape.open[name] = of.r
	}
	if p.names != nil {
		p.names[name] = of
	}
	return of
}

// word returns the number of a property's value that is a word.
func (p *packer) word(number int, v string) (uint32, bool) {
	r := p.shape.values[number]
	switch {
	case r == nil:
		return 0, false
	case p.known == nil:
		return p.number(r, &knownWords{}, v)
	}
	return p.number(r, &p.known[number], v)
}

func (p *packer) number(r *recurring, known *knownWords, v string) (uint32, bool) {
	if n, ok := known.of[v]; ok || known.all {
		return n, ok
	}
	p.words.Lock()
	defer p.words.Unlock()
	n, ok := r.number(v)
	switch {
	case p.known == nil:
	case r.full():
		known.of, known.all = maps.Clone(r.known), true
	case ok:
		if known.of == nil {
			known.of = map[string]uint32{}
		}
		known.of[r.words.text(uint64(n))] = n
	}
	return n, ok
}

// appendTo appends what was packed to a text, and begins anew.
func (p *packer) appendTo(b []byte) []byte {
	b = append(b, p.there...)
	if wide := len(p.values) > math.MaxUint16; wide {
		b = append(b, 4)
		for _, end := range p.ends {
			b = binary.LittleEndian.AppendUint32(b, end)
		}
	} else {
		b = append(b, 2)
		for _, end := range p.ends {
			b = binary.LittleEndian.AppendUint16(b, uint16(end))
		}
	}
	b = binary.AppendUvarint(append(b, p.values...), uint64(p.opened))
	b = append(b, p.open...)
	clear(p.there)
	p.ends, p.values, p.open, p.opened = p.ends[:0], p.values[:0], p.open[:0], 0
	return b
}
