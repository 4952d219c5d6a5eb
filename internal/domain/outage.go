package domain

import (
	"cmp"
	"slices"
	"time"
)

// Outage is a time in which a service was lost by a deployment (D11).
type Outage struct {
	Record
	// StartedAt is when the service was lost, EndedAt when it was there again.
	StartedAt time.Time `graph:"startedAt,required,filter,sort,import"`
	EndedAt   time.Time `graph:"endedAt,required,filter,sort,import"`
	Comment   *string   `graph:"comment,import,text"`
	// RecordedBy said so, RecordedAt a time.
	RecordedBy string    `graph:"recordedBy,required,filter,sort,import,text,person"`
	RecordedAt time.Time `graph:"recordedAt,required,filter,sort,import"`
}

// RecordedByPerson is who said so.
func (o *Outage) RecordedByPerson() *Person { return PersonOf(o, o.RecordedBy) }

// Check tells what is wrong with the outage, as an import may bring it.
func (o *Outage) Check() Errors {
	es := o.Record.Check()
	es.given("startedAt", o.StartedAt)
	es.given("recordedAt", o.RecordedAt)
	es.after("endedAt", &o.EndedAt, "startedAt", &o.StartedAt)
	return es
}

// During is the time in which the service was lost.
func (o *Outage) During() TimeRange { return TimeRange{From: o.StartedAt, To: o.EndedAt} }

// CheckOutage tells what is wrong with an outage of a deployment (D11): one that has not
// begun takes nothing away, and what has not happened is not kept.
func (d *Deployment) CheckOutage(during TimeRange, now time.Time) (es Errors) {
	switch {
	case d.StartedAt == nil:
		es.rule("D11", "deployment", d.Key+" has not begun: no service was lost by it")
	case during.From.Before(*d.StartedAt):
		es.rule("D11", "startedAt", "is before "+d.Key+" began, at "+d.StartedAt.UTC().Format(time.RFC3339))
	}
	if during.To.After(now) {
		es.rule("D11", "endedAt", "is in the future: an outage is recorded when it is over")
	}
	if !during.From.Before(during.To) {
		es.rule("D11", "endedAt", "must be after startedAt")
	}
	return es
}

// MinutesLost is how many minutes some times have together, those that they share once;
// a minute that was begun counts (D11).
func MinutesLost(times []TimeRange) int {
	sorted := slices.SortedFunc(slices.Values(times), func(a, b TimeRange) int {
		return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To))
	})
	var lost time.Duration
	var until time.Time
	for _, t := range sorted {
		if t.From.After(until) {
			until = t.From
		}
		if t.To.After(until) {
			lost += t.To.Sub(until)
			until = t.To
		}
	}
	return int((lost + time.Minute - 1) / time.Minute)
}
