package announcement_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/app/announcement"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
)

// timed is a fixture whose clock a test sets.
type timed struct {
	*apptest.Fixture
	mu  sync.Mutex
	now time.Time
}

func (f *timed) pass(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

// onStores runs a test at ten in the morning of 1 March 2026 on every kind of store.
func onStores(t *testing.T, run func(*testing.T, *timed)) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) { run(t, timedOver(t, f)) })
}

func timedOver(t *testing.T, f *apptest.Fixture) *timed {
	c := &timed{now: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)}
	a := app.New(app.Config{
		Store: f.Store, NewID: func() string { return uuid.Must(uuid.NewV7()).String() }, Shelf: apptest.ShelfOf(f.Store.Store),
		Now: func() time.Time {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.now = c.now.Add(time.Millisecond)
			return c.now
		},
	})
	c.Fixture = &apptest.Fixture{App: a, T: t, Ctx: a.WithLoads(t.Context()), Store: f.Store}
	return c
}

// post is a courier that keeps what it took. It refuses some addresses, and may be away, or
// end in the middle.
type post struct {
	refuses   map[string]string
	away      bool
	crashes   int // after so many; 0: never
	took      []announcement.Message
	refusals  int
	connected int
}

var errCrash = errors.New("crash")

func (p *post) Deliver(_ context.Context, list []announcement.Message) ([]announcement.Delivered, error) {
	p.connected++
	came := make([]announcement.Delivered, len(list))
	for i := range came {
		came[i].Outcome = domain.RecipientWaiting
	}
	if p.away {
		return came, errors.New("connection refused")
	}
	for i, m := range list {
		if words := p.refuses[m.To]; words != "" {
			p.refusals++
			came[i] = announcement.Delivered{Outcome: domain.RecipientRefused, Words: words}
			continue
		}
		p.took = append(p.took, m)
		came[i].Outcome = domain.RecipientTold
		if p.crashes > 0 && len(p.took) >= p.crashes {
			panic(errCrash)
		}
	}
	return came, nil
}

// deliver hands over what waits, and survives the end of a server.
func (f *timed) deliver(p *post) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = r.(error)
		}
	}()
	_, err = f.Announcements.Deliver(f.Ctx, p)
	return err
}

func outcomes(f *apptest.Fixture, key string) (list []string) {
	for _, r := range f.Read(domain.KindAnnouncement, key).(*domain.Announcement).Recipients {
		line := fmt.Sprintf("%s %s", r.Key, r.Outcome)
		if r.Words != nil {
			line += " " + *r.Words
		}
		list = append(list, line)
	}
	return list
}

// more are parties that support what the release changes: more than go in a batch.
func (f *timed) more(n int) {
	var lines []string
	for i := range n {
		lines = append(lines,
			fmt.Sprintf(`{"node":"Party","key":"team-%03d","name":"Team","type":"TEAM","email":"team-%03d@example.org","timeZone":"Europe/Paris"}`, i, i),
			fmt.Sprintf(`{"edge":"SUPPORTED_BY","from":"ConfigurationItem:pay","to":"Party:team-%03d"}`, i))
	}
	f.Brings(lines...)
}

func TestEachRecipientIsToldOnceAndWhatCameOfItIsKept_R14(t *testing.T) {
	onStores(t, func(t *testing.T, f *timed) {
		f.Brings(shop...)
		f.more(60)
		require.NoError(t, draft(f.Fixture, false))
		a := one(f.Fixture, domain.ToSupport, domain.AnnouncementDraft, "")
		require.NoError(t, send(f.Fixture, a))
		require.Equal(t, 61, f.Read(domain.KindAnnouncement, a.Key).(*domain.Announcement).Waiting)
		p := &post{refuses: map[string]string{"team-003@example.org": "550 no such user"}}
		require.NoError(t, f.deliver(p))
		require.NoError(t, f.deliver(p))
		require.Len(t, p.took, 60)
		require.Equal(t, 1, p.refusals, "what was refused is not tried again")
		now := f.Read(domain.KindAnnouncement, a.Key).(*domain.Announcement)
		require.Equal(t, 0, now.Waiting)
		require.Contains(t, outcomes(f.Fixture, a.Key), "team-003 REFUSED 550 no such user")
		require.Contains(t, outcomes(f.Fixture, a.Key), "desk TOLD")
		require.Equal(t, []string{"Payments 1.1.0: 20 March 2026", "en"}, []string{p.took[0].Subject, p.took[0].Language})

		move(f.Fixture, "2026-03-21T00:00:00Z") // whom the mail server refused was not told, and is told no correction
		change := one(f.Fixture, domain.ToSupport, domain.AnnouncementDraft, "")
		require.Len(t, change.Recipients, 60)
		_, err := f.Records.Update(f.Ctx, domain.KindParty, apptest.Key("team-003"), apptest.Values{"email": "new@example.org"}, nil, nil)
		require.NoError(t, err)
		require.NoError(t, draft(f.Fixture, false))
		require.Contains(t, told(f.Fixture, domain.AnnouncementDraft), "SUPPORT en EMAIL PLAN DRAFT: team-003", "another address is another try")
	})
}

func TestAMailServerThatIsAwayIsTriedAgainWithPauses_R14(t *testing.T) {
	onStores(t, func(t *testing.T, f *timed) {
		f.Brings(shop...)
		require.NoError(t, draft(f.Fixture, false))
		a := one(f.Fixture, domain.ToSupport, domain.AnnouncementDraft, "")
		require.NoError(t, send(f.Fixture, a))
		p := &post{away: true}
		require.NoError(t, f.deliver(p))
		require.NoError(t, f.deliver(p))
		require.Equal(t, 1, p.connected, "it pauses")
		now := f.Read(domain.KindAnnouncement, a.Key).(*domain.Announcement)
		require.Equal(t, []any{"connection refused", 1}, []any{*now.Failure, now.Waiting})
		require.Equal(t, []string{"desk WAITING"}, outcomes(f.Fixture, a.Key))
		f.pass(2 * time.Minute)
		p.away = false
		require.NoError(t, f.deliver(p))
		require.Equal(t, []string{"desk TOLD"}, outcomes(f.Fixture, a.Key))
		now = f.Read(domain.KindAnnouncement, a.Key).(*domain.Announcement)
		require.Nil(t, now.Failure)
		require.Nil(t, now.RetryAt)
	})
}

// A server that dies while it hands messages over leaves some of which nobody knows: they
// are not sent again.
func TestWhatMayHaveArrivedIsNotSentAgain_R14(t *testing.T) {
	onStores(t, func(t *testing.T, f *timed) {
		f.Brings(shop...)
		f.more(60)
		require.NoError(t, draft(f.Fixture, false))
		a := one(f.Fixture, domain.ToSupport, domain.AnnouncementDraft, "")
		require.NoError(t, send(f.Fixture, a))
		p := &post{crashes: 10}
		require.ErrorIs(t, f.deliver(p), errCrash)
		p.crashes = 0
		require.NoError(t, f.deliver(p), "another server goes on with those whom nobody claimed")
		require.Len(t, p.took, 21)
		f.pass(time.Hour)
		require.NoError(t, f.deliver(p))
		require.Len(t, p.took, 21)
		said := strings.Join(outcomes(f.Fixture, a.Key), "\n")
		require.Equal(t, []int{50, 11}, []int{strings.Count(said, string(domain.RecipientUncertain)), strings.Count(said, "TOLD")})
		require.Equal(t, 0, f.Read(domain.KindAnnouncement, a.Key).(*domain.Announcement).Waiting)
	})
}

func TestTheClockSendsWhatIsDueAndNobodyElseDoes_R14(t *testing.T) {
	onStores(t, func(t *testing.T, f *timed) {
		f.Brings(shop...)
		require.NoError(t, draft(f.Fixture, false))
		both := []domain.AnnouncementChannel{domain.ByEmail, domain.ByEvent}
		due := func() int {
			sent, err := f.Announcements.SendDue(f.Ctx, both...)
			require.NoError(t, err)
			return sent
		}
		require.Equal(t, 0, due(), "it is not the sixth of March yet")
		f.pass(5 * 24 * time.Hour)
		f.Brings(`{"node":"Release","key":"R-1","status":"IN_ACCEPTANCE"}`)
		require.Equal(t, 0, due(), "what is not accepted may still be rejected")
		f.Brings(`{"node":"Release","key":"R-1","status":"ACCEPTED"}`, `{"node":"Party","key":"desk","language":"fr"}`)
		sent, err := f.Announcements.SendDue(f.Ctx, domain.ByEvent)
		require.NoError(t, err)
		require.Equal(t, 1, sent, "a server without a mail server leaves what is mailed")
		require.Equal(t, []string{"SITE en EVENT PLAN SENT: nyc"}, told(f.Fixture, domain.AnnouncementSent))
		require.Equal(t, 2, due(), "the desk reads French by now, and its draft was written anew with the other")
		require.Equal(t, []string{"SITE fr EMAIL PLAN SENT: lyo", "SITE en EVENT PLAN SENT: nyc", "SUPPORT fr EMAIL PLAN SENT: desk"}, told(f.Fixture, domain.AnnouncementSent))
		require.Equal(t, 0, due())
		by := one(f.Fixture, domain.ToSupport, domain.AnnouncementSent, "").SentBy
		require.Equal(t, "clock", *by)
	})
}

// Two servers that look at once send each announcement once.
func TestOfTwoServersThatLookAtOnceOneSends_R14(t *testing.T) {
	onStores(t, func(t *testing.T, f *timed) {
		f.Brings(shop...)
		require.NoError(t, draft(f.Fixture, false))
		f.pass(6 * 24 * time.Hour)
		var wg sync.WaitGroup
		posts := []*post{{}, {}}
		for _, p := range posts {
			wg.Go(func() {
				ctx := f.WithLoads(t.Context())
				_, _ = f.Announcements.SendDue(ctx, domain.ByEmail) // one may be told that the other was faster
				_, _ = f.Announcements.Deliver(ctx, p)
			})
		}
		wg.Wait()
		require.NoError(t, f.deliver(posts[0]))
		_, err := f.Announcements.SendDue(f.Ctx, domain.ByEmail)
		require.NoError(t, err)
		require.NoError(t, f.deliver(posts[0]))
		tookOnce(t, append(posts[0].took, posts[1].took...))
		require.Len(t, append(posts[0].took, posts[1].took...), 2)
	})
}

// tookOnce wants no recipient to have got the same message twice, and nobody two messages
// of one announcement.
func tookOnce(t *testing.T, took []announcement.Message) {
	t.Helper()
	seen, said := map[string]bool{}, map[string]bool{}
	for _, m := range took {
		require.False(t, seen[m.ID], "twice: %s to %s", m.Subject, m.To)
		seen[m.ID] = true
		text := m.To + "\n" + m.Text
		change := strings.HasPrefix(m.Subject, "Changed") || strings.HasPrefix(m.Subject, "Modifié") || strings.HasPrefix(m.Subject, "Geändert")
		require.False(t, said[text] && !change, "twice the same to %s: %s", m.To, m.Subject)
		said[text] = true
	}
}

// Whatever is drafted, moved, sent and interrupted, in whatever order: nobody is told twice
// of a plan, and nobody is told of a change who has heard nothing or all.
func TestNobodyIsToldTwice_R14(t *testing.T) {
	onStores(t, func(t *testing.T, f *timed) {
		rounds, steps := 6, 25
		if strings.Contains(t.Name(), "neo4j") {
			rounds, steps = 1, 20
		}
		f.Brings(shop...)
		for round := range rounds {
			seed := rand.New(rand.NewPCG(uint64(round), 14)) //nolint:gosec // a sequence that can be had again
			f.Brings(`{"node":"Release","key":"R-1","status":"ACCEPTED","plannedFrom":"2026-03-20T00:00:00Z"}`)
			p := &post{refuses: map[string]string{"it@acme.example": "550 unknown"}}
			require.NoError(t, draft(f.Fixture, false))
			for range steps {
				f.act(t, p, seed)
			}
			p.away, p.crashes = false, 0
			f.pass(2 * time.Hour)
			require.NoError(t, f.deliver(p))
			tookOnce(t, p.took)
		}
		f.planToldOnce(t)
	})
}

// act does something at random.
func (f *timed) act(t *testing.T, p *post, seed *rand.Rand) {
	t.Helper()
	p.away, p.crashes = seed.IntN(6) == 0, 0
	switch seed.IntN(7) {
	case 0:
		require.NoError(t, draft(f.Fixture, seed.IntN(2) == 0))
	case 1:
		move(f.Fixture, fmt.Sprintf("2026-03-%02dT00:00:00Z", 18+seed.IntN(3)))
	case 2:
		list := all(f.Fixture)
		if len(list) > 0 {
			_ = send(f.Fixture, list[seed.IntN(len(list))]) // most are no drafts
		}
	case 3:
		p.crashes = len(p.took) + 1
		if err := f.deliver(p); err != nil {
			require.ErrorIs(t, err, errCrash)
		}
	case 4:
		require.NoError(t, f.deliver(p))
	case 5:
		_, err := f.Announcements.SendDue(f.Ctx, domain.ByEmail, domain.ByEvent)
		require.NoError(t, err)
	case 6:
		f.pass(time.Duration(seed.IntN(90)) * time.Minute)
	}
}

// planToldOnce wants everybody to be told of a plan once at most, and of changes only what
// they had not heard.
func (f *timed) planToldOnce(t *testing.T) {
	t.Helper()
	plans, last := map[string]int{}, map[string]string{}
	for _, a := range sentInOrder(f.Fixture) {
		for _, r := range a.Recipients {
			if r.Outcome == domain.RecipientRefused {
				continue
			}
			if a.Occasion == domain.OnPlan {
				plans[r.Key]++
			} else {
				require.NotZero(t, plans[r.Key], "%s is told of a change of what they never heard", r.Key)
				require.NotEqual(t, last[r.Key], *a.Tells, "%s is told what they know", r.Key)
			}
			last[r.Key] = *a.Tells
		}
	}
	for key, n := range plans {
		require.Equal(t, 1, n, key)
	}
	require.NotEmpty(t, plans)
}

// sentInOrder are the announcements that were sent, as they were.
func sentInOrder(f *apptest.Fixture) (list []*domain.Announcement) {
	for _, a := range all(f) {
		if a.Status == domain.AnnouncementSent {
			list = append(list, a)
		}
	}
	slices.SortFunc(list, func(a, b *domain.Announcement) int { return a.SentAt.Compare(*b.SentAt) })
	return list
}
