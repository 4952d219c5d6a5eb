package calendar

import (
	"math"
	"slices"

	"github.com/teambition/rrule-go"
)

// whole checks what the parts say together.
func (p *ruleParser) whole() {
	if !p.given["FREQ"] {
		p.wrong("FREQ is missing")
	}
	if p.given["COUNT"] && p.given["UNTIL"] {
		p.wrong("COUNT and UNTIL cannot be given together")
	}
	if p.frequency == "" {
		return
	}
	o := &p.rule.option
	for _, name := range []string{"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY"} {
		if p.given[name] && slices.Contains(unfit[name], o.Freq) {
			p.wrong("%s cannot be given with FREQ=%s", name, p.frequency)
		}
	}
	p.numberedDays()
	if p.given["BYSETPOS"] && !slices.ContainsFunc(sets, func(name string) bool { return p.given[name] }) {
		p.wrong("BYSETPOS needs another BY part to choose from")
	}
	if n := p.starts(); n > mostStarts {
		p.wrong("starts %d times a day, at most %d are allowed", n, mostStarts)
	}
}

// sets are the parts that BYSETPOS can choose from.
var sets = []string{"BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYHOUR", "BYMINUTE", "BYSECOND"}

// numberedDays checks days such as 2SU, which count within a month or a year.
func (p *ruleParser) numberedDays() {
	most := 0
	switch o := p.rule.option; {
	case o.Freq == rrule.MONTHLY, o.Freq == rrule.YEARLY && p.given["BYMONTH"]:
		most = 5
	case o.Freq == rrule.YEARLY && !p.given["BYWEEKNO"]:
		most = 53
	}
	for _, day := range p.rule.option.Byweekday {
		switch n := day.N(); {
		case n == 0:
		case most == 0:
			p.wrong("BYDAY=%s: a day has a number with FREQ=MONTHLY and, without BYWEEKNO, FREQ=YEARLY only", day)
		case n > most, n < -most:
			p.wrong("BYDAY=%s: there are at most %d such days", day, most)
		}
	}
}

// starts counts how often a day the rule starts at the most.
func (p *ruleParser) starts() int {
	o := &p.rule.option
	n := max(1, len(o.Byhour)) * max(1, len(o.Byminute)) * max(1, len(o.Bysecond))
	if o.Freq == rrule.HOURLY && len(o.Byhour) == 0 {
		n *= int(math.Ceil(24 / float64(max(1, o.Interval))))
	}
	return n
}

// spread writes plain days as numbered ones where both are given: RFC 5545
// means either, the library both at once.
func (p *ruleParser) spread() {
	o := &p.rule.option
	numbered := slices.ContainsFunc(o.Byweekday, func(d rrule.Weekday) bool { return d.N() != 0 })
	if !numbered {
		return
	}
	most := 53
	if o.Freq == rrule.MONTHLY || p.given["BYMONTH"] {
		most = 5
	}
	var all []rrule.Weekday
	for _, day := range o.Byweekday {
		if day.N() != 0 {
			all = append(all, day)
			continue
		}
		for n := 1; n <= most; n++ {
			all = append(all, day.Nth(n))
		}
	}
	o.Byweekday = all
}
