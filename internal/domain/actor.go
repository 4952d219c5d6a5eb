package domain

import "slices"

// Actor is who asks.
type Actor struct {
	Name  string
	Roles []Role
	// Sites are the keys of the actor's sites: of a SITE_OPERATOR.
	Sites []string
	// Suppliers are the keys of the parties for which the actor acts: of a
	// SUPPLIER.
	Suppliers []string
	// Bound says that the actor may do nothing beyond its Sites, whatever its
	// roles: that is how an API token is narrowed.
	Bound bool
	// Kinds are the only kinds of record that the actor may touch; nil: all.
	Kinds []string
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

// Has reports whether the actor has a role.
func (a Actor) Has(role Role) bool { return slices.Contains(a.Roles, role) }
