package checker

import (
	"math/bits"
	"slices"
	"time"
)

// set is a set of steps.
type set uint64

func (s set) has(step int) bool { return s&(1<<step) != 0 }

func (s set) list() (steps []int) {
	for i := range bits.Len64(uint64(s)) {
		if s.has(i) {
			steps = append(steps, i)
		}
	}
	return steps
}

func of(steps []int) (s set) {
	for _, i := range steps {
		s |= 1 << i
	}
	return s
}

// constraint reports whether a wave may come right after what has been placed.
type constraint func(placed, wave set) bool

// problem is to place units of steps in waves. It looks at every way there is.
type problem struct {
	*rules
	units []set
	holds chosen
	// timed says that hours count.
	timed       bool
	constraints []constraint
	ended       map[hourKey]hourEnd
	first       map[hourKey]hourEnd
}

type hourKey struct {
	wave set
	from int64
}

type hourEnd struct {
	at time.Time
	ok bool
}

// groupProblem is to place the groups with all rules.
func (r *rules) groupProblem(timed bool) *problem {
	p := r.problem(all, timed)
	for _, g := range r.groups {
		p.units = append(p.units, of(g))
	}
	return p
}

// stepProblem is to place single steps under some rules.
func (r *rules) stepProblem(holds chosen) *problem {
	p := r.problem(holds, true)
	for i := range r.steps {
		p.units = append(p.units, 1<<i)
	}
	return p
}

func (r *rules) problem(holds chosen, timed bool) *problem {
	p := &problem{rules: r, holds: holds, timed: timed, ended: map[hourKey]hourEnd{}, first: map[hourKey]hourEnd{}}
	p.orders()
	if r.limited() {
		p.fits()
	}
	return p
}

func (p *problem) add(c constraint) { p.constraints = append(p.constraints, c) }

// strict: one comes in a later wave than the other.
func (p *problem) strict(later, sooner int) {
	p.add(func(placed, wave set) bool { return !wave.has(later) || placed.has(sooner) })
}

// notEarlier: one comes in no earlier wave than the other.
func (p *problem) notEarlier(later, sooner int) {
	p.add(func(placed, wave set) bool { return !wave.has(later) || (placed | wave).has(sooner) })
}

// orders adds P1, P4, P5, P6 BIG_BANG and P9.
func (p *problem) orders() {
	for _, d := range p.demands {
		if !p.holds(p.between(d.later, d.sooner)) {
			continue
		}
		if p.group[d.later] != p.group[d.sooner] && !p.oneWave {
			p.strict(d.later, d.sooner)
			continue
		}
		p.notEarlier(d.later, d.sooner)
		if d.together {
			p.notEarlier(d.sooner, d.later)
		}
	}
	for key, steps := range p.alone() {
		if p.holds("P4 ConfigurationItem:" + p.item(key[1])) {
			p.oneOf(of(steps))
		}
	}
	var own []int
	for i, s := range p.steps {
		if s.release == int(p.in.Release) {
			own = append(own, i)
		}
		for k, t := range p.steps {
			if s.site == t.site && i != k {
				p.once(i, k)
				if p.follows(s.release, t.release) && p.holds("P9 Site:"+p.site(s.site)+" Release:"+p.release(t.release)) {
					p.strict(i, k)
				}
			}
			if p.staged() && p.stage[p.group[k]] < p.stage[p.group[i]] && p.holds("P5 Site:"+p.site(t.site)) {
				p.strict(i, k)
			}
		}
	}
	if p.bigBang && p.holds("P6 BIG_BANG") || p.oneWave && p.holds("P1 BIG_BANG") {
		p.oneOf(of(own))
	}
}

// once keeps a site from being in a wave twice (P6), which is of P9: nothing else
// gives it several steps.
func (p *problem) once(i, k int) {
	for _, s := range []int{i, k} {
		q := p.steps[s]
		if q.release != int(p.in.Release) && p.holds("P9 Site:"+p.site(q.site)+" Release:"+p.release(q.release)) {
			p.add(func(_, wave set) bool { return !wave.has(i) || !wave.has(k) })
		}
	}
}

// oneOf puts all steps into one wave.
func (p *problem) oneOf(steps set) {
	p.add(func(_, wave set) bool { return wave&steps == 0 || wave&steps == steps })
}

// between names the order of two steps as a contradiction does.
func (r *rules) between(later, sooner int) string {
	return "P4 Site:" + r.site(r.steps[later].site) + " Site:" + r.site(r.steps[sooner].site)
}

// pair names two sites that stand in for each other as a contradiction does.
func (e *estate) pair(a, b int) string {
	if e.site(a) > e.site(b) {
		a, b = b, a
	}
	return "P13 Site:" + e.site(a) + " Site:" + e.site(b)
}

// fits adds P6 and P13.
func (p *problem) fits() {
	for limit, value := range p.limits() {
		if p.holds("P6 limit:" + limit) {
			p.add(func(_, wave set) bool { return p.sum(limit, wave.list()) <= value })
		}
	}
	for i, party := range p.in.Parties {
		if p.holds("P13 Party:" + party.Key) {
			p.add(func(_, wave set) bool {
				sites, users := p.asked(i, wave.list())
				_, _, _, over := p.over(i, sites, users)
				return !over
			})
		}
	}
	for i, s := range p.steps {
		for k, t := range p.steps {
			if s.site != t.site && p.paired(s.site, t.site) && p.holds(p.pair(s.site, t.site)) {
				p.add(func(_, wave set) bool { return !wave.has(i) || !wave.has(k) })
			}
		}
	}
	if p.in.GroupByRegion && !p.oneWave && p.holds("P6 groupByRegion") {
		p.add(func(_, wave set) bool { return !p.last(wave.list()) || len(p.common(wave.list())) > 0 })
	}
}

// allowed reports whether a wave may come right after what has been placed.
func (p *problem) allowed(placed, wave set) bool {
	for _, c := range p.constraints {
		if !c(placed, wave) {
			return false
		}
	}
	return true
}

// duration returns how long a step takes: given, else the 90th percentile of the
// past, else an hour (P7).
func (r *rules) duration(step int) time.Duration {
	past := r.past(step)
	switch {
	case r.in.WorkDuration > 0:
		return r.in.WorkDuration
	case len(past) == 0:
		return time.Hour
	}
	slices.Sort(past)
	return past[(len(past)*9+9)/10-1]
}

// end returns when a wave ends that begins no earlier than an instant, each step at
// its earliest.
func (p *problem) end(wave set, from time.Time) (time.Time, bool) {
	if !p.timed {
		return from, true
	}
	key := hourKey{wave, from.UnixNano()}
	if known, ok := p.ended[key]; ok {
		return known.at, known.ok
	}
	var last time.Time
	ends, ok := p.schedule(wave, from)
	for _, end := range ends {
		if end.After(last) {
			last = end
		}
	}
	p.ended[key] = hourEnd{last, ok}
	return last, ok
}

// schedule returns when each step of a wave ends that begins no earlier than an
// instant.
func (p *problem) schedule(wave set, from time.Time) (ends map[int]time.Time, ok bool) {
	ends = map[int]time.Time{}
	steps := wave.list()
	for len(ends) < len(steps) {
		before := len(ends)
		for _, s := range steps {
			if _, done := ends[s]; done {
				continue
			}
			begin, ready := from, true
			for _, supplier := range p.hard[s] {
				if !wave.has(supplier) || !p.holds(p.between(s, supplier)) {
					continue
				}
				end, done := ends[supplier]
				ready = ready && done
				if end.After(begin) {
					begin = end
				}
			}
			if !ready {
				continue
			}
			if by := p.awaits(s); by.After(begin) {
				begin = by
			}
			at, found := p.start(s, begin)
			if !found {
				return ends, false
			}
			ends[s] = at.Add(p.duration(s))
		}
		if len(ends) == before {
			return ends, false
		}
	}
	return ends, true
}

// start returns when a step begins at its earliest.
func (p *problem) start(step int, from time.Time) (time.Time, bool) {
	key := hourKey{1 << step, from.UnixNano()}
	if known, ok := p.first[key]; ok {
		return known.at, known.ok
	}
	last := from.Add(fiveYears)
	for member, limit := range map[string]*time.Time{"P8 activateAt": p.instant(), "P8 finishBy": p.in.FinishBy} {
		if limit != nil && p.holds(member) {
			if l := limit.Add(-p.duration(step)); l.Before(last) {
				last = l
			}
		}
	}
	at, ok := p.earliest(step, from, last, p.duration(step), p.holds, func(t time.Time) bool { return p.lends(step, t) })
	p.first[key] = hourEnd{at, ok}
	return at, ok
}

// lends reports whether all parties take a step alone on a day, beside other plans.
func (p *problem) lends(step int, at time.Time) bool {
	for i, party := range p.in.Parties {
		if !p.holds("P13 Party:" + party.Key) {
			continue
		}
		sites, users := p.asks(i, step)
		if sites == 0 {
			continue
		}
		n, u := p.elsewhere(i, at)
		if p.full(i, users, sites+n, users+u) {
			return false
		}
	}
	return true
}

// least returns the fewest waves that hold all units, and the earliest end of so
// many.
func (p *problem) least() (waves int, ends time.Time, ok bool) {
	full := set(0)
	for _, u := range p.units {
		full |= u
	}
	layer := map[set]time.Time{0: p.begins()}
	for ; len(layer) > 0; waves++ {
		if at, done := layer[full]; done {
			return waves, at, true
		}
		next := map[set]time.Time{}
		for placed, at := range layer {
			from := at
			if waves > 0 && p.holds("P7 soak") {
				from = at.Add(p.in.Soak)
			}
			p.each(placed, func(wave set) {
				end, ok := p.end(wave, from)
				if known, seen := next[placed|wave]; ok && (!seen || end.Before(known)) {
					next[placed|wave] = end
				}
			})
		}
		layer = next
	}
	return 0, ends, false
}

// each yields all waves that may come right after what has been placed.
func (p *problem) each(placed set, yield func(wave set)) {
	var open []set
	for _, u := range p.units {
		if u&placed == 0 {
			open = append(open, u)
		}
	}
	for chosen := 1; chosen < 1<<len(open); chosen++ {
		wave := set(0)
		for i, u := range open {
			if chosen&(1<<i) != 0 {
				wave |= u
			}
		}
		if p.allowed(placed, wave) {
			yield(wave)
		}
	}
}
