package topology

import "time"

// Options limit a topology. The zero value keeps any graph in memory.
type Options struct {
	// Off keeps nothing in memory: all calls go to the store beneath.
	Off bool
	// MaxNodes and MaxBytes (an estimate) are the largest graph that is kept;
	// 0: any. A larger one switches the topology off until it is opened anew.
	MaxNodes int
	MaxBytes int64
	// Patience is how long a Walk waits for the topology to reach what was
	// committed before, until the store beneath answers instead. 0: 100 ms.
	Patience time.Duration
	// FirstPause and LongestPause bound the growing pauses between attempts to
	// reach a store that is unavailable. 0: 100 ms and 10 s.
	FirstPause, LongestPause time.Duration
}

func (o Options) withDefaults() Options {
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
