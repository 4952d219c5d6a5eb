package domain

import "slices"

// DefaultPolicy is what a release follows to which no policy applies, and what a
// policy says of which it says nothing itself.
func DefaultPolicy() *ReleasePolicy {
	return (&ReleasePolicy{
		Record: Record{Key: "default", Name: "The default policy"}, Status: PolicyInForce, PolicyVersion: 1, KitSignature: SignatureNone,
	}).Whole()
}

// Whole returns the policy with what the default says where it says nothing.
func (p *ReleasePolicy) Whole() *ReleasePolicy {
	w := *p
	assume(&w.Numbering, VersionScheme{Scheme: SemanticVersions})
	assume(&w.ItemNumbering, VersionScheme{Scheme: NaturalVersions})
	assume(&w.PackagePattern, "{year}.{month:02}")
	assume(&w.NameTemplate, "{name} {releaseVersion}")
	assume(&w.Emergency, EmergencyRules{MaxProblems: 3, MinimumPriority: PriorityHigh})
	assume(&w.Package, PackageRules{Every: "P1M", MaxReleases: 20, MaxItems: 500})
	assume(&w.Reversibility, ReversibilityRule{Full: BackOutFull, Delta: BackOutNone})
	assume(&w.MaxVariants, 3)
	assume(&w.Retention, "P3Y")
	assume(&w.Verifying, "P14D")
	if len(w.Deliverables) == 0 {
		w.Deliverables = defaultDeliverables()
	}
	if len(w.Tests) == 0 {
		w.Tests = defaultTests()
	}
	if len(w.SignOffRoles) == 0 {
		w.SignOffRoles = defaultSignOffs()
	}
	if len(w.PromotionPath) == 0 {
		w.PromotionPath = []PromotionStep{
			{Environment: Test, Shows: []TestKind{FunctionalTest, TechnicalTest}},
			{Environment: Acceptance, Shows: []TestKind{InstallationTest, BackOutTest}}, {Environment: Live, Shows: []TestKind{}},
		}
	}
	if len(w.TaskRules) == 0 {
		w.TaskRules = []TaskRule{
			{Kind: TaskQualityPlan, Before: ReleaseBuilding}, {Kind: TaskResource, Before: ReleaseBuilding},
			{Kind: TaskTraining, Before: ReleaseDeploying}, {Kind: TaskCommunication, Before: ReleaseDeploying},
		}
	}
	return &w
}

// assume gives a field that is null a value of its own.
func assume[T any](field **T, value T) {
	if *field == nil {
		*field = &value
	}
}

// defaultDeliverables are the five of R8, for every type.
func defaultDeliverables() (list []DeliverableDemand) {
	for _, t := range ReleaseTypes {
		list = append(list, DeliverableDemand{Type: t, Kinds: []DeliverableKind{
			InstallationManual, ReleaseNotesDocument, SupportDocument, OperatingInstructions, TrainingPlan,
		}})
	}
	return list
}

func defaultTests() (list []TestDemand) {
	for _, t := range ReleaseTypes {
		list = append(list, TestDemand{Type: t, Kinds: []TestKind{FunctionalTest, TechnicalTest, InstallationTest, BackOutTest}})
	}
	return list
}

// defaultSignOffs is the table of section 9 of docs/domain.md.
func defaultSignOffs() []SignOffRow {
	role := func(roles ...Role) (list []Signatory) {
		for _, r := range roles {
			list = append(list, Signatory{Role: &r})
		}
		return list
	}
	function := func(name string) []Signatory { return []Signatory{{Function: &name}} }
	return []SignOffRow{
		{NewBoughtSoftware, function("project manager"), role(TestManager), role(ChangeManager), role(OperationsManager)},
		{NewInHouseApplication, function("project manager"), role(TestManager), role(ChangeManager), role(OperationsManager)},
		{DatabaseChange, function("project manager"), function("database administrator"), role(ChangeManager), function("database administrator")},
		{ServerDeployment, function("system engineer"), function("system team lead"), role(ChangeManager), function("system team lead")},
		{WorkstationApplication, function("workstation project manager"), role(SupportManager), role(SupportManager, ChangeManager), role(SupportManager)},
		{WorkstationDeployment, function("logistics"), function("workstation support"), role(SupportManager, ChangeManager), role(SupportManager)},
	}
}

// Asks reports whether the policy asks releases of a type and category for a need
// that it may leave out: the row for both counts, else that for the type. Without
// such a row it asks for all of which its other fields say something: a board's
// advice and the builders' tests it must name.
func (p *ReleasePolicy) Asks(need MoveNeed, t ReleaseType, c ReleaseCategory) bool {
	var row *NeedDemand
	for i := range p.Demands {
		d := &p.Demands[i]
		if d.Type == t && (d.Category == nil && row == nil || d.Category != nil && *d.Category == c) {
			row = d
		}
	}
	if row == nil {
		return need != NeedBoardAdvice && need != NeedBuildTest
	}
	return slices.Contains(row.Kinds, need)
}

// DemandedTests are the tests that releases of a type and category must pass (R7):
// the row for both counts, else that for the type.
func (p *ReleasePolicy) DemandedTests(t ReleaseType, c ReleaseCategory) []TestKind {
	var kinds []TestKind
	for _, d := range p.Tests {
		if d.Type == t && (d.Category != nil && *d.Category == c || d.Category == nil && kinds == nil) {
			kinds = d.Kinds
		}
	}
	return kinds
}

// DemandedDeliverables are what releases of a type and category must bring (R8).
func (p *ReleasePolicy) DemandedDeliverables(t ReleaseType, c ReleaseCategory) []DeliverableKind {
	var kinds []DeliverableKind
	for _, d := range p.Deliverables {
		if d.Type == t && (d.Category != nil && *d.Category == c || d.Category == nil && kinds == nil) {
			kinds = d.Kinds
		}
	}
	return kinds
}

// NatureOf is the nature of deploying an item of a class (section 9): software with
// a supplier is bought, other software is of the house. Documents, agreements and
// services have none; a workstation application is named by hand.
func NatureOf(c Class, supplied bool) (nature DeploymentNature, has bool) {
	switch c {
	case Database:
		return DatabaseChange, true
	case Server, NetworkDevice, Storage:
		return ServerDeployment, true
	case Workstation:
		return WorkstationDeployment, true
	case Application, Program, Utility, SystemSoftware, Firmware:
		if supplied {
			return NewBoughtSoftware, true
		}
		return NewInHouseApplication, true
	}
	return "", false
}
