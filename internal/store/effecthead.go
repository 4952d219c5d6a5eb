package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// EffectHead is what an effect is about, without its properties.
type EffectHead struct {
	Node    ID     // of a node, empty for an edge
	Kind    string // of the node
	From    ID     // of an edge
	To      ID
	Created bool
}

// ScanEffects visits the heads of what EncodeEffects wrote, at the cost of
// looking through the text: what fills tables from a whole log has no need of
// the properties.
func ScanEffects(b []byte, visit func(EffectHead) error) error {
	b = bytes.TrimSpace(b)
	if len(b) < 2 || b[0] != '[' {
		return errors.New("effects in the log are no list")
	}
	if string(b) == "[]" {
		return nil
	}
	for at := 1; at >= 0; at = nextEffect(b, at) {
		h, err := readHead(b[at:])
		if err != nil {
			return err
		}
		if err := visit(h); err != nil {
			return err
		}
	}
	return nil
}

// nextEffect finds where the effect after the one at a position begins, -1 at
// the end.
func nextEffect(b []byte, at int) int {
	if next := effectEnd(b, at); next < len(b)-1 {
		return next + 1
	}
	return -1
}

// readHead reads the beginning of an effect, as appendEffect writes it.
func readHead(b []byte) (h EffectHead, err error) {
	r := headReader{rest: b}
	if r.skip(`{"node":`) {
		h.Node = ID(r.text())
		r.must(`,"kind":`)
		h.Kind = r.text()
	} else {
		r.must(`{"rel":`)
		r.text()
		r.must(`,"from":`)
		h.From = ID(r.text())
		r.must(`,"to":`)
		h.To = ID(r.text())
		if r.skip(`,"tag":`) {
			r.text()
		}
	}
	r.must(`,"version":`)
	r.number()
	if r.skip(`,"was":[`) {
		r.number()
		r.must(`,`)
		r.number()
		r.must(`]`)
	}
	h.Created = !r.skip(`,"before":`)
	if r.wrong {
		return h, fmt.Errorf("an effect in the log begins %.80q", b)
	}
	return h, nil
}

type headReader struct {
	rest  []byte
	wrong bool
}

func (r *headReader) skip(text string) bool {
	if !bytes.HasPrefix(r.rest, []byte(text)) {
		return false
	}
	r.rest = r.rest[len(text):]
	return true
}

func (r *headReader) must(text string) { r.wrong = !r.skip(text) || r.wrong }

func (r *headReader) number() {
	end := 0
	for end < len(r.rest) && (r.rest[end] == '-' || r.rest[end] >= '0' && r.rest[end] <= '9') {
		end++
	}
	r.wrong = r.wrong || end == 0
	r.rest = r.rest[end:]
}

// text reads a JSON string. Most have no escape.
func (r *headReader) text() string {
	if len(r.rest) == 0 || r.rest[0] != '"' {
		r.wrong = true
		return ""
	}
	end, escaped := 1, false
	for end < len(r.rest) && r.rest[end] != '"' {
		if r.rest[end] == '\\' {
			escaped = true
			end++
		}
		end++
	}
	if end >= len(r.rest) {
		r.wrong = true
		return ""
	}
	quoted := r.rest[:end+1]
	r.rest = r.rest[end+1:]
	if !escaped {
		return string(quoted[1:end])
	}
	var s string
	r.wrong = json.Unmarshal(quoted, &s) != nil || r.wrong
	return s
}
