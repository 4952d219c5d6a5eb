package rollout

import (
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
)

// Opening is a maintenance window or a freeze: when it is on, and for the union of
// what (P7). Its Spec is one that calendar.New finds right.
type Opening struct {
	Key, Name string
	Spec      calendar.Spec
	// Everywhere is all there is, Regions are sites by their region, Sites are with
	// all their parts, Services with all that they need.
	Everywhere   bool
	Regions      []string
	Sites        []SiteNo
	Services     []ItemNo
	Classes      []domain.Class
	Environments []domain.Environment
	// Excepted says that a freeze does not hold this deployment.
	Excepted bool
}
