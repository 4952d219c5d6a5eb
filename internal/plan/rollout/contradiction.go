package rollout

import "time"

// Contradiction is a set of constraints that cannot hold together, while any one
// less can. Other contradictions may remain beside it.
type Contradiction struct {
	Constraints []Constraint
	// Text tells it as people would.
	Text string
}

// Constraint is a member of a contradiction.
type Constraint struct {
	// Rule is the number of the rule. Records are those that it is about, or its name:
	// Site:a, ConfigurationItem:x, Freeze:f, Release:q, Party:p, limit:sitesPerWave,
	// soak, activateAt, finishBy, groupByRegion, BIG_BANG.
	Rule    string
	Records []string
	Text    string
	// Chain explains an order of P4.
	Chain []Edge
	// Relaxed is what a plan without this constraint would be like.
	Relaxed *Relaxed
}

// Relaxed is the plan that there would be without a constraint.
type Relaxed struct {
	// Possible is whether there is a whole plan then.
	Possible bool
	Waves    int
	Ends     time.Time
	Text     string
}
