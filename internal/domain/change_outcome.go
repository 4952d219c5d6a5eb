package domain

import (
	"fmt"
	"time"
)

// ReviewOutcome is how a change turned out (H8).
type ReviewOutcome string

// The outcomes of a review.
const (
	OutcomeSuccessful ReviewOutcome = "SUCCESSFUL"
	OutcomeWithIssues ReviewOutcome = "WITH_ISSUES"
	OutcomeFailed     ReviewOutcome = "FAILED"
	OutcomeBackedOut  ReviewOutcome = "BACKED_OUT"
)

// ReviewOutcomes lists all outcomes, the best first.
var ReviewOutcomes = []ReviewOutcome{OutcomeSuccessful, OutcomeWithIssues, OutcomeFailed, OutcomeBackedOut}

// Leads tells which status a review brings the change to.
func (o ReviewOutcome) Leads() ChangeRequestStatus {
	if o == OutcomeBackedOut {
		return ChangeBackedOut
	}
	return ChangeClosed
}

// ChangeReport says how a change was carried out.
type ChangeReport struct {
	ActualFrom, ActualTo time.Time
	// LeftUndone is what of the plan was not carried out.
	LeftUndone *string
	// CarriedOutBy is who did it where that is not the assignee: a supplier, a
	// pipeline. Proof is where it can be seen: a run, a ticket, a signed report.
	CarriedOutBy, Proof *string
}

// Implement moves an authorised change that no release carries out to
// IMPLEMENTED, as it is reported (H8), or says all that speaks against it.
func (f *ChangeFacts) Implement(r ChangeReport, at time.Time) Errors {
	es := f.CheckMove(ImplementChange, ChangeImplemented)
	es.notBefore("actualTo", &r.ActualTo, "actualFrom", &r.ActualFrom)
	for _, t := range []struct {
		field string
		at    time.Time
	}{{"actualFrom", r.ActualFrom}, {"actualTo", r.ActualTo}} {
		if t.at.After(at) {
			es.rule("H8", t.field, fmt.Sprintf("lies in the future: it is %s now", at.UTC().Format(time.RFC3339)))
		}
	}
	es.texts([]namedText{{"leftUndone", r.LeftUndone, MaxText}, {"carriedOutBy", r.CarriedOutBy, MaxIndexed}, {"proof", r.Proof, MaxText}})
	if len(es) > 0 {
		return es
	}
	c := f.Request
	c.Move(ChangeImplemented, at)
	c.ActualFrom, c.ActualTo = &r.ActualFrom, &r.ActualTo
	c.LeftUndone, c.CarriedOutBy, c.Proof = r.LeftUndone, r.CarriedOutBy, r.Proof
	c.ReviewOutcome, c.ReviewedBy, c.ReviewedAt, c.Learnt = nil, nil, nil, nil
	return nil
}

// ChangeReview says how a change turned out, and what was learnt.
type ChangeReview struct {
	Outcome ReviewOutcome
	Learnt  *string
	By      Doer
}

// Review closes an implemented change, or has it undone, as its review found
// (H8), or says all that speaks against it.
func (f *ChangeFacts) Review(r ChangeReview, at time.Time) Errors {
	to := r.Outcome.Leads()
	es := f.CheckMove(ReviewChange, to)
	if r.Outcome != OutcomeSuccessful && blank(r.Learnt) == "" {
		es.rule("H8", "learnt", fmt.Sprintf("must say what was learnt from a change that turned out %s", r.Outcome))
	}
	if a := f.Request.Assignee; a != nil && SamePerson(Doer{Name: *a}, r.By) {
		es.rule("H8", "ref", fmt.Sprintf("was carried out by %s: nobody reviews their own work", *a))
	}
	es.texts([]namedText{{"learnt", r.Learnt, MaxText}})
	if len(es) > 0 {
		return es
	}
	c := f.Request
	c.Move(to, at)
	c.ReviewOutcome, c.ReviewedBy, c.ReviewedAt, c.Learnt = &r.Outcome, &r.By.Name, &at, r.Learnt
	return nil
}

// Succeeded reports whether the change did what it was for, as far as is known: it
// was carried out, and no review found that it failed.
func (c *ChangeRequest) Succeeded() bool {
	done := c.Status == ChangeImplemented || c.Status == ChangeClosed
	return done && (c.ReviewOutcome == nil || *c.ReviewOutcome != OutcomeFailed)
}

type namedText struct {
	field string
	text  *string
	most  int // bytes
}

// texts adds what is wrong with texts that are given.
func (es *Errors) texts(list []namedText) {
	for _, t := range list {
		if t.text != nil {
			es.wrong(t.field, CheckText(*t.text, t.most))
		}
	}
}
