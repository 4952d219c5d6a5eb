package store

import (
	"bytes"
)

// Touched lists the nodes that effects concern, each once: those that changed,
// and both ends of the edges that did.
func Touched(effects []Effect) []ID {
	seen := make(map[ID]bool, len(effects))
	list := make([]ID, 0, len(effects))
	add := func(id ID) {
		if !seen[id] {
			seen[id] = true
			list = append(list, id)
		}
	}
	for i := range effects {
		if e := &effects[i]; e.Node != "" {
			add(e.Node)
		} else {
			add(e.Edge.From)
			add(e.Edge.To)
		}
	}
	return list
}

// DecodeEffectsOf reads, of what EncodeEffects wrote, the effects that concern
// a node. An import's entry holds thousands of others: they are passed over as
// text.
func DecodeEffectsOf(b []byte, id ID) ([]Effect, error) {
	name := appendText([]byte{':'}, string(id)) // a value, not a name
	effects := []Effect{}
	for at := 0; ; {
		i := bytes.Index(b[at:], name)
		if i < 0 {
			return effects, nil
		}
		start := effectStart(b, at+i)
		end := effectEnd(b, at+i)
		at = end
		if start < 0 {
			continue
		}
		e, err := decodeEffect(b[start:end])
		if err != nil {
			return nil, err
		}
		if e.Concerns(id) {
			effects = append(effects, e)
		}
	}
}

// An effect begins with one of these. Behind a quote that ends a text there is
// never a letter, and objects within an effect follow a colon: no text and no
// property can look like the beginning of an effect.
var (
	nodeEffect = []byte(`,{"node":"`)
	edgeEffect = []byte(`,{"rel":"`)
	opening    = []byte(`,{"`)
)

// effectStart finds where the effect around a position begins, -1 if nowhere.
func effectStart(b []byte, at int) int {
	for {
		i := bytes.LastIndex(b[:at], opening)
		if i < 0 {
			break
		}
		if bytes.HasPrefix(b[i:], nodeEffect) || bytes.HasPrefix(b[i:], edgeEffect) {
			return i + 1
		}
		at = i
	}
	if len(b) > 1 && b[0] == '[' && b[1] == '{' {
		return 1
	}
	return -1
}

// effectEnd finds where the effect around a position ends.
func effectEnd(b []byte, at int) int {
	for {
		i := bytes.Index(b[at:], opening)
		if i < 0 {
			return len(b) - 1 // the list's bracket
		}
		at += i
		if bytes.HasPrefix(b[at:], nodeEffect) || bytes.HasPrefix(b[at:], edgeEffect) {
			return at
		}
		at += len(opening)
	}
}
