package rollout

import (
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/version"
)

// Places of records in the lists of an Input, from 0.
type (
	// ItemNo is a place in Input.Items.
	ItemNo int32
	// SiteNo is a place in Input.Sites.
	SiteNo int32
	// ReleaseNo is a place in Input.Releases.
	ReleaseNo int32
	// PartyNo is a place in Input.Parties.
	PartyNo int32
)

// Input is all that a plan follows from. Its lists may stand in any order: records
// of the same keys give the same plan. The planner changes nothing of it.
//
// A key is unique in its list. A place that is out of its list is a mistake of the
// caller, and the planner answers an error that names it.
type Input struct {
	Items        []Item
	Dependencies []Dependency
	Sites        []Site
	Installed    []Installation
	// Needs are SITE_NEEDS (P4), StandIns are STANDS_IN_FOR (P13), which are read both
	// ways.
	Needs    []SiteLink
	StandIns []SiteLink
	Units    []Unit
	Releases []Release
	Parties  []Party
	// Windows are maintenance windows, Freezes what must be left alone (P7). What has
	// no window may be worked on at any time.
	Windows []Opening
	Freezes []Opening
	// Works are what else is planned (H6), Loads what other plans ask of parties (P13),
	// Brought what other accepted plans bring (P9).
	Works   []Work
	Loads   []Load
	Brought []Brought
	// Past are roll-outs that were carried out; their durations tell how long one
	// takes (P7).
	Past []PastRollout
	// Versions says how the versions of items are read (R3). The zero value reads
	// them as version.Natural. Versions that cannot be compared count as lower where
	// their texts differ.
	Versions version.Scheme

	Question
}

// Question is what is asked for.
type Question struct {
	// Now is the present; a plan begins no earlier.
	Now time.Time
	// Release is what is rolled out. It is ACCEPTED or later.
	Release ReleaseNo
	// Approach is how (P1), empty: PHASED. Path are the environments that a CONTINUOUS
	// roll-out passes before, Deadline ends the offers of a PULL.
	Approach domain.RolloutApproach
	Path     []PathEnvironment
	Deadline *time.Time
	// Activation is when it begins to run (P8), empty: AT_INSTALL; ActivateAt the
	// instant of a SCHEDULED one.
	Activation domain.Activation
	ActivateAt *time.Time
	// Sites are the chosen sites (P2), empty: all. An ADD without sites of its own
	// comes to all of them.
	Sites []SiteNo
	// NotBefore is when the first step may begin, nil: now. FinishBy is when the last
	// one has to end, nil: at any time.
	NotBefore, FinishBy *time.Time
	// Soak is how long a wave is watched before the next one begins (D2).
	Soak time.Duration
	// WorkDuration is how long each step takes, 0: as long as in the past.
	WorkDuration  time.Duration
	Limits        Limits
	GroupByRegion bool
	// MaxUsersAtRisk is how many users the failure of a wave may hurt, nil: any number.
	// Waves are cut by it, unless no plan holds then; what has to share a wave does.
	MaxUsersAtRisk *int
	// Earlier are the steps of the plan that was announced, empty: none. With
	// keepStable they are given, and what still holds of them stays (P11).
	Earlier []Announced
	// Edits are made by hand, in their order (P11).
	Edits []Edit
	// Effort bounds the search for fewer waves, in sites that are looked at; 0 stands
	// for DefaultEffort. Seed chooses among equal tries.
	Effort int
	Seed   uint64
}

// DefaultEffort is enough for some dozens of tries at 10,000 sites.
const DefaultEffort = 20_000_000

// Limits are the most that a wave holds (P6), nil: any number. One below 1 is
// refused.
type Limits struct {
	SitesPerWave, UsersPerWave, CriticalityPerWave *int
}

// PathEnvironment is an environment of the promotion path (R15), and whether a
// person opens it.
type PathEnvironment struct {
	Environment domain.Environment
	Gate        bool
}

// Item is a configuration item.
type Item struct {
	Key, Name   string
	Class       domain.Class
	Status      domain.ItemStatus
	Environment domain.Environment
	// Criticality runs from 1 to 5, 0: not told.
	Criticality int
	// SupportedBy are those who help its users (P13).
	SupportedBy []PartyNo
}

// Dependency is DEPENDS_ON: From needs To. One whose impact is NONE orders nothing
// (I11); the members of a redundancy group order all alike (P4).
type Dependency struct {
	From, To ItemNo
	Kind     domain.DependencyKind
	Impact   domain.Impact
	Group    string
}

// Site is a place that receives releases.
type Site struct {
	Key, Name, Region string
	Ring              domain.Ring // empty: GENERAL
	// Zone is an IANA time zone. A site with service hours needs one.
	Zone string
	// ServiceHours are when it must not be disturbed, such as "Mo-Fr 08:00-18:00".
	ServiceHours string
	// Users is nil where nobody told; it counts 0 then, and the plan says so.
	Users  *int
	PartOf []SiteNo
}

// Installation is INSTALLED_AT. Version is empty where nobody told.
type Installation struct {
	Item                   ItemNo
	Site                   SiteNo
	Version, ActiveVersion string
}

// SiteLink is a relationship between two sites.
type SiteLink struct{ From, To SiteNo }

// Unit is a release unit with the items that it GROUPS.
type Unit struct {
	Key, Name string
	Items     []ItemNo
}

// Release is what is rolled out, or what that REQUIRES or BUNDLES.
type Release struct {
	Key, Name         string
	Category          domain.ReleaseCategory
	Status            domain.ReleaseStatus
	Changes           []Change
	Bundles, Requires []ReleaseNo
}

// Change is CHANGES. An input's Alone is the opposite of the field coexists, so
// that what nobody told coexists.
type Change struct {
	Item                   ItemNo
	Action                 domain.ChangeAction
	FromVersion, ToVersion string
	// Alone says that the old and the new version may not run side by side.
	Alone bool
	// Sites are where an ADD comes to, empty: to the chosen sites, or to where
	// something that changes and depends on it is installed.
	Sites []SiteNo
}

// Party is one who supports items. SitesPerDay and UsersPerDay are the most that it
// takes in a wave and on a day of its own (P13), nil: any number. Without a zone its
// days are those of UTC. A step counts on the day on which it begins.
type Party struct {
	Key, Name, Zone          string
	SitesPerDay, UsersPerDay *int
}

// Load is what another plan asks of a party with a step that begins At.
type Load struct {
	Party PartyNo
	At    time.Time
	Sites int
	Users int
}

// Work is a change or deployment that is planned already (H6).
type Work struct {
	// Record is its kind and key, as in ChangeRequest:C-1.
	Record, Name string
	When         domain.TimeRange
	Items        []ItemNo
	Sites        []SiteNo
}

// Brought is a release that another accepted plan brings to a site by a time (P9).
type Brought struct {
	Release    ReleaseNo
	Site       SiteNo
	Deployment string // its key
	By         time.Time
}

// PastRollout is a step that was carried out.
type PastRollout struct {
	Items []ItemNo
	Took  time.Duration
}

// Announced is a step of the plan that was announced (P11).
type Announced struct {
	Site, Release string
	Wave          int
	Window        domain.TimeRange
}
