package policy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/period"
	"releasegraph/internal/plan/policy"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/plan/version"
)

func TestTheDefaultPolicyContradictsNothing_R3(t *testing.T) {
	require.Empty(t, policy.Default().Check())
}

func TestContradictionsOfAPolicyAreToldAtOnce_R3(t *testing.T) {
	r := policy.Default()
	steps := -1
	r.Numbering = version.Scheme{Kind: version.Pattern, Pattern: "("}
	r.PackagePattern, r.NameTemplate = "{yer}", "{name"
	r.MajorEvery, r.MinorEvery = &period.Period{}, &period.Period{Days: 1, Exact: time.Hour}
	r.Deliverables = []policy.Demand{{Type: release.Major, Kinds: []string{"POEM", "SBOM", "SBOM"}}}
	r.Tests = []policy.Demand{{Type: release.Emergency, Kinds: []string{"BACKOUT"}}, {Type: release.Emergency, Kinds: policy.DefaultTests}, {Type: "HUGE", Category: "HALF", Kinds: policy.DefaultTests}}
	r.Demands = []policy.Demand{{Type: release.Minor, Kinds: []string{"AUTHORISED"}}}
	r.SignOff = append(r.SignOff[:5:5], policy.Row{Nature: "SERVER", Accepted: []policy.Signer{{}}, HandedOver: []policy.Signer{{Role: "KING"}}, Supported: []policy.Signer{{Function: "a"}, {Function: " A"}}})
	r.SignOff[0].Accepted = []policy.Signer{{Function: "Project  Manager"}}
	r.MaxProblems, r.MinimumPriority, r.MaxReleases, r.MaxItems, r.PackageEvery = 0, "DIRE", 0, -1, period.Period{}
	r.PromotionPath = []policy.Step{{Environment: domain.Live}, {Environment: domain.Live}, {Environment: domain.Test}}
	r.TaskRules = []policy.TaskRule{{Kind: "DANCE", Before: release.Planned}, {Kind: domain.TaskOther, Before: release.Closed}, {Kind: domain.TaskOther, Before: release.Closed}}
	r.Reversibility = map[release.Category]domain.BackOutKind{release.Full: "MAYBE"}
	r.MaxVariants, r.MaxManualSteps, r.Retention, r.Verifying, r.AuditMaxAge, r.KitSignature = 0, &steps, period.Period{Days: 30}, period.Period{Months: 1}, &period.Period{}, "WAX"
	var got []string
	for _, f := range r.Check() {
		text := f.String()
		if len(text) > 90 {
			text = text[:90]
		}
		got = append(got, text)
	}
	require.Equal(t, []string{
		"numbering.pattern is no regular expression of RE2: error parsing regexp: missing closing )",
		"packagePattern \"{yer}\" has the field {yer}, which is none of year, month, day",
		"nameTemplate \"{name\" has a '{' without its other half: write it twice to mean the brace it",
		"majorEvery must be longer than nothing",
		"minorEvery must be whole days or more, not P1DT1H",
		"deliverables[0].kinds[0] must be one of INSTALLATION_MANUAL, RELEASE_NOTES, SUPPORT_DOCUME",
		"deliverables[0].kinds[2] is SBOM a second time",
		"tests[0].kinds must hold INSTALLATION: it is tested whatever else is not",
		"tests[1] is about EMERGENCY a second time",
		"tests[2].type must be one of MAJOR, MINOR, EMERGENCY, not \"HUGE\"",
		"tests[2].category must be one of FULL, DELTA, PACKAGE, not \"HALF\"",
		"demands[0].kinds[0] must be one of REVERSIBLE, TASKS, PRODUCTION_AUDIT, BOARD_ADVICE, FREQ",
		"signOffRoles[0].accepted[0] is Project  Manager, who delivers: nobody accepts what they de",
		"signOffRoles[5].nature is SERVER a second time",
		"signOffRoles[5].delivered must not be empty",
		"signOffRoles[5].accepted[0] must be a role or a function, one of both",
		"signOffRoles[5].handedOver[0].role must be one of VIEWER, REQUESTER, CHANGE_MANAGER, CAB_M",
		"signOffRoles[5].supported[1] is  A a second time",
		"signOffRoles must have a row for WORKSTATION",
		"emergency.maxProblems must be at least 1, not 0",
		"emergency.minimumPriority must be one of LOW, MEDIUM, HIGH, CRITICAL, not \"DIRE\"",
		"package.every must be longer than nothing",
		"package.maxReleases must be at least 1, not 0",
		"package.maxItems must be at least 1, not -1",
		"promotionPath[1].environment is LIVE a second time",
		"promotionPath must end with LIVE",
		"taskRules[0].kind must be one of PURCHASE, RESOURCE, TRAINING, COMMUNICATION, MEETING, QUA",
		"taskRules[0].before must be one of BUILDING, IN_ACCEPTANCE, ACCEPTED, DEPLOYING, VERIFYING",
		"taskRules[2] is OTHER before CLOSED a second time",
		"reversibility.FULL must be one of FULL, PARTIAL, NONE, not \"MAYBE\"",
		"maxVariants must be at least 1, not 0",
		"maxManualSteps must be at least 0, not -1",
		"retention is P30D, which may be over before the verifying period of P1M",
		"auditMaxAge must be longer than nothing",
		"kitSignature must be one of NONE, MINISIGN, SIGSTORE, not \"WAX\"",
	}, got)
}

func TestTheRowOfTypeAndCategoryIsDemanded(t *testing.T) {
	rows := []policy.Demand{{Type: release.Major, Kinds: []string{"a"}}, {Type: release.Major, Category: release.Full, Kinds: []string{"b"}}, {Type: release.Emergency}}
	require.Equal(t, []string{"b"}, policy.Demanded(rows, release.Major, release.Full, policy.DefaultTests))
	require.Equal(t, []string{"a"}, policy.Demanded(rows, release.Major, release.Delta, policy.DefaultTests))
	require.Equal(t, policy.DefaultTests, policy.Demanded(rows, release.Minor, release.Delta, policy.DefaultTests))
	require.Empty(t, policy.Demanded(rows, release.Emergency, release.Delta, policy.DefaultTests))
}

// TestEachNatureIsSigned is example 6.
func TestEachNatureIsSigned_R8(t *testing.T) {
	rows := policy.Default().SignOff
	natures := []string{policy.NatureOf(domain.Database, false), policy.NatureOf(domain.Application, false)}
	cells := policy.Cells(rows, natures, false)
	var got []string
	for _, l := range policy.Signatures(cells, nil) {
		require.Equal(t, "R8", l.Rule)
		got = append(got, strings.TrimPrefix(l.Text, "a signature that stands: "))
	}
	require.Equal(t, []string{
		"DELIVERED NEW_IN_HOUSE_APPLICATION project manager", "DELIVERED DATABASE_CHANGE project manager",
		"ACCEPTED NEW_IN_HOUSE_APPLICATION TEST_MANAGER", "ACCEPTED DATABASE_CHANGE database administrator",
		"HANDED_OVER NEW_IN_HOUSE_APPLICATION CHANGE_MANAGER", "HANDED_OVER DATABASE_CHANGE CHANGE_MANAGER",
		"SUPPORTED NEW_IN_HOUSE_APPLICATION OPERATIONS_MANAGER", "SUPPORTED DATABASE_CHANGE database administrator",
		"IMPLEMENTATION RELEASE_MANAGER",
	}, got)
	require.Len(t, policy.Signatures(cells, cells[:3]), 6)

	var handed []string
	for _, c := range policy.Cells(rows, []string{"EXISTING_WORKSTATION_APPLICATION"}, true) {
		if c.Column == policy.HandedOver || c.Column == policy.Business {
			handed = append(handed, fmt.Sprint(c))
		}
	}
	require.Equal(t, []string{
		"HANDED_OVER EXISTING_WORKSTATION_APPLICATION SUPPORT_MANAGER", "HANDED_OVER EXISTING_WORKSTATION_APPLICATION CHANGE_MANAGER", "BUSINESS",
	}, handed)
}

func TestTheNatureFollowsFromTheClass_R8(t *testing.T) {
	require.Equal(t, "NEW_BOUGHT_SOFTWARE", policy.NatureOf(domain.Utility, true))
	require.Equal(t, "SERVER", policy.NatureOf(domain.Storage, true))
	require.Equal(t, "WORKSTATION", policy.NatureOf(domain.Workstation, false))
	require.Empty(t, policy.NatureOf(domain.Document, false))
}
