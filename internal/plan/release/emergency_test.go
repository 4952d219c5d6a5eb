package release_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/period"
	"releasegraph/internal/plan/release"
)

func known(key string, p domain.Priority) release.EmergencyProblem {
	return release.EmergencyProblem{Key: key, Status: domain.ProblemDiagnosed, Priority: p}
}

// urgent is a case that may take the emergency path.
func urgent() release.EmergencyCase {
	return release.EmergencyCase{
		Category: release.Delta, MaxProblems: 2, Minimum: domain.PriorityHigh, Items: []string{"pay-calc"},
		Changes: []release.EmergencyChange{{
			Key: "C-1", Type: domain.EmergencyChange, Status: domain.ChangeAuthorised, EmergencyBoard: true, Resolves: []string{"P-1"}, Affects: []string{"pay-calc"},
		}},
		Problems: []release.EmergencyProblem{known("P-1", domain.PriorityCritical)},
	}
}

// TestAnEmergencyIsRefusedWithAllReasons is example 11.
func TestAnEmergencyIsRefusedWithAllReasons_R9(t *testing.T) {
	c := urgent()
	c.Changes[0].Resolves = []string{"P-1", "P-2", "P-3"}
	c.Changes = append(c.Changes, release.EmergencyChange{Key: "C-2", Type: domain.NormalChange, Status: domain.ChangeAssessed})
	c.Problems = append(c.Problems, release.EmergencyProblem{Key: "P-2", Status: domain.ProblemOpen, Priority: domain.PriorityHigh}, known("P-3", domain.PriorityLow))
	c.Items = append(c.Items, "pay-ui")
	require.Equal(t, []string{
		"AUTHORISED C-2: authorised requests only: C-2 is ASSESSED",
		"EMERGENCY_BOARD C-2: requests that an emergency board decides only: not so C-2",
		"EMERGENCY_CHANGE C-2: emergency changes only: C-2 is NORMAL",
		"FEW_PROBLEMS : at most 2 problems that it fixes: it has 3",
		"KNOWN P-2: known problems only: P-2 is OPEN without a known error",
		"PRIORITY P-3: problems of priority HIGH or above only: P-3 is LOW",
		"STOWAWAY_CHANGE C-2: requests that resolve a problem only: C-2 resolves none",
		"STOWAWAY_ITEM pay-ui: items that one of its requests affects only: not so pay-ui",
	}, told(release.EmergencyLacks(c)))
}

func TestTheEmergencyPathIsOpenToFixesOfKnownProblems_R9(t *testing.T) {
	require.Empty(t, release.EmergencyLacks(urgent()))
	for _, c := range []struct {
		about string
		edit  func(*release.EmergencyCase)
		want  string
	}{
		{"carried out here", func(c *release.EmergencyCase) {
			c.Changes[0].Status, c.Changes[0].Here = domain.ChangeInRelease, true
		}, ""},
		{"carried out elsewhere", func(c *release.EmergencyCase) { c.Changes[0].Status = domain.ChangeInRelease }, "AUTHORISED"},
		{"open with a known error", func(c *release.EmergencyCase) {
			c.Problems[0].Status, c.Problems[0].KnownError = domain.ProblemOpen, true
		}, ""},
		{"resolved", func(c *release.EmergencyCase) { c.Problems[0].Status = domain.ProblemResolved }, ""},
		{"closed", func(c *release.EmergencyCase) { c.Problems[0].Status = domain.ProblemClosed }, "KNOWN"},
		{"a package", func(c *release.EmergencyCase) { c.Category = release.Package }, "NOT_A_PACKAGE"},
		{"no problem", func(c *release.EmergencyCase) { c.Problems = nil }, "KNOWN_PROBLEM"},
		{"no request", func(c *release.EmergencyCase) { c.Changes, c.Items = nil, nil }, "CHANGES"},
	} {
		kase := urgent()
		c.edit(&kase)
		lacks := release.EmergencyLacks(kase)
		if c.want == "" {
			require.Empty(t, lacks, c.about)
			continue
		}
		require.Len(t, lacks, 1, c.about)
		require.Equal(t, c.want, lacks[0].Name, c.about)
		require.Equal(t, "R9", lacks[0].Rule)
	}
}

// dipatch are the fixes of example 4.
func dipatch(t *testing.T) []release.Fix {
	fix := func(key, live string, status release.Status, items ...string) release.Fix {
		return release.Fix{Release: key, Type: release.Emergency, Status: status, LiveAt: at(t, live), Items: items}
	}
	e4 := fix("E4", "2026-10-21T09:00:00Z", release.Closed, "pay-ui")
	e4.Superseded = true
	return []release.Fix{
		fix("E2", "2026-10-09T09:00:00Z", release.Verifying, "pay-ui"), fix("E0", "2026-09-28T09:00:00Z", release.Closed, "pay-calc"), e4,
		fix("E1", "2026-10-03T09:00:00Z", release.Closed, "pay-calc"), fix("E3", "2026-10-20T09:00:00Z", release.BackedOut, "pay-ui"),
		{Release: "N", Type: release.Minor, Status: release.Closed, LiveAt: at(t, "2026-10-05T09:00:00Z")},
	}
}

func TestEmergencyFixesAreGathered_R16(t *testing.T) {
	fixes, since := dipatch(t), at(t, "2026-10-01T00:00:00Z")
	keys, err := release.Gather(fixes, since, 20, 500)
	require.NoError(t, err)
	require.Equal(t, []string{"E1", "E2"}, keys)

	_, err = release.Gather(fixes, since, 1, 500)
	require.EqualError(t, err, "2 releases, the policy allows 1: take E1 first")
	_, err = release.Gather(fixes, since, 20, 1)
	require.EqualError(t, err, "2 items, the policy allows 1: take E1 first")
	_, err = release.Gather(fixes, since, 1, 0)
	require.EqualError(t, err, "2 releases with 2 items, the policy allows 1 with 0: not even the oldest fits")

	keys, err = release.Gather(fixes, at(t, "2026-10-03T09:00:00Z"), 20, 500)
	require.NoError(t, err)
	require.Equal(t, []string{"E2"}, keys, "live after it, not at it")
}

func TestAFixInAnOpenPackageIsNotGatheredAgain_R16(t *testing.T) {
	for status, want := range map[release.Status]int{release.Planned: 0, release.Closed: 0, release.Cancelled: 1, release.BackedOut: 1} {
		fixes := dipatch(t)[:1]
		fixes[0].Packages = []release.Status{release.Cancelled, status}
		keys, err := release.Gather(fixes, time.Time{}, 20, 500)
		require.NoError(t, err)
		require.Len(t, keys, want, status)
	}
}

func TestFixesAreOverdueAMonthLater_R16(t *testing.T) {
	month := must(period.Parse("P1M"))
	now := at(t, "2026-11-03T09:00:00Z")
	fixes := dipatch(t)
	require.Equal(t, []release.Overdue{
		{Release: "E0", Since: at(t, "2026-10-28T09:00:00Z")}, {Release: "E1", Since: now},
	}, release.OverdueFixes(fixes, month, now))
	for i := range fixes {
		fixes[i].Packages = []release.Status{release.Deploying}
	}
	require.Len(t, release.OverdueFixes(fixes, month, now), 2, "a package that is not CLOSED redeploys nothing yet")
	for i := range fixes {
		fixes[i].Packages = []release.Status{release.Closed}
	}
	require.Empty(t, release.OverdueFixes(fixes, month, now))
}
