package planner

import (
	"cmp"
	"context"
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout/demand"
	"releasegraph/internal/plan/rollout/slot"
	"releasegraph/internal/plan/rollout/waves"
)

// clock finds the hours of steps within a wave (P7).
type clock struct {
	*pool
	ctx   context.Context
	order *demand.Clock[int64] // nil: no step waits for another one of its wave
	ends  map[int32]int64      // by step: when it is over
	known map[asked]int64
	days  days
	pins  map[int32]int64 // by step: when it begins by hand
	// announced is where steps were announced, nil: nothing was; wave is the one that is
	// looked at, 0: none.
	announced map[int32]announced
	wave      int32
	// passed is the day without room that was passed last, nil: none.
	passed *crowd
}

type asked struct {
	group int32
	from  int64
}

// hour lets the problem of the waves know when groups end.
func (p *pool) hour(ctx context.Context) error {
	c, err := p.clock(ctx)
	if err != nil {
		return err
	}
	p.problem.End = c.groupEnd
	p.keeping(c)
	return nil
}

func (p *pool) clock(ctx context.Context) (*clock, error) {
	c := &clock{pool: p, announced: p.announcements(), ctx: ctx, known: map[asked]int64{}, ends: map[int32]int64{}}
	var err error
	if c.days, err = p.loads(); err != nil {
		return nil, err
	}
	shared := slices.ContainsFunc(p.d.Groups, func(g []int32) bool { return len(g) > 1 })
	if shared && p.d.Timed() {
		if p.hours == nil {
			if p.hours, err = p.d.Hours(ctx); err != nil {
				return nil, err
			}
		}
		c.order = demand.NewClock(p.hours, func(a, b int64) bool { return a > b })
	}
	return c, nil
}

// length is how long a step takes.
func (b *base) length(step int32) time.Duration {
	return b.got.Contents[b.got.Steps[step].Content].Effort.Duration
}

// groupEnd is when the last step of a group ends that may begin at a time, what other
// steps of the plan ask of parties on the same day aside.
func (c *clock) groupEnd(group int32, from int64) int64 {
	steps := c.d.Groups[group]
	if c.approach == domain.Pull {
		return from // order and stage alone make the waves (P1)
	}
	if len(steps) == 1 {
		_, end := c.place(steps[0], from, nil)
		return end
	}
	key := asked{group, from}
	last, known := c.known[key]
	if !known {
		last = from
		c.anew()
		for _, s := range c.inOrder(steps) {
			_, end := c.place(s, c.ready(s, from), nil)
			c.over(s, end)
			last = max(last, end)
		}
		c.known[key] = last
	}
	return last
}

// inOrder puts steps of a wave in the order in which they are given their hours.
func (c *clock) inOrder(steps []int32) []int32 {
	if c.order == nil {
		return steps
	}
	sorted := slices.Clone(steps)
	slices.SortStableFunc(sorted, func(a, b int32) int { return cmp.Compare(c.hours.Place(a), c.hours.Place(b)) })
	return sorted
}

// mostTraced is up to how many steps of a group each is known by its own demands. Of
// more, those that need one another are looked at as one: a step may then wait for
// more than it needs.
const mostTraced = 300

// ready is when all is over that a step of a wave comes after.
func (c *clock) ready(step int32, from int64) int64 {
	switch {
	case c.order == nil:
		return from
	case len(c.d.Groups[c.d.GroupOf[step]]) > mostTraced:
		return max(from, c.order.Ready(step))
	}
	for _, s := range c.suppliers(step) {
		from = max(from, c.ends[s])
	}
	return from
}

// suppliers lists the steps of its group that a step comes after by the hour.
func (c *clock) suppliers(step int32) []int32 {
	list, known := c.before[step]
	if known {
		return list
	}
	for _, d := range c.d.Sooner(c.ctx, step) {
		if c.d.GroupOf[d] == c.d.GroupOf[step] && c.hours.Place(d) != c.hours.Place(step) {
			list = append(list, d)
		}
	}
	c.before[step] = list
	return list
}

func (c *clock) over(step int32, end int64) {
	if c.order != nil {
		c.order.End(step, end)
		c.ends[step] = end
	}
}

// anew forgets what is over.
func (c *clock) anew() {
	if c.order != nil {
		c.order.Reset()
		clear(c.ends)
	}
}

// place finds the earliest hours of a step from a time on: those at which it may take
// place, and on a day on which its parties have room for it (P13). Own is what the
// plan asks of parties so far, nil: nothing.
func (c *clock) place(step int32, from int64, own days) (begin, end int64) {
	if pin, is := c.pins[step]; is {
		from = max(from, pin)
	}
	from = max(from, c.notBefore(step))
	length := c.length(step)
	if c.approach == domain.Pull {
		return from, from + length.Microseconds() // the site chooses when
	}
	if begin, stays := c.stays(step, from, own); stays {
		return begin, begin + length.Microseconds()
	}
	for range mostDays {
		begin = c.cal.Begin(step, from, length, c.without(step))
		if begin >= slot.Never {
			break
		}
		next, room := c.room(step, begin, own)
		if room {
			return begin, begin + length.Microseconds()
		}
		from = next
	}
	return waves.Never, waves.Never
}

// mostDays bounds how many days without room are passed.
const mostDays = 5 * 366

// notBefore is when what another plan brings is there (P9).
func (b *base) notBefore(step int32) int64 {
	if t := b.got.Steps[step].NotBefore; !t.IsZero() {
		return t.UnixMicro()
	}
	return 0
}

// without is what is relaxed of a step's calendar.
func (p *pool) without(step int32) *slot.Without {
	windows := p.relaxed.windows[p.got.Steps[step].Site]
	if !windows && len(p.relaxed.freezes) == 0 {
		return nil
	}
	return &slot.Without{Windows: windows, Freezes: p.relaxed.freezes}
}

// timing is when each step takes place.
type timing struct {
	// From is when a step might have begun as far as its wave and its suppliers go,
	// Begin and End are its hours. All are by step.
	from, begin, end []int64
	// opens and closes are the windows of waves, from 1.
	opens, closes []int64
	// crowded are the days on which a party had no room for a step that it passed.
	crowded map[int32]crowd
	// held are the steps that could begin earlier, and keep their announced hour.
	held map[int32]bool
}

// crowd is a party without room on a day.
type crowd struct {
	dimension int
	day       int64 // its first instant
	load      int64
}

// schedule gives each step its hours, wave by wave.
func (c *clock) schedule(wave []int32, count int) *timing {
	n := len(c.got.Steps)
	t := &timing{
		from: make([]int64, n), begin: make([]int64, n), end: make([]int64, n),
		opens: make([]int64, count+1), closes: make([]int64, count+1), crowded: map[int32]crowd{}, held: map[int32]bool{},
	}
	in := make([][]int32, count+1)
	for s := range n {
		w := wave[c.d.GroupOf[s]]
		in[w] = append(in[w], int32(s))
	}
	c.anew()
	own := days{}
	next := c.problem.Begin
	for w := 1; w <= count; w++ {
		t.opens[w], t.closes[w] = waves.Never, next
		c.wave = int32(w)
		for _, s := range c.inOrder(in[w]) {
			c.passed = nil
			t.from[s] = max(c.ready(s, next), c.notBefore(s), c.pins[s])
			t.begin[s], t.end[s] = c.place(s, t.from[s], own)
			c.hold(t, s, own)
			c.over(s, t.end[s])
			if t.begin[s] >= waves.Never {
				continue
			}
			c.note(t, s)
			c.take(own, s, t.begin[s])
			t.opens[w], t.closes[w] = min(t.opens[w], t.begin[s]), max(t.closes[w], t.end[s])
		}
		next = t.closes[w] + c.problem.Soak
	}
	c.wave = 0
	return t
}

// hold notes that a step begins when it was announced, though it could earlier (P11).
func (c *clock) hold(t *timing, step int32, own days) {
	was, told := c.announced[step]
	if !told || was.wave != c.wave || was.begin != t.begin[step] {
		return
	}
	wave := c.wave
	c.wave = 0
	if soonest, _ := c.place(step, t.from[step], own); soonest < t.begin[step] {
		t.held[step] = true
		c.passed = nil
	}
	c.wave = wave
}

// note keeps which party had no room for a step before it has.
func (c *clock) note(t *timing, step int32) {
	if c.passed != nil {
		t.crowded[step] = *c.passed
		c.passed = nil
	}
}
