package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/shelved"
	"releasegraph/internal/domain"
)

// Where webhooks lie on the shelf: what they are, and how far they came. What was sent
// lies on a shelf for each.
const (
	hookShelf, stateShelf = "webhooks", "webhook-states"
	logShelf              = "webhook-log/"
)

// state is how far a webhook came, and who is at it.
type state struct {
	// Holder sends until a time; nobody else does before that.
	Holder string
	Until  time.Time
	// At is a cursor of the log: all before it was looked at.
	At      string
	Waiting []waiting
	// Again are revisions whose events are to be sent once more, from a cursor on.
	Again *again
	// Failures are those in a row, since FailedAt.
	Failures    int
	FailedAt    *time.Time
	RetryAt     time.Time
	SucceededAt *time.Time
	// Slow says that the receiver took long when it was sent to last, or did not answer.
	Slow     bool
	GaveUpAt *time.Time
	Error    string
	Missed   *Range
	// DigestedAt is up to when the last digest reaches.
	DigestedAt time.Time
	// Log lists what of the log of deliveries is kept, the oldest first.
	Log []chunk
}

// again is a range that is sent once more.
type again struct {
	At string
	To int64
}

// chunk is what was sent in one round.
type chunk struct {
	ID string
	At time.Time
}

// roundTime is how long a round goes on.
const roundTime = 30 * time.Second

// errHeld says that somebody else is at a webhook.
var errHeld = fmt.Errorf("somebody else sends to this webhook: %w", shelved.ErrLost)

// noHook says that there is no such webhook.
func noHook() error {
	return &domain.Error{Code: domain.NotFound, Field: "input.id", Message: "there is no such webhook"}
}

// changed changes a value of a webhook.
func changed[T any](ctx context.Context, a *Area, shelf, id string, change func(*T) error) (*T, error) {
	return shelved.Change(ctx, a.estate.Shelf, shelf, id, noHook(), change)
}

// take makes a holder the one who sends, unless somebody else does.
func (a *Area) take(ctx context.Context, id, holder string) (*state, error) {
	return changed(ctx, a, stateShelf, id, func(s *state) error {
		now := a.estate.Clock()
		if s.Holder != holder && now.Before(s.Until) {
			return errHeld
		}
		s.Holder, s.Until = holder, now.Add(shelved.Lease)
		return nil
	})
}

// renew goes on holding a webhook.
func (a *Area) renew(ctx context.Context, id, holder string) error {
	_, err := a.settle(ctx, id, holder, func(s *state) { s.Until = a.estate.Clock().Add(shelved.Lease) })
	return err
}

// settle changes the state of a webhook that a holder has.
func (a *Area) settle(ctx context.Context, id, holder string, change func(*state)) (*state, error) {
	return changed(ctx, a, stateShelf, id, func(s *state) error {
		if s.Holder != holder {
			return errHeld
		}
		change(s)
		return nil
	})
}

// Backlog counts the events that wait to be sent again, to all webhooks.
func (a *Area) Backlog(ctx context.Context) (n int, err error) {
	if a.estate.Shelf == nil {
		return 0, nil
	}
	list, err := a.all(ctx)
	for _, w := range list {
		n += w.Waiting()
	}
	return n, err
}

// all reads all webhooks with their states, or those with some ids.
func (a *Area) all(ctx context.Context, ids ...string) ([]*Webhook, error) {
	hooks, err := a.estate.Shelf.Shelved(ctx, hookShelf, ids...)
	if err != nil || len(hooks) == 0 {
		return nil, refusal.OfStore(err)
	}
	states, err := a.estate.Shelf.Shelved(ctx, stateShelf, ids...)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	var list []*Webhook
	for id, value := range hooks {
		w := &Webhook{Target: Standard, now: a.estate.Clock(), state: &state{}}
		if err := json.Unmarshal(value, w); err != nil {
			return nil, err
		}
		if held, ok := states[id]; ok {
			if err := json.Unmarshal(held, w.state); err != nil {
				return nil, err
			}
		}
		list = append(list, w)
	}
	return list, nil
}
