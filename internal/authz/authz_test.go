package authz_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
)

func actor(roles ...domain.Role) domain.Actor { return domain.Actor{Name: "alice", Roles: roles} }

func TestEveryRoleMayRead(t *testing.T) {
	for _, role := range domain.Roles {
		require.NoError(t, authz.May(actor(role), authz.Read, domain.KindSite))
	}
}

func TestWhoHasNoRoleMayNotEvenRead(t *testing.T) {
	require.Error(t, authz.May(actor(), authz.Read, domain.KindSite))
}

func TestOnlyThoseWhoKeepTheConfigurationDataMayWriteIt(t *testing.T) {
	actions := []authz.Action{authz.Create, authz.Update, authz.Remove, authz.Withdraw, authz.Connect, authz.Disconnect}
	for _, kind := range []string{domain.KindConfigurationItem, domain.KindSite, domain.KindReleaseUnit, domain.RelDependsOn, domain.RelGroups} {
		for _, action := range actions {
			for _, role := range domain.Roles {
				err := authz.May(actor(role), action, kind)
				if role == domain.Admin || role == domain.ConfigurationManager {
					require.NoError(t, err)
				} else {
					require.Error(t, err, "%s may %s %s", role, action, kind)
				}
			}
		}
	}
}

func TestOneOfSeveralRolesIsEnough(t *testing.T) {
	require.NoError(t, authz.May(actor(domain.Viewer, domain.Admin), authz.Create, domain.KindSite))
}

func TestARefusalNamesTheRolesThatMay(t *testing.T) {
	err := authz.May(actor(domain.Viewer), authz.Create, domain.KindSite)
	var refused *domain.Error
	require.True(t, errors.As(err, &refused))
	require.Equal(t, domain.Forbidden, refused.Code)
	require.Equal(t, "alice may not create Site: CONFIGURATION_MANAGER and ADMIN may", refused.Message)
	require.Equal(t, []string{"CONFIGURATION_MANAGER", "ADMIN"}, refused.Details["roles"])
}

func TestWhatNoRuleSpeaksOfIsForTheAdministrator(t *testing.T) {
	require.ErrorContains(t, authz.May(actor(domain.ConfigurationManager), authz.Create, "Contract"), "only ADMIN")
	require.NoError(t, authz.May(actor(domain.Admin), authz.Create, "Contract"))
}
