package environment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/domain"
)

// Part is an item that a test environment needs to be like production: one that a
// release holds, or one on which such an item depends in LIVE.
type Part struct {
	// ID tells the item from all other, Key names it.
	ID, Key string
	// Held says that the release holds it.
	Held bool
	// Live are the versions that run in LIVE, Brought the one to which the release
	// brings it, empty for none.
	Live    []string
	Brought string
}

// wanted are the versions that a stand-in may have.
func (p Part) wanted() []string {
	if p.Brought == "" {
		return p.Live
	}
	return append(slices.Clone(p.Live), p.Brought)
}

// StandIn is an item of a test environment that stands for a live one: itself, where
// no other is named.
type StandIn struct {
	Key, Version string
	// For is the id of the live item.
	For string
}

// State is how a part is there in a test environment.
type State string

// The states of a part.
const (
	Matched      State = "MATCHED"
	OtherVersion State = "OTHER_VERSION"
	Missing      State = "MISSING"
)

// Compared is a part with what stands for it, nil where nothing does.
type Compared struct {
	Part
	State   State
	StandIn *StandIn
}

// Comparison is how a test environment compares with production (R12).
type Comparison struct {
	// Parts are what it should have, by their keys.
	Parts []Compared
	// Matched, Other and Missing count them by their states.
	Matched, Other, Missing int
}

// Compare compares a test environment, by what stands in it for live items, with the
// parts that it should have. A part matches when a stand-in has a version that runs in
// LIVE, or the one to which the release brings it; where neither is known the
// stand-in itself is enough.
func Compare(parts []Part, standIns []StandIn, same func(a, b string) bool) *Comparison {
	of := map[string][]StandIn{}
	for _, s := range standIns {
		of[s.For] = append(of[s.For], s)
	}
	c := &Comparison{Parts: make([]Compared, len(parts))}
	for i, p := range parts {
		one := Compared{Part: p, State: Missing}
		for _, s := range of[p.ID] {
			if one.StandIn == nil {
				one.State, one.StandIn = OtherVersion, &s
			}
			if matches(p.wanted(), s.Version, same) {
				one.State, one.StandIn = Matched, &s
				break
			}
		}
		c.count(one.State)
		c.Parts[i] = one
	}
	slices.SortStableFunc(c.Parts, func(a, b Compared) int { return cmp.Compare(a.Key, b.Key) })
	return c
}

func matches(wanted []string, version string, same func(a, b string) bool) bool {
	return len(wanted) == 0 || version != "" && slices.ContainsFunc(wanted, func(w string) bool { return same(w, version) })
}

func (c *Comparison) count(s State) {
	switch s {
	case Matched:
		c.Matched++
	case OtherVersion:
		c.Other++
	default:
		c.Missing++
	}
}

// Percent is the share of the parts that match, rounded down; 100 where there is
// nothing to compare.
func (c *Comparison) Percent() int {
	if len(c.Parts) == 0 {
		return 100
	}
	return 100 * c.Matched / len(c.Parts)
}

// mostNamed is how many parts a text names.
const mostNamed = 10

// Text says how the environment compares, and names what is not as in LIVE.
func (c *Comparison) Text() string {
	text := fmt.Sprintf("%d of %d parts are as in LIVE (%d %%)", c.Matched, len(c.Parts), c.Percent())
	var missing, other []string
	for _, p := range c.Parts {
		switch p.State {
		case Missing:
			missing = append(missing, p.Key)
		case OtherVersion:
			other = append(other, fmt.Sprintf("%s has %s for %s of %s", p.StandIn.Key, cmp.Or(p.StandIn.Version, "no version"), strings.Join(p.wanted(), " or "), p.Key))
		}
	}
	for _, more := range []struct {
		says  string
		names []string
	}{{"missing", missing}, {"other versions", other}} {
		if len(more.names) > 0 {
			text += "; " + more.says + ": " + few(more.names)
		}
	}
	return text
}

// few names the first of some, and says how many more there are (I8).
func few(names []string) string {
	if len(names) <= mostNamed {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:mostNamed], ", "), len(names)-mostNamed)
}

// Comparable reports whether items of a class are compared: those that are installed,
// not services, buildings and papers.
func Comparable(c domain.Class) bool {
	switch c {
	case domain.Service, domain.Facility, domain.Document, domain.ServiceLevelAgreement, domain.OperationalLevelAgreement, domain.UnderpinningContract:
		return false
	}
	return true
}
