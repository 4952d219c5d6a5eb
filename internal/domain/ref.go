package domain

// Ref names a record by key or by id; exactly one is given.
type Ref struct {
	Key *string
	ID  *string
}

// WriteOptions are the same for every mutation.
type WriteOptions struct {
	// Reason says why, for the history (C4).
	Reason *string
	// IdempotencyKey makes a repeated mutation answer as the first one did.
	IdempotencyKey *string
	// DryRun answers with what would be written, and writes nothing.
	DryRun *bool
}

// Actor is who asks.
type Actor struct {
	Name  string
	Roles []Role
	Sites []string // keys of the sites of a SITE_OPERATOR
}

// Role is a role of docs/domain.md, section 9.
type Role string

// The roles.
const (
	Viewer               Role = "VIEWER"
	Requester            Role = "REQUESTER"
	ChangeManager        Role = "CHANGE_MANAGER"
	CABMember            Role = "CAB_MEMBER"
	ReleaseManager       Role = "RELEASE_MANAGER"
	BuildManager         Role = "BUILD_MANAGER"
	TestManager          Role = "TEST_MANAGER"
	DeploymentManager    Role = "DEPLOYMENT_MANAGER"
	SiteOperator         Role = "SITE_OPERATOR"
	ConfigurationManager Role = "CONFIGURATION_MANAGER"
	ProblemManager       Role = "PROBLEM_MANAGER"
	OperationsManager    Role = "OPERATIONS_MANAGER"
	SupportManager       Role = "SUPPORT_MANAGER"
	SupplierRole         Role = "SUPPLIER"
	Admin                Role = "ADMIN"
)

// Roles lists all roles.
var Roles = []Role{
	Viewer, Requester, ChangeManager, CABMember, ReleaseManager, BuildManager, TestManager, DeploymentManager,
	SiteOperator, ConfigurationManager, ProblemManager, OperationsManager, SupportManager, SupplierRole, Admin,
}
