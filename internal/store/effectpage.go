package store

import "fmt"

// EffectQuery asks for some of the effects of a change set.
type EffectQuery struct {
	Revision Revision
	// Places of the effects, ascending. None: they are only counted.
	Places []int
}

// Check says what is wrong with the query, or nil. Errors match ErrInvalid.
func (q EffectQuery) Check() error {
	last := -1
	for _, p := range q.Places {
		if p <= last {
			return fmt.Errorf("%w: the places of effects ascend from 0", ErrInvalid)
		}
		last = p
	}
	return nil
}

// CheckEffects checks several queries.
func CheckEffects(list []EffectQuery) error {
	for _, q := range list {
		if err := q.Check(); err != nil {
			return err
		}
	}
	return nil
}

// EffectPage is the effects of a change set that were asked for and are there,
// in its order.
type EffectPage struct {
	Effects []Effect
	Total   int // how many the change set has
}

// Page reads the effects asked for of what EncodeEffects wrote. The others it
// passes over as text, and counts them.
func (q EffectQuery) Page(b []byte) (p EffectPage, err error) {
	rest := q.Places
	err = eachEffect(b, func(at, end int) error {
		p.Total++
		if len(rest) == 0 || rest[0] != p.Total-1 {
			return nil
		}
		rest = rest[1:]
		e, err := decodeEffect(b[at:end])
		p.Effects = append(p.Effects, e)
		return err
	})
	return p, err
}
