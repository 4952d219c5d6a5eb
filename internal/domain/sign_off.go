package domain

// SignOffRow says who signs for one nature of deployment (section 9).
type SignOffRow struct {
	Nature     DeploymentNature `json:"nature"`
	Delivered  []Signatory      `json:"delivered"`
	Accepted   []Signatory      `json:"accepted"`
	HandedOver []Signatory      `json:"handedOver"`
	Supported  []Signatory      `json:"supported"`
}

// Signatory is who signs: one with a role, or with a function in the house.
type Signatory struct {
	Role     *Role   `json:"role"`
	Function *string `json:"function"`
}

// DeploymentNature is what sort of thing is deployed (section 9).
type DeploymentNature string

// The natures of deployment.
const (
	NewBoughtSoftware      DeploymentNature = "NEW_BOUGHT_SOFTWARE"
	NewInHouseApplication  DeploymentNature = "NEW_IN_HOUSE_APPLICATION"
	DatabaseChange         DeploymentNature = "DATABASE_CHANGE"
	ServerDeployment       DeploymentNature = "SERVER"
	WorkstationApplication DeploymentNature = "WORKSTATION_APPLICATION"
	WorkstationDeployment  DeploymentNature = "WORKSTATION"
)

// DeploymentNatures lists all natures.
var DeploymentNatures = []DeploymentNature{
	NewBoughtSoftware, NewInHouseApplication, DatabaseChange, ServerDeployment, WorkstationApplication, WorkstationDeployment,
}

// Text names who signs, as people say it.
func (s Signatory) Text() string {
	if s.Role != nil {
		return string(*s.Role)
	}
	return blank(s.Function)
}

// Same reports whether both are the same signatory: functions compare folded.
func (s Signatory) Same(other Signatory) bool { return FoldName(s.Text()) == FoldName(other.Text()) }
