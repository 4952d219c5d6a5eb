package apptest

import (
	"context"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/domain"
)

func As(f *Fixture, name string, roles ...domain.Role) context.Context {
	return acting.WithActor(f.Ctx, domain.Actor{Name: name, Roles: roles})
}
