package policy

import (
	"releasegraph/internal/domain"
	"releasegraph/internal/period"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/plan/version"
)

// The functions of the responsibility table that are no roles.
const (
	ProjectManager            = "project manager"
	DatabaseAdministrator     = "database administrator"
	SystemEngineer            = "system engineer"
	SystemTeamLead            = "system team lead"
	WorkstationProjectManager = "workstation project manager"
	Logistics                 = "logistics"
	WorkstationSupport        = "workstation support"
)

// DefaultDeliverables and DefaultTests are what a policy demands that says
// nothing else (R7, R8).
var (
	DefaultDeliverables = []string{"INSTALLATION_MANUAL", "RELEASE_NOTES", "SUPPORT_DOCUMENT", "OPERATING_INSTRUCTIONS", "TRAINING_PLAN"}
	DefaultTests        = []string{"FUNCTIONAL", "TECHNICAL", "INSTALLATION", "BACKOUT"}
)

// Default are the rules of a policy that says nothing else.
func Default() Rules {
	return Rules{
		Numbering: version.Scheme{Kind: version.Semver}, ItemNumbering: version.Scheme{Kind: version.Natural},
		PackagePattern: "{year}.{month:02}", NameTemplate: "{name} {releaseVersion}",
		SignOff:     defaultSignOff(),
		MaxProblems: 3, MinimumPriority: domain.PriorityHigh,
		PackageEvery: period.Period{Months: 1}, MaxReleases: 20, MaxItems: 500,
		PromotionPath: []Step{{Environment: domain.Test}, {Environment: domain.Acceptance}, {Environment: domain.Live}},
		TaskRules: []TaskRule{
			{domain.TaskQualityPlan, release.Building}, {domain.TaskResource, release.Building},
			{domain.TaskTraining, release.Deploying}, {domain.TaskCommunication, release.Deploying},
		},
		Reversibility: map[release.Category]domain.BackOutKind{release.Full: domain.BackOutFull, release.Delta: domain.BackOutNone},
		MaxVariants:   3, Retention: period.Period{Months: 36}, Verifying: period.Period{Days: 14}, KitSignature: "NONE",
	}
}

// defaultSignOff is the responsibility table of docs/domain.md, section 9.
func defaultSignOff() []Row {
	role := func(roles ...domain.Role) (list []Signer) {
		for _, r := range roles {
			list = append(list, Signer{Role: r})
		}
		return list
	}
	function := func(name string) []Signer { return []Signer{{Function: name}} }
	change := role(domain.ChangeManager)
	supportAndChange := role(domain.SupportManager, domain.ChangeManager)
	return []Row{
		{"NEW_BOUGHT_SOFTWARE", function(ProjectManager), role(domain.TestManager), change, role(domain.OperationsManager)},
		{"NEW_IN_HOUSE_APPLICATION", function(ProjectManager), role(domain.TestManager), change, role(domain.OperationsManager)},
		{"DATABASE_CHANGE", function(ProjectManager), function(DatabaseAdministrator), change, function(DatabaseAdministrator)},
		{"SERVER", function(SystemEngineer), function(SystemTeamLead), change, function(SystemTeamLead)},
		{"EXISTING_WORKSTATION_APPLICATION", function(WorkstationProjectManager), role(domain.SupportManager), supportAndChange, role(domain.SupportManager)},
		{"WORKSTATION", function(Logistics), function(WorkstationSupport), supportAndChange, role(domain.SupportManager)},
	}
}
