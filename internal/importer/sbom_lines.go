package importer

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// elementLines tells on which line each object of a JSON document begins, by
// its place: "metadata/component", "components/3". Text that is no JSON gives
// the places before the mistake.
func elementLines(text []byte) map[string]int {
	s := placing{text: text, decoder: json.NewDecoder(bytes.NewReader(text)), lines: map[string]int{}, line: 1}
	s.value("")
	return s.lines
}

type placing struct {
	text    []byte
	decoder *json.Decoder
	lines   map[string]int
	line    int
	seen    int64 // up to where lines were counted
	depth   int
}

// maxPlaced is how deep places are told: what a bill says of itself lies
// higher.
const maxPlaced = 64

// value reads one value and tells whether all is well.
func (s *placing) value(path string) bool {
	token, err := s.decoder.Token()
	if err != nil {
		return false
	}
	delim, _ := token.(json.Delim)
	if delim != '{' && delim != '[' {
		return true
	}
	if s.depth++; s.depth > maxPlaced {
		return false
	}
	defer func() { s.depth-- }()
	if delim == '{' {
		s.place(path)
	}
	for n := 0; s.decoder.More(); n++ {
		name := strconv.Itoa(n)
		if delim == '{' {
			key, err := s.decoder.Token()
			if err != nil {
				return false
			}
			name, _ = key.(string)
		}
		if path != "" {
			name = path + "/" + name
		}
		if !s.value(name) {
			return false
		}
	}
	_, err = s.decoder.Token()
	return err == nil
}

func (s *placing) place(path string) {
	at := s.decoder.InputOffset()
	s.line += bytes.Count(s.text[s.seen:at], []byte("\n"))
	s.seen = at
	s.lines[path] = s.line
}
