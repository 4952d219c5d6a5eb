package domain

import "time"

// WorkReason says why something waits for someone.
type WorkReason string

// The reasons.
const (
	WorkVote     WorkReason = "VOTE"
	WorkAssess   WorkReason = "ASSESS"
	WorkReview   WorkReason = "REVIEW"
	WorkDiagnose WorkReason = "DIAGNOSE"
	WorkResolve  WorkReason = "RESOLVE"
	WorkClose    WorkReason = "CLOSE"
	WorkPublish  WorkReason = "PUBLISH"
	WorkRevise   WorkReason = "REVISE"
	WorkSubmit   WorkReason = "SUBMIT"
	WorkCarryOut WorkReason = "CARRY_OUT"
	WorkConfirm  WorkReason = "CONFIRM_ITEM"
	// WorkTask is R12: a task of the caller's is late.
	WorkTask WorkReason = "LATE_TASK"
	// WorkGather is R16: emergency fixes are gathered and redeployed everywhere.
	WorkGather WorkReason = "GATHER"
	// WorkReviewDesk and WorkReviewSite are R17: nobody has said for the service desk, and
	// the caller has not for a site, how well a release went.
	WorkReviewDesk WorkReason = "EFFECTIVENESS"
	WorkReviewSite WorkReason = "EFFECTIVENESS_AT_SITE"
	// WorkAnnounce is R14: drafts of announcements are due, and were not sent.
	WorkAnnounce WorkReason = "ANNOUNCE"
)

// ConfirmAfter is how long an item may go without a change or a confirmation
// before whoever answers for it is asked.
const ConfirmAfter = 365 * 24 * time.Hour

// ReviewWithin is how long those who were asked how well a release went are reminded.
const ReviewWithin = 90 * 24 * time.Hour

// WorkFor lists the roles for which such work waits, none when it waits for
// the person, whatever their role. What waits for a role waits for ADMIN, too.
func (w WorkReason) WorkFor() []Role {
	switch w {
	case WorkVote:
		return []Role{CABMember, Admin}
	case WorkAssess, WorkReview:
		return []Role{ChangeManager, Admin}
	case WorkGather, WorkAnnounce:
		return []Role{ReleaseManager, Admin}
	case WorkReviewDesk:
		return []Role{SupportManager, Admin}
	case WorkReviewSite:
		return []Role{SiteOperator}
	case WorkDiagnose, WorkResolve, WorkClose, WorkPublish:
		return []Role{ProblemManager, Admin}
	}
	return nil
}

// Text says in words what waits.
func (w WorkReason) Text() string {
	return map[WorkReason]string{
		WorkVote:       "It is assessed, and the board has not decided.",
		WorkAssess:     "It was submitted or backed out, and is to be assessed.",
		WorkReview:     "It was carried out, and nobody has said how it turned out.",
		WorkDiagnose:   "Its cause is not known.",
		WorkResolve:    "Its cause is known, and it is not resolved.",
		WorkClose:      "It is resolved, and not closed.",
		WorkPublish:    "It is a draft that nobody works by yet.",
		WorkRevise:     "Your request was rejected: see why, and ask anew where it still matters.",
		WorkSubmit:     "You have begun to write this request, and not submitted it.",
		WorkCarryOut:   "It is authorised: you are to carry it out, or asked for it and nobody else is.",
		WorkTask:       "It was due, and is not done: you are to do it.",
		WorkGather:     "It went live as an emergency longer ago than the policy allows, and no package has taken it everywhere.",
		WorkAnnounce:   "Its time has come, and it is not sent: its release is not accepted, its text is outdated, or nothing is mailed.",
		WorkReviewDesk: "It is live, and nobody has said for the service desk how well it went.",
		WorkReviewSite: "It is live at your site, and you have not said how well it went there.",
		WorkConfirm:    "You answer for it, and nobody has changed or confirmed it for a year.",
	}[w]
}
