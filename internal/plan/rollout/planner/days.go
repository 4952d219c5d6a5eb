package planner

import (
	"time"

	"releasegraph/internal/plan/calendar"
)

// days tells how much is asked of parties, by dimension and by the first instant of a
// day in the zone of the party.
type days map[day]int64

type day struct {
	dimension int
	begins    int64
}

// loads are what other plans ask of parties (P13).
func (p *pool) loads() (days, error) {
	d := days{}
	for i := range p.in.Loads {
		l := &p.in.Loads[i]
		no, err := p.m.PartyNo(l.Party)
		if err != nil {
			return nil, err
		}
		for k := range p.dimensions {
			if p.dimensions[k].party != no {
				continue
			}
			amount := l.Sites
			if p.dimensions[k].limit == usersPerDay {
				amount = l.Users
			}
			d[day{k, p.dayOf(no, l.At.UnixMicro())}] += int64(amount)
		}
	}
	return d, nil
}

// dayOf is the first instant of the day of a time, in the zone of a party.
func (b *base) dayOf(party int32, t int64) int64 {
	wall := calendar.Wall(at(t), b.zone(party)).Truncate(24 * time.Hour)
	return calendar.Instant(wall, b.zone(party)).UnixMicro()
}

// nextDay is the first instant of the day after.
func (b *base) nextDay(party int32, t int64) int64 {
	wall := calendar.Wall(at(t), b.zone(party)).Truncate(24*time.Hour).AddDate(0, 0, 1)
	return calendar.Instant(wall, b.zone(party)).UnixMicro()
}

// zone is that of a party, UTC where nobody told.
func (b *base) zone(party int32) *time.Location {
	zone, known := b.zones[party]
	if !known {
		zone = time.UTC
		if name := b.m.Party(party).Zone; name != "" {
			if z, err := time.LoadLocation(name); err == nil {
				zone = z
			}
		}
		b.zones[party] = zone
	}
	return zone
}

// room reports whether the parties of a step have room for it on the day of a time,
// else when the next day begins. Own is what the plan asks so far.
func (c *clock) room(step int32, t int64, own days) (next int64, room bool) {
	for k := range c.dimensions {
		d := &c.dimensions[k]
		if d.party < 0 {
			continue
		}
		amount := c.asks(d, step)
		if amount == 0 {
			continue
		}
		if len(c.days) == 0 && own == nil {
			continue
		}
		at := day{k, c.dayOf(d.party, t)}
		if load := c.days[at] + own[at]; load+amount > int64(d.most) {
			c.passed = &crowd{k, at.begins, load}
			return c.nextDay(d.party, t), false
		}
	}
	return 0, true
}

// take asks the parties of a step for it.
func (c *clock) take(own days, step int32, t int64) {
	for k := range c.dimensions {
		if d := &c.dimensions[k]; d.party >= 0 {
			if amount := c.asks(d, step); amount > 0 {
				own[day{k, c.dayOf(d.party, t)}] += amount
			}
		}
	}
}
