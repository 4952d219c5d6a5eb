package domain

import "time"

// AsOf names a moment of the estate (C4): exactly one of its fields is given.
type AsOf struct {
	// Revision is the last change set that had been committed.
	Revision *int64
	// Time is any instant; the moment is that of the last change set that had
	// been committed by then.
	Time *time.Time
	// Baseline is the key of one.
	Baseline *string
}
