package domain

import "slices"

// The names of kinds and relationships that traversals know.
const (
	KindConfigurationItem = "ConfigurationItem"
	KindSite              = "Site"
	KindReleaseUnit       = "ReleaseUnit"
	KindParty             = "Party"
	KindBaseline          = "Baseline"
	KindChangeRequest     = "ChangeRequest"
	KindProblem           = "Problem"
	KindMaintenanceWindow = "MaintenanceWindow"
	KindFreeze            = "Freeze"
	KindCalendarFeed      = "CalendarFeed"
	KindFreezeException   = "FreezeException"
	KindKnownError        = "KnownError"
	KindChangeModel       = "ChangeModel"
	KindBoard             = "Board"
	KindDelegation        = "Delegation"
	KindVote              = "Vote"
	KindAssessment        = "Assessment"
	KindTask              = "Task"
	KindRelease           = "Release"
	KindReleasePolicy     = "ReleasePolicy"
	KindMediaItem         = "MediaItem"
	KindLicence           = "Licence"
	KindHardwareSpare     = "HardwareSpare"
	KindAcceptanceTest    = "AcceptanceTest"
	KindTestRun           = "TestRun"
	KindSignOff           = "SignOff"
	KindDeliverable       = "Deliverable"
	KindCalendarAnswer    = "CalendarAnswer"
	KindRecommendation    = "Recommendation"
	KindAudit             = "ConfigurationAudit"
	KindReleaseReview     = "ReleaseReview"
	KindOutage            = "Outage"
	KindTestEnvironment   = "TestEnvironment"
	KindBooking           = "EnvironmentBooking"
	KindAnnouncement      = "Announcement"
	KindDeployment        = "Deployment"
	KindWave              = "Wave"
	KindSiteRollout       = "SiteRollout"
	KindSiteReport        = "SiteReport"

	KindAttributeDefinition = "AttributeDefinition"

	RelDependsOn    = "DEPENDS_ON"
	RelInstalledAt  = "INSTALLED_AT"
	RelPartOf       = "PART_OF"
	RelSiteNeeds    = "SITE_NEEDS"
	RelStandsInFor  = "STANDS_IN_FOR"
	RelGroups       = "GROUPS"
	RelOwnedBy      = "OWNED_BY"
	RelSupportedBy  = "SUPPORTED_BY"
	RelSuppliedBy   = "SUPPLIED_BY"
	RelFeedAt       = "FEED_AT"
	RelFeedOf       = "FEED_OF"
	RelWindowAt     = "WINDOW_AT"
	RelWindowOf     = "WINDOW_OF"
	RelFreezesAt    = "FREEZES_AT"
	RelFreezes      = "FREEZES"
	RelExcepts      = "EXCEPTS"
	RelExceptionFor = "EXCEPTION_FOR"
	RelServes       = "SERVES"

	RelAffects      = "AFFECTS"
	RelTakesPlaceAt = "TAKES_PLACE_AT"
	RelConcerns     = "CONCERNS"
	RelDiagnoses    = "DIAGNOSES"
	RelPresentIn    = "PRESENT_IN"
	RelResolves     = "RESOLVES"
	RelFollows      = "FOLLOWS"
	RelDecidedBy    = "DECIDED_BY"
	RelExcludes     = "EXCLUDES"
	RelCastOn       = "CAST_ON"
	RelAssesses     = "ASSESSES"
	RelPrepares     = "PREPARES"
	RelDelegatesOn  = "DELEGATES_ON"

	RelChanges      = "CHANGES"
	RelImplements   = "IMPLEMENTS"
	RelBundles      = "BUNDLES"
	RelRequires     = "REQUIRES"
	RelSupersedes   = "SUPERSEDES"
	RelSucceeds     = "SUCCEEDS"
	RelDiffersIn    = "DIFFERS_IN"
	RelFixes        = "FIXES"
	RelIntroducedBy = "INTRODUCED_BY"
	RelCausedBy     = "CAUSED_BY"
	RelGoverns      = "GOVERNS"
	RelObserves     = "OBSERVES"
	RelRevises      = "REVISES"
	RelMasterOf     = "MASTER_OF"
	RelKitOf        = "KIT_OF"
	RelLicensedBy   = "LICENSED_BY"
	RelPaidAt       = "PAID_AT"
	RelCoversCost   = "COVERS_COST"
	RelSpareFor     = "SPARE_FOR"
	RelStoredAt     = "STORED_AT"
	RelReservedFor  = "RESERVED_FOR"

	RelTests     = "TESTS"
	RelRuns      = "RUNS"
	RelMitigates = "MITIGATES"
	RelRunOf     = "RUN_OF"
	RelSigns     = "SIGNS"
	RelBrings    = "BRINGS"
	RelStoredAs  = "STORED_AS"
	RelMemberOf  = "MEMBER_OF"

	RelRecommends    = "RECOMMENDS"
	RelRecommendedBy = "RECOMMENDED_BY"
	RelAudits        = "AUDITS"
	RelAuditsRollout = "AUDITS_ROLLOUT"

	RelDriftsAt    = "DRIFTS_AT"
	RelReviews     = "REVIEWS"
	RelReviewedFor = "REVIEWED_FOR"

	RelLostBy        = "LOST_BY"
	RelLostService   = "LOST_SERVICE"
	RelLostAt        = "LOST_AT"
	RelCountsAgainst = "COUNTS_AGAINST"

	RelBlockedBy   = "BLOCKED_BY"
	RelAnswers     = "ANSWERS"
	RelAnsweredFor = "ANSWERED_FOR"

	RelComprises   = "COMPRISES"
	RelStandsFor   = "STANDS_FOR"
	RelBooks       = "BOOKS"
	RelBookedFor   = "BOOKED_FOR"
	RelRanIn       = "RAN_IN"
	RelAnnounces   = "ANNOUNCES"
	RelAnnouncedAt = "ANNOUNCED_AT"
	RelDeploys     = "DEPLOYS"
	RelHasWave     = "HAS_WAVE"
	RelAfter       = "AFTER"
	RelTargets     = "TARGETS"
	RelReports     = "REPORTS"
	RelReceives    = "RECEIVES"
	RelIntendedFor = "INTENDED_FOR"
)

// Link is what a traversal knows of a relationship: all of a Dependency, the
// bare name of any other.
type Link struct {
	Rel            string
	Kind           DependencyKind
	Impact         Impact
	Group          string // redundancy group, empty: none
	Minimum        int32  // 0: not given
	MinimumPercent int32  // 0: not given
}

// Needs reports whether the record at the start needs the one at the end: a
// dependency whose impact is NONE documents, and orders nothing (I11).
func (l *Link) Needs() bool { return l.Rel == RelDependsOn && l.Impact != ImpactNone }

// Facts is what a traversal knows of a record, packed: a million of them are
// kept in memory. Codes are positions in the lists of this package, from 1;
// 0 stands for absent.
type Facts struct {
	Users       int32
	kind        uint8
	class       uint8
	environment uint8
	status      uint8 // by the statuses of its kind
	Criticality uint8
}

var kinds = []string{KindConfigurationItem, KindSite, KindReleaseUnit, KindParty, KindChangeRequest, KindProblem, KindKnownError}

// statuses are those of each kind, by its code.
var statuses = byCode(map[string][]string{
	KindConfigurationItem: texts(ItemStatuses),
	KindChangeRequest:     texts(ChangeRequestStatuses),
	KindProblem:           texts(ProblemStatuses),
	KindKnownError:        texts(KnownErrorStatuses),
})

func byCode(of map[string][]string) [][]string {
	list := make([][]string, len(kinds)+1)
	for i, kind := range kinds {
		list[i+1] = of[kind]
	}
	return list
}

// NewFacts packs what is known of a record; empty strings stand for absent. The
// status is one of those of the kind.
func NewFacts[S ~string](kind string, class Class, environment Environment, status S, criticality uint8, users int32) Facts {
	k := code(kinds, kind)
	return Facts{
		Users: users, Criticality: criticality, kind: k, class: code(Classes, class),
		environment: code(Environments, environment), status: code(statuses[k], string(status)),
	}
}

// Kind is the record's kind.
func (f Facts) Kind() string { return decode(kinds, f.kind) }

// Class is the item's class, empty for other kinds.
func (f Facts) Class() Class { return decode(Classes, f.class) }

// Environment is the item's environment, empty for other kinds.
func (f Facts) Environment() Environment { return decode(Environments, f.environment) }

// Status is the item's status, empty for other kinds.
func (f Facts) Status() ItemStatus {
	if f.Kind() != KindConfigurationItem {
		return ""
	}
	return decode(ItemStatuses, f.status)
}

// State is the record's status, of whatever kind it is, empty when it has none.
func (f Facts) State() string { return decode(statuses[f.kind], f.status) }

// ClassCode is Class as a small number, for counting in arrays.
func (f Facts) ClassCode() uint8 { return f.class }

func code[T ~string](list []T, v T) uint8 { return uint8(slices.Index(list, v) + 1) }

func decode[T ~string](list []T, c uint8) (v T) {
	if c == 0 {
		return v
	}
	return list[c-1]
}

func texts[T ~string](values []T) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	return list
}
