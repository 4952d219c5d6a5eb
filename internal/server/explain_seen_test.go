package server

import (
	"testing"

	"releasegraph/internal/domain"
)

// Who is kept to some sites or kinds, by a token, is told of no numbers beyond them.
func TestOnlyAnAdminWhoIsKeptToNothingSeesAll(t *testing.T) {
	admin := []domain.Role{domain.Admin}
	for _, c := range []struct {
		of   domain.Actor
		want bool
	}{
		{domain.Actor{Roles: admin}, true}, {domain.Actor{Roles: []domain.Role{domain.OperationsManager}}, false},
		{domain.Actor{Roles: admin, Bound: true, Sites: []string{"par"}}, false}, {domain.Actor{Roles: admin, Kinds: []string{domain.KindSite}}, false},
	} {
		if got := seesAll(c.of); got != c.want {
			t.Errorf("%+v: %v", c.of, got)
		}
	}
}
