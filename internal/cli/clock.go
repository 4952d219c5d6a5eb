package cli

import (
	"sync/atomic"
	"time"
)

// clock is a clock that goes as the real one does, and can be moved on: for tests and
// demos, in which a roll-out of weeks is played in a minute.
type clock struct{ ahead atomic.Int64 }

// parseClock reads where a clock begins: an instant as RFC 3339 has it, or "now".
func parseClock(text string) (*clock, error) {
	c := &clock{}
	if text == "now" {
		return c, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil, usagef("--clock %q: write an instant such as 2027-01-01T00:00:00Z, or now", text)
	}
	c.ahead.Store(int64(time.Until(at)))
	return c, nil
}

// Now is what it shows.
func (c *clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// Move moves it on.
func (c *clock) Move(by time.Duration) { c.ahead.Add(int64(by)) }
