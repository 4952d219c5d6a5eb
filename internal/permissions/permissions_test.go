package permissions_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/graph/generated"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/permissions"
)

func TestEveryOperationOfTheSchemaHasADecision(t *testing.T) {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	operations, undecided := permissions.Operations(schema)
	require.Empty(t, undecided, "see docs/contributing/adding-a-permission.md")
	require.Empty(t, permissions.Superfluous(schema))
	require.NotEmpty(t, operations)
	for _, o := range operations {
		require.True(t, o.Need.Nothing() || authz.Known(o.Need.Kind),
			"%s asks about %q, of which no policy can speak", o.Name, o.Need.Kind)
		require.False(t, o.Root == "Mutation" && o.Need.Nothing(), "%s changes things and asks for nothing", o.Name)
	}
}

func TestTheTableInTheDocsIsThatOfThePolicies(t *testing.T) {
	operations, _ := permissions.Operations(generated.NewExecutableSchema(generated.Config{}).Schema())
	kept, err := os.ReadFile("../../docs/permissions_gen.md")
	require.NoError(t, err)
	require.Equal(t, permissions.Matrix(authz.Default(), operations), string(kept), "run go generate ./...")
}

func TestEveryOperationCanBeCalledByTheAdministrator(t *testing.T) {
	operations, _ := permissions.Operations(generated.NewExecutableSchema(generated.Config{}).Schema())
	for _, o := range operations {
		if !o.Need.Nothing() {
			require.NoError(t, authz.Default().May(permissions.Holder(domain.Admin), o.Need.Action, o.Need.Kind), o.Name)
		}
	}
}
