package schedule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
)

const (
	utcForm   = "20060102T150405Z"
	localForm = "20060102T150405"
)

// Calendar writes entries as an iCalendar file (RFC 5545). The same entries
// give the same bytes. An event keeps its UID for ever; with each change its
// SEQUENCE rises, and one that is cancelled stays, as CANCELLED, so that
// programs which show it take it out.
func Calendar(name string, entries []Entry) string {
	c := ics.NewCalendarFor("Releasegraph")
	c.SetProductId("-//Releasegraph//Forward schedule//EN")
	c.SetMethod(ics.MethodPublish)
	c.SetCalscale("GREGORIAN")
	c.SetXWRCalName(plain(name))
	c.SetRefreshInterval("PT1H")
	c.SetXPublishedTTL("PT1H")
	sorted := slices.Clone(entries)
	Sort(sorted)
	for _, zone := range zonesOf(sorted) {
		c.AddVTimezone(zone)
	}
	for i := range sorted {
		c.AddVEvent(event(&sorted[i]))
	}
	return c.Serialize(ics.WithNewLineWindows)
}

func event(e *Entry) *ics.VEvent {
	v := ics.NewEvent(e.ID + "@releasegraph")
	v.SetDtStampTime(e.Changed)
	v.SetLastModifiedAt(e.Changed)
	v.SetSequence(e.Sequence)
	when, zone := seconds(e.When), zoneOf(e)
	setTime(v, ics.ComponentPropertyDtStart, when.From, zone)
	setTime(v, ics.ComponentPropertyDtEnd, when.To, zone)
	v.SetSummary(plain(e.Key + ": " + e.Name))
	v.SetStatus(ics.ObjectStatus(e.Status))
	if text := description(e); text != "" {
		v.SetDescription(plain(text))
	}
	if len(e.Sites) > 0 {
		v.SetLocation(plain(strings.Join(e.Sites, ", ")))
	}
	for _, s := range e.Services {
		v.AddCategory(plain(s))
	}
	v.SetTimeTransparency(ics.TransparencyTransparent) // it takes nobody's time who only looks
	return v
}

func description(e *Entry) string {
	var lines []string
	put := func(what, text string) {
		if text != "" {
			lines = append(lines, what+text)
		}
	}
	if len(e.HeldBy) > 0 {
		put("On hold: ", strings.Join(e.HeldBy, ", "))
	}
	put("", e.Description)
	put("Items: ", strings.Join(e.Items, ", "))
	put("Services: ", strings.Join(e.Services, ", "))
	put("Carried out by ", e.Person)
	return strings.Join(lines, "\n")
}

// plain leaves out what a calendar file cannot hold: control characters other
// than line feeds.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ReplaceAll(text, "\r\n", "\n"))
}

// seconds is the least range of whole seconds around another: a calendar file
// knows no parts of them.
func seconds(r domain.TimeRange) domain.TimeRange {
	to := r.To.Truncate(time.Second)
	if to.Before(r.To) {
		to = to.Add(time.Second)
	}
	return domain.TimeRange{From: r.From.Truncate(time.Second), To: to}
}

// zoneOf is the zone in which an entry's times are written: that of its place,
// or UTC where there is none, or where programs may differ on what is meant.
func zoneOf(e *Entry) *time.Location {
	if e.Zone == nil || e.Zone.String() == "UTC" {
		return time.UTC
	}
	when := seconds(e.When)
	if doubtful(when.From, e.Zone) || doubtful(when.To, e.Zone) {
		return time.UTC
	}
	return e.Zone
}

// doubtful reports whether programs may take the local time of an instant for
// another: the clocks show it twice, or are off UTC by parts of a minute, as
// some were up to 1972, which not every program reads.
func doubtful(t time.Time, zone *time.Location) bool {
	_, offset := t.In(zone).Zone()
	return offset%60 != 0 || calendar.ShownTwice(t, zone)
}

func setTime(v *ics.VEvent, property ics.ComponentProperty, t time.Time, zone *time.Location) {
	if zone == time.UTC {
		v.SetProperty(property, t.UTC().Format(utcForm))
		return
	}
	v.SetProperty(property, t.In(zone).Format(localForm), ics.WithTZID(zone.String()))
}

// zonesOf describes the zones of the entries, each for as long as it is needed.
func zonesOf(entries []Entry) (list []*ics.VTimezone) {
	spans := map[string]domain.TimeRange{}
	zones := map[string]*time.Location{}
	for i := range entries {
		e := &entries[i]
		zone := zoneOf(e)
		if zone == time.UTC {
			continue
		}
		name := zone.String()
		span, ok := spans[name]
		if !ok {
			span, zones[name] = e.When, zone
		}
		if e.When.From.Before(span.From) {
			span.From = e.When.From
		}
		if e.When.To.After(span.To) {
			span.To = e.When.To
		}
		spans[name] = span
	}
	names := make([]string, 0, len(zones))
	for name := range zones {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		list = append(list, timezone(zones[name], spans[name]))
	}
	return list
}

// timezone lists each offset of a zone that is in force within a span, from
// when on. The first is told from its own beginning, which may lie long before.
func timezone(zone *time.Location, span domain.TimeRange) *ics.VTimezone {
	z := ics.NewTimezone(zone.String())
	last := ""
	for at := span.From; ; {
		start, end := at.In(zone).ZoneBounds()
		if start.IsZero() || start.Year() < firstYear {
			start = time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		// A year's end may count as a change of a zone's offset without being one.
		if in := at.In(zone).Format("MST-07:00:00"); in != last {
			z.Components = append(z.Components, observance(zone, start, at))
			last = in
		}
		if end.IsZero() || end.After(span.To) {
			return z
		}
		if !end.After(at) {
			end = at.Add(24 * time.Hour) // the last day of a leap year ends its year early
		}
		at = end
	}
}

// firstYear is when a zone's offset begins that has no beginning.
const firstYear = 1900

// observance is one offset of a zone: since when, and from which other.
func observance(zone *time.Location, start, at time.Time) ics.Component {
	name, offset := at.In(zone).Zone()
	_, before := start.Add(-time.Second).In(zone).Zone()
	base := ics.ComponentBase{}
	base.AddProperty(ics.ComponentPropertyDtStart, start.UTC().Add(time.Duration(before)*time.Second).Format(localForm))
	base.AddProperty(ics.ComponentProperty(ics.PropertyTzoffsetfrom), offsetText(before))
	base.AddProperty(ics.ComponentProperty(ics.PropertyTzoffsetto), offsetText(offset))
	base.AddProperty(ics.ComponentProperty(ics.PropertyTzname), name)
	if at.In(zone).IsDST() {
		return &ics.Daylight{ComponentBase: base}
	}
	return &ics.Standard{ComponentBase: base}
}

func offsetText(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	text := fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		text += fmt.Sprintf("%02d", seconds%60)
	}
	return text
}
