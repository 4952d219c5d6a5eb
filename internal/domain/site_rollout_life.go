package domain

// The verbs that move a site within a wave.
const (
	ReportSiteRollout = "reportSiteRollout"
	RetrySiteRollout  = "retrySiteRollout"
	SkipSiteRollout   = "skipSiteRollout"
)

// SiteRolloutFacts is all that the moves of a site within a wave depend on.
type SiteRolloutFacts struct {
	SiteRollout *SiteRollout
	// Retried says that its next attempt is to begin.
	Retried bool
	// Missing are the needs that are not met, each with what is missing.
	Missing map[MoveNeed][]string
	// Reason is why the move is made, where it needs one.
	Reason string
}

// SiteRolloutMove is a move that a site within a wave has.
type SiteRolloutMove = LegalMove[SiteRolloutStatus]

// SiteRolloutLife is the life of a site within a wave (D1). One that failed begins
// anew with its next attempt (D5). What reports bring package plan/running judges.
var SiteRolloutLife = Lifecycle[SiteRolloutStatus, *SiteRolloutFacts]{
	Rule: "D1",
	Moves: []Move[SiteRolloutStatus, *SiteRolloutFacts]{
		{Verb: ReportSiteRollout, From: []SiteRolloutStatus{SitePending}, To: SiteDistributed},
		{Verb: ReportSiteRollout, From: []SiteRolloutStatus{SiteDistributed}, To: SiteInstalled, Needs: []siteRolloutNeed{siteAudited(NeedAuditBefore)}},
		{Verb: ReportSiteRollout, From: []SiteRolloutStatus{SiteInstalled}, To: SiteActivated},
		{Verb: ReportSiteRollout, From: []SiteRolloutStatus{SiteActivated}, To: SiteVerified, Needs: []siteRolloutNeed{siteAudited(NeedAuditAfter)}},
		{Verb: ReportSiteRollout, From: []SiteRolloutStatus{SitePending, SiteDistributed, SiteInstalled, SiteActivated}, To: SiteFailed},
		{
			Verb: RetrySiteRollout, From: []SiteRolloutStatus{SiteFailed}, To: SitePending,
			For: func(f *SiteRolloutFacts) bool { return f.Retried || f.SiteRollout.Attempt > 1 },
		},
		{Verb: SkipSiteRollout, From: []SiteRolloutStatus{SitePending, SiteDistributed, SiteFailed}, To: SiteSkipped, Needs: skipping},
		{Verb: BackOut, From: []SiteRolloutStatus{SiteInstalled, SiteActivated, SiteVerified, SiteFailed}, To: SiteBackedOut, Needs: undoing},
	},
}

type siteRolloutNeed = Need[*SiteRolloutFacts]

// siteAudited is an audit of the site, where the deployment asks for it (D3).
func siteAudited(need MoveNeed) siteRolloutNeed {
	return siteRolloutNeed{Name: need, Rule: "D3", Field: "audits", Each: func(f *SiteRolloutFacts) []string { return f.Missing[need] }}
}

// skipping and undoing are what leaving a site out and taking it back need (D5, D7).
var (
	skipping = []siteRolloutNeed{siteReason}
	undoing  = []siteRolloutNeed{siteReason, {
		Name: NeedUndo, Rule: "D7", Field: "status", Each: func(f *SiteRolloutFacts) []string { return f.Missing[NeedUndo] },
	}}
	siteReason = siteRolloutNeed{
		Name: NeedReason, Rule: "D5", Field: "statusReason", Input: "reason", Given: true,
		Lacks: unless(func(f *SiteRolloutFacts) bool { return blank(&f.Reason) != "" }, "a reason"),
	}
)
