package domain

import (
	"errors"
	"fmt"
	"time"
)

// ChangeRequest is a request for change (RFC): what someone wants to change,
// why, how, and where it stands in its life (H1, H2).
type ChangeRequest struct {
	Record
	Description *string `graph:"description,set,text"`
	// Type is fixed once the request is submitted.
	Type ChangeRequestType `graph:"type,required,filter,sort,set"`
	// Status changes by the moves of H2 alone; an import may bring any.
	Status   ChangeRequestStatus `graph:"status,required,filter,sort,import"`
	Priority Priority            `graph:"priority,required,filter,sort,set"`
	Category *string             `graph:"category,filter,sort,set,text"`
	// Justification says why the change is wanted.
	Justification *string `graph:"justification,set,text"`
	// Plan says how the change is made.
	Plan *string `graph:"plan,set,text"`
	// BackOutKind says how far the change can be undone, BackOutPlan how, and
	// Mitigation what is done instead where it cannot (R10).
	BackOutKind *BackOutKind `graph:"backOutKind,filter,set"`
	BackOutPlan *string      `graph:"backOutPlan,set,text"`
	Mitigation  *string      `graph:"mitigation,set,text"`
	// Requester is the name of the actor who asks.
	Requester *string `graph:"requester,filter,sort,import,text,person"`
	// RequesterIdentities are those by which the requester is known.
	RequesterIdentities []string `graph:"requesterIdentities,import"`
	// Assignee is who carries the change out.
	Assignee *string `graph:"assignee,filter,sort,set,text,person"`
	// PlannedFrom and PlannedTo are the planned window.
	PlannedFrom *time.Time `graph:"plannedFrom,filter,sort,set"`
	PlannedTo   *time.Time `graph:"plannedTo,filter,sort,set"`
	// Downtime is how long the affected items are expected to be out of use, an
	// ISO 8601 duration.
	Downtime *string `graph:"downtime,set"`
	// Risk is what the last assessment found.
	Risk *Risk `graph:"risk,filter,sort,import"`
	// HeldBy are the keys of the freezes that put the change on hold.
	HeldBy []string `graph:"heldBy,filter,import,derived,shown=FreezeKey"`
	// SubmittedAt to ClosedAt are when the last of these moves was made.
	SubmittedAt   *time.Time `graph:"submittedAt,filter,sort,import"`
	DecidedAt     *time.Time `graph:"decidedAt,filter,sort,import"`
	ImplementedAt *time.Time `graph:"implementedAt,filter,sort,import"`
	ClosedAt      *time.Time `graph:"closedAt,filter,sort,import"`
	// ActualFrom to Proof are what was reported when it was implemented (H8): when
	// it was carried out, by whom, what of it was not, and where that can be seen.
	ActualFrom   *time.Time `graph:"actualFrom,filter,sort,import"`
	ActualTo     *time.Time `graph:"actualTo,filter,sort,import"`
	LeftUndone   *string    `graph:"leftUndone,import,text"`
	CarriedOutBy *string    `graph:"carriedOutBy,filter,sort,import,text"`
	Proof        *string    `graph:"proof,import,text"`
	// ReviewOutcome to Learnt are what the last review came to (H8).
	ReviewOutcome *ReviewOutcome `graph:"reviewOutcome,filter,sort,import"`
	ReviewedBy    *string        `graph:"reviewedBy,filter,sort,import,text,person"`
	ReviewedAt    *time.Time     `graph:"reviewedAt,filter,sort,import"`
	Learnt        *string        `graph:"learnt,import,text"`
	// ContentVersion counts the changes to what the board decides on: what is
	// asked for, on which items, where and when. Votes fall when it rises (H3).
	ContentVersion int `graph:"contentVersion,import,whole"`
	// ReviewCount counts the assessments and the votes, so that two who review
	// at the same time see one another.
	ReviewCount int `graph:"reviewCount,import"`
}

// ChangeRequestType says by which path a request is decided (H1).
type ChangeRequestType string

// The types of request.
const (
	// StandardChange follows a model that was approved beforehand (H7).
	StandardChange  ChangeRequestType = "STANDARD"
	NormalChange    ChangeRequestType = "NORMAL"
	EmergencyChange ChangeRequestType = "EMERGENCY"
)

// ChangeRequestTypes lists all types of request.
var ChangeRequestTypes = []ChangeRequestType{StandardChange, NormalChange, EmergencyChange}

// ChangeRequestStatus is where a request stands in its life (H2).
type ChangeRequestStatus string

// The statuses of a request.
const (
	ChangeDraft       ChangeRequestStatus = "DRAFT"
	ChangeSubmitted   ChangeRequestStatus = "SUBMITTED"
	ChangeAssessed    ChangeRequestStatus = "ASSESSED"
	ChangeAuthorised  ChangeRequestStatus = "AUTHORISED"
	ChangeRejected    ChangeRequestStatus = "REJECTED"
	ChangeInRelease   ChangeRequestStatus = "IN_RELEASE"
	ChangeImplemented ChangeRequestStatus = "IMPLEMENTED"
	ChangeClosed      ChangeRequestStatus = "CLOSED"
	ChangeWithdrawn   ChangeRequestStatus = "WITHDRAWN"
	ChangeBackedOut   ChangeRequestStatus = "BACKED_OUT"
)

// ChangeRequestStatuses lists all statuses, in the order of a request's life.
var ChangeRequestStatuses = []ChangeRequestStatus{
	ChangeDraft, ChangeSubmitted, ChangeAssessed, ChangeAuthorised, ChangeRejected, ChangeInRelease,
	ChangeImplemented, ChangeClosed, ChangeWithdrawn, ChangeBackedOut,
}

// Decided reports whether a status is one that somebody's decision led to.
func (s ChangeRequestStatus) Decided() bool {
	switch s {
	case ChangeDraft, ChangeSubmitted, ChangeAssessed, ChangeWithdrawn:
		return false
	}
	return true
}

// OpenChanges are the statuses of the requests that are under way: neither being
// written nor done with.
var OpenChanges = []ChangeRequestStatus{ChangeSubmitted, ChangeAssessed, ChangeAuthorised, ChangeInRelease}

// BackOutKind says how far a change can be undone (R10).
type BackOutKind string

// The kinds of back-out.
const (
	BackOutFull    BackOutKind = "FULL"
	BackOutPartial BackOutKind = "PARTIAL"
	BackOutNone    BackOutKind = "NONE"
)

// BackOutKinds lists all kinds of back-out, the best first.
var BackOutKinds = []BackOutKind{BackOutFull, BackOutPartial, BackOutNone}

// RequesterPerson is who asks for the change.
func (c *ChangeRequest) RequesterPerson() *Person {
	return maybePersonOf(c, c.Requester, c.RequesterIdentities...)
}

// AssigneePerson is who carries the change out.
func (c *ChangeRequest) AssigneePerson() *Person { return maybePersonOf(c, c.Assignee) }

// ReviewedByPerson is who reviewed the change.
func (c *ChangeRequest) ReviewedByPerson() *Person { return maybePersonOf(c, c.ReviewedBy) }

// Asker is who asks for the change; nobody's name is empty.
func (c *ChangeRequest) Asker() Doer {
	if c.Requester == nil {
		return Doer{Identities: c.RequesterIdentities}
	}
	return Doer{*c.Requester, c.RequesterIdentities}
}

// AskedBy reports whether somebody asked for the change.
func (c *ChangeRequest) AskedBy(d Doer) bool {
	return (c.Requester != nil || len(c.RequesterIdentities) > 0) && SamePerson(c.Asker(), d)
}

// Check tells what is wrong with the request: what can never be right, whatever
// its status. What a status needs besides is asked when it is moved there (H2).
func (c *ChangeRequest) Check() Errors {
	es := c.Record.Check()
	if c.Downtime != nil {
		_, err := ParseDuration(*c.Downtime)
		es.wrong("downtime", err)
	}
	es.after("plannedTo", c.PlannedTo, "plannedFrom", c.PlannedFrom)
	es.notBefore("decidedAt", c.DecidedAt, "submittedAt", c.SubmittedAt)
	es.notBefore("closedAt", c.ClosedAt, "submittedAt", c.SubmittedAt)
	es.notBefore("actualTo", c.ActualTo, "actualFrom", c.ActualFrom)
	return es
}

// given adds an error when the time is missing.
func (es *Errors) given(field string, t time.Time) {
	if t.IsZero() {
		es.wrong(field, errors.New("is missing"))
	}
}

// after adds an error unless the time is absent or later than the other.
func (es *Errors) after(field string, t *time.Time, other string, u *time.Time) {
	if t != nil && u != nil && !t.After(*u) {
		es.wrong(field, fmt.Errorf("must be after %s, which is %s", other, u.UTC().Format(time.RFC3339)))
	}
}

// notBefore adds an error when the time is earlier than the other.
func (es *Errors) notBefore(field string, t *time.Time, other string, u *time.Time) {
	if t != nil && u != nil && t.Before(*u) {
		es.wrong(field, fmt.Errorf("must not be before %s, which is %s", other, u.UTC().Format(time.RFC3339)))
	}
}
