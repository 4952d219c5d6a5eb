package domain

import (
	"fmt"
	"time"
)

// TestEnvironment is a place where releases are tested before they go live (R12,
// R15): as which environment it counts, and when it was reset.
type TestEnvironment struct {
	Record
	Description *string     `graph:"description,set,text"`
	Environment Environment `graph:"environment,required,filter,sort,set"`
	// Owner is the name of who looks after it.
	Owner *string `graph:"owner,filter,sort,set,text,person"`
	// LastResetAt and LastResetBy are the last of Resets, which are by time.
	LastResetAt *time.Time         `graph:"lastResetAt,filter,sort,import"`
	LastResetBy *string            `graph:"lastResetBy,filter,sort,import,text,person"`
	Resets      []EnvironmentReset `graph:"resets,import"`
	// BookingCount counts what is booked and cancelled, so that two at once are
	// seen by each other.
	BookingCount int `graph:"bookingCount,import"`
}

// EnvironmentReset is that a test environment was put into its first state.
type EnvironmentReset struct {
	At time.Time `json:"at"`
	By string    `json:"by"`
}

// mostResets is how many resets an environment keeps; all are in its history.
const mostResets = 100

// OwnerPerson is who looks after the environment.
func (e *TestEnvironment) OwnerPerson() *Person { return maybePersonOf(e, e.Owner) }

// LastResetByPerson is who reset it last.
func (e *TestEnvironment) LastResetByPerson() *Person { return maybePersonOf(e, e.LastResetBy) }

// Check tells what is wrong with the environment.
func (e *TestEnvironment) Check() Errors {
	es := e.Record.Check()
	if e.Environment == Live {
		es.rule("R15", "environment", "cannot be LIVE: that is where releases go, not where they are tested")
	}
	if (e.LastResetAt == nil) != (e.LastResetBy == nil) {
		es.rule("R12", "lastResetBy", "belongs to lastResetAt")
	}
	for i, r := range e.Resets {
		at := fmt.Sprintf("resets.%d", i)
		es.given(at+".at", r.At)
		es.wrong(at+".by", CheckName(r.By))
		if i > 0 && r.At.Before(e.Resets[i-1].At) {
			es.rule("R12", at+".at", "is before the one that it follows")
		}
	}
	return es
}

// CheckReset says why the environment cannot be said to be reset at a time (R12):
// it is to come, or another reset is later.
func (e *TestEnvironment) CheckReset(at, now time.Time) (es Errors) {
	if at.After(now) {
		es.rule("R12", "at", fmt.Sprintf("is in the future: it is %s", now.UTC().Format(time.RFC3339)))
	}
	if e.LastResetAt != nil && at.Before(*e.LastResetAt) {
		es.rule("R12", "at", fmt.Sprintf("is before the last reset, which was at %s", e.LastResetAt.UTC().Format(time.RFC3339)))
	}
	return es
}

// Reset notes that somebody put the environment into its first state (R12).
func (e *TestEnvironment) Reset(by string, at time.Time) {
	e.LastResetAt, e.LastResetBy = &at, &by
	kept := e.Resets[max(0, len(e.Resets)+1-mostResets):]
	e.Resets = append(kept[:len(kept):len(kept)], EnvironmentReset{At: at, By: by})
}

// ResetTimes are when the environment was reset, oldest first.
func (e *TestEnvironment) ResetTimes() (times []time.Time) {
	for _, r := range e.Resets {
		times = append(times, r.At)
	}
	if len(times) == 0 && e.LastResetAt != nil {
		times = append(times, *e.LastResetAt)
	}
	return times
}

// MayBeResetBy reports whether somebody may reset the environment without a role
// for it: its owner.
func (e *TestEnvironment) MayBeResetBy(who Doer) bool {
	return e.Owner != nil && SameName(*e.Owner, who.Name)
}

// EnvironmentItem is what COMPRISES says: which version of an item a test
// environment has; nil: the item's own.
type EnvironmentItem struct {
	Version *string `graph:"version,filter,set"`
}
