package calendar_test

import (
	"slices"
	"strings"
	"testing"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
)

func pointer[T any](v T) *T { return &v }

func TestAllThatIsWrongWithAWindowIsToldByField(t *testing.T) {
	from := instant(t, "2026-12-01T00:00:00Z")
	for name, c := range map[string]struct {
		spec calendar.Spec
		want []string
	}{
		"nothing given":    {calendar.Spec{}, []string{"from: is missing: give from and to, or startsAt"}},
		"end before start": {calendar.Spec{From: &from, To: pointer(from.AddDate(0, 0, -1))}, []string{"to: must be after from, which is 2026-12-01T00:00:00Z"}},
		"no end":           {calendar.Spec{From: &from}, []string{"to: is missing beside from"}},
		"both ways": {
			calendar.Spec{From: &from, To: pointer(from.AddDate(0, 0, 1)), Recurrence: pointer("FREQ=DAILY"), Duration: pointer("PT1H")},
			[]string{"recurrence: cannot be given beside from and to", "duration: cannot be given beside from and to"},
		},
		"everything": {
			local("FREQ=SECONDLY;COUNT=0;BYHOUR=24", "tonight", "P1M", "Mars/Olympus"),
			[]string{
				"timeZone: \"Mars/Olympus\" is no IANA time zone", "startsAt: \"tonight\" is no local time", "duration: \"P1M\" is no ISO 8601 duration of weeks",
				"recurrence: FREQ=SECONDLY opens too often", "recurrence: COUNT must be from 1 to", "recurrence: BYHOUR must be from 0 to 23, not \"24\"",
			},
		},
		"no zone":        {calendar.Spec{Recurrence: pointer("FREQ=DAILY"), StartsAt: pointer("2026-12-01T22:00"), Duration: pointer("PT1H")}, []string{"timeZone: is missing"}},
		"with an offset": {local("FREQ=DAILY", "2026-12-01T22:00Z", "PT1H", "UTC"), []string{"startsAt: \"2026-12-01T22:00Z\" is no local time"}},
		"30 February":    {local("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-12-01T22:00", "PT1H", "UTC"), []string{"recurrence: yields nothing"}},
		"odd leap years": {local("FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", "2025-12-01T22:00", "PT1H", "UTC"), []string{"recurrence: yields nothing"}},
		"ended before":   {local("FREQ=DAILY;UNTIL=20251201T000000Z", "2026-12-01T22:00", "PT1H", "UTC"), []string{"recurrence: yields nothing"}},
		"no such hour":   {local("FREQ=HOURLY;INTERVAL=2;BYHOUR=3", "2026-12-01T22:00", "PT1H", "UTC"), []string{"recurrence: yields nothing"}},
		"all left out": {
			calendar.Spec{Recurrence: pointer("FREQ=DAILY;COUNT=1"), StartsAt: pointer("2026-12-01T22:00"), Duration: pointer("PT1H"), TimeZone: pointer("UTC"), Except: []string{"2026-12-01T22:00"}},
			[]string{"recurrence: yields nothing: no date from startsAt on fits all parts of the rule but those left out by except"},
		},
		"longer than its period":   {local("FREQ=DAILY", "2026-12-01T22:00", "PT25H", "UTC"), []string{"duration: is so long that it never closes: the window of 2026-12-01T22:00:00 would still be open PT24H later"}},
		"neighbours all too close": {local("FREQ=WEEKLY;BYDAY=MO,TH", "2026-12-01T22:00", "P5D", "UTC"), []string{"duration: is so long that it never closes"}},
		"count and until":          {local("FREQ=DAILY;COUNT=2;UNTIL=20270101", "2026-12-01T22:00", "PT1H", "UTC"), []string{"recurrence: COUNT and UNTIL cannot be given together"}},
		"parts that do not fit":    {local("FREQ=WEEKLY;BYMONTHDAY=1;BYDAY=1MO", "2026-12-01T22:00", "PT1H", "UTC"), []string{"recurrence: BYMONTHDAY cannot be given with FREQ=WEEKLY", "recurrence: BYDAY=+1MO: a day has a number"}},
		"no recurrence":            {local("TONIGHT", "2026-12-01T22:00", "PT1H", "UTC"), []string{"recurrence: \"TONIGHT\" is no part NAME=VALUE", "recurrence: FREQ is missing"}},
		"a field of its own":       {local("FREQ=DAILY;DTSTART=20261201", "2026-12-01T22:00", "PT1H", "UTC"), []string{"recurrence: DTSTART is a field of its own"}},
		"given twice":              {local("FREQ=DAILY;FREQ=WEEKLY", "2026-12-01T22:00", "PT1H", "UTC"), []string{"recurrence: FREQ is given twice"}},
		"too often":                {local("FREQ=HOURLY;BYMINUTE=0,10,20,30,40,50", "2026-12-01T22:00", "PT1M", "UTC"), []string{"recurrence: starts 144 times a day"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, errs := calendar.New(c.spec)
			var got []string
			for _, e := range errs {
				got = append(got, e.Error())
			}
			ok := len(got) == len(c.want)
			for i := range min(len(got), len(c.want)) {
				ok = ok && strings.HasPrefix(got[i], c.want[i])
			}
			if !ok {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
			}
		})
	}
}

func TestAnEndlessRecurrenceIsBoundedByTheQuestionHoweverOldItIs(t *testing.T) {
	w := window(t, local("FREQ=WEEKLY;BYDAY=SU", "1970-01-04T02:00", "PT4H", "Europe/Paris"))
	got := w.Occurrences(between(t, "2199-01-01T00:00:00Z", "2199-02-01T00:00:00Z"))
	if len(got) != 4 {
		t.Errorf("opens %d times in January 2199, want four", len(got))
	}
}

func TestAWindowThatIsOpenAlreadyIsTold(t *testing.T) {
	w := window(t, local("FREQ=MONTHLY;BYDAY=-1FR", "2026-01-30T18:00", "P2DT12H", "America/New_York"))
	got := w.Occurrences(between(t, "2026-11-29T00:00:00Z", "2026-11-29T01:00:00Z"))
	want := []domain.TimeRange{between(t, "2026-11-27T23:00:00Z", "2026-11-30T11:00:00Z")}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestUntilIsAnInstantOrALocalTimeAndHoldsItself(t *testing.T) {
	for rule, want := range map[string]int{
		"FREQ=DAILY;UNTIL=20261203T210000Z": 3, // 22:00 in Paris
		"FREQ=DAILY;UNTIL=20261203T205959Z": 2,
		"FREQ=DAILY;UNTIL=20261203T220000":  3,
		"FREQ=DAILY;UNTIL=20261203":         3,
		"FREQ=DAILY;UNTIL=20261202":         2,
	} {
		w := window(t, local(rule, "2026-12-01T22:00", "PT1H", "Europe/Paris"))
		if got := w.Occurrences(between(t, "2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z")); len(got) != want {
			t.Errorf("%s opens %d times, want %d", rule, len(got), want)
		}
	}
}

func TestStartsCanBeLeftOut(t *testing.T) {
	s := local("FREQ=DAILY;COUNT=3", "2026-12-01T22:00", "PT1H", "UTC")
	s.Except = []string{"2026-12-02T22:00"}
	got := window(t, s).Occurrences(between(t, "2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z"))
	if len(got) != 2 || got[1].From.Day() != 3 {
		t.Errorf("opens %v, want on the first and third", got)
	}
}

func TestPlainAndNumberedDaysAddUp(t *testing.T) {
	w := window(t, local("FREQ=MONTHLY;BYDAY=MO,2TU", "2026-12-01T22:00", "PT1H", "UTC"))
	got := w.Occurrences(between(t, "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"))
	if len(got) != 5 { // the 7th, 14th, 21st, 28th, and Tuesday the 8th
		t.Errorf("opens %v", got)
	}
}

func TestADurationIsWrittenAsItIsRead(t *testing.T) {
	for text, want := range map[string]string{"P1W": "P7D", "P1DT2H3M4S": "P1DT2H3M4S", "PT90M": "PT1H30M", "PT36H": "PT36H"} {
		d, err := calendar.ParseDuration(text)
		if err != nil || d.String() != want {
			t.Errorf("%s is %s (%v), want %s", text, d, err, want)
		}
	}
	for _, text := range []string{"", "P", "PT", "P1DT", "1H", "P1Y", "PT0S", "P0D", "PT-1H", "P367D", "PT99999999M"} {
		if d, err := calendar.ParseDuration(text); err == nil {
			t.Errorf("%q was read as %s", text, d)
		}
	}
}

// FuzzRule: whatever a rule says, it is refused or it opens in order.
func FuzzRule(f *testing.F) {
	for _, rule := range []string{
		"FREQ=WEEKLY;BYDAY=SU", "RRULE:FREQ=MONTHLY;BYDAY=-1FR;BYSETPOS=1", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=TH", "FREQ=YEARLY;BYYEARDAY=-1,366",
		"FREQ=HOURLY;INTERVAL=5;BYHOUR=1,13", "FREQ=DAILY;COUNT=7", "FREQ=MONTHLY;UNTIL=20270101T000000Z;BYMONTHDAY=31",
		"FREQ=YEARLY;BYDAY=53MO,-53SU", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=SECONDLY", "FREQ=;;=", "FREQ=MONTHLY;BYDAY=99MO",
	} {
		f.Add(rule, "2026-12-01T22:00")
	}
	within := between(f, "2026-11-01T00:00:00Z", "2028-11-01T00:00:00Z")
	f.Fuzz(func(t *testing.T, rule, start string) {
		w, errs := calendar.New(local(rule, start, "PT1M", "Europe/Paris"))
		if errs != nil {
			return
		}
		list := w.Occurrences(within)
		for i, r := range list {
			if !r.Overlaps(within) || r.Length() <= 0 || i > 0 && !list[i-1].From.Before(r.From) {
				t.Fatalf("%s from %s opens at %v", rule, start, list)
			}
		}
		parsed, errsOfRule := calendar.ParseRule(rule)
		if errsOfRule != nil {
			t.Fatalf("%q is refused (%v) and used", rule, errsOfRule)
		}
		if again, errs := calendar.ParseRule(parsed.String()); errs != nil || again.String() != parsed.String() {
			t.Fatalf("%q is written as %q, which is not read as the same", rule, parsed)
		}
	})
}
