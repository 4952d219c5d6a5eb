package domain

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
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
	Name         RiskPartName
	Points, Most int
	Why          string
}

// String is how a part is kept.
func (p RiskPart) String() string {
	return fmt.Sprintf("%s: %d of %d, %s", p.Name, p.Points, p.Most, p.Why)
}

// ReadRiskPart reads a part as it is kept. Of one that an import brought in other
// words all of it is told as Why, under the name OTHER.
func ReadRiskPart(kept string) RiskPart {
	name, rest, _ := strings.Cut(kept, ": ")
	numbers, why, _ := strings.Cut(rest, ", ")
	points, most, _ := strings.Cut(numbers, " of ")
	p, pointsErr := strconv.Atoi(points)
	m, mostErr := strconv.Atoi(most)
	if pointsErr != nil || mostErr != nil || !slices.Contains(RiskPartNames, RiskPartName(name)) {
		return RiskPart{Name: RiskOther, Why: kept}
	}
	return RiskPart{RiskPartName(name), p, m, why}
}

// RiskPartName tells the parts of a risk apart.
type RiskPartName string

// The parts of a risk.
const (
	RiskCriticality RiskPartName = "CRITICALITY"
	RiskBreadth     RiskPartName = "BREADTH"
	RiskUsers       RiskPartName = "USERS"
	RiskBackOut     RiskPartName = "BACK_OUT"
	RiskDowntime    RiskPartName = "DOWNTIME"
	RiskInFlight    RiskPartName = "IN_FLIGHT"
	RiskHaste       RiskPartName = "HASTE"
	// RiskOther is what another tool has reckoned with.
	RiskOther RiskPartName = "OTHER"
)

// RiskPartNames lists the parts in their order.
var RiskPartNames = []RiskPartName{
	RiskCriticality, RiskBreadth, RiskUsers, RiskBackOut, RiskDowntime, RiskInFlight, RiskHaste, RiskOther,
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
	return RiskPart{RiskCriticality, 4 * min(f.Criticality, 5), 20, why}
}

// breadthPart grows with the logarithm of the hits, degraded ones counting
// half: five points for each power of ten, so that 10,000 hits give them all.
func breadthPart(f RiskFacts) RiskPart {
	return RiskPart{RiskBreadth, logarithmic(float64(f.Full)+float64(f.Degraded)/2, 5, 20), 20,
		fmt.Sprintf("%d hit FULL and %d DEGRADED", f.Full, f.Degraded)}
}

// usersPart is two points for each power of ten.
func usersPart(f RiskFacts) RiskPart {
	return RiskPart{RiskUsers, logarithmic(float64(f.Users), 2, 10), 10, fmt.Sprintf("%d users of what is hit", f.Users)}
}

func logarithmic(n, each float64, most int) int {
	return min(int(math.Round(each*math.Log10(1+n))), most)
}

func backOutPart(f RiskFacts) RiskPart {
	switch {
	case f.BackOutKind == nil:
		return RiskPart{RiskBackOut, 20, 20, "nobody said how far it can be undone"}
	case *f.BackOutKind == BackOutFull:
		return RiskPart{RiskBackOut, 0, 20, "it can be undone exactly"}
	case *f.BackOutKind == BackOutPartial:
		return RiskPart{RiskBackOut, 10, 20, "it can be undone in part"}
	}
	return RiskPart{RiskBackOut, 20, 20, "it cannot be undone"}
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
	return RiskPart{RiskDowntime, points, 10, why}
}

func inFlightPart(f RiskFacts) RiskPart {
	return RiskPart{RiskInFlight, min(5*f.InFlight, 10), 10, fmt.Sprintf("%d other requests touch the same items in the same time", f.InFlight)}
}

func hastePart(f RiskFacts) RiskPart {
	if f.Type == EmergencyChange {
		return RiskPart{RiskHaste, 10, 10, "it is an emergency"}
	}
	return RiskPart{RiskHaste, 0, 10, "it is no emergency"}
}
