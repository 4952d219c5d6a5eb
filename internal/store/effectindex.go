package store

// EffectIndex finds effects in what EncodeEffects wrote, by the nodes that they
// concern: for many nodes, where DecodeEffectsOf would look through the text for
// each.
type EffectIndex struct {
	text []byte
	at   map[ID][]span
}

// span is where an effect stands in the text.
type span struct{ from, to int }

// IndexEffects looks through the text once.
func IndexEffects(b []byte) (*EffectIndex, error) {
	x := &EffectIndex{text: b, at: map[ID][]span{}}
	return x, eachEffect(b, func(at, end int) error {
		h, err := readHead(b[at:end])
		for _, id := range h.concerns() {
			x.at[id] = append(x.at[id], span{at, end})
		}
		return err
	})
}

// concerns lists the node, or the ends of an edge, each once.
func (h EffectHead) concerns() []ID {
	switch {
	case h.Node != "":
		return []ID{h.Node}
	case h.From == h.To:
		return []ID{h.From}
	}
	return []ID{h.From, h.To}
}

// Of reads the effects that concern a node, as DecodeEffectsOf does.
func (x *EffectIndex) Of(id ID) ([]Effect, error) {
	effects := make([]Effect, 0, len(x.at[id]))
	for _, where := range x.at[id] {
		e, err := decodeEffect(x.text[where.from:where.to])
		if err != nil {
			return nil, err
		}
		effects = append(effects, e)
	}
	return effects, nil
}
