package schedule_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/schedule"
)

var zoneNames = []string{
	"", "UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo", "Africa/Casablanca",
	"Europe/London", "Pacific/Apia", "America/St_Johns",
}

var nastyTexts = []string{
	"plain", "comma, semicolon; colon: backslash \\ and \\n", "two\nlines", "quotes \" and 'single'", strings.Repeat("été à Þingvellir 漢字 🛠 ", 12),
	strings.Repeat("x", 200), "tab\tand carriage\r\nreturn", "BEGIN:VEVENT\nEND:VCALENDAR", " leading and trailing ",
}

func manyEntries(t *testing.T) []schedule.Entry {
	t.Helper()
	random := rand.New(rand.NewPCG(3, 5))
	pick := func() string { return nastyTexts[random.IntN(len(nastyTexts))] }
	var entries []schedule.Entry
	for i := range 300 {
		// Round the changes of the clocks, and to the minute.
		month := []time.Month{3, 4, 10, 11, 12}[random.IntN(5)]
		from := time.Date(2026+random.IntN(3), month, 1+random.IntN(31), random.IntN(24), random.IntN(60), 0, 0, time.UTC)
		e := schedule.Entry{
			ID: fmt.Sprintf("0b1c%04d", i), Key: fmt.Sprintf("RFC-%d", i), Name: pick(), Description: pick(), Sequence: random.IntN(50),
			When:   domain.TimeRange{From: from, To: from.Add(time.Duration(1+random.IntN(5000)) * time.Minute)},
			Status: []schedule.Status{schedule.Tentative, schedule.Confirmed, schedule.Cancelled}[random.IntN(3)],
			Sites:  []string{"Paris 1", pick()}, Services: []string{pick()}, Changed: from.AddDate(0, -1, 0), Person: "Ann",
		}
		if name := zoneNames[random.IntN(len(zoneNames))]; name != "" {
			zone, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			e.Zone = zone
		}
		entries = append(entries, e)
	}
	return entries
}

// shown is a text as a calendar file can hold it.
func shown(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\t", " ")
}

// H5: another program's parser reads the same events from the file.
func TestAnIndependentParserReadsTheSameEvents(t *testing.T) {
	entries := manyEntries(t)
	name, events := startReader(t).read(t, schedule.Calendar("Planned changes", entries))
	if name != "Planned changes" || len(events) != len(entries) {
		t.Fatalf("the calendar is %q with %d events, want %d", name, len(events), len(entries))
	}
	found := map[string]readEvent{}
	for _, e := range events {
		found[e.UID] = e
	}
	for _, e := range entries {
		got := found[e.ID+"@releasegraph"]
		zone := e.Zone.String() // "UTC" where there is none
		if got.Zone == "UTC" && (showsTwice(e.When.From, e.Zone) || showsTwice(e.When.To, e.Zone)) {
			zone = "UTC"
		}
		switch {
		case !got.From.Equal(e.When.From) || !got.To.Equal(e.When.To):
			t.Errorf("%s in %s: from %s to %s, want %s to %s", e.Key, zone, got.From, got.To, e.When.From, e.When.To)
		case got.Zone != zone:
			t.Errorf("%s: in %s, want %s", e.Key, got.Zone, zone)
		case got.Summary != shown(e.Key+": "+e.Name):
			t.Errorf("%s: %q, want %q", e.Key, got.Summary, shown(e.Name))
		case !strings.Contains(got.Description, shown(e.Description)):
			t.Errorf("%s: %q, want %q in it", e.Key, got.Description, shown(e.Description))
		case got.Location != shown(strings.Join(e.Sites, ", ")):
			t.Errorf("%s: at %q, want %q", e.Key, got.Location, e.Sites)
		case got.Status != string(e.Status) || got.Sequence != e.Sequence:
			t.Errorf("%s: %s %d, want %s %d", e.Key, got.Status, got.Sequence, e.Status, e.Sequence)
		case !slices.Equal(got.Categories, []string{shown(e.Services[0])}):
			t.Errorf("%s: categories %q, want %q", e.Key, got.Categories, e.Services)
		}
	}
}

func TestLinesAreFoldedWithinSeventyFiveBytesAndTheSameEntriesGiveTheSameFile(t *testing.T) {
	entries := manyEntries(t)
	file := schedule.Calendar("Changes", entries)
	for line := range strings.SplitSeq(strings.TrimSuffix(file, "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") {
			t.Fatalf("%d bytes: %.200q", len(line), line)
		}
	}
	slices.Reverse(entries)
	if again := schedule.Calendar("Changes", entries); again != file {
		t.Error("the same entries in another order give another file")
	}
}

// H5, H2: what was given up stays in the feed as cancelled; what is on hold is
// not firm.
func TestTheStatusOfAnEntryFollowsFromThatOfTheRequest(t *testing.T) {
	for status, want := range map[domain.ChangeRequestStatus]schedule.Status{
		domain.ChangeDraft: schedule.Tentative, domain.ChangeSubmitted: schedule.Tentative, domain.ChangeAssessed: schedule.Tentative,
		domain.ChangeAuthorised: schedule.Confirmed, domain.ChangeInRelease: schedule.Confirmed, domain.ChangeImplemented: schedule.Confirmed,
		domain.ChangeClosed: schedule.Confirmed, domain.ChangeRejected: schedule.Cancelled, domain.ChangeWithdrawn: schedule.Cancelled,
		domain.ChangeBackedOut: schedule.Cancelled,
	} {
		if got := schedule.StatusOf(&domain.ChangeRequest{Status: status}); got != want {
			t.Errorf("%s is %s, want %s", status, got, want)
		}
	}
	held := &domain.ChangeRequest{Status: domain.ChangeAuthorised, HeldBy: []string{"yule"}}
	if got := schedule.StatusOf(held); got != schedule.Tentative {
		t.Errorf("an authorised change on hold is %s", got)
	}
}
