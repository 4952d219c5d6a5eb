package domain

// DeliverableKind is a sort of document or kit part that a release brings (R8).
type DeliverableKind string

// The kinds of deliverable.
const (
	InstallationManual    DeliverableKind = "INSTALLATION_MANUAL"
	ReleaseNotesDocument  DeliverableKind = "RELEASE_NOTES"
	SupportDocument       DeliverableKind = "SUPPORT_DOCUMENT"
	OperatingInstructions DeliverableKind = "OPERATING_INSTRUCTIONS"
	TrainingPlan          DeliverableKind = "TRAINING_PLAN"
	AssemblyInstructions  DeliverableKind = "ASSEMBLY_INSTRUCTIONS"
	BackOutProcedure      DeliverableKind = "BACK_OUT_PROCEDURE"
	TestReport            DeliverableKind = "TEST_REPORT"
	BuildTestReport       DeliverableKind = "BUILD_TEST_REPORT"
	QualityPlan           DeliverableKind = "QUALITY_PLAN"
	SbomDeliverable       DeliverableKind = "SBOM"
	OtherDeliverable      DeliverableKind = "OTHER"
)

// DeliverableKinds lists all kinds of deliverable.
var DeliverableKinds = []DeliverableKind{
	InstallationManual, ReleaseNotesDocument, SupportDocument, OperatingInstructions, TrainingPlan, AssemblyInstructions,
	BackOutProcedure, TestReport, BuildTestReport, QualityPlan, SbomDeliverable, OtherDeliverable,
}

// TestKind is a sort of acceptance test (R7).
type TestKind string

// The kinds of test.
const (
	FunctionalTest   TestKind = "FUNCTIONAL"
	TechnicalTest    TestKind = "TECHNICAL"
	IntegrationTest  TestKind = "INTEGRATION"
	PerformanceTest  TestKind = "PERFORMANCE"
	InstallationTest TestKind = "INSTALLATION"
	BackOutTest      TestKind = "BACKOUT"
	ActivationTest   TestKind = "ACTIVATION"
)

// TestKinds lists all kinds of test.
var TestKinds = []TestKind{
	FunctionalTest, TechnicalTest, IntegrationTest, PerformanceTest, InstallationTest, BackOutTest, ActivationTest,
}

// DeliverableDemand says which deliverables releases of a type must bring. A nil
// category stands for all.
type DeliverableDemand struct {
	Type     ReleaseType       `json:"type"`
	Category *ReleaseCategory  `json:"category"`
	Kinds    []DeliverableKind `json:"kinds"`
}

// TestDemand says which tests releases of a type must pass.
type TestDemand struct {
	Type     ReleaseType      `json:"type"`
	Category *ReleaseCategory `json:"category"`
	Kinds    []TestKind       `json:"kinds"`
}

// NeedDemand says which of the needs that a policy may leave out it asks for.
type NeedDemand struct {
	Type     ReleaseType      `json:"type"`
	Category *ReleaseCategory `json:"category"`
	Kinds    []MoveNeed       `json:"kinds"`
}
