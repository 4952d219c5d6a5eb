package server

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// MediaLimits bound transfers of media. Zero values mean the defaults named.
type MediaLimits struct {
	// Transfers is how many contents may be on their way at once, in and out, and
	// TransfersPerCaller how many of one caller's; 0 means 32 and 8.
	Transfers, TransfersPerCaller int
	// Size is the longest content in bytes; 0 means 64 GB.
	Size int64
	// Arriving is how many bytes of all contents that are being put may be on the
	// disk before they are whole, and ArrivingPerCaller how many of one caller's;
	// 0 means 256 GB and 128 GB.
	Arriving, ArrivingPerCaller int64
	// Idle is how long the other side may take for a piece of 64 KB; 0 means 10 s.
	Idle time.Duration
}

func (l MediaLimits) withDefaults() MediaLimits {
	l.Transfers = or(l.Transfers, 32)
	l.TransfersPerCaller = min(or(l.TransfersPerCaller, 8), l.Transfers)
	l.Size = or(l.Size, int64(64<<30))
	l.Arriving = or(l.Arriving, int64(256<<30))
	l.ArrivingPerCaller = min(or(l.ArrivingPerCaller, int64(128<<30)), l.Arriving)
	l.Idle = or(l.Idle, pace)
	return l
}

// transfers counts the contents that are on their way, and the bytes of those
// that are being put: whoever puts has them reserved until they are kept or given
// up.
type transfers struct {
	limits  MediaLimits
	refused prometheus.Counter

	mu      sync.Mutex
	running load[int]
	arrives load[int64]
}

// load is how much there is of something: of all callers, and of each.
type load[N int | int64] struct {
	all N
	of  map[string]N
}

func (l *load[N]) add(caller string, n N) {
	l.all += n
	l.of[caller] += n
	if l.of[caller] == 0 {
		delete(l.of, caller)
	}
}

func newTransfers(l MediaLimits) *transfers {
	return &transfers{
		limits: l.withDefaults(), running: load[int]{of: map[string]int{}}, arrives: load[int64]{of: map[string]int64{}},
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "releasegraph_media_refused_total", Help: "Transfers of media that were refused since too many or too much were on their way.",
		}),
	}
}

// crowdedError refuses a transfer while there are too many.
type crowdedError struct {
	message string
	own     bool // of the caller alone
	lasting bool // it does not help to wait
}

func (e *crowdedError) Error() string { return e.message }

func (e *crowdedError) status() int {
	switch {
	case e.lasting:
		return http.StatusRequestEntityTooLarge
	case e.own:
		return http.StatusTooManyRequests
	}
	return http.StatusServiceUnavailable
}

// crowdedFor is after how many seconds it is worth to try again: transfers take
// their time.
const crowdedFor = 5

func (e *crowdedError) retryAfter() string { return strconv.Itoa(crowdedFor) }

// enter begins a transfer that brings so many bytes, which may be none. It is left
// when it is over.
func (t *transfers) enter(caller string, bytes int64) (leave func(), err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.limits
	switch {
	case t.running.of[caller] >= l.TransfersPerCaller:
		return nil, t.refuse(&crowdedError{message: fmt.Sprintf("a caller may have %d transfers at once; finish one first", l.TransfersPerCaller), own: true})
	case t.running.all >= l.Transfers:
		return nil, t.refuse(&crowdedError{message: fmt.Sprintf("there may be %d transfers at once; try again later", l.Transfers)})
	}
	if err := t.space(caller, bytes); err != nil {
		return nil, err
	}
	t.running.add(caller, 1)
	t.arrives.add(caller, bytes)
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.running.add(caller, -1)
		t.arrives.add(caller, -bytes)
	}, nil
}

// reserve takes space for bytes that are to come.
func (t *transfers) reserve(caller string, bytes int64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.space(caller, bytes); err != nil {
		return err
	}
	t.arrives.add(caller, bytes)
	return nil
}

// take counts space that was reserved before this process began.
func (t *transfers) take(caller string, bytes int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.arrives.add(caller, bytes)
}

// giveBack ends a reservation.
func (t *transfers) giveBack(caller string, bytes int64) { t.take(caller, -bytes) }

func (t *transfers) space(caller string, bytes int64) error {
	l := t.limits
	switch {
	case bytes > l.Size:
		return t.refuse(&crowdedError{message: fmt.Sprintf("a content may have %d bytes at most, and this one has %d", l.Size, bytes), lasting: true})
	case t.arrives.of[caller]+bytes > l.ArrivingPerCaller:
		return t.refuse(&crowdedError{message: fmt.Sprintf("the contents that a caller is putting may have %d bytes together; finish or give up one first", l.ArrivingPerCaller), own: true})
	case t.arrives.all+bytes > l.Arriving:
		return t.refuse(&crowdedError{message: fmt.Sprintf("all contents that are being put may have %d bytes together; try again later", l.Arriving)})
	}
	return nil
}

func (t *transfers) refuse(e *crowdedError) error {
	t.refused.Inc()
	return e
}

var (
	transfersDesc = prometheus.NewDesc("releasegraph_media_transfers", "Contents of media that are on their way, in and out.", nil, nil)
	arrivingDesc  = prometheus.NewDesc("releasegraph_media_arriving_bytes", "Bytes of the contents that are being put and are not whole yet.", nil, nil)
)

// Describe implements prometheus.Collector.
func (t *transfers) Describe(c chan<- *prometheus.Desc) {
	t.refused.Describe(c)
	c <- transfersDesc
	c <- arrivingDesc
}

// Collect implements prometheus.Collector.
func (t *transfers) Collect(c chan<- prometheus.Metric) {
	t.refused.Collect(c)
	t.mu.Lock()
	defer t.mu.Unlock()
	c <- prometheus.MustNewConstMetric(transfersDesc, prometheus.GaugeValue, float64(t.running.all))
	c <- prometheus.MustNewConstMetric(arrivingDesc, prometheus.GaugeValue, float64(t.arrives.all))
}
