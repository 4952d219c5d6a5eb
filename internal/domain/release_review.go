package domain

import (
	"slices"
	"time"
)

// ReleaseReview is what the service desk, or the users of a site, say of how well a
// release went (R17).
type ReleaseReview struct {
	Record
	Verdict ReleaseEffect `graph:"verdict,required,filter,sort,import"`
	Voice   ReviewVoice   `graph:"voice,required,filter,sort,import"`
	Comment *string       `graph:"comment,import,text"`
	// ReviewedBy said so, ReviewedAt a time.
	ReviewedBy string    `graph:"reviewedBy,required,filter,sort,import,text,person"`
	ReviewedAt time.Time `graph:"reviewedAt,required,filter,sort,import"`
}

// ReviewedByPerson is who said so.
func (r *ReleaseReview) ReviewedByPerson() *Person { return PersonOf(r, r.ReviewedBy) }

// Check tells what is wrong with the review, as an import may bring it.
func (r *ReleaseReview) Check() Errors {
	es := r.Record.Check()
	es.given("reviewedAt", r.ReviewedAt)
	return es
}

// ReleaseEffect is how well a release went (R17).
type ReleaseEffect string

// How well a release went, from the best on.
const (
	Effective       ReleaseEffect = "EFFECTIVE"
	PartlyEffective ReleaseEffect = "PARTLY_EFFECTIVE"
	Ineffective     ReleaseEffect = "INEFFECTIVE"
)

// ReleaseEffects lists them, from the best on.
var ReleaseEffects = []ReleaseEffect{Effective, PartlyEffective, Ineffective}

// ReviewVoice is for whom a review speaks.
type ReviewVoice string

// The voices.
const (
	ServiceDesk ReviewVoice = "SERVICE_DESK"
	SiteUsers   ReviewVoice = "USERS"
)

// ReviewVoices lists both voices.
var ReviewVoices = []ReviewVoice{ServiceDesk, SiteUsers}

// EffectOf is what the last review of each voice comes to, beside the number of problems
// that the release caused: the gravest of them. What caused a problem is not EFFECTIVE
// alone. Nil: nobody has said anything, and it caused none.
func EffectOf(said []ReleaseEffect, caused int) *ReleaseEffect {
	worst := -1
	if caused > 0 {
		worst = slices.Index(ReleaseEffects, PartlyEffective)
	}
	for _, effect := range said {
		worst = max(worst, slices.Index(ReleaseEffects, effect))
	}
	if worst < 0 {
		return nil
	}
	effect := ReleaseEffects[worst]
	return &effect
}

// CheckReviewable says why nobody can say how well a release went, or nil: it is not live
// everywhere yet (R17). One that was taken back after it was asked for can be.
func CheckReviewable(r *Release) *Error {
	if r.Status == ReleaseVerifying || r.Status == ReleaseClosed || r.EffectivenessAskedAt != nil {
		return nil
	}
	return Breaks("R17", "input.release", "%s is %s: how well it went is said once it is live (VERIFYING, CLOSED)", r.Key, r.Status)
}

// CheckReviewsForDesk says who speaks for the service desk, if the actor does not (R17).
func CheckReviewsForDesk(a Actor) string {
	if a.Has(SupportManager) || a.Has(Admin) {
		return ""
	}
	return "a SUPPORT_MANAGER"
}
