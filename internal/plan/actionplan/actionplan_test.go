package actionplan_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/actionplan"
)

var from = time.Date(2027, 3, 28, 1, 30, 0, 0, time.UTC)

func question() actionplan.Question {
	return actionplan.Question{
		Items: []actionplan.Item{
			{Class: domain.Application, Removed: true, From: "3"}, {Class: domain.Database, From: "1", To: "2"}, {Class: domain.Application, To: "2"},
		},
		Manual: []string{"press reset"}, Window: domain.TimeRange{From: from, To: from.Add(2 * time.Hour)}, Activation: domain.AtInstall,
	}
}

func told(steps []actionplan.Step) (list []string) {
	for _, s := range steps {
		text := fmt.Sprintf("%s %d", s.Kind, s.Item)
		if s.Begins != nil {
			text += s.Begins.Format(" 15:04")
		}
		if s.Takes != nil {
			text += " " + s.Takes.String()
		}
		list = append(list, text)
	}
	return list
}

// Checks, audits and back-ups come first, removals before installations, verification
// and audit last; together they take the time that is planned.
func TestTheStepsOfASiteFillItsWindow_P12(t *testing.T) {
	require.Equal(t, []string{
		"PRE_CHECK -1 01:30 8m0s", "AUDIT_BEFORE -1 01:38 5m0s", "BACK_UP 0 01:43 9m0s", "BACK_UP 1 01:52 9m0s", "REMOVE 0 02:01 9m0s",
		"INSTALL 1 02:10 17m0s", "INSTALL 2 02:27 18m0s", "MANUAL -1 02:45 9m0s", "MIGRATE_DATA 1 02:54 18m0s", "ACTIVATE -1 03:12 4m0s",
		"VERIFY -1 03:16 9m0s", "AUDIT_AFTER -1 03:25 5m0s",
	}, told(actionplan.Steps(question())))
}

// What is activated everywhere at once is verified after that.
func TestACommonActivationComesAtItsInstant_P8_P12(t *testing.T) {
	q, at := question(), from.Add(100*time.Hour)
	q.Activation, q.At = domain.Scheduled, &at
	list := told(actionplan.Steps(q))
	require.Equal(t, []string{"ACTIVATE -1 05:30", "VERIFY -1", "AUDIT_AFTER -1"}, list[len(list)-3:])
	q.Activation, q.At = domain.Triggered, nil
	list = told(actionplan.Steps(q))
	require.Equal(t, []string{"ACTIVATE -1", "VERIFY -1", "AUDIT_AFTER -1"}, list[len(list)-3:])
}

// Who chooses when, and of whom no window is known, is told the steps alone; a short
// window is shared to the second.
func TestHoursAreToldWhereTheyAreKnown_P12(t *testing.T) {
	q := question()
	q.Offer = true
	require.Equal(t, "PRE_CHECK -1", told(actionplan.Steps(q))[0])
	q.Offer, q.Window = false, domain.TimeRange{}
	require.Equal(t, "PRE_CHECK -1", told(actionplan.Steps(q))[0])
	q.Window = domain.TimeRange{From: from, To: from.Add(5 * time.Minute)}
	var all time.Duration
	for _, s := range actionplan.Steps(q) {
		require.Positive(t, *s.Takes)
		all += *s.Takes
	}
	require.Equal(t, 5*time.Minute, all)
}
