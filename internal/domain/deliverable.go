package domain

import (
	"errors"
	"fmt"
	"time"
)

// Deliverable is a document or part that a release brings (R8, R23).
type Deliverable struct {
	Record
	Description *string         `graph:"description,set,text"`
	Kind        DeliverableKind `graph:"kind,required,filter,sort,set"`
	// Owner answers for it.
	Owner *string          `graph:"owner,filter,sort,set,text,person"`
	State DeliverableState `graph:"state,required,filter,sort,import"`
	// Sha256 is the digest of its bytes, Location where they are, unless it is
	// stored as a media item.
	Sha256   *string `graph:"sha256,filter,set"`
	Location *string `graph:"location,set,text"`
	// WrittenBy are those who wrote it: none of them approves it.
	WrittenBy  []string   `graph:"writtenBy,filter,import,person"`
	ApprovedBy *string    `graph:"approvedBy,filter,sort,import,text,person"`
	ApprovedAt *time.Time `graph:"approvedAt,filter,sort,import"`
}

// DeliverableState is whether a deliverable was approved.
type DeliverableState string

// The states of a deliverable.
const (
	DeliverableDraft    DeliverableState = "DRAFT"
	DeliverableApproved DeliverableState = "APPROVED"
)

// DeliverableStates lists both states.
var DeliverableStates = []DeliverableState{DeliverableDraft, DeliverableApproved}

// OwnerPerson is who answers for the deliverable.
func (d *Deliverable) OwnerPerson() *Person { return maybePersonOf(d, d.Owner) }

// WrittenByPersons are those who wrote it.
func (d *Deliverable) WrittenByPersons() []*Person { return PeopleOf(d, d.WrittenBy) }

// ApprovedByPerson is who approved it.
func (d *Deliverable) ApprovedByPerson() *Person { return maybePersonOf(d, d.ApprovedBy) }

// Check tells what is wrong with the deliverable.
func (d *Deliverable) Check() Errors {
	es := d.Record.Check()
	if d.Sha256 != nil {
		es.wrong("sha256", CheckSha256(*d.Sha256))
	}
	if d.Location != nil {
		es.wrong("location", CheckMediaLocation(*d.Location))
		if d.Sha256 == nil {
			es.wrong("sha256", errors.New("is missing: what lies elsewhere is known by its digest"))
		}
	}
	if (d.ApprovedBy == nil) != (d.State == DeliverableDraft) {
		es.rule("R23", "approvedBy", "belongs to a deliverable that is APPROVED")
	}
	return es
}

// SameBytes reports whether another state of the deliverable is the same document.
func (d *Deliverable) SameBytes(other *Deliverable) bool {
	return d.Kind == other.Kind && sameText(d.Sha256, other.Sha256) && sameText(d.Location, other.Location)
}

// CheckApprove says why somebody cannot approve the deliverable (R8, R23): it is a
// DRAFT, its bytes are known by a digest, and who wrote it does not approve it.
func (d *Deliverable) CheckApprove(digest string, who Doer) (es Errors) {
	if d.State != DeliverableDraft {
		es.rule("R23", "ref", fmt.Sprintf("%s is %s already", d.Key, d.State))
	}
	if digest == "" {
		es.rule("R8", "ref", fmt.Sprintf("%s has no digest: give sha256, or store it as a media item (connectStoredDeliverable)", d.Key))
	}
	for _, author := range d.WrittenBy {
		if SamePerson(Doer{Name: author}, who) {
			es.rule("R8", "ref", fmt.Sprintf("%s was written by %s: somebody else approves it", d.Key, author))
		}
	}
	return es
}

// Approve notes who approved the deliverable.
func (d *Deliverable) Approve(who string, at time.Time) {
	d.State, d.ApprovedBy, d.ApprovedAt = DeliverableApproved, &who, &at
}

// Redraft makes the deliverable a draft again: its bytes are others (R23).
func (d *Deliverable) Redraft() { d.State, d.ApprovedBy, d.ApprovedAt = DeliverableDraft, nil, nil }
