package domain

import "time"

// SiteRollout is one site within a wave: what it receives of one release, and how
// far that came (D1, P9).
type SiteRollout struct {
	Record
	// Status changes by the moves of D1 alone; an import may bring any.
	Status       SiteRolloutStatus `graph:"status,required,filter,sort,import"`
	StatusSince  *time.Time        `graph:"statusSince,filter,sort,import"`
	StatusReason *string           `graph:"statusReason,import,text"`
	// Attempt counts from 1: a site that failed may be tried again (D5).
	Attempt int `graph:"attempt,filter,sort,import"`
	// WindowFrom and WindowTo are when it is planned (P7).
	WindowFrom *time.Time `graph:"windowFrom,filter,sort,import"`
	WindowTo   *time.Time `graph:"windowTo,filter,sort,import"`
	// PastMedian and PastP90 are how long past roll-outs of the same items took, half and
	// nine tenths of them at most, as ISO 8601; PastRollouts is how many they rest on (P7).
	PastMedian   *string `graph:"pastMedian,import"`
	PastP90      *string `graph:"pastP90,import"`
	PastRollouts *int    `graph:"pastRollouts,import"`
	// DistributedAt to BackedOutAt are when it came to these statuses last.
	DistributedAt *time.Time `graph:"distributedAt,filter,import"`
	InstalledAt   *time.Time `graph:"installedAt,filter,sort,import"`
	ActivatedAt   *time.Time `graph:"activatedAt,filter,import"`
	VerifiedAt    *time.Time `graph:"verifiedAt,filter,sort,import"`
	FailedAt      *time.Time `graph:"failedAt,filter,import"`
	SkippedAt     *time.Time `graph:"skippedAt,filter,import"`
	BackedOutAt   *time.Time `graph:"backedOutAt,filter,import"`
	// OverdueSince is when it was told that its window is over, and it is not done (D2),
	// WarnedAt that the deadline of a PULL is near, RemindedAt that it is over. ChosenAt is
	// when its hour was chosen by whoever takes the release, ForcedAt when one was set for it
	// as the deadline was over (P1).
	OverdueSince *time.Time `graph:"overdueSince,filter,sort,import"`
	ChosenAt     *time.Time `graph:"chosenAt,filter,import"`
	WarnedAt     *time.Time `graph:"warnedAt,filter,import"`
	RemindedAt   *time.Time `graph:"remindedAt,filter,import"`
	ForcedAt     *time.Time `graph:"forcedAt,filter,import"`
	// KitSha256 is the checksum of the kit as the site had it (L2).
	KitSha256 *string `graph:"kitSha256,filter,import"`
	// Verification is what was seen when it was verified (D3).
	Verification *string `graph:"verification,import,text"`
	// Reasons say why it is in its wave and hour (P10), a text for each
	// PlacementReason.
	Reasons []string `graph:"reasons,import,shown=PlacementReason"`
}

// SiteRolloutStatus is where a site stands within a wave (D1).
type SiteRolloutStatus string

// The statuses of a site within a wave.
const (
	SitePending     SiteRolloutStatus = "PENDING"
	SiteDistributed SiteRolloutStatus = "DISTRIBUTED"
	SiteInstalled   SiteRolloutStatus = "INSTALLED"
	SiteActivated   SiteRolloutStatus = "ACTIVATED"
	SiteVerified    SiteRolloutStatus = "VERIFIED"
	SiteFailed      SiteRolloutStatus = "FAILED"
	SiteBackedOut   SiteRolloutStatus = "BACKED_OUT"
	SiteSkipped     SiteRolloutStatus = "SKIPPED"
)

// SiteRolloutStatuses lists all statuses, in the order in which a site comes to
// them.
var SiteRolloutStatuses = []SiteRolloutStatus{
	SitePending, SiteDistributed, SiteInstalled, SiteActivated, SiteVerified, SiteFailed, SiteBackedOut, SiteSkipped,
}

// Final reports whether a site of the status is done with, as far as its wave is
// concerned.
func (s SiteRolloutStatus) Final() bool {
	return s == SiteVerified || s == SiteFailed || s == SiteBackedOut || s == SiteSkipped
}

// Begun reports whether something was or may have been installed at a site of the
// status.
func (s SiteRolloutStatus) Begun() bool {
	return s != SitePending && s != SiteDistributed && s != SiteSkipped
}

// Installed tells whether it reached INSTALLED (one that was backed out counts as if
// it had), and when, as far as is known.
func (s *SiteRollout) Installed() (at time.Time, was bool) {
	if s.InstalledAt != nil {
		return *s.InstalledAt, true
	}
	if !s.Status.Begun() || s.Status == SiteFailed {
		return time.Time{}, false
	}
	for _, t := range []*time.Time{s.ActivatedAt, s.VerifiedAt, s.BackedOutAt, s.StatusSince} {
		if t != nil {
			return *t, true
		}
	}
	return s.CreatedAt, true
}

// Activated reports whether what was installed began to run.
func (s *SiteRollout) Activated() bool {
	return s.ActivatedAt != nil || s.Status == SiteActivated || s.Status == SiteVerified
}

// Window is when it is planned; nil where either end is not known.
func (s *SiteRollout) Window() *TimeRange { return rangeOf(s.WindowFrom, s.WindowTo) }

// Check tells what is wrong with it, as an import may bring it.
func (s *SiteRollout) Check() Errors {
	es := s.Record.Check()
	es.within("attempt", &s.Attempt, 1, MaxCount)
	es.after("windowTo", s.WindowTo, "windowFrom", s.WindowFrom)
	es.longer("pastMedian", s.PastMedian)
	es.longer("pastP90", s.PastP90)
	es.within("pastRollouts", s.PastRollouts, 0, MaxCount)
	if s.KitSha256 != nil {
		es.wrong("kitSha256", CheckSha256(*s.KitSha256))
	}
	checkKept(&es, "reasons", s.Reasons, checkReason)
	way := []namedTime{
		{"distributedAt", s.DistributedAt}, {"installedAt", s.InstalledAt}, {"activatedAt", s.ActivatedAt}, {"verifiedAt", s.VerifiedAt},
		{"failedAt", s.FailedAt}, {"skippedAt", s.SkippedAt}, {"backedOutAt", s.BackedOutAt},
	}
	for i, status := range []SiteRolloutStatus{SiteDistributed, SiteInstalled, SiteActivated, SiteVerified, SiteFailed, SiteSkipped, SiteBackedOut} {
		es.told(way[i].field, way[i].at, SiteRolloutLife.Leads(status, s.Status, &SiteRolloutFacts{SiteRollout: s}), s.Status)
	}
	if s.Attempt == 1 { // later ones come again to statuses that they have been in
		es.inOrder(way)
	}
	return es
}

// Receipt is what RECEIVES says: what a site gets of an item (P2).
type Receipt struct {
	Action ChangeAction `graph:"action,required,filter,set"`
	// FromVersion is the version that stood there before, ToVersion the one that is
	// put there.
	FromVersion *string `graph:"fromVersion,filter,set"`
	ToVersion   *string `graph:"toVersion,filter,set"`
	// Ordinal is its place in the order of the site's work, from 1 (P3).
	Ordinal *int `graph:"ordinal,filter,sort,set"`
	// Unit is the key of the unit of an item that is put there again as it is, with
	// others of its unit; Dependent that of the item for which it is added (P2).
	Unit      *string `graph:"unit,set"`
	Dependent *string `graph:"dependent,set"`
}

// Check tells what is wrong with it: each action names its versions.
func (r *Receipt) Check() Errors {
	es := (&ReleaseChange{Action: r.Action, FromVersion: r.FromVersion, ToVersion: r.ToVersion}).Check()
	es.within("ordinal", r.Ordinal, 1, MaxCount)
	return es
}

// Took is how long the work at the site took (P7): from when it could begin, with the
// kit there and the window open, until it was verified, or installed as long as it was
// not. It is not known where either is missing.
func (s *SiteRollout) Took() (took time.Duration, known bool) {
	began, ended := s.WindowFrom, s.VerifiedAt
	if s.DistributedAt != nil && (began == nil || s.DistributedAt.After(*began)) {
		began = s.DistributedAt
	}
	if ended == nil {
		ended = s.InstalledAt
	}
	if began == nil || ended == nil || !ended.After(*began) {
		return 0, false
	}
	return ended.Sub(*began), true
}
