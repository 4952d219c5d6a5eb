package authz_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
)

func actor(roles ...domain.Role) domain.Actor {
	return domain.Actor{Name: "alice", Roles: roles, Sites: []string{"par-1"}, Suppliers: []string{"acme"}}
}

func may(a domain.Actor, action authz.Action, kind string) error {
	return authz.Default().May(a, action, kind)
}

func decide(a domain.Actor, action authz.Action, kind string) authz.Decision {
	return authz.Default().For(a).Decide(a, action, kind)
}

func TestEveryRoleMayRead(t *testing.T) {
	for _, role := range domain.Roles {
		require.NoError(t, may(actor(role), authz.Read, domain.KindSite), role)
	}
}

func TestWhoHasNoRoleMayNotEvenRead(t *testing.T) {
	require.Error(t, may(actor(), authz.Read, domain.KindSite))
}

// Section 9: SITE_OPERATOR (for named sites), SUPPLIER (own CIs).
func TestOnlySiteOperatorsAndSuppliersSeeAPartOfTheEstate(t *testing.T) {
	for _, role := range domain.Roles {
		d := decide(actor(role), authz.Read, domain.KindConfigurationItem)
		switch role {
		case domain.SiteOperator:
			require.True(t, !d.All() && d.Granted.With(authz.AtYourSite) && !d.Granted.With(authz.SuppliedByYou) && !d.Granted.With(0))
		case domain.SupplierRole:
			require.True(t, !d.All() && d.Granted.With(authz.SuppliedByYou) && !d.Granted.With(authz.AtYourSite) && !d.Granted.With(0))
		default:
			require.True(t, d.All(), role)
		}
	}
}

// R14: what was not sent is for those who write it.
func TestDraftsAreReadByWhoWritesThem(t *testing.T) {
	for _, role := range domain.Roles {
		d := decide(actor(role), authz.Read, domain.KindAnnouncement)
		writes := role == domain.ReleaseManager || role == domain.Admin
		require.Equal(t, writes, d.Granted.With(authz.Draft|authz.AtYourSite|authz.SuppliedByYou), role)
		require.Equal(t, writes, d.All(), role)
		require.True(t, d.Any(), role)
	}
	require.Equal(t, []authz.Combination{{Lacks: authz.Draft}}, authz.Default().For(domain.Actor{Roles: []domain.Role{domain.Viewer}}).
		Decide(domain.Actor{Roles: []domain.Role{domain.Viewer}}, authz.Read, domain.KindAnnouncement).Combinations())
	require.False(t, decide(actor(domain.Viewer), authz.Read, domain.KindSite).Possible.With(authz.Draft), "a site is no draft")
}

func TestRolesAddUp(t *testing.T) {
	d := decide(actor(domain.SiteOperator, domain.SupplierRole), authz.Read, domain.KindConfigurationItem)
	require.True(t, d.Granted.With(authz.AtYourSite) && d.Granted.With(authz.SuppliedByYou) && !d.Granted.With(0))
	require.True(t, decide(actor(domain.SiteOperator, domain.Viewer), authz.Read, domain.KindConfigurationItem).All())
}

func TestASiteOperatorWithoutSitesSeesNone(t *testing.T) {
	require.Error(t, may(domain.Actor{Roles: []domain.Role{domain.SiteOperator}}, authz.Read, domain.KindSite))
}

// An API token can be narrowed to sites and to kinds, whatever its roles.
func TestABoundActorIsKeptToItsSites(t *testing.T) {
	bound := actor(domain.ConfigurationManager)
	bound.Bound = true
	for _, action := range []authz.Action{authz.Read, authz.Update} {
		d := decide(bound, action, domain.KindConfigurationItem)
		require.True(t, d.Granted.With(authz.AtYourSite) && !d.Granted.With(0) && !d.All(), action)
	}
	require.True(t, decide(bound, authz.Read, domain.KindBaseline).All(), "a baseline is at no site")
	require.False(t, decide(bound, authz.Import, authz.KindRecords).Granted.With(0), "an import writes anywhere")
	bound.Sites = nil
	require.Error(t, may(bound, authz.Read, domain.KindConfigurationItem))
}

// A freeze holds everywhere: who is kept to some sites declares none.
func TestABoundActorChangesNothingThatIsAtNoSite(t *testing.T) {
	bound := actor(domain.Admin)
	for _, kind := range []string{domain.KindFreeze, domain.KindBoard, domain.KindBaseline, domain.RelFreezesAt} {
		bound.Bound = false
		require.NoError(t, may(bound, authz.Create, kind), kind)
		bound.Bound = true
		require.ErrorContains(t, may(bound, authz.Create, kind), "it is at no site, and you are kept to some", kind)
		require.ErrorContains(t, may(bound, authz.Connect, kind), "it is at no site", kind)
		require.NoError(t, may(bound, authz.Read, kind), kind)
	}
}

func TestAnActorOfSomeKindsTouchesNoOthers(t *testing.T) {
	a := actor(domain.Admin)
	a.Kinds = []string{domain.KindSite}
	require.NoError(t, may(a, authz.Create, domain.KindSite))
	require.Error(t, may(a, authz.Read, domain.KindConfigurationItem))
}

func TestOnlyThoseWhoKeepTheConfigurationDataMayWriteIt(t *testing.T) {
	actions := []authz.Action{authz.Create, authz.Update, authz.Remove, authz.Withdraw, authz.Connect, authz.Disconnect}
	for _, kind := range []string{domain.KindConfigurationItem, domain.KindSite, domain.KindReleaseUnit, domain.RelDependsOn, domain.RelGroups} {
		for _, action := range actions {
			for _, role := range domain.Roles {
				err := may(actor(role), action, kind)
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
	require.NoError(t, may(actor(domain.Viewer, domain.Admin), authz.Create, domain.KindSite))
}

func TestOnlyTheAdministratorManagesTokens(t *testing.T) {
	for _, role := range domain.Roles {
		require.Equal(t, role == domain.Admin, may(actor(role), authz.Manage, authz.KindToken) == nil, role)
		require.Equal(t, role == domain.Admin, may(actor(role), authz.Read, authz.KindToken) == nil, role)
	}
}

func TestARefusalNamesTheRolesThatMay(t *testing.T) {
	err := may(actor(domain.Viewer), authz.Create, domain.KindSite)
	var refused *domain.Error
	require.True(t, errors.As(err, &refused))
	require.Equal(t, domain.Forbidden, refused.Code)
	require.Equal(t, "alice may not create Site: CONFIGURATION_MANAGER and ADMIN may", refused.Message)
	require.Equal(t, []string{"CONFIGURATION_MANAGER", "ADMIN"}, refused.Details["roles"])
}

// A kind is the administrator's from birth, until it is put into an area.
func TestWhatIsInNoAreaIsForTheAdministratorAlone(t *testing.T) {
	for _, name := range []string{"Unheard", "HEARD_OF"} {
		for _, action := range authz.Actions() {
			for _, role := range domain.Roles {
				if role == domain.ConfigurationManager && action == authz.Import {
					continue // who imports is asked about each kind besides
				}
				require.Equal(t, role == domain.Admin, may(actor(role), action, name) == nil, "%s, %s %s", role, action, name)
			}
			if action != authz.Import {
				require.Equal(t, []domain.Role{domain.Admin}, authz.Default().Allowed(action, name), "%s %s", action, name)
			}
		}
	}
}

func TestAPolicyNamesNoKindThatThereIsNot(t *testing.T) {
	_, err := authz.Parse(authz.Source{Name: "own.cedar", Text: []byte(`permit (principal, action, resource == Kind::"Unheard");`)})
	require.ErrorContains(t, err, `there is no Kind::"Unheard"`)
}
