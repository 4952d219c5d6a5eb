package announcement_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/announcement"
)

func some[T any](v T) *T { return &v }

func party(key, email string, of domain.PartyType) *domain.Party {
	p := &domain.Party{Record: domain.Record{Key: key, Name: key}, Type: of, TimeZone: some("Europe/Paris")}
	if email != "" {
		p.Email = &email
	}
	return p
}

func site(key, email string) *domain.Site {
	return &domain.Site{Record: domain.Record{Key: key, Name: key}, Email: &email}
}

// An address that several parties share is told as one of the first audiences; one that
// stands for several sites is told of each.
func TestWhomAReleaseConcernsIsToldAsOne_R14(t *testing.T) {
	desk, ann := party("desk", "Desk@example.org", domain.PartyTeam), party("ann", "desk@example.org", domain.PartyPerson)
	acme := party("acme", "", domain.PartyCustomer)
	c := announcement.Concerned{
		Supporting: []*domain.Party{desk, desk}, Served: []*domain.Party{acme, desk, party("bob", "bob@example.org", domain.PartyPerson)}, Owning: []*domain.Party{ann, acme},
		Sites: []*domain.Site{site("par", "desk@example.org"), site("lyo", "desk@example.org"), site("par", "desk@example.org")},
	}
	var told []string
	for _, l := range c.Listeners() {
		told = append(told, fmt.Sprint(l.Audience, " ", l.Key))
	}
	require.Equal(t, []string{"SUPPORT desk", "CUSTOMERS acme", "USERS bob", "SITE lyo", "SITE par"}, told)
}

func TestTheClockSendsAPlanThatIsCertainAndNotOver_R14(t *testing.T) {
	now := time.Date(2026, 3, 6, 8, 0, 0, 0, time.UTC)
	a := func(change func(*domain.Announcement)) *domain.Announcement {
		one := &domain.Announcement{Status: domain.AnnouncementDraft, Occasion: domain.OnPlan, PlannedAt: &now, Recipients: make([]domain.AnnouncementRecipient, 1)}
		change(one)
		return one
	}
	as := func(*domain.Announcement) {}
	later := now.Add(time.Hour)
	accepted := &domain.Release{Status: domain.ReleaseAccepted, PlannedTo: &later}
	require.True(t, announcement.Due(a(as), accepted, now))
	require.False(t, announcement.Due(a(as), accepted, now.Add(-time.Second)))
	require.False(t, announcement.Due(a(as), accepted, later), "its calendar is over")
	require.False(t, announcement.Due(a(as), &domain.Release{Status: domain.ReleaseBuilding, PlannedTo: &later}, now))
	require.True(t, announcement.Due(a(func(one *domain.Announcement) { one.Occasion = domain.OnChange }), &domain.Release{Status: domain.ReleasePlanned}, now))
	for _, change := range []func(*domain.Announcement){
		func(one *domain.Announcement) { one.Status = domain.AnnouncementSent }, func(one *domain.Announcement) { one.Outdated = true },
		func(one *domain.Announcement) { one.PlannedAt = nil }, func(one *domain.Announcement) { one.Recipients = nil },
	} {
		require.False(t, announcement.Due(a(change), accepted, now))
	}
}

// words write what is told as it is, in two languages.
type words struct{}

func (words) Nearest(language string) string {
	if language == "fr" {
		return language
	}
	return "en"
}

func (words) Write(l announcement.Letter) (string, string, error) {
	return string(l.Occasion), fmt.Sprint(l.Language, l.From, l.Zones), nil
}

// Whatever parties come and go, share addresses and change them, and however often the
// calendar moves: no mailbox is told of the plan twice, none is told what it knows, and
// each pending draft tells each mailbox once (R14).
func TestNoMailboxIsToldWhatItKnows_R14(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{plans: map[string]int{}, knows: map[string]string{}, audiences: map[string]domain.AnnouncementAudience{}}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			w.move(t)
			w.plan(t)
			w.send(t)
		}
	})
}

type world struct {
	from      time.Time
	cancelled bool
	concerned announcement.Concerned
	list      []*domain.Announcement
	plans     map[string]int
	knows     map[string]string
	audiences map[string]domain.AnnouncementAudience
	clock     time.Time
}

func (w *world) move(t *rapid.T) {
	w.from = time.Date(2026, 3, rapid.IntRange(20, 22).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
	w.cancelled = rapid.IntRange(0, 9).Draw(t, "cancelled") == 0
	w.concerned = announcement.Concerned{}
	for _, key := range []string{"a", "b", "c", "d"} {
		p := party(key, rapid.SampledFrom([]string{"", "x@example.org", "y@example.org", key + "@example.org"}).Draw(t, "address of "+key), rapid.SampledFrom(domain.PartyTypes).Draw(t, "type"))
		p.Language = some(rapid.SampledFrom([]string{"en", "fr"}).Draw(t, "language"))
		switch rapid.IntRange(0, 3).Draw(t, "why "+key) {
		case 0:
			w.concerned.Supporting = append(w.concerned.Supporting, p)
		case 1:
			w.concerned.Served = append(w.concerned.Served, p)
		case 2:
			w.concerned.Owning = append(w.concerned.Owning, p)
		}
	}
}

func (w *world) plan(t *rapid.T) {
	w.clock = w.clock.Add(time.Hour)
	to := w.from.Add(24 * time.Hour)
	q := announcement.Question{
		Told: announcement.Told{Name: "R", Version: "1", From: &w.from, To: &to, Cancelled: w.cancelled}, Listeners: w.concerned.Listeners(), Existing: w.list, News: true, Now: w.clock, Writer: words{},
	}
	steps, err := q.Plan(context.Background())
	require.NoError(t, err)
	for _, s := range steps {
		if s.Before != nil {
			w.list[slices.Index(w.list, s.Before)] = s.After
			continue
		}
		s.After.Key = fmt.Sprintf("%03d", len(w.list))
		w.list = append(w.list, s.After)
	}
	boxes := map[string]bool{}
	for _, a := range w.list {
		if a.Status != domain.AnnouncementDraft {
			continue
		}
		require.NotEmpty(t, a.Recipients)
		for _, r := range a.Recipients {
			require.False(t, boxes[box(r)], "%s is in two drafts", box(r))
			boxes[box(r)] = true
		}
	}
	q.Existing = w.list
	again, err := q.Plan(context.Background())
	require.NoError(t, err)
	for _, s := range again {
		require.Equal(t, s.Before, s.After, "what was planned is planned again")
	}
}

func box(r domain.AnnouncementRecipient) string {
	if r.Address != nil {
		return *r.Address
	}
	return r.Key
}

func (w *world) send(t *rapid.T) {
	for _, a := range w.list {
		if a.Status != domain.AnnouncementDraft || !rapid.Bool().Draw(t, "sent") {
			continue
		}
		w.clock = w.clock.Add(time.Minute)
		a.Send("ann", w.clock)
		for _, r := range a.Recipients {
			b := box(r)
			if a.Occasion == domain.OnPlan {
				w.plans[b]++
				require.Equal(t, 1, w.plans[b], "%s is told of the plan twice", b)
			}
			require.False(t, w.knows[b] == *a.Tells && w.audiences[b] == a.Audience, "%s is told what it knows", b)
			for _, at := range []string{b, r.Key} { // a party has heard what arrived at any address of it
				w.knows[at], w.audiences[at] = *a.Tells, a.Audience
			}
		}
	}
}
