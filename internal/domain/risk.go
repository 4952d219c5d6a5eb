package domain

import (
	"fmt"
	"math"
	"time"
)

// Risk is how much can go wrong with a change.
type Risk string

// The risks.
const (
	RiskLow      Risk = "LOW"
	RiskMedium   Risk = "MEDIUM"
	RiskHigh     Risk = "HIGH"
	RiskVeryHigh Risk = "VERY_HIGH"
)

// Risks lists all risks, the lowest first.
var Risks = []Risk{RiskLow, RiskMedium, RiskHigh, RiskVeryHigh}

// RiskFacts are what the risk of a change follows from.
type RiskFacts struct {
	Type        ChangeRequestType
	BackOutKind *BackOutKind
	Downtime    time.Duration
	// Criticality is the highest among the affected and the hit items.
	Criticality    int
	Full, Degraded int
	Users          int
	// InFlight counts the other requests that touch the same items in the same
	// time.
	InFlight int
}

// RiskPart is one part of the risk: so many of at most so many points, and why.
type RiskPart struct {
	Name         string
	Points, Most int
	Why          string
}

func (p RiskPart) String() string {
	return fmt.Sprintf("%s: %d of %d, %s", p.Name, p.Points, p.Most, p.Why)
}

// AssessRisk adds up the parts of the risk, at most 100 points together
// (docs/change.md shows the formula): below 25 it is LOW, below 50 MEDIUM, below
// 75 HIGH, else VERY_HIGH.
func AssessRisk(f RiskFacts) (risk Risk, score int, parts []RiskPart) {
	parts = []RiskPart{
		criticalityPart(f), breadthPart(f), usersPart(f), backOutPart(f), downtimePart(f), inFlightPart(f), hastePart(f),
	}
	for _, p := range parts {
		score += p.Points
	}
	return Risks[min(score/25, len(Risks)-1)], score, parts
}

// criticalityPart is four points for each step of the most critical item.
func criticalityPart(f RiskFacts) RiskPart {
	why := "no item that it affects or hits has a criticality"
	if f.Criticality > 0 {
		why = fmt.Sprintf("the most critical item that it affects or hits is of criticality %d", f.Criticality)
	}
	return RiskPart{"CRITICALITY", 4 * min(f.Criticality, 5), 20, why}
}

// breadthPart grows with the logarithm of the hits, degraded ones counting
// half: five points for each power of ten, so that 10,000 hits give them all.
func breadthPart(f RiskFacts) RiskPart {
	return RiskPart{"BREADTH", logarithmic(float64(f.Full)+float64(f.Degraded)/2, 5, 20), 20,
		fmt.Sprintf("%d hit FULL and %d DEGRADED", f.Full, f.Degraded)}
}

// usersPart is two points for each power of ten.
func usersPart(f RiskFacts) RiskPart {
	return RiskPart{"USERS", logarithmic(float64(f.Users), 2, 10), 10, fmt.Sprintf("%d users of what is hit", f.Users)}
}

func logarithmic(n, each float64, most int) int {
	return min(int(math.Round(each*math.Log10(1+n))), most)
}

func backOutPart(f RiskFacts) RiskPart {
	switch {
	case f.BackOutKind == nil:
		return RiskPart{"BACK_OUT", 20, 20, "nobody said how far it can be undone"}
	case *f.BackOutKind == BackOutFull:
		return RiskPart{"BACK_OUT", 0, 20, "it can be undone exactly"}
	case *f.BackOutKind == BackOutPartial:
		return RiskPart{"BACK_OUT", 10, 20, "it can be undone in part"}
	}
	return RiskPart{"BACK_OUT", 20, 20, "it cannot be undone"}
}

func downtimePart(f RiskFacts) RiskPart {
	points, why := 10, "a downtime of more than four hours"
	switch {
	case f.Downtime == 0:
		points, why = 0, "no downtime is expected"
	case f.Downtime <= time.Hour:
		points, why = 3, "a downtime of at most one hour"
	case f.Downtime <= 4*time.Hour:
		points, why = 6, "a downtime of at most four hours"
	}
	return RiskPart{"DOWNTIME", points, 10, why}
}

func inFlightPart(f RiskFacts) RiskPart {
	return RiskPart{"IN_FLIGHT", min(5*f.InFlight, 10), 10, fmt.Sprintf("%d other requests touch the same items in the same time", f.InFlight)}
}

func hastePart(f RiskFacts) RiskPart {
	if f.Type == EmergencyChange {
		return RiskPart{"HASTE", 10, 10, "it is an emergency"}
	}
	return RiskPart{"HASTE", 0, 10, "it is no emergency"}
}
