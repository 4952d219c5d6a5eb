package acceptance_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/acceptance"
	"releasegraph/internal/plan/release"
)

// The scripts and the tests that run them are two sides of one list (R6).
func TestEachScriptIsRunAndNoOther_R6(t *testing.T) {
	require.Equal(t, []string{"install", "t-2"}, lacks(acceptance.ScriptsTested([]string{"install"}, []acceptance.Planned{{Key: "t-1"}, {Key: "t-2", Script: "other"}})))
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"a", "b", "c", "d"}
		scripts := rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 4, rapid.ID).Draw(t, "scripts")
		var tests []acceptance.Planned
		for i, script := range rapid.SliceOfN(rapid.SampledFrom(append(names, "")), 0, 5).Draw(t, "tests") {
			tests = append(tests, acceptance.Planned{Key: fmt.Sprint("t-", i), Script: script})
		}
		want := []string{}
		for _, s := range scripts {
			run := false
			for _, one := range tests {
				run = run || one.Script == s
			}
			if !run {
				want = append(want, s)
			}
		}
		for _, one := range tests {
			if one.Script != "" && !slices.Contains(scripts, one.Script) {
				want = append(want, one.Key)
			}
		}
		require.ElementsMatch(t, want, lacks(acceptance.ScriptsTested(scripts, tests)))
	})
}

func TestABackOutHasAProcedure_R6(t *testing.T) {
	plan := &release.BackOutPlan{Steps: []release.UndoStep{{}}}
	require.Len(t, acceptance.BackOutProcedures(plan, []acceptance.Planned{{Kind: domain.BackOutTest}, {Kind: domain.InstallationTest, Script: "s"}}, nil), 1)
	require.Empty(t, acceptance.BackOutProcedures(plan, []acceptance.Planned{{Kind: domain.BackOutTest, Script: "s"}}, nil))
	require.Empty(t, acceptance.BackOutProcedures(plan, nil, []domain.DeliverableKind{domain.BackOutProcedure}))
	require.Empty(t, acceptance.BackOutProcedures(&release.BackOutPlan{}, nil, nil), "nothing is undone")
	require.Len(t, acceptance.BuildTested([]domain.DeliverableKind{domain.TestReport}), 1)
	require.Empty(t, acceptance.BuildTested([]domain.DeliverableKind{domain.BuildTestReport}))
}

// TestThePathAsksForWhatIsDemanded compares the path with the rule, read word by
// word.
func TestThePathAsksForWhatIsDemanded_R15(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kinds := rapid.SampledFrom(domain.TestKinds)
		some := rapid.SliceOfNDistinct(kinds, 0, 3, rapid.ID)
		steps := []domain.PromotionStep{
			{Environment: domain.Test, Shows: some.Draw(t, "test")}, {Environment: domain.Acceptance, Shows: some.Draw(t, "acceptance")}, {Environment: domain.Live, Shows: []domain.TestKind{}},
		}
		demanded := some.Draw(t, "demanded")
		shown := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) acceptance.Shown {
			return acceptance.Shown{Environment: rapid.SampledFrom([]domain.Environment{domain.Test, domain.Acceptance, domain.Live}).Draw(t, "environment"), Kind: kinds.Draw(t, "kind"), Passed: rapid.Bool().Draw(t, "passed")}
		}), 0, 4).Draw(t, "shown")
		open := 0
		for _, step := range steps[:2] {
			asked, been := 0, false
			for _, s := range shown {
				been = been || s.Environment == step.Environment
			}
			for _, kind := range step.Shows {
				if !slices.Contains(demanded, kind) {
					continue
				}
				asked++
				if !slices.Contains(shown, acceptance.Shown{Environment: step.Environment, Kind: kind, Passed: true}) {
					open++
				}
			}
			if asked > 0 && !been {
				open++
			}
		}
		require.Len(t, release.PathPassed(acceptance.Path(steps, demanded, shown)), open)
	})
}

func TestTheCellThatIsMeantIsFound_R8(t *testing.T) {
	needed := cells(t, true, domain.NewInHouseApplication, domain.DatabaseChange)
	as := func(s string) *string { return &s }
	nature := func(n domain.DeploymentNature) *domain.DeploymentNature { return &n }
	_, text := acceptance.Choose(needed, acceptance.Asked{Column: acceptance.Delivered})
	require.Contains(t, text, "one of several")
	cell, text := acceptance.Choose(needed, acceptance.Asked{Column: acceptance.Delivered, Nature: nature(domain.DatabaseChange)})
	require.Empty(t, text)
	require.Equal(t, "DELIVERED DATABASE_CHANGE project manager", cell.String())
	cell, text = acceptance.Choose(needed, acceptance.Asked{Column: acceptance.Accepted, As: as(" Test_Manager")})
	require.Empty(t, text)
	require.Equal(t, "ACCEPTED NEW_IN_HOUSE_APPLICATION TEST_MANAGER", cell.String())
	_, text = acceptance.Choose(needed, acceptance.Asked{Column: acceptance.Accepted, As: as("SUPPORT_MANAGER")})
	require.Contains(t, text, "none of the signatures that it needs")
	cell, text = acceptance.Choose(needed, acceptance.Asked{Column: acceptance.Business})
	require.Empty(t, text)
	require.Equal(t, "BUSINESS", cell.String())
	_, text = acceptance.Choose(cells(t, false), acceptance.Asked{Column: acceptance.Business})
	require.Equal(t, "BUSINESS is not asked of this release, which needs: IMPLEMENTATION RELEASE_MANAGER", text)
}

// Whatever cells there are: what is found is one of them, and is what was asked
// for; and each can be asked for by all that it says.
func TestEachCellCanBeNamed_R8(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		natures := rapid.SliceOfNDistinct(rapid.SampledFrom(domain.DeploymentNatures), 0, 4, rapid.ID).Draw(rt, "natures")
		for _, c := range cells(t, rapid.Bool().Draw(rt, "business"), natures...) {
			asked := acceptance.Asked{Column: c.Column}
			if c.Nature != "" {
				asked.Nature = &c.Nature
			}
			if text := c.Signer.Text(); text != "" {
				asked.As = &text
			}
			found, text := acceptance.Choose(cells(t, true, natures...), asked)
			require.Empty(rt, text)
			require.Equal(rt, c.String(), found.String())
		}
	})
}

func TestAFunctionIsHeldByAPersonOrTheirTeam_R8(t *testing.T) {
	f := acceptance.Function{Own: []string{"Project  Manager"}, Teams: [][]string{{"service desk"}, {"DATABASE administrator"}}}
	require.True(t, f.Holds("project manager"))
	require.True(t, f.Holds("database administrator"))
	require.False(t, f.Holds("system engineer"))
}

func TestADocumentThatVanishedIsMissed_R8(t *testing.T) {
	var documents []acceptance.Document
	for _, status := range domain.MediaStatuses {
		documents = append(documents, acceptance.Document{Of: string(status), Media: "m", Status: status})
	}
	require.Equal(t, []string{"REFUSED", "PURGED"}, lacks(acceptance.DocumentsKept(documents)))
}
