package schedule_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/schedule"
)

// switching are zones whose clocks are put forward and back, or were, in many
// ways: by an hour, half of one, two, a day, at midnight, twice a year or four
// times, with a winter time that counts as the odd one.
var switching = []string{
	"Europe/Paris", "Europe/London", "Europe/Dublin", "America/New_York", "America/St_Johns", "America/Sao_Paulo", "America/Nuuk", "America/Havana",
	"America/Caracas", "America/Scoresbysund", "America/Santiago", "Australia/Lord_Howe", "Australia/Adelaide", "Pacific/Auckland",
	"Pacific/Chatham", "Pacific/Apia", "Pacific/Kwajalein", "Africa/Casablanca", "Africa/Cairo", "Africa/Monrovia", "Antarctica/Troll", "Antarctica/Casey",
	"Asia/Kolkata", "Asia/Kathmandu", "Asia/Gaza", "Asia/Tehran", "Asia/Pyongyang", "Europe/Istanbul", "Europe/Moscow", "Europe/Volgograd", "Etc/GMT-14",
}

// instantsOf lists all instants at which the clocks of a zone show a local time.
func instantsOf(local string, zone *time.Location) []time.Time {
	const form = "20060102T150405"
	wall, err := time.Parse(form, local)
	if err != nil {
		return nil
	}
	offsets := map[int]bool{}
	for at := wall.Add(-30 * time.Hour); at.Before(wall.Add(30 * time.Hour)); at = at.Add(15 * time.Minute) {
		_, offset := at.In(zone).Zone()
		offsets[offset] = true
	}
	var all []time.Time
	for offset := range offsets {
		if t := wall.Add(-time.Duration(offset) * time.Second); t.In(zone).Format(form) == local {
			all = append(all, t)
		}
	}
	return all
}

func showsTwice(t time.Time, zone *time.Location) bool {
	return zone != nil && len(instantsOf(t.In(zone).Format("20060102T150405"), zone)) > 1
}

// observance is an offset of a zone as a file tells it: from a local time on.
type observance struct {
	from           string
	before, offset time.Duration
}

// plainReader reads times as RFC 5545 tells it, and knows no zones but those of
// the file.
type plainReader struct {
	zones  map[string][]observance
	events map[string]map[string]string // properties by UID
}

func readPlainly(t failer, file string) plainReader {
	r := plainReader{zones: map[string][]observance{}, events: map[string]map[string]string{}}
	var in, zone string
	var o observance
	props := map[string]string{}
	for line := range strings.SplitSeq(strings.ReplaceAll(file, "\r\n ", ""), "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		switch {
		case name == "BEGIN":
			in = value
			props = map[string]string{}
		case line == "END:STANDARD", line == "END:DAYLIGHT":
			o = observance{props["DTSTART"], offset(t, props["TZOFFSETFROM"]), offset(t, props["TZOFFSETTO"])}
			r.zones[zone] = append(r.zones[zone], o)
		case line == "END:VEVENT":
			r.events[props["UID"]] = props
		case in == "VTIMEZONE" && name == "TZID":
			zone = value
		}
		if plain, parameters, found := strings.Cut(name, ";TZID="); found {
			name, value = plain, parameters+"/"+value
		}
		props[name] = value
	}
	return r
}

func offset(t failer, text string) time.Duration {
	var sign rune
	var h, m, s int
	if n, err := fmt.Sscanf(text, "%c%02d%02d%02d", &sign, &h, &m, &s); n < 3 {
		t.Fatalf("%q is no offset: %v", text, err)
	}
	d := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second
	if sign == '-' {
		return -d
	}
	return d
}

// instant reads a time: in UTC, or by the last of its zone's observances that
// has begun; and by the zone as the system knows it, where it must be one only.
func (r plainReader) instant(t failer, uid, property string) time.Time {
	text := r.events[uid][property]
	if at, err := time.Parse("20060102T150405Z", text); err == nil {
		return at
	}
	cut := strings.LastIndex(text, "/")
	if cut < 0 {
		t.Fatalf("%s has %s %q", uid, property, text)
	}
	name, local := text[:cut], text[cut+1:]
	wall, err := time.Parse("20060102T150405", local)
	last, found := "", time.Time{}
	for _, o := range r.zones[name] {
		if o.from <= local && o.from >= last {
			last, found = o.from, wall.Add(-o.offset)
		}
	}
	if err != nil || found.IsZero() {
		t.Fatalf("%s: no observance of %s has begun at %s", uid, name, local)
	}
	zone, err := time.LoadLocation(name)
	if all := instantsOf(local, zone); err != nil || len(all) != 1 || !all[0].Equal(found) {
		t.Fatalf("%s: %s in %s is %v, by the file %s", uid, local, name, all, found)
	}
	return found
}

// near draws an instant that may lie close to a switch of the zone's clocks.
func near(t *rapid.T, zone *time.Location) time.Time {
	at := time.Unix(rapid.Int64Range(0, 2_500_000_000).Draw(t, "at"), 0).UTC()
	if rapid.Bool().Draw(t, "anywhere") {
		return at
	}
	if _, end := at.In(zone).ZoneBounds(); !end.IsZero() {
		at = end.UTC()
	}
	return at.Add(time.Duration(rapid.IntRange(-200, 200).Draw(t, "minutes")) * time.Minute)
}

func drawEntries(t *rapid.T) []schedule.Entry {
	entries := make([]schedule.Entry, rapid.IntRange(1, 8).Draw(t, "entries"))
	for i := range entries {
		zone, err := time.LoadLocation(rapid.SampledFrom(switching).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		from := near(t, zone)
		length := time.Duration(rapid.Int64Range(1, 5*3600).Draw(t, "seconds")) * time.Second
		if rapid.IntRange(0, 4).Draw(t, "long") == 0 {
			length = time.Duration(rapid.IntRange(1, 400*24).Draw(t, "hours")) * time.Hour
		}
		entries[i] = schedule.Entry{
			ID: fmt.Sprint(i), Key: fmt.Sprint(i), Name: "x", Zone: zone, Status: schedule.Confirmed, Changed: from,
			When: domain.TimeRange{From: from, To: from.Add(length)},
		}
	}
	return entries
}

// H5: whoever reads the file reads the instants that were planned, also in the
// hour that comes twice and round the hour that never comes: a program with its
// own time zones, one with those of the file only, and ical.js.
func TestEachReaderOfTheFileReadsTheInstantsThatWerePlanned_H5(t *testing.T) {
	js := startReader(t)
	rapid.Check(t, func(t *rapid.T) {
		entries := drawEntries(t)
		file := schedule.Calendar("x", entries)
		plain := readPlainly(t, file)
		_, events := js.read(t, file)
		if len(events) != len(entries) {
			t.Fatalf("%d events of %d", len(events), len(entries))
		}
		byUID := map[string]readEvent{}
		for _, e := range events {
			byUID[e.UID] = e
		}
		for _, e := range entries {
			uid := e.ID + "@releasegraph"
			got := domain.TimeRange{From: plain.instant(t, uid, "DTSTART"), To: plain.instant(t, uid, "DTEND")}
			if !got.From.Equal(e.When.From) || !got.To.Equal(e.When.To) {
				t.Fatalf("%s in %s reads as %s to %s in\n%s", e.When.From, e.Zone, got.From, got.To, file)
			}
			if other := byUID[uid]; !other.From.Equal(e.When.From) || !other.To.Equal(e.When.To) {
				t.Fatalf("ical.js reads %s in %s as %s to %s in\n%s", e.When.From, e.Zone, other.From, other.To, file)
			}
		}
	})
}

// H5: times are told as the clocks of the place show them wherever these leave
// no doubt, and else in UTC.
func TestTimesAreThoseOfThePlaceWhereItsClocksLeaveNoDoubt_H5(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, start, end string }{
		{"2027-10-30T20:00:00Z", "2027-10-31T03:00:00Z", "Europe/Paris/20271030T220000", "Europe/Paris/20271031T040000"},
		{"2027-10-31T01:15:00Z", "2027-10-31T03:00:00Z", "20271031T011500Z", "20271031T030000Z"},
		{"2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z", "20271031T003000Z", "20271031T013000Z"},
		{"2027-10-30T22:00:00Z", "2027-10-31T00:00:00Z", "20271030T220000Z", "20271031T000000Z"},
		{"2027-03-28T00:30:00Z", "2027-03-28T01:30:00Z", "Europe/Paris/20270328T013000", "Europe/Paris/20270328T033000"},
		// A file knows whole seconds only: what is shorter lasts one.
		{"2027-06-01T08:00:00.2Z", "2027-06-01T08:00:00.7Z", "Europe/Paris/20270601T100000", "Europe/Paris/20270601T100001"},
	} {
		when := domain.TimeRange{}
		when.From, _ = time.Parse(time.RFC3339, c.from)
		when.To, _ = time.Parse(time.RFC3339, c.to)
		file := schedule.Calendar("x", []schedule.Entry{{ID: "1", When: when, Zone: paris}})
		got := readPlainly(t, file).events["1@releasegraph"]
		if got["DTSTART"] != c.start || got["DTEND"] != c.end {
			t.Errorf("%s to %s is written %s to %s, want %s to %s", c.from, c.to, got["DTSTART"], got["DTEND"], c.start, c.end)
		}
	}
}
