package app

import (
	"context"

	"releasegraph/internal/authz"
	"releasegraph/internal/entity"
)

// allowedKind finds a kind for an action that the actor may do with its
// records.
func (a *App) allowedKind(ctx context.Context, action authz.Action, name string) (*entity.Kind, error) {
	k := entity.KindNamed(name)
	if k == nil {
		return nil, wrong("", "there is no kind of record named %q", name)
	}
	return k, a.may(ctx, action, name)
}

// allowedRelationship finds a relationship for an action that the actor may
// do with it. A name that joins several pairs of kinds gives all of them.
func (a *App) allowedRelationship(ctx context.Context, action authz.Action, name string) ([]*entity.Relationship, error) {
	list := entity.RelationshipsNamed(name)
	if len(list) == 0 {
		return nil, wrong("", "there is no relationship named %q", name)
	}
	return list, a.may(ctx, action, name)
}
