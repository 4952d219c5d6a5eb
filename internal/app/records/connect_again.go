package records

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// recallPair finds the link that a mutation was about, with the records as they
// are now.
func (a *Area) recallPair(ctx context.Context, list []*entity.Relationship, c *store.Change) (*pair, error) {
	effect := linkEffect(c)
	ends, err := estate.ByID[entity.Record](ctx, a.estate.Today(ctx), effect.Edge.From, effect.Edge.To)
	if err != nil {
		return nil, err
	}
	p := &pair{rel: list[0], from: ends[effect.Edge.From], to: ends[effect.Edge.To]}
	if p.from == nil || p.to == nil { // gone, or hidden from the caller by now
		return p, nil
	}
	props, err := a.linkProps(ctx, effect)
	if err != nil {
		return nil, err
	}
	p.link = p.rel.DecodeLink(props)
	return p, nil
}

// linkEffect returns the effect that the mutation was for: where a link was
// moved, the new one.
func linkEffect(c *store.Change) *store.Effect {
	var found *store.Effect
	for i := range c.Effects {
		if e := &c.Effects[i]; e.Node == "" && (found == nil || e.Verb() != store.Removed) {
			found = e
		}
	}
	return found
}

// linkProps returns the properties of a link after an effect. Of a changed one
// the log holds only what differs, so that the rest is read.
func (a *Area) linkProps(ctx context.Context, e *store.Effect) (store.Props, error) {
	switch e.Verb() {
	case store.Created:
		return e.After, nil
	case store.Removed:
		return e.Before, nil
	}
	edges, err := a.estate.Entire.EdgesBetween(ctx, e.Edge)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	props := edges[e.Edge].Props.Clone()
	if props == nil {
		props = store.Props{}
	}
	for name := range e.Before {
		delete(props, name)
	}
	for name, v := range e.After {
		props[name] = v
	}
	return props, nil
}
