package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// logText reads what the log keeps, from its beginning on, without looking at a
// byte twice: an import's entry holds thousands of effects. What is not in the
// log's form makes it wrong, and nothing that is read afterwards counts.
type logText struct {
	rest  []byte
	wrong bool
	known map[string]any // texts that come again and again, each once
	size  int            // how many properties the last ones were
}

// mostKnown and longestKnown bound what is kept of texts that may come again.
const (
	mostKnown    = 512
	longestKnown = 40
)

func newLogText(b []byte) *logText { return &logText{rest: b, known: map[string]any{}} }

// skip passes a text over, if it is next.
func (r *logText) skip(text string) bool {
	if len(r.rest) < len(text) || string(r.rest[:len(text)]) != text {
		return false
	}
	r.rest = r.rest[len(text):]
	return true
}

func (r *logText) must(text string) { r.wrong = !r.skip(text) || r.wrong }

// space passes over what may stand between the parts of properties: they are
// read of what people have edited, too.
func (r *logText) space() {
	for len(r.rest) > 0 && (r.rest[0] == ' ' || r.rest[0] == '\n' || r.rest[0] == '\t' || r.rest[0] == '\r') {
		r.rest = r.rest[1:]
	}
}

// mark passes over one character, if it is next but for space.
func (r *logText) mark(c byte) bool {
	r.space()
	if len(r.rest) == 0 || r.rest[0] != c {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

func (r *logText) mustMark(c byte) { r.wrong = !r.mark(c) || r.wrong }

// quoted takes a JSON string, without its quotes where it has no escape.
func (r *logText) quoted() (text []byte, escaped bool) {
	if len(r.rest) == 0 || r.rest[0] != '"' {
		r.wrong = true
		return nil, false
	}
	end := bytes.IndexByte(r.rest[1:], '"') + 1
	if end > 0 && bytes.IndexByte(r.rest[1:end], '\\') < 0 {
		text, r.rest = r.rest[1:end], r.rest[end+1:]
		return text, false
	}
	for end = 1; end < len(r.rest) && r.rest[end] != '"'; end++ {
		if r.rest[end] == '\\' {
			end++
		}
	}
	if end >= len(r.rest) {
		r.wrong = true
		return nil, false
	}
	text, r.rest = r.rest[:end+1], r.rest[end+1:]
	return text, true
}

// text reads a JSON string.
func (r *logText) text() string { return r.plain(r.quoted()) }

func (r *logText) plain(text []byte, escaped bool) string {
	if !escaped {
		return string(text)
	}
	var s string
	r.wrong = json.Unmarshal(text, &s) != nil || r.wrong
	return s
}

// again reads a JSON string that is likely to have been read before.
func (r *logText) again() any {
	text, escaped := r.quoted()
	if v, ok := r.known[string(text)]; ok && !escaped {
		return v
	}
	var v any = r.plain(text, escaped)
	if r.known != nil && !escaped && len(text) <= longestKnown && len(r.known) < mostKnown {
		r.known[string(text)] = v
	}
	return v
}

func (r *logText) name() string {
	s, _ := r.again().(string)
	return s
}

// digits takes what a number is made of.
func (r *logText) digits() (text []byte, float bool) {
	end := 0
	for ; end < len(r.rest); end++ {
		switch c := r.rest[end]; {
		case c >= '0' && c <= '9' || c == '-':
		case c == '.' || c == 'e' || c == 'E' || c == '+':
			float = true
		default:
			text, r.rest = r.rest[:end], r.rest[end:]
			return text, float
		}
	}
	text, r.rest = r.rest, nil
	return text, float
}

func (r *logText) integer() int64 {
	text, float := r.digits()
	n, err := strconv.ParseInt(string(text), 10, 64)
	r.wrong = float || err != nil || r.wrong
	return n
}

// props reads properties in the lossless form.
func (r *logText) props() Props {
	r.mustMark('{')
	p := make(Props, r.size)
	for !r.wrong && !r.mark('}') {
		if len(p) > 0 {
			r.mustMark(',')
		}
		r.space()
		name := r.name()
		r.mustMark(':')
		r.space()
		p[name] = r.value()
	}
	r.size = len(p)
	return p
}

func (r *logText) value() any {
	switch {
	case len(r.rest) == 0:
	case r.rest[0] == '"':
		return r.again()
	case r.rest[0] == '[':
		return r.list()
	case r.rest[0] == '{':
		return r.special()
	case r.skip("true"):
		return true
	case r.skip("false"):
		return false
	default:
		return r.numeral()
	}
	r.wrong = true
	return nil
}

func (r *logText) numeral() any {
	text, float := r.digits()
	if float {
		f, err := decodeFloat(string(text))
		r.wrong = err != nil || r.wrong
		return f
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	r.wrong = err != nil || r.wrong
	return n
}

func (r *logText) list() []string {
	texts := []string{}
	r.mustMark('[')
	for !r.wrong && !r.mark(']') {
		if len(texts) > 0 {
			r.mustMark(',')
		}
		r.space()
		texts = append(texts, r.text())
	}
	return texts
}

// special reads a value that JSON has no form for.
func (r *logText) special() (v any) {
	r.mustMark('{')
	r.space()
	name := r.name()
	r.mustMark(':')
	r.space()
	text := r.text()
	r.mustMark('}')
	var err error
	switch name {
	case "time":
		var t time.Time
		t, err = time.Parse(time.RFC3339Nano, text)
		v = t.UTC()
	case "float":
		v, err = strconv.ParseFloat(text, 64)
	default:
		r.wrong = true
	}
	r.wrong = err != nil || r.wrong
	return v
}

// err tells what was not in the log's form. Text is what was read.
func (r *logText) err(what string, text []byte) error {
	if !r.wrong {
		return nil
	}
	return fmt.Errorf("%s not in the log's form, near its byte %d: %s", what, len(text)-len(r.rest), strings.ToValidUTF8(fmt.Sprintf("%.80s", text), "?"))
}
