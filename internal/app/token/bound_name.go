package token

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
)

// nameShelf is where bound names lie, by what they look like.
const nameShelf = "bound-names"

// Bind gives a person's name to their identity with their first deed, and refuses
// the deeds of another who comes under it, or under one that looks like it
// (section 9). Whoever only reads binds nothing, nor does a dry run.
func (a *Area) Bind(ctx context.Context, dryRun bool) error {
	who := acting.From(ctx)
	if a.estate.Shelf == nil || who.Method != domain.ByProvider || len(who.Identities) == 0 {
		return nil
	}
	identity, look := who.Identities[0], domain.LookOfName(who.Name)
	if a.estate.Bindings.Has(who.Name, identity) {
		return nil
	}
	held, err := a.boundTo(ctx, look, &domain.BoundName{Name: who.Name, Identity: identity, Since: a.estate.Now().UTC()}, dryRun)
	if err != nil || held == nil {
		return err
	}
	if err := held.CheckBound(who.Name, identity); err != nil {
		return err
	}
	a.estate.Bindings.Keep(who.Name, identity)
	return nil
}

// boundTo is to whom the name is bound: to the first who came. Where nobody did
// a dry run finds nothing.
func (a *Area) boundTo(ctx context.Context, look string, n *domain.BoundName, dryRun bool) (*domain.BoundName, error) {
	var held []byte
	if dryRun {
		found, err := a.estate.Shelf.Shelved(ctx, nameShelf, look)
		if held = found[look]; err != nil || held == nil {
			return nil, refusal.OfStore(err)
		}
	} else {
		value, err := json.Marshal(n)
		if err != nil {
			return nil, err
		}
		if held, err = a.estate.Shelf.ShelveNew(ctx, nameShelf, look, value); err != nil {
			return nil, refusal.OfStore(err)
		}
	}
	first := &domain.BoundName{}
	return first, json.Unmarshal(held, first)
}

// BoundNames lists the names that are bound, in their order.
func (a *Area) BoundNames(ctx context.Context) ([]*domain.BoundName, error) {
	if err := a.mayTokens(ctx); err != nil {
		return nil, err
	}
	found, err := a.estate.Shelf.Shelved(ctx, nameShelf)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	list := make([]*domain.BoundName, 0, len(found))
	for _, value := range found {
		n := &domain.BoundName{}
		if err := json.Unmarshal(value, n); err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	slices.SortFunc(list, func(x, y *domain.BoundName) int { return cmp.Compare(x.Name, y.Name) })
	return list, nil
}

// ReleaseName frees a name for the next identity that acts under it, as when a
// provider was replaced. What was done under it keeps the identity that did it.
func (a *Area) ReleaseName(ctx context.Context, name string) (*domain.BoundName, error) {
	if err := a.mayTokens(ctx); err != nil {
		return nil, err
	}
	look := domain.LookOfName(name)
	found, err := a.estate.Shelf.Shelved(ctx, nameShelf, look)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	n := &domain.BoundName{}
	if value, ok := found[look]; !ok {
		return nil, &domain.Error{Code: domain.NotFound, Field: "input.name", Message: "no identity has acted under this name"}
	} else if err := json.Unmarshal(value, n); err != nil {
		return nil, err
	}
	if who := acting.From(ctx).Identities; slices.Contains(who, n.Identity) || domain.SameName(n.Name, acting.Name(ctx)) {
		return nil, &domain.Error{Code: domain.RuleViolation, Field: "input.name", Message: "is your own: another administrator frees it"}
	}
	defer a.estate.Bindings.Forget()
	return n, refusal.OfStore(a.estate.Shelf.Shelve(ctx, nameShelf, look, nil))
}
