package apptest

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
)

func As(f *Fixture, name string, roles ...domain.Role) context.Context {
	return estate.WithActor(f.Ctx, domain.Actor{Name: name, Roles: roles})
}
