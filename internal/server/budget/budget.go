// Package budget bounds what runs at the same time: the prices of all
// operations together, and of one caller's. Who comes when too much runs
// stands in line for a while. Cheap operations have a share of their own, so
// that they never stand behind dear ones.
package budget

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Limits say how much may run at once. Zero values mean the defaults named.
type Limits struct {
	// Running is the price of all dear operations that run at once; 0 means
	// 1,000,000.
	Running int
	// PerCaller is the price of a caller's; 0 means half of Running.
	PerCaller int
	// Wait is how long an operation stands in line; 0 means 5 s.
	Wait time.Duration
	// Line is how many operations of a caller may stand in line; 0 means 100.
	Line int
	// Untaken is how many bytes of answers may wait to be taken by those who
	// asked, and UntakenPerCaller how many of one caller's; 0 means 256 MB and
	// 64 MB.
	Untaken, UntakenPerCaller int
	// Cheap is the price up to which an operation is a cheap one; 0 means 5,000.
	Cheap int
}

// WithDefaults returns the limits with their defaults in place of zeros.
func (l Limits) WithDefaults() Limits {
	l.Running = or(l.Running, 1_000_000)
	l.PerCaller = min(or(l.PerCaller, max(l.Running/2, 1)), l.Running)
	l.Wait = or(l.Wait, 5*time.Second)
	l.Line = or(l.Line, 100)
	l.Cheap = or(l.Cheap, 5_000)
	l.Untaken = or(l.Untaken, 256<<20)
	l.UntakenPerCaller = min(or(l.UntakenPerCaller, 64<<20), l.Untaken)
	return l
}

func or[T int | time.Duration](v, fallback T) T {
	if v == 0 {
		return fallback
	}
	return v
}

// Budget hands out turns to run.
type Budget struct {
	limits      Limits
	cheap, dear *lane
	untaken     *lane
	scarce      func() bool
	refused     *prometheus.CounterVec
}

// share is the part of what may run that cheap operations have besides.
const share = 4

// New returns a budget. Scarce, when not nil, tells whether memory is so scarce
// that no dear operation may begin.
func New(l Limits, scarce func() bool) *Budget {
	l = l.WithDefaults()
	cheap := max(l.Running/share, 8*l.Cheap)
	return &Budget{
		limits: l, scarce: scarce,
		cheap: newLane("cheap", cheap, max(cheap/2, l.Cheap), l.Line),
		dear:  newLane("dear", l.Running, l.PerCaller, l.Line),
		// Who may run may also wait to hand over the answer.
		untaken: newLane("untaken", l.Untaken, l.UntakenPerCaller, 1<<30),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "releasegraph_refused_operations_total",
			Help: "Operations that were refused while too much ran: of their caller, of all, or since memory was scarce.",
		}, []string{"why"}),
	}
}

// Why an operation is refused: too much of its caller's runs or waits, too much
// of all, or memory is scarce.
const (
	Caller = "caller"
	All    = "all"
	Memory = "memory"
	// Untaken is that the caller, or all callers, do not take their answers.
	Untaken = "untaken"
)

// BusyError refuses an operation for now.
type BusyError struct {
	Why string // Caller, All, Memory or Untaken
	// Price is that of the operation, or the bytes of its answer.
	Price int
	// Limit is what may run at once, of the caller or of all.
	Limit int
	// After is when to try again.
	After time.Duration
}

func (e *BusyError) Error() string {
	switch e.Why {
	case Caller:
		return fmt.Sprintf("too much of yours runs at the same time: the prices of a caller's operations may be %d together, and this one is %d; try again later", e.Limit, e.Price)
	case Memory:
		return "the server is short of memory and begins cheap operations only; try again later"
	case Untaken:
		return fmt.Sprintf("too many answers wait to be taken: this one has %d bytes; take what you asked for before you ask for more", e.Price)
	}
	return fmt.Sprintf("too much runs at the same time: the prices of all operations may be %d together, and this one is %d; try again later", e.Limit, e.Price)
}

// Enter waits for a turn to run an operation of a caller, for no longer than
// the limits say. The turn is to be left when the operation and all that it
// began are over. Errors are a BusyError, or that of the context.
func (b *Budget) Enter(ctx context.Context, caller string, price int) (leave func(), err error) {
	return b.enter(ctx, caller, price, b.limits.Wait)
}

// Await is Enter for work that nobody can be told to try again later, such as
// an event of a subscription: it waits as long as the context lasts.
func (b *Budget) Await(ctx context.Context, caller string, price int) (leave func(), err error) {
	return b.enter(ctx, caller, price, 0)
}

func (b *Budget) enter(ctx context.Context, caller string, price int, wait time.Duration) (func(), error) {
	l := b.cheap
	if price > b.limits.Cheap {
		l = b.dear
		if wait > 0 && b.scarce != nil && b.scarce() {
			return nil, b.refuse(&BusyError{Why: Memory, Price: price, After: b.limits.Wait})
		}
	}
	leave, why, err := l.enter(ctx, caller, price, wait)
	if err != nil {
		return nil, err
	}
	if why != "" {
		limit := l.size
		if why == Caller {
			limit = l.each
		}
		return nil, b.refuse(&BusyError{Why: why, Price: price, Limit: int(limit), After: b.limits.Wait})
	}
	return leave, nil
}

// Cheap reports whether an operation of a price is a cheap one.
func (b *Budget) Cheap(price int) bool { return price <= b.limits.Cheap }

// Hold counts an answer of so many bytes among those that wait to be taken,
// until it is. It waits for others to be taken, as Enter does. Errors are a
// BusyError, or that of the context.
func (b *Budget) Hold(ctx context.Context, caller string, bytes int) (taken func(), err error) {
	taken, why, err := b.untaken.enter(ctx, caller, bytes, b.limits.Wait)
	if err != nil {
		return nil, err
	}
	if why != "" {
		return nil, b.refuse(&BusyError{Why: Untaken, Price: bytes, After: b.limits.Wait})
	}
	return taken, nil
}

func (b *Budget) refuse(e *BusyError) error {
	b.refused.WithLabelValues(e.Why).Inc()
	return e
}

// Describe implements prometheus.Collector.
func (b *Budget) Describe(c chan<- *prometheus.Desc) {
	b.refused.Describe(c)
	c <- runningDesc
	c <- waitingDesc
	c <- untakenDesc
}

// Collect implements prometheus.Collector.
func (b *Budget) Collect(c chan<- prometheus.Metric) {
	b.refused.Collect(c)
	for _, l := range []*lane{b.cheap, b.dear} {
		running, waiting := l.load()
		c <- prometheus.MustNewConstMetric(runningDesc, prometheus.GaugeValue, float64(running), l.name)
		c <- prometheus.MustNewConstMetric(waitingDesc, prometheus.GaugeValue, float64(waiting), l.name)
	}
	bytes, _ := b.untaken.load()
	c <- prometheus.MustNewConstMetric(untakenDesc, prometheus.GaugeValue, float64(bytes))
}

var (
	runningDesc = prometheus.NewDesc("releasegraph_running_price", "The price of what runs, cheap and dear operations apart.", []string{"lane"}, nil)
	waitingDesc = prometheus.NewDesc("releasegraph_waiting_operations", "Operations that stand in line for their turn.", []string{"lane"}, nil)
	untakenDesc = prometheus.NewDesc("releasegraph_untaken_bytes", "Bytes of answers that wait to be taken by those who asked.", nil, nil)
)
