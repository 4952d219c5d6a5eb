package domain

import (
	"fmt"
	"time"
)

// FreezeException is the request that a freeze not hold one change, and what
// became of it.
type FreezeException struct {
	Record
	// Kind is what sort of request it is, in the house's own words.
	Kind *string `graph:"kind,filter,set,text"`
	// Reason is why the change cannot wait.
	Reason      *string         `graph:"reason,set,text"`
	Status      ExceptionStatus `graph:"status,required,filter,sort,import"`
	RequestedBy *string         `graph:"requestedBy,filter,sort,import,text,person"`
	// RequesterIdentities and DeciderIdentities are those by which who asked and
	// who decided is known.
	RequesterIdentities []string   `graph:"requesterIdentities,import"`
	DecidedBy           *string    `graph:"decidedBy,filter,sort,import,text,person"`
	DeciderIdentities   []string   `graph:"deciderIdentities,import"`
	DecidedAt           *time.Time `graph:"decidedAt,filter,sort,import"`
	// Comment is what was said with the decision.
	Comment *string `graph:"comment,import,text"`
	// PlannedFrom, PlannedTo and Scope are for which plan it was granted; Scope
	// stands for the items and sites of the change.
	PlannedFrom *time.Time `graph:"plannedFrom,import"`
	PlannedTo   *time.Time `graph:"plannedTo,import"`
	Scope       *string    `graph:"scope,import"`
}

// RequestedByPerson is who asked for the exception.
func (x *FreezeException) RequestedByPerson() *Person {
	return maybePersonOf(x, x.RequestedBy, x.RequesterIdentities...)
}

// DecidedByPerson is who decided on the exception.
func (x *FreezeException) DecidedByPerson() *Person {
	return maybePersonOf(x, x.DecidedBy, x.DeciderIdentities...)
}

// ExceptedPlan is for what an exception is granted: when the change is planned,
// and, as a digest, on which items and at which sites.
type ExceptedPlan struct {
	From, To *time.Time
	Scope    string
}

// Plan notes for which plan the exception is granted.
func (x *FreezeException) Plan(p ExceptedPlan) {
	x.PlannedFrom, x.PlannedTo, x.Scope = p.From, p.To, &p.Scope
}

// Unplanned reports whether the exception does not say for which plan it is.
func (x *FreezeException) Unplanned() bool { return x.Scope == nil }

// Holds reports whether the exception is for this plan: it falls when the window,
// the items or the sites of its change become others (P7).
func (x *FreezeException) Holds(p ExceptedPlan) bool {
	return x.Scope != nil && *x.Scope == p.Scope && sameTime(x.PlannedFrom, p.From) && sameTime(x.PlannedTo, p.To)
}

func sameTime(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

// ExceptionStatus is what became of the request.
type ExceptionStatus string

// The statuses of an exception.
const (
	ExceptionRequested ExceptionStatus = "REQUESTED"
	ExceptionGranted   ExceptionStatus = "GRANTED"
	ExceptionRefused   ExceptionStatus = "REFUSED"
)

// ExceptionStatuses lists all statuses of an exception.
var ExceptionStatuses = []ExceptionStatus{ExceptionRequested, ExceptionGranted, ExceptionRefused}

// ExceptionVerdict is what can be decided of an exception.
type ExceptionVerdict string

// The verdicts on an exception.
const (
	GrantException  ExceptionVerdict = "GRANT"
	RefuseException ExceptionVerdict = "REFUSE"
)

// status is what becomes of an exception by the verdict.
func (v ExceptionVerdict) status() (ExceptionStatus, error) {
	switch v {
	case GrantException:
		return ExceptionGranted, nil
	case RefuseException:
		return ExceptionRefused, nil
	}
	return "", fmt.Errorf("must be %s or %s, not %q", GrantException, RefuseException, v)
}

// Check tells what is wrong with the exception: one that is decided says by
// whom and when.
func (x *FreezeException) Check() Errors {
	es := x.Record.Check()
	if x.Status == ExceptionGranted || x.Status == ExceptionRefused {
		if x.DecidedBy == nil {
			es.wrong("decidedBy", fmt.Errorf("is missing of an exception that is %s", x.Status))
		}
		if x.DecidedAt == nil {
			es.wrong("decidedAt", fmt.Errorf("is missing of an exception that is %s", x.Status))
		}
	}
	return es
}

// RuleFreezeException is the rule that an exception is asked for with a reason,
// for one change, and decided once by another than who asked.
const RuleFreezeException = "P7"

// CheckStays says why a decided exception cannot be moved to another freeze or
// change, or removed: it was decided for one change only.
func (x *FreezeException) CheckStays(field string) error {
	if x.Status == ExceptionRequested {
		return nil
	}
	return &Error{
		Code: RuleViolation, Rule: RuleFreezeException, Field: field,
		Message: fmt.Sprintf("is %s for its own change and freeze, and stays so; ask for another exception", x.Status),
		Details: map[string]any{"status": string(x.Status)},
	}
}

// Asker is who asked for the exception; nobody's name is empty.
func (x *FreezeException) Asker() Doer {
	if x.RequestedBy == nil {
		return Doer{}
	}
	return Doer{*x.RequestedBy, x.RequesterIdentities}
}

// Decider is who decided on the exception; nobody's name is empty.
func (x *FreezeException) Decider() Doer {
	if x.DecidedBy == nil {
		return Doer{}
	}
	return Doer{*x.DecidedBy, x.DeciderIdentities}
}

// Decide moves an exception to its decision, and says why it cannot be: nobody
// decides on what they asked for, nor on their own change. ends tells that it
// names a freeze and a change.
func (x *FreezeException) Decide(verdict ExceptionVerdict, ends bool, change *ChangeRequest, by Doer, at time.Time, comment *string) error {
	var es Errors
	status, err := verdict.status()
	es.wrong("verdict", err)
	if len(es) == 0 {
		es = ExceptionLife.CheckTo(x.Key, DecideException, status, x.Status, ExceptionFacts{Reason: x.Reason, Ends: ends})
	}
	if x.RequestedBy != nil && SamePerson(x.Asker(), by) {
		es = append(es, &Error{
			Code: RuleViolation, Rule: RuleFreezeException, Field: "ref",
			Message: fmt.Sprintf("was asked for by %s: nobody decides on their own request", *x.RequestedBy),
		})
	}
	if change != nil && change.AskedBy(by) {
		es = append(es, &Error{
			Code: RuleViolation, Rule: RuleFreezeException, Field: "ref",
			Message: fmt.Sprintf("is for %s, which %s asked for: nobody decides on their own change", change.Key, *change.Requester),
		})
	}
	if len(es) > 0 {
		return es.Err()
	}
	x.Status, x.DecidedBy, x.DeciderIdentities, x.DecidedAt, x.Comment = status, &by.Name, by.Identities, &at, comment
	return nil
}
