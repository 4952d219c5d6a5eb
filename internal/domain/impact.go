package domain

// Strength is how badly a hit is hurt (I4).
type Strength string

// The strengths.
const (
	StrengthFull     Strength = "FULL"
	StrengthDegraded Strength = "DEGRADED"
)

// Strengths lists both strengths, the stronger first.
var Strengths = []Strength{StrengthFull, StrengthDegraded}

// ImpactSummary totals the hits of an analysis (I7).
type ImpactSummary struct {
	Total    int
	Full     int
	Degraded int
	// Services counts the hits of class SERVICE.
	Services int
	// Sites counts the sites where hits are installed.
	Sites int
	// Users adds up the hits' own users.
	Users int
	// Hidden counts the hits that the caller may not see. They are in none of the
	// other totals.
	Hidden int
	// Redundant counts the needs whose loss alone would hurt no source. They are
	// no hits.
	Redundant int
	// ByClass is in the order of Classes, ByCriticality from the highest down,
	// hits without a criticality last.
	ByClass       []*ClassTotal
	ByCriticality []*CriticalityTotal
}

// ClassTotal counts the hits of one class.
type ClassTotal struct {
	Class    Class
	Full     int
	Degraded int
}

// CriticalityTotal counts the hits of one criticality, null where they have
// none.
type CriticalityTotal struct {
	Criticality *int
	Full        int
	Degraded    int
}

// Truncation says which limit cut an answer, and how much it left out (I8).
type Truncation struct {
	// Limit names the input field and its value: "maxDepth: 12".
	Limit string
	// Omitted counts what was left out.
	Omitted int
}
