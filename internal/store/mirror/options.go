package mirror

import "time"

// Options limit a mirror. The zero value keeps any graph in memory.
type Options struct {
	// MaxBytes (an estimate) is how much memory records and edges may take; 0: any
	// amount. What does not fit is left out: whole kinds and relationships, the
	// largest first. The store beneath answers what is asked of those.
	MaxBytes int64
	// Few is how many records are sooner looked at one by one than found by an
	// index. 0: 512; below 0: none.
	Few int
	// Patience is how long a read waits for the mirror to reach what was committed
	// before, until the store beneath answers instead. 0: 100 ms.
	Patience time.Duration
	// FirstPause and LongestPause bound the growing pauses between attempts to
	// reach a store that is unavailable. 0: 100 ms and 10 s.
	FirstPause, LongestPause time.Duration
}

func (o Options) withDefaults() Options {
	switch {
	case o.Few == 0:
		o.Few = 512
	case o.Few < 0:
		o.Few = 0
	}
	if o.Patience == 0 {
		o.Patience = 100 * time.Millisecond
	}
	if o.FirstPause == 0 {
		o.FirstPause = 100 * time.Millisecond
	}
	if o.LongestPause == 0 {
		o.LongestPause = 10 * time.Second
	}
	return o
}
