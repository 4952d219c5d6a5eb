package store

import (
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
	return eachEffect(b, func(at, end int) error {
		h, err := readHead(b[at:end])
		if err != nil {
			return err
		}
		return visit(h)
	})
}

// eachEffect tells where each effect begins and ends in what EncodeEffects
// wrote.
func eachEffect(b []byte, visit func(at, end int) error) error {
	if len(b) < 2 || b[0] != '[' {
		return errors.New("effects in the log are no list")
	}
	for at := 1; at < len(b)-1; {
		end := effectEnd(b, at)
		if err := visit(at, end); err != nil {
			return err
		}
		at = end + 1
	}
	return nil
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
