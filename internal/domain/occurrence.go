package domain

import "time"

// Occurrence is one time at which a maintenance window or a freeze is on. It
// holds its beginning, and not its end.
type Occurrence struct {
	From, To time.Time
	// LocalFrom and LocalTo are what the clocks of its time zone show then, nil
	// where it has none.
	LocalFrom, LocalTo *string
}
