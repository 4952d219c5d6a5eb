package store

import (
	"bytes"
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

// readHead reads the beginning of an effect.
func readHead(b []byte) (EffectHead, error) {
	r := &logText{rest: b}
	e := r.head()
	h := EffectHead{e.Node, e.Kind, e.Edge.From, e.Edge.To, !r.hasBefore()}
	if r.wrong {
		return h, fmt.Errorf("an effect in the log begins %.80q", b)
	}
	return h, nil
}
