package replays_test

import (
	"fmt"
	"strings"

	"releasegraph/internal/domain"
)

// policyPart writes a part of a policy that can be kept, "" where the input is
// none.
func (d *drawing) policyPart(input string) string {
	switch input {
	case "VersionSchemeInput":
		return pick(d.world, []string{
			"{scheme: SEMVER}", "{scheme: NATURAL}",
			`{scheme: PATTERN, pattern: "(?P<major>[0-9]+)[.](?P<rest>.*)", order: [{group: "major", compare: NUMBER}, {group: "rest", compare: TEXT, absent: FIRST}]}`,
		})
	case "TestDemandInput":
		return "{type: EMERGENCY, kinds: [INSTALLATION, BACKOUT]}"
	case "DeliverableDemandInput":
		return "{type: MINOR, category: DELTA, kinds: [RELEASE_NOTES]}"
	case "NeedDemandInput":
		return fmt.Sprintf("{type: MAJOR, kinds: [%s]}", pick(d.world, domain.OptionalNeeds))
	case "PromotionStepInput":
		return "{environment: LIVE, shows: [FUNCTIONAL]}"
	case "TaskRuleInput":
		return "{kind: RESOURCE, before: BUILDING}"
	case "KitSignerInput":
		return `{key: "RWQ", issuer: "é"}`
	case "PackageRulesInput":
		return `{every: "P1M", maxReleases: 20, maxItems: 500}`
	}
	return ""
}

// signOffs writes the table of who signs: one row for each nature.
func (*drawing) signOffs() string {
	var rows []string
	for _, nature := range domain.DeploymentNatures {
		rows = append(rows, fmt.Sprintf(`{nature: %s, delivered: [{function: "p"}], accepted: [{role: TEST_MANAGER}], handedOver: [{role: CHANGE_MANAGER}], supported: [{function: "é"}]}`, nature))
	}
	return "[" + strings.Join(rows, ", ") + "]"
}
