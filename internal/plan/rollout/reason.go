package rollout

// Reason says why a step is where it is (P10).
type Reason struct {
	// Rule is the number of the rule, as P4, Code one of Codes.
	Rule string
	Code Code
	// Text says it in plain words.
	Text string
	// Parameters are what the text is made of, by the names of the table in Codes.
	Parameters map[string]string
	// Chain is a walk over the graph, each edge begins where the last one ended.
	Chain []Edge
}

// Edge is a relationship of the graph, from a record to another. Each is written
// Kind:key. Site is where the item at its end serves, empty: where it does not
// matter.
type Edge struct {
	Relationship, From, To string
	Site                   string
}

// Code names a reason. The list is closed.
type Code string

// The reasons, with their parameters.
const (
	Receives  Code = "P2.RECEIVES" // item, from, to
	HeldItem  Code = "P2.HELD"     // item, to, unit
	Chosen    Code = "P2.CHOSEN"   // item, to, list
	AddedItem Code = "P2.ADDED"    // item, to, dependent

	After     Code = "P4.AFTER"      // site, items
	NeedsSite Code = "P4.NEEDS_SITE" // site
	Together  Code = "P4.TOGETHER"   // sites, item (which does not coexist)
	CycleOf   Code = "P4.CYCLE"      // sites
	AloneItem Code = "P4.ITEM"       // sites, item

	RingOf      Code = "P5.RING"         // ring
	AfterPilots Code = "P5.AFTER_PILOTS" // ring, pilots
	GaveWay     Code = "P5.GAVE_WAY"     // ring, pilot

	Full     Code = "P6.FULL"     // limit, value, load, adds
	RegionOf Code = "P6.REGION"   // region
	AllAtOne Code = "P6.BIG_BANG" // release

	InWindow      Code = "P7.WINDOW"   // record, local, from
	OutsideHours  Code = "P7.HOURS"    // record, local, from
	AfterFreeze   Code = "P7.FREEZE"   // record, local, from
	AfterConflict Code = "P7.CONFLICT" // record, local, from, kind
	Soaked        Code = "P7.SOAK"     // soak, local, from

	Instant      Code = "P8.INSTANT"   // instant
	FirstOf      Code = "P9.FIRST"     // release
	AfterRelease Code = "P9.AFTER"     // release, deployment
	Pair         Code = "P13.PAIR"     // site
	Capacity     Code = "P13.CAPACITY" // party, day, limit, value, load
	OneWave      Code = "P1.ONE_WAVE"
	Offer        Code = "P1.OFFER"   // deadline
	Waived       Code = "P11.WAIVED" // who, reason
	Kept         Code = "P11.KEPT"   // wave
)

// Codes lists all reasons.
var Codes = []Code{
	Receives, HeldItem, Chosen, AddedItem, After, NeedsSite, Together, CycleOf, AloneItem, RingOf, AfterPilots, GaveWay, Full, RegionOf, AllAtOne,
	InWindow, OutsideHours, AfterFreeze, AfterConflict, Soaked, Instant, FirstOf, AfterRelease, Pair, Capacity, OneWave, Offer, Waived, Kept,
}
