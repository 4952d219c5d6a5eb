package planning

import (
	"time"

	"releasegraph/internal/domain"
)

// Plan asks for a plan of a roll-out.
type Plan struct {
	Release          domain.Ref
	Deployment       *domain.Ref
	Key, Name        *string
	Approach         *domain.RolloutApproach
	Sites            []domain.Ref
	NotBefore        *time.Time
	FinishBy         *time.Time
	Soak             *string
	WorkDuration     *string
	Limits           *domain.RolloutLimits
	GroupByRegion    *bool
	Activation       *domain.Activation
	ActivateAt       *time.Time
	Deadline         *time.Time
	ErrorThreshold   *int
	SuccessThreshold *int
	KeepStable       *bool
	IfVersion        *int
}

// EditPlan changes a plan by hand, or takes the last change back.
type EditPlan struct {
	Deployment domain.Ref
	Edit       *Edit
	Undo       *bool
	IfVersion  *int
}

// Edit is what is changed of a plan.
type Edit struct {
	Kind    domain.PlanEditKind
	Site    *domain.Ref
	Release *domain.Ref
	Wave    *int
	Sites   []domain.Ref
	At      *time.Time
	Reason  *string
}

// Accept accepts a plan.
type Accept struct {
	Deployment domain.Ref
	IfVersion  *int
}

// Planned is a plan as records, or why there is none.
type Planned struct {
	Deployment    *domain.Deployment
	Violations    []Violation
	Contradiction []Constraint
	Revision      int64
	DryRun        bool
	Changes       []domain.Change
}

// Violation is a rule that does not hold.
type Violation struct {
	Rule, Text string
	Records    []string
	Waivable   bool
}

// Constraint contradicts others.
type Constraint struct {
	Rule    string
	Records []string
	Text    string
	Relaxed *string
}
