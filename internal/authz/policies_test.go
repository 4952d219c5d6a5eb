package authz_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
)

func parse(text string) (*authz.Policies, error) {
	return authz.Parse(authz.Source{Name: "own.cedar", Text: []byte(text)})
}

func TestPoliciesThatNameWhatThereIsNotAreRefusedWhereTheyStand(t *testing.T) {
	for text, want := range map[string]string{
		"permit(principal, action,\n resource":                                                 "own.cedar:2:",
		`permit(principal in Role::"BOSS", action, resource);`:                                 `own.cedar:1: there is no Role::"BOSS": there are VIEWER`,
		"\n\n@id(\"fly\") permit(principal, action == Action::\"fly\", resource);":             `own.cedar:3: policy "fly": there is no Action::"fly": there are read`,
		`permit(principal, action, resource == Kind::"Ship");`:                                 `there is no Kind::"Ship": there are ConfigurationItem`,
		`permit(principal, action, resource) when { resource in Area::"space" };`:              `there is no Area::"space": there are configuration`,
		`permit(principal, action, resource) when { resource == Relationship::"EATS" };`:       `there is no Relationship::"EATS": there are DEPENDS_ON`,
		`permit(principal, action == Action::"read", resource) when { resource.colour == 1 };`: "attribute `colour`",
		`permit(principal in Planet::"x", action, resource);`:                                  "there is no type Planet",
		"// nothing": "nobody could do anything",
	} {
		_, err := parse(text)
		require.ErrorContains(t, err, want, text)
	}
}

func TestAllThatIsWrongWithPoliciesIsToldAtOnce(t *testing.T) {
	_, err := authz.Parse(
		authz.Source{Name: "a.cedar", Text: []byte(`permit(principal in Role::"BOSS", action == Action::"fly", resource);`)},
		authz.Source{Name: "b.cedar", Text: []byte(`forbid(`)},
	)
	for _, want := range []string{"BOSS", "fly", "b.cedar:1:"} {
		require.ErrorContains(t, err, want)
	}
}

func TestOwnPoliciesReplaceTheDefaultOnes(t *testing.T) {
	p, err := parse(`
		permit(principal == Actor::"alice", action == Action::"update", resource == Kind::"Site");
		permit(principal in Role::"VIEWER", action == Action::"read", resource);
		forbid(principal, action, resource == Kind::"Party") unless { resource.atYourSite };`)
	require.NoError(t, err)
	require.NoError(t, p.May(domain.Actor{Name: "alice"}, authz.Update, domain.KindSite), "a policy may name a person")
	require.Error(t, p.May(domain.Actor{Name: "bob"}, authz.Update, domain.KindSite))
	require.Error(t, p.May(domain.Actor{Name: "root", Roles: []domain.Role{domain.Admin}}, authz.Read, domain.KindSite))
	bob := domain.Actor{Name: "bob", Roles: []domain.Role{domain.Viewer}, Sites: []string{"par-1"}}
	d := p.For(bob).Decide(bob, authz.Read, domain.KindParty)
	require.True(t, d.Any() && !d.All() && d.Granted.With(authz.AtYourSite) && !d.Granted.With(0), "a forbid wins")
}

func TestWhatOnlyRolesDecideIsWorkedOutOnceForAllWhoHaveThem(t *testing.T) {
	named := func(name string, roles ...domain.Role) domain.Actor { return domain.Actor{Name: name, Roles: roles} }
	byRole, err := parse(`permit(principal in Role::"VIEWER", action == Action::"read", resource);`)
	require.NoError(t, err)
	require.Same(t, byRole.For(named("ann", domain.Viewer)), byRole.For(named("bob", domain.Viewer)))
	require.NotSame(t, byRole.For(named("ann", domain.Viewer)), byRole.For(named("ann", domain.Admin)))
	for _, text := range []string{
		`permit(principal == Actor::"ann", action, resource);`,
		`permit(principal, action, resource) when { [Actor :: "ann"].contains(principal) };`,
		`permit(principal, action, resource) unless { principal in [Actor::"bob"] };`,
	} {
		personal, err := parse(text)
		require.NoError(t, err)
		require.NoError(t, personal.May(named("ann"), authz.Read, domain.KindSite), text)
		require.Error(t, personal.May(named("bob"), authz.Read, domain.KindSite), text)
	}
}

func FuzzPoliciesAreReadOrRefused(f *testing.F) {
	f.Add(string(authz.DefaultSource().Text))
	f.Add(`permit(principal, action in [Action::"read"], resource is Kind) when { resource.atYourSite && !(resource in Area::"log") };`)
	f.Add(`forbid(principal, action, resource) unless { principal has name && [1, "a"].contains(resource.atYourSite) };`)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parse(text)
		if err != nil {
			return
		}
		for _, role := range domain.Roles {
			for _, action := range authz.Actions() {
				d := p.For(actor(role)).Decide(actor(role), action, domain.KindSite)
				if d.All() && !d.Any() || d.Granted&^d.Possible != 0 {
					t.Fatalf("%v for %s %s", d, role, action)
				}
			}
		}
	})
}
