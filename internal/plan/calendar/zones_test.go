package calendar_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
)

func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func window(t testing.TB, s calendar.Spec) *calendar.Window {
	t.Helper()
	w, errs := calendar.New(s)
	if errs != nil {
		t.Fatal(errs)
	}
	return w
}

func between(t testing.TB, from, to string) domain.TimeRange {
	t.Helper()
	return domain.TimeRange{From: instant(t, from), To: instant(t, to)}
}

// P7, RFC 5545 3.3.5: what the clocks skip counts with the offset before the
// gap, what they show twice is the first of the two.
func TestADailyWindowOpensRightRoundBothSwitchesOfEachZone(t *testing.T) {
	for _, c := range []struct {
		zone, first string
		opens       []string // on three days: the middle one has the switch
	}{
		{"Europe/Paris", "2026-03-28T02:30", []string{"2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"}},
		{"Europe/Paris", "2026-10-24T02:30", []string{"2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}},
		{"Europe/London", "2026-03-28T01:30", []string{"2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"}},
		{"Europe/London", "2026-10-24T01:30", []string{"2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}},
		{"America/New_York", "2026-03-07T02:30", []string{"2026-03-07T07:30:00Z", "2026-03-08T07:30:00Z", "2026-03-09T06:30:00Z"}},
		{"America/New_York", "2026-10-31T01:30", []string{"2026-10-31T05:30:00Z", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"}},
		{"Australia/Lord_Howe", "2026-10-03T02:15", []string{"2026-10-02T15:45:00Z", "2026-10-03T15:45:00Z", "2026-10-04T15:15:00Z"}},
		{"Australia/Lord_Howe", "2026-04-04T01:45", []string{"2026-04-03T14:45:00Z", "2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"}},
		{"Asia/Kolkata", "2026-03-28T02:30", []string{"2026-03-27T21:00:00Z", "2026-03-28T21:00:00Z", "2026-03-29T21:00:00Z"}},
		{"Asia/Kolkata", "2026-10-24T02:30", []string{"2026-10-23T21:00:00Z", "2026-10-24T21:00:00Z", "2026-10-25T21:00:00Z"}},
		{"America/Sao_Paulo", "2018-11-03T00:30", []string{"2018-11-03T03:30:00Z", "2018-11-04T03:30:00Z", "2018-11-05T02:30:00Z"}},
		{"America/Sao_Paulo", "2019-02-15T23:30", []string{"2019-02-16T01:30:00Z", "2019-02-17T01:30:00Z", "2019-02-18T02:30:00Z"}},
		// The clocks of Casablanca go back for Ramadan, and forward after it.
		{"Africa/Casablanca", "2026-02-14T02:30", []string{"2026-02-14T01:30:00Z", "2026-02-15T01:30:00Z", "2026-02-16T02:30:00Z"}},
		{"Africa/Casablanca", "2026-03-21T02:30", []string{"2026-03-21T02:30:00Z", "2026-03-22T02:30:00Z", "2026-03-23T01:30:00Z"}},
		// Apia had no 30 December 2011: it crossed the date line.
		{"Pacific/Apia", "2011-12-29T12:00", []string{"2011-12-29T22:00:00Z", "2011-12-30T22:00:00Z"}},
		{"Pacific/Apia", "2012-03-31T03:30", []string{"2012-03-30T13:30:00Z", "2012-03-31T13:30:00Z", "2012-04-01T14:30:00Z"}},
	} {
		t.Run(c.zone+" "+c.first, func(t *testing.T) {
			w := window(t, local("FREQ=DAILY;COUNT=3", c.first, "PT1H", c.zone))
			first := instant(t, c.opens[0])
			got := w.Occurrences(domain.TimeRange{From: first.Add(-48 * time.Hour), To: first.Add(96 * time.Hour)})
			var want []domain.TimeRange
			for _, open := range c.opens {
				want = append(want, domain.TimeRange{From: instant(t, open), To: instant(t, open).Add(time.Hour)})
			}
			if !slices.Equal(got, want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
}

// The lost day of Apia: noon of 30 December, told by the offset before the gap,
// is noon of the 31st, which the recurrence names as well. It opens once.
func TestAWindowOnALostDayIsThatOfTheNext(t *testing.T) {
	w := window(t, local("FREQ=DAILY;COUNT=4", "2011-12-29T12:00", "PT1H", "Pacific/Apia"))
	got := w.Occurrences(between(t, "2011-12-25T00:00:00Z", "2012-01-05T00:00:00Z"))
	if len(got) != 3 {
		t.Errorf("opens %v, want three times", got)
	}
}

func TestTheLastDayOfALeapYearIsADayLikeOthers(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for _, year := range []string{"2028", "2040", "2196"} {
		wall, err := calendar.ParseWall(year + "-12-31T22:00")
		if err != nil {
			t.Fatal(err)
		}
		if got, want := calendar.Instant(wall, zone), wall.Add(5*time.Hour); !got.Equal(want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestADayLastsUntilTheSameHourOfTheNextAndTwentyFourHoursDoNot(t *testing.T) {
	spring := between(t, "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z")
	for duration, hours := range map[string]float64{"P1D": 23, "PT24H": 24} {
		w := window(t, local("", "2026-03-29T00:00", duration, "Europe/Paris"))
		if got := w.Occurrences(spring); len(got) != 1 || got[0].Length().Hours() != hours {
			t.Errorf("%s from midnight of the switch: %v, want %v hours", duration, got, hours)
		}
	}
	autumn := window(t, local("", "2026-10-25T00:00", "P1D", "Europe/Paris"))
	if got := autumn.Occurrences(between(t, "2026-10-24T00:00:00Z", "2026-10-27T00:00:00Z")); got[0].Length().Hours() != 25 {
		t.Errorf("the day of the autumn switch lasts %s", got[0].Length())
	}
}

func TestAnInstantIsFoundAsASearchOverTheClocksFindsIt(t *testing.T) {
	zones := []string{
		"Europe/Paris", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo",
		"Africa/Casablanca", "Pacific/Apia", "America/St_Johns", "Antarctica/Troll", "Europe/Dublin", "Asia/Tehran",
	}
	const step = 15 * time.Minute
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		// Near a change of the clocks, or anywhere.
		at := time.Unix(rapid.Int64Range(946684800, 7258118400).Draw(t, "at"), 0)
		if _, change := at.In(zone).ZoneBounds(); !change.IsZero() && rapid.Bool().Draw(t, "near") {
			at = change
		}
		wall := calendar.Wall(at, zone).Truncate(step).Add(time.Duration(rapid.IntRange(-100, 100).Draw(t, "steps")) * step)
		var want time.Time
		for u := wall.Add(-26 * time.Hour); want.IsZero(); u = u.Add(step) {
			switch face, next := calendar.Wall(u, zone), calendar.Wall(u.Add(step), zone); {
			case face.Equal(wall):
				want = u
			case face.Before(wall) && next.After(wall):
				want = wall.Add(-face.Sub(u))
			}
		}
		if got := calendar.Instant(wall, zone); !got.Equal(want) {
			t.Fatalf("%s in %s: got %s, want %s", wall, zone, got, want)
		}
	})
}
