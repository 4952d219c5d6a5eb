package cli_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/identity"
)

func TestTheExampleOfAMappingCanBeUsed(t *testing.T) {
	text, err := os.ReadFile("../../examples/identity/keycloak.yaml")
	require.NoError(t, err)
	m, err := identity.ParseMapping(text)
	require.NoError(t, err)
	require.Equal(t, domain.SeparateDuties, m.Exclusive)
}

func TestTheExampleOfPoliciesSaysWhatItsCommentsSay(t *testing.T) {
	text, err := os.ReadFile("../../examples/identity/site-operators.cedar")
	require.NoError(t, err)
	p, err := authz.Parse(authz.DefaultSource(), authz.Source{Name: "site-operators.cedar", Text: text})
	require.NoError(t, err)
	operator := domain.Actor{Name: "o", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"par-1"}}
	d := p.For(operator).Decide(operator, authz.Connect, domain.RelInstalledAt)
	require.True(t, d.Granted.With(authz.AtYourSite) && !d.Granted.With(0))
	keeper := domain.Actor{Name: "k", Roles: []domain.Role{domain.ConfigurationManager}}
	require.Error(t, p.May(keeper, authz.Create, domain.KindParty))
	require.NoError(t, p.May(keeper, authz.Create, domain.KindSite))
}
