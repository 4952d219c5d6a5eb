package webhook

import (
	"encoding/json"
	"time"

	"releasegraph/internal/domain"
)

// Webhook is where events are sent (E3). It sees what somebody with its roles, at its
// sites, sees.
type Webhook struct {
	ID, Name, URL    string
	Target           Target
	Minutes          *int    // of the period of a digest; nil: the usual ones
	Language         *string // of what people read
	Filter           domain.EventFilter
	Roles            []domain.Role
	Sites, Suppliers []string
	CreatedBy        string
	CreatedAt        time.Time
	Pause            *Pause // nil: it is told
	// Secrets sign what is sent, the newest first; an older one until its time is over.
	Secrets []secret

	now   time.Time
	state *state
}

// Pause is why nothing is sent.
type Pause struct {
	Reason, By string
	At         time.Time
}

// secret signs what is sent.
type secret struct {
	Text  string
	Until *time.Time // nil: it is the newest
}

// Status is how a webhook does.
type Status string

// The statuses of a webhook.
const (
	Active  Status = "ACTIVE"
	Failing Status = "FAILING"
	Paused  Status = "PAUSED"
	GaveUp  Status = "GAVE_UP"
)

// Status returns how the webhook does.
func (w *Webhook) Status() Status {
	switch {
	case w.Pause != nil:
		return Paused
	case w.state.GaveUpAt != nil:
		return GaveUp
	case w.state.failing():
		return Failing
	}
	return Active
}

// CreatedByPerson is who made it.
func (w *Webhook) CreatedByPerson() *domain.Person { return domain.PersonOf(nil, w.CreatedBy) }

// PausedBecause is why it was paused, nil where it is not.
func (w *Webhook) PausedBecause() *string {
	if w.Pause == nil {
		return nil
	}
	return &w.Pause.Reason
}

// FilterText is its filter in JSON.
func (w *Webhook) FilterText() (string, error) {
	text, err := json.Marshal(w.Filter)
	return string(text), err
}

// Position is behind which event it was told all but those that wait.
func (w *Webhook) Position() string { return w.state.At }

// Waiting is how many events wait to be tried again.
func (w *Webhook) Waiting() int { return len(w.state.Waiting) }

// RetryAt is when something is tried next that failed; nil: nothing did.
func (w *Webhook) RetryAt() *time.Time {
	next := nextDue(w.state, w.now)
	if w.Pause != nil || w.state.GaveUpAt != nil || next.IsZero() {
		return nil
	}
	return &next
}

// LastError is what went wrong last, nil where nothing has since an event was taken.
func (w *Webhook) LastError() *string {
	if w.state.Error == "" {
		return nil
	}
	return &w.state.Error
}

// SucceededAt is when it took an event last.
func (w *Webhook) SucceededAt() *time.Time { return w.state.SucceededAt }

// Missed are the revisions of which it was told nothing, since the log was compacted
// before it could be; nil: none.
func (w *Webhook) Missed() *Range { return w.state.Missed }

// SecretsValid is how many secrets sign at the moment.
func (w *Webhook) SecretsValid() int { return len(w.valid(w.now)) }

// valid are the secrets that sign at a time.
func (w *Webhook) valid(now time.Time) (list []string) {
	for _, s := range w.Secrets {
		if s.Until == nil || now.Before(*s.Until) {
			list = append(list, s.Text)
		}
	}
	return list
}

// Range is revisions, both included.
type Range struct{ From, To int64 }

// Delivery is one try to send an event.
type Delivery struct {
	EventID, Type, Subject string
	At                     time.Time
	Attempt                int
	Outcome                Outcome
	Status                 *int // of the answer, nil where there was none
	Milliseconds           int
	Error                  *string
	Answer                 *string // how it begins
	Body                   string  // what was sent, or how it begins
}

// Outcome is what came of a try.
type Outcome string

// The outcomes of a try.
const (
	Taken  Outcome = "DELIVERED"
	Failed Outcome = "FAILED"
	Dead   Outcome = "DEAD"
)

// Outcomes lists all outcomes.
var Outcomes = []Outcome{Taken, Failed, Dead}
