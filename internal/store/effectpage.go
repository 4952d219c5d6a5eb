package store

import "fmt"

// EffectQuery asks, for each of some change sets, for the same part of its
// effects.
type EffectQuery struct {
	Revisions []Revision
	From      int // the place of the first one
	First     int // at most so many of each; 0: none, they are only counted
}

// Check says what is wrong with the query, or nil. Errors match ErrInvalid.
func (q EffectQuery) Check() error {
	if q.From < 0 || q.First < 0 {
		return fmt.Errorf("%w: a page of effects has neither a place below 0 nor fewer than 0 effects", ErrInvalid)
	}
	return nil
}

// EffectPage is a run of the effects of a change set, in its order.
type EffectPage struct {
	Effects []Effect
	Total   int // how many the change set has
}

// Page reads the effects asked for of what EncodeEffects wrote. The others it
// passes over as text, and counts them.
func (q EffectQuery) Page(b []byte) (p EffectPage, err error) {
	err = eachEffect(b, func(at, end int) error {
		p.Total++
		if place := p.Total - 1; place < q.From || place >= q.From+q.First {
			return nil
		}
		e, err := decodeEffect(b[at:end])
		p.Effects = append(p.Effects, e)
		return err
	})
	return p, err
}
