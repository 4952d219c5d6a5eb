package domain

import (
	"slices"
	"time"
)

// Delivery is what came of a message to a recipient.
type Delivery struct {
	Kind, Key string
	Outcome   RecipientOutcome
	Words     *string
}

// Claim takes at most n of the recipients who wait, so that nobody else sends to them:
// from now on it is not known whether they are told, until it is settled.
func (a *Announcement) Claim(n int, at time.Time) (claimed []AnnouncementRecipient) {
	a.Recipients = slices.Clone(a.Recipients)
	for i := range a.Recipients {
		if r := &a.Recipients[i]; r.Outcome == RecipientWaiting && len(claimed) < n {
			r.Outcome, r.At = RecipientSending, &at
			claimed = append(claimed, *r)
		}
	}
	a.count()
	return claimed
}

// Settle notes what came of messages to recipients who were claimed. Of those whose
// message was not handed over, failure says why, and retryAt when it is tried again.
func (a *Announcement) Settle(came []Delivery, at time.Time, failure *string, retryAt *time.Time) {
	a.Recipients = slices.Clone(a.Recipients)
	for _, d := range came {
		for i := range a.Recipients {
			if r := &a.Recipients[i]; r.Kind == d.Kind && r.Key == d.Key && r.Outcome == RecipientSending {
				r.Outcome, r.Words, r.At = d.Outcome, d.Words, &at
			}
		}
	}
	a.Failure, a.RetryAt = failure, retryAt
	a.count()
}

// Abandon gives up what was claimed before a moment and never settled: whoever
// claimed it is gone, and the messages may have arrived. They are not sent again.
func (a *Announcement) Abandon(before time.Time) (abandoned int) {
	a.Recipients = slices.Clone(a.Recipients)
	for i := range a.Recipients {
		if r := &a.Recipients[i]; r.Outcome == RecipientSending && r.At != nil && r.At.Before(before) {
			r.Outcome = RecipientUncertain
			abandoned++
		}
	}
	a.count()
	return abandoned
}
