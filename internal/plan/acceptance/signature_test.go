package acceptance_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/acceptance"
	"releasegraph/internal/plan/release"
)

func cells(t *testing.T, business bool, natures ...domain.DeploymentNature) []acceptance.Cell {
	t.Helper()
	return acceptance.Cells(domain.DefaultPolicy().SignOffRoles, natures, business)
}

func lacks(list []release.Lack) (about []string) {
	for _, l := range list {
		about = append(about, l.About)
	}
	return about
}

// TestEachNatureIsSignedForByItself is example 6 of the needs of releases: an
// application of the house and its database.
func TestEachNatureIsSignedForByItself_R8(t *testing.T) {
	application, hasOne := domain.NatureOf(domain.Application, false)
	require.True(t, hasOne)
	database, hasOne := domain.NatureOf(domain.Database, false)
	require.True(t, hasOne)
	needed := cells(t, false, application, database)
	want := []string{
		"DELIVERED NEW_IN_HOUSE_APPLICATION project manager", "DELIVERED DATABASE_CHANGE project manager",
		"ACCEPTED NEW_IN_HOUSE_APPLICATION TEST_MANAGER", "ACCEPTED DATABASE_CHANGE database administrator",
		"HANDED_OVER NEW_IN_HOUSE_APPLICATION CHANGE_MANAGER", "HANDED_OVER DATABASE_CHANGE CHANGE_MANAGER",
		"SUPPORTED NEW_IN_HOUSE_APPLICATION OPERATIONS_MANAGER", "SUPPORTED DATABASE_CHANGE database administrator",
		"IMPLEMENTATION RELEASE_MANAGER",
	}
	require.Equal(t, want, lacks(acceptance.Signatures(needed, nil)))

	signed := []acceptance.Cell{needed[4], needed[8]}
	require.Equal(t, append(append([]string{}, want[:4]...), want[5:8]...), lacks(acceptance.Signatures(needed, signed)),
		"who signs for one nature has not signed for the other")
	require.Empty(t, acceptance.Signatures(needed, needed))
}

func TestAWorkstationApplicationIsHandedOverByTwo_R8(t *testing.T) {
	require.Subset(t, lacks(acceptance.Signatures(cells(t, false, domain.WorkstationApplication), nil)), []string{
		"HANDED_OVER WORKSTATION_APPLICATION SUPPORT_MANAGER", "HANDED_OVER WORKSTATION_APPLICATION CHANGE_MANAGER",
	})
}

func TestTheBusinessSignsWhereItMust_R22(t *testing.T) {
	require.Equal(t, []string{"BUSINESS", "IMPLEMENTATION RELEASE_MANAGER"}, lacks(acceptance.Signatures(cells(t, true), nil)))
}

func TestASpellingOfAFunctionSignsForIt_R8(t *testing.T) {
	function := " Database  ADMINISTRATOR"
	signed := []acceptance.Cell{{Column: acceptance.Accepted, Nature: domain.DatabaseChange, Signer: domain.Signatory{Function: &function}}}
	require.NotContains(t, lacks(acceptance.Signatures(cells(t, false, domain.DatabaseChange), signed)), "ACCEPTED DATABASE_CHANGE database administrator")
}
