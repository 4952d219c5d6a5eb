package planner

import (
	"releasegraph/internal/plan/rollout/waves"
)

// announced is where a step of the plan that was announced is (P11).
type announced struct {
	wave  int32
	begin int64
}

// announcements finds the steps of this plan that were announced.
func (b *base) announcements() map[int32]announced {
	if len(b.in.Earlier) == 0 {
		return nil
	}
	list := map[int32]announced{}
	for i := range b.in.Earlier {
		e := &b.in.Earlier[i]
		site, known := b.m.SiteNamed(e.Site)
		if !known {
			continue
		}
		for s, to := b.stepsAt(site); s < to; s++ {
			if b.m.Release(b.got.Steps[s].Release).Key == e.Release {
				list[s] = announced{int32(e.Wave), e.Window.From.UnixMicro()}
			}
		}
	}
	return list
}

// moved is what it costs that a step is not where it was announced: more than all
// hours by which steps move.
const moved = int64(1) << 40

// keeping lets the search for few waves know what was announced.
func (p *pool) keeping(c *clock) {
	if c.announced == nil {
		return
	}
	p.problem.Announced = make([]int32, len(p.d.Groups))
	for g, steps := range p.d.Groups {
		for _, s := range steps {
			if p.problem.Announced[g] == 0 {
				p.problem.Announced[g] = c.announced[s].wave
			}
		}
	}
	p.problem.Keep = func(group, wave int32, from int64) (end, cost int64) {
		c.wave = wave
		defer func() { c.wave = 0 }()
		c.anew()
		end = from
		for _, s := range c.inOrder(p.d.Groups[group]) {
			begin, over := c.place(s, c.ready(s, from), nil)
			c.over(s, over)
			if over >= waves.Never {
				return waves.Never, 0
			}
			end = max(end, over)
			was, told := c.announced[s]
			if !told || was.wave == wave && was.begin == begin {
				continue
			}
			hours := max(begin-was.begin, was.begin-begin) / 3_600_000_000
			cost += moved + min(hours, moved>>16)
		}
		return end, cost
	}
}

// stays is when a step begins that was announced for the wave that is looked at, and
// may still begin then.
func (c *clock) stays(step int32, from int64, own days) (begin int64, stays bool) {
	was, told := c.announced[step]
	if !told || c.wave == 0 || was.wave != c.wave || was.begin < from {
		return 0, false
	}
	if c.cal.Begin(step, was.begin, c.length(step), c.without(step)) != was.begin {
		return 0, false
	}
	_, room := c.room(step, was.begin, own)
	c.passed = nil
	return was.begin, room
}

// keeps notes which steps keep their wave and hour.
func (made *Made) keeps() {
	list := made.base.announcements()
	if list == nil {
		return
	}
	made.kept = map[int32]bool{}
	for s, was := range list {
		if made.waveOf(s) == was.wave && made.t.begin[s] == was.begin {
			made.kept[s] = true
		}
	}
}
