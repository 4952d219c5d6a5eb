package calendar

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// Rule is a recurrence rule of RFC 5545 (3.3.10), checked: it recurs hourly at
// the most.
type Rule struct {
	option rrule.ROption
	// until is the last possible start as an instant, untilWall as a local
	// time; at most one is given.
	until, untilWall time.Time
	text             string
}

// String is the rule as it was given, in upper case, without "RRULE:".
func (r *Rule) String() string { return r.text }

// Mosts that keep a rule's expansion small.
const (
	mostRule     = 1000 // characters
	mostInterval = 10_000
	mostCount    = 100_000
	mostStarts   = 100 // in a day
)

var frequencies = map[string]rrule.Frequency{
	"YEARLY": rrule.YEARLY, "MONTHLY": rrule.MONTHLY, "WEEKLY": rrule.WEEKLY, "DAILY": rrule.DAILY, "HOURLY": rrule.HOURLY,
}

var weekdays = map[string]rrule.Weekday{
	"MO": rrule.MO, "TU": rrule.TU, "WE": rrule.WE, "TH": rrule.TH, "FR": rrule.FR, "SA": rrule.SA, "SU": rrule.SU,
}

// unfit names, by part, the frequencies that cannot have it (RFC 5545's table
// in 3.3.10).
var unfit = map[string][]rrule.Frequency{
	"BYWEEKNO":   {rrule.MONTHLY, rrule.WEEKLY, rrule.DAILY, rrule.HOURLY},
	"BYYEARDAY":  {rrule.MONTHLY, rrule.WEEKLY, rrule.DAILY},
	"BYMONTHDAY": {rrule.WEEKLY},
}

// ParseRule reads a rule, and tells all that is wrong with it.
func ParseRule(text string) (*Rule, []error) {
	p := &ruleParser{given: map[string]bool{}}
	p.rule.text = strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(text)), "RRULE:")
	if len(text) > mostRule {
		return nil, []error{fmt.Errorf("has %d characters, at most %d are allowed", len(text), mostRule)}
	}
	for part := range strings.SplitSeq(p.rule.text, ";") {
		p.part(part)
	}
	p.whole()
	if len(p.errs) > 0 {
		return nil, p.errs
	}
	p.spread()
	return &p.rule, nil
}

type ruleParser struct {
	rule      Rule
	given     map[string]bool
	frequency string
	errs      []error
}

func (p *ruleParser) wrong(format string, args ...any) {
	p.errs = append(p.errs, fmt.Errorf(format, args...))
}

// part reads one NAME=VALUE.
func (p *ruleParser) part(text string) {
	name, value, ok := strings.Cut(text, "=")
	if !ok || value == "" {
		p.wrong("%q is no part NAME=VALUE of a recurrence rule such as FREQ=WEEKLY;BYDAY=SU", text)
		return
	}
	if p.given[name] {
		p.wrong("%s is given twice", name)
		return
	}
	p.given[name] = true
	o := &p.rule.option
	switch name {
	case "FREQ":
		p.freq(value)
	case "INTERVAL":
		o.Interval = p.number(name, value, 1, mostInterval)
	case "COUNT":
		o.Count = p.number(name, value, 1, mostCount)
	case "UNTIL":
		p.until(value)
	case "WKST":
		o.Wkst = p.weekday(name, value)
	case "BYDAY":
		p.days(value)
	default:
		p.list(name, value)
	}
}

func (p *ruleParser) freq(value string) {
	f, ok := frequencies[value]
	if !ok {
		switch value {
		case "MINUTELY", "SECONDLY":
			p.wrong("FREQ=%s opens too often: HOURLY is the most, with BYMINUTE where several starts an hour are meant", value)
		default:
			p.wrong("FREQ must be YEARLY, MONTHLY, WEEKLY, DAILY or HOURLY, not %q", value)
		}
		return
	}
	p.frequency, p.rule.option.Freq = value, f
}

// list reads a part that is a list of numbers.
func (p *ruleParser) list(name, value string) {
	o := &p.rule.option
	switch name {
	case "BYMONTH":
		o.Bymonth = p.numbers(name, value, 1, 12)
	case "BYMONTHDAY":
		o.Bymonthday = p.signed(name, value, 31)
	case "BYYEARDAY":
		o.Byyearday = p.signed(name, value, 366)
	case "BYWEEKNO":
		o.Byweekno = p.signed(name, value, 53)
	case "BYHOUR":
		o.Byhour = p.numbers(name, value, 0, 23)
	case "BYMINUTE":
		o.Byminute = p.numbers(name, value, 0, 59)
	case "BYSECOND":
		o.Bysecond = p.numbers(name, value, 0, 59)
	case "BYSETPOS":
		o.Bysetpos = p.signed(name, value, 366)
	case "DTSTART", "EXDATE", "DURATION":
		p.wrong("%s is a field of its own, no part of the rule", name)
	default:
		p.wrong("%q is no part of a recurrence rule (RFC 5545, 3.3.10)", name)
	}
}

func (p *ruleParser) number(name, text string, least, most int) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		p.wrong("%s must be from %d to %d, not %q", name, least, most, text)
	}
	return n
}

// numbers reads a list; what is named twice counts once.
func (p *ruleParser) numbers(name, value string, least, most int) []int {
	var list []int
	for text := range strings.SplitSeq(value, ",") {
		list = append(list, p.number(name, text, least, most))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// signed reads a list of numbers that count from the end when negative.
func (p *ruleParser) signed(name, value string, most int) []int {
	var list []int
	for text := range strings.SplitSeq(value, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n == 0 || n < -most || n > most {
			p.wrong("%s must be from 1 to %d or from -%d to -1, not %q", name, most, most, text)
		}
		list = append(list, n)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func (p *ruleParser) weekday(name, text string) rrule.Weekday {
	day, ok := weekdays[text]
	if !ok {
		p.wrong("%s must be MO, TU, WE, TH, FR, SA or SU, not %q", name, text)
	}
	return day
}

// days reads BYDAY: SU, 1SU, -1SU.
func (p *ruleParser) days(value string) {
	for text := range strings.SplitSeq(value, ",") {
		at := max(0, len(text)-2)
		day := p.weekday("BYDAY", text[at:])
		if at > 0 {
			n := p.signed("BYDAY", text[:at], 53)
			day = day.Nth(n[0])
		}
		if !slices.Contains(p.rule.option.Byweekday, day) {
			p.rule.option.Byweekday = append(p.rule.option.Byweekday, day)
		}
	}
}

// until reads the last possible start: a date (its whole day), a local time, or
// an instant.
func (p *ruleParser) until(value string) {
	if t, err := time.Parse(rrule.DateTimeFormat, value); err == nil {
		p.rule.until = t
		return
	}
	if t, err := time.Parse(rrule.LocalDateTimeFormat, value); err == nil {
		p.rule.untilWall = t
		return
	}
	t, err := time.Parse(rrule.DateFormat, value)
	if err != nil {
		p.wrong("UNTIL must be written 20261231T235959Z, 20261231T235959 or 20261231, not %q", value)
		return
	}
	p.rule.untilWall = t.Add(24*time.Hour - time.Second)
}
