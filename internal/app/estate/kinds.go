package estate

import (
	"context"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/entity"
)

// AllowedKind finds a kind for an action that the actor may do with its
// records.
func (a *Estate) AllowedKind(ctx context.Context, action authz.Action, name string) (*entity.Kind, error) {
	k := entity.KindNamed(name)
	if k == nil {
		return nil, refusal.Wrong("", "there is no kind of record named %q", name)
	}
	return k, a.May(ctx, action, name)
}

// AllowedRelationship finds a relationship for an action that the actor may
// do with it. A name that joins several pairs of kinds gives all of them.
func (a *Estate) AllowedRelationship(ctx context.Context, action authz.Action, name string) ([]*entity.Relationship, error) {
	list := entity.RelationshipsCalled(name)
	if len(list) == 0 {
		return nil, refusal.Wrong("", "there is no relationship named %q", name)
	}
	return list, a.May(ctx, action, list[0].Name)
}
