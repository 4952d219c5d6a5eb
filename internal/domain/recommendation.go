package domain

import "time"

// Recommendation is what a board says of the contents and the calendar of a release
// (R19).
type Recommendation struct {
	Record
	// Recommended says that the board is for it.
	Recommended bool    `graph:"recommended,filter,sort,import"`
	Comment     *string `graph:"comment,import,text"`
	// ContentVersion, PlannedFrom and PlannedTo are the content and the calendar that
	// the board looked at.
	ContentVersion int        `graph:"contentVersion,import,whole"`
	PlannedFrom    *time.Time `graph:"plannedFrom,import"`
	PlannedTo      *time.Time `graph:"plannedTo,import"`
	// GivenBy noted it for the board, GivenAt a time.
	GivenBy string    `graph:"givenBy,required,filter,sort,import,text,person"`
	GivenAt time.Time `graph:"givenAt,required,filter,sort,import"`
}

// GivenByPerson is who noted it for the board.
func (r *Recommendation) GivenByPerson() *Person { return PersonOf(r, r.GivenBy) }

// Check tells what is wrong with the recommendation, as an import may bring it.
func (r *Recommendation) Check() Errors {
	es := r.Record.Check()
	es.given("givenAt", r.GivenAt)
	es.after("plannedTo", r.PlannedTo, "plannedFrom", r.PlannedFrom)
	return es
}

// CheckRecommendable says why no board can recommend a release any more, or nil: it
// is built already, or will not be (R19).
func CheckRecommendable(r *Release) *Error {
	if r.Status.ContentOpen() {
		return nil
	}
	return Breaks("R19", "input.release", "%s is %s: a board recommends what is PLANNED or BUILDING", r.Key, r.Status)
}
