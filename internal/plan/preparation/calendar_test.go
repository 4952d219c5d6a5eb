package preparation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/preparation"
)

func day(n int) time.Time { return time.Date(2027, 3, n, 0, 0, 0, 0, time.UTC) }

func answer(key string, v domain.CalendarVerdict, at, from, to int) *domain.CalendarAnswer {
	return &domain.CalendarAnswer{Record: domain.Record{Key: key}, Verdict: v, AnsweredAt: day(at), PlannedFrom: day(from), PlannedTo: day(to)}
}

// A calendar that moves asks those again whom it concerns: whose answer was about
// other times.
func TestAMovedCalendarAsksAgainWhomItConcerns_R13(t *testing.T) {
	desk, lyo, par, nyc := preparation.Asked{Kind: domain.KindParty, Key: "desk"}, site("lyo"), site("par"), site("nyc")
	asked := []preparation.Asked{nyc, par, lyo, desk}
	answers := map[preparation.Asked][]*domain.CalendarAnswer{
		desk: {answer("d", domain.AcceptCalendar, 1, 10, 20)},
		lyo:  {answer("l2", domain.AcceptCalendar, 3, 10, 12), answer("l1", domain.DeclineCalendar, 2, 10, 12)},
		par:  {answer("p", domain.DeclineCalendar, 1, 10, 12)},
	}
	require.Equal(t, []string{
		"an answer of nyc to its calendar", "a calendar that suits par, who declined this one",
	}, texts(preparation.CalendarAccepted(preparation.Answers(asked, answers, day(10), day(12)))), "the last answer of each counts")
	require.Equal(t, []string{
		"an answer of lyo to its calendar as it is now", "an answer of nyc to its calendar", "an answer of par to its calendar as it is now",
	}, texts(preparation.CalendarAccepted(preparation.Answers(asked, answers, day(11), day(14)))), "desk has accepted all of these days")
}

func site(key string) preparation.Asked { return preparation.Asked{Kind: domain.KindSite, Key: key} }

func TestWhoAnswersForWhom_R13(t *testing.T) {
	lyo, team := &domain.Site{Record: domain.Record{Key: "lyo"}}, &domain.Party{Record: domain.Record{Key: "desk"}, Type: domain.PartyTeam}
	person, supplier := &domain.Party{Record: domain.Record{Key: "ann"}, Type: domain.PartyPerson}, &domain.Party{Record: domain.Record{Key: "acme"}, Type: domain.PartySupplier}
	as := func(name string, role domain.Role) domain.Actor {
		return domain.Actor{Name: name, Roles: []domain.Role{role}, Sites: []string{"lyo"}, Suppliers: []string{"acme"}}
	}
	require.Empty(t, domain.CheckAnswersForSite(as("x", domain.SiteOperator), lyo))
	require.NotEmpty(t, domain.CheckAnswersForSite(as("x", domain.SupportManager), lyo))
	require.NotEmpty(t, domain.CheckAnswersForSite(domain.Actor{Name: "x", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"par"}}, lyo))
	require.Empty(t, domain.CheckAnswersForParty(as(" Ann", domain.Viewer), person))
	require.NotEmpty(t, domain.CheckAnswersForParty(as("bob", domain.SupportManager), person), "a person answers for themselves")
	require.Empty(t, domain.CheckAnswersForParty(as("x", domain.SupplierRole), supplier))
	require.Empty(t, domain.CheckAnswersForParty(as("x", domain.OperationsManager), team))
	require.NotEmpty(t, domain.CheckAnswersForParty(as("x", domain.Viewer), team))
}
