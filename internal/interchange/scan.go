package interchange

import (
	"bytes"
	"encoding/json"
)

// scanner reads a text that is known to be valid JSON, without checking its
// grammar again: an import reads millions of small objects, twice. Numbers
// stay text, as json.Number.
type scanner struct {
	text  []byte
	at    int
	twice string // a name that one object gave twice
}

func (s *scanner) space() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// skip moves over one expected character and the space around it.
func (s *scanner) skip() {
	s.space()
	s.at++
	s.space()
}

func (s *scanner) object() map[string]any {
	fields := make(map[string]any, 8)
	s.skip() // {
	for s.text[s.at] != '}' {
		name := s.string()
		s.skip() // :
		if _, ok := fields[name]; ok {
			s.twice = name
		}
		fields[name] = s.value()
		s.space()
		if s.text[s.at] == ',' {
			s.skip()
		}
	}
	s.at++
	return fields
}

func (s *scanner) array() []any {
	list := []any{}
	s.skip() // [
	for s.text[s.at] != ']' {
		list = append(list, s.value())
		s.space()
		if s.text[s.at] == ',' {
			s.skip()
		}
	}
	s.at++
	return list
}

func (s *scanner) value() any {
	switch s.text[s.at] {
	case '{':
		return s.object()
	case '[':
		return s.array()
	case '"':
		return s.string()
	case 't':
		s.at += len("true")
		return true
	case 'f':
		s.at += len("false")
		return false
	case 'n':
		s.at += len("null")
		return nil
	}
	return s.number()
}

func (s *scanner) number() json.Number {
	from := s.at
	for s.at < len(s.text) && bytes.IndexByte([]byte("+-.0123456789eE"), s.text[s.at]) >= 0 {
		s.at++
	}
	return json.Number(s.text[from:s.at])
}

func (s *scanner) string() string {
	from := s.at
	plain := true
	for s.at++; s.text[s.at] != '"'; s.at++ {
		if s.text[s.at] == '\\' {
			plain = false
			s.at++
		}
	}
	s.at++
	if plain {
		return string(s.text[from+1 : s.at-1])
	}
	var text string
	_ = json.Unmarshal(s.text[from:s.at], &text) // valid: the whole line is
	return text
}
