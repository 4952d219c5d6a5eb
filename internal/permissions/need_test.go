package permissions_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/permissions"
)

func schemaOf(t *testing.T, fields string) *ast.Schema {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: "directive @needs(action: String, of: String) on FIELD_DEFINITION\n" + fields})
	require.NoError(t, err)
	return schema
}

func TestAnOperationAsksForWhatItsFragmentSays(t *testing.T) {
	operations, undecided := permissions.Operations(schemaOf(t, `
		type Query {
			site: Int
			viewer: Int @needs
			sites: Int @needs(action: "manage", of: "ApiToken")
		}`))
	require.Empty(t, undecided)
	require.Equal(t, []permissions.Operation{
		{Root: "Query", Name: "site", Need: permissions.Need{Action: authz.Read, Kind: domain.KindSite}}, // it follows from the Catalog
		{Root: "Query", Name: "viewer"},
		{Root: "Query", Name: "sites", Need: permissions.Need{Action: authz.Manage, Kind: authz.KindToken}},
	}, operations)
}

func TestAnOperationOfWhichNobodySaysWhatItAsksForIsUndecided(t *testing.T) {
	_, undecided := permissions.Operations(schemaOf(t, `
		type Query {
			unsaid: Int
			misspelt: Int @needs(action: "raed", of: "Site")
			unknown: Int @needs(action: "read", of: "Sight")
			half: Int @needs(action: "read")
			other: Int @needs(of: "Site")
		}`))
	require.Len(t, undecided, 5)
	require.Equal(t, "Query.unsaid (no @needs)", undecided[0])
	require.Contains(t, undecided[1], `Query.misspelt (@needs names the action "raed", there are read, create`)
	require.Equal(t, `Query.unknown (@needs is of "Sight", which is no kind and no relationship)`, undecided[2])
	require.Contains(t, undecided[3], "Query.half")
	require.Contains(t, undecided[4], "Query.other")
}

func TestWhatIsNoOperationNeedsNothing(t *testing.T) {
	require.Equal(t, []string{"Site.region"}, permissions.Superfluous(schemaOf(t, `
		type Query { site: Site }
		type Site { region: Int @needs }`)))
}
