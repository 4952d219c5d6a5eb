package domain

import (
	"slices"
	"time"
)

// CalendarAnswer is what a party that supports a release, or a site that gets it,
// says of its calendar (R13).
type CalendarAnswer struct {
	Record
	Verdict CalendarVerdict `graph:"verdict,required,filter,sort,import"`
	Comment *string         `graph:"comment,import,text"`
	// AnsweredBy said so, AnsweredAt a time.
	AnsweredBy string    `graph:"answeredBy,required,filter,sort,import,text,person"`
	AnsweredAt time.Time `graph:"answeredAt,required,filter,sort,import"`
	// PlannedFrom and PlannedTo are the calendar that was answered.
	PlannedFrom time.Time `graph:"plannedFrom,required,filter,sort,import"`
	PlannedTo   time.Time `graph:"plannedTo,required,filter,sort,import"`
}

// AnsweredByPerson is who answered.
func (c *CalendarAnswer) AnsweredByPerson() *Person { return PersonOf(c, c.AnsweredBy) }

// Check tells what is wrong with the answer, as an import may bring it.
func (c *CalendarAnswer) Check() Errors {
	es := c.Record.Check()
	es.after("plannedTo", &c.PlannedTo, "plannedFrom", &c.PlannedFrom)
	return es
}

// CalendarVerdict is what an answer to a calendar says.
type CalendarVerdict string

// The verdicts on a calendar.
const (
	AcceptCalendar  CalendarVerdict = "ACCEPT"
	DeclineCalendar CalendarVerdict = "DECLINE"
)

// CalendarVerdicts lists both verdicts.
var CalendarVerdicts = []CalendarVerdict{AcceptCalendar, DeclineCalendar}

// Covers reports whether the answer still says something of a calendar: one that
// lies within the times that were answered (R13).
func (c *CalendarAnswer) Covers(from, to time.Time) bool {
	return !from.Before(c.PlannedFrom) && !to.After(c.PlannedTo)
}

// CheckCalendarAsked says why nobody can answer a release's calendar, or nil: it
// has none, or its deployment began.
func CheckCalendarAsked(r *Release) *Error {
	switch {
	case r.PlannedFrom == nil || r.PlannedTo == nil:
		return Breaks("R13", "input.release", "%s has no calendar yet (plannedFrom, plannedTo)", r.Key)
	case r.Status.WentLive() || r.Status == ReleaseCancelled || r.Status == ReleaseBackedOut:
		return Breaks("R13", "input.release", "%s is %s: its calendar is answered before it is deployed", r.Key, r.Status)
	}
	return nil
}

// CheckAnswersForSite says who answers for a site, if the actor does not (R13): who
// operates it.
func CheckAnswersForSite(a Actor, s *Site) string {
	if a.Has(Admin) || a.Has(SiteOperator) && slices.ContainsFunc(a.Sites, func(key string) bool { return NormalKey(key) == s.Key }) {
		return ""
	}
	return "who is SITE_OPERATOR of it"
}

// CheckAnswersForParty says who answers for a party, if the actor does not (R13): a
// person for themselves, a supplier's people for the supplier, those who lead support
// and operations for teams.
func CheckAnswersForParty(a Actor, p *Party) string {
	switch {
	case a.Has(Admin):
		return ""
	case p.Type == PartyPerson:
		if SameName(a.Name, p.Key) || SameName(a.Name, p.Name) {
			return ""
		}
		return "that person"
	case a.Has(SupplierRole) && slices.ContainsFunc(a.Suppliers, func(key string) bool { return NormalKey(key) == p.Key }):
		return ""
	case a.Has(SupportManager) || a.Has(OperationsManager):
		return ""
	}
	return "a SUPPORT_MANAGER or an OPERATIONS_MANAGER"
}
