package release_test

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/period"
	"releasegraph/internal/plan/release"
)

var statuses = []release.Status{
	release.Planned, release.Building, release.InAcceptance, release.Accepted, release.Deploying, release.Verifying, release.Closed, release.Rejected, release.BackedOut, release.Cancelled,
}

// TestGatheringIsAsTheRuleIsWorded compares with taking fixes one at a time.
func TestGatheringIsAsTheRuleIsWorded_R16(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var fixes []release.Fix
		for i := range rapid.IntRange(0, 6).Draw(t, "fixes") {
			fixes = append(fixes, release.Fix{
				Release: fmt.Sprint("E", 9-i), Type: rapid.SampledFrom([]release.Type{release.Emergency, release.Emergency, release.Minor}).Draw(t, "type"),
				Status: rapid.SampledFrom([]release.Status{release.Verifying, release.Closed, release.BackedOut}).Draw(t, "status"), LiveAt: begin.AddDate(0, 0, rapid.IntRange(0, 3).Draw(t, "day")),
				Superseded: rapid.IntRange(0, 3).Draw(t, "superseded") == 0, Packages: rapid.SliceOfN(rapid.SampledFrom(statuses), 0, 2).Draw(t, "packages"),
				Items: rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 2).Draw(t, "items"),
			})
		}
		since, now := begin.AddDate(0, 0, 1), begin.AddDate(0, 1, 2)
		var want []string
		var overdue []string
		for day := 0; day <= 3; day++ {
			var keys, late []string
			for _, f := range fixes {
				if f.Type != release.Emergency || f.Superseded || f.Status == release.BackedOut || !f.LiveAt.Equal(begin.AddDate(0, 0, day)) {
					continue
				}
				closed, open := false, false
				for _, p := range f.Packages {
					closed = closed || p == release.Closed
					open = open || p != release.Cancelled && p != release.BackedOut
				}
				if day > 1 && !open {
					keys = append(keys, f.Release)
				}
				if day <= 2 && !closed { // 3 January is overdue from 3 February on
					late = append(late, f.Release)
				}
			}
			sort.Strings(keys)
			sort.Strings(late)
			want, overdue = append(want, keys...), append(overdue, late...)
		}
		got, err := release.Gather(fixes, since, 99, 99)
		require.NoError(t, err)
		require.Equal(t, append([]string{}, want...), got)
		var late []string
		for _, o := range release.OverdueFixes(fixes, period.Period{Months: 1}, now) {
			late = append(late, o.Release)
		}
		require.Equal(t, overdue, late)

		releases, items := rapid.IntRange(0, 3).Draw(t, "maxReleases"), rapid.IntRange(0, 3).Draw(t, "maxItems")
		fit, brought := 0, map[string]bool{}
		for i, key := range want {
			for _, f := range fixes {
				if f.Release == key {
					for _, item := range f.Items {
						brought[item] = true
					}
				}
			}
			if i+1 <= releases && len(brought) <= items {
				fit = i + 1
			}
		}
		_, err = release.Gather(fixes, since, releases, items)
		if fit == len(want) {
			require.NoError(t, err)
			return
		}
		require.Error(t, err)
		if fit > 0 {
			require.Contains(t, err.Error(), fmt.Sprintf("take %s first", strings.Join(want[:fit], ", ")))
		}
	})
}

// TestTheEmergencyPathIsAsTheRuleIsWorded compares with one sentence for each
// condition.
func TestTheEmergencyPathIsAsTheRuleIsWorded_R9(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		item, some := rapid.SampledFrom([]string{"a", "b", "c"}), rapid.Bool()
		c := release.EmergencyCase{Category: rapid.SampledFrom(domain.ReleaseCategories).Draw(t, "category"), MaxProblems: 2, Minimum: domain.PriorityHigh}
		c.Items = rapid.SliceOfNDistinct(item, 0, 3, rapid.ID).Draw(t, "items")
		for i := range rapid.IntRange(0, 2).Draw(t, "changes") {
			r := release.EmergencyChange{
				Key: fmt.Sprint("C-", i), Type: rapid.SampledFrom([]domain.ChangeRequestType{domain.EmergencyChange, domain.NormalChange}).Draw(t, "type"),
				Status: rapid.SampledFrom([]domain.ChangeRequestStatus{domain.ChangeAuthorised, domain.ChangeInRelease, domain.ChangeAssessed}).Draw(t, "status"),
				Here:   some.Draw(t, "here"), EmergencyBoard: some.Draw(t, "board"), Affects: rapid.SliceOfN(item, 0, 2).Draw(t, "affects"),
			}
			if some.Draw(t, "resolves") {
				r.Resolves = []string{"P-0"}
			}
			c.Changes = append(c.Changes, r)
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "problems") {
			c.Problems = append(c.Problems, release.EmergencyProblem{
				Key: fmt.Sprint("P-", i), KnownError: some.Draw(t, "known"), Priority: rapid.SampledFrom(domain.Priorities).Draw(t, "priority"),
				Status: rapid.SampledFrom([]domain.ProblemStatus{domain.ProblemOpen, domain.ProblemDiagnosed, domain.ProblemResolved, domain.ProblemClosed}).Draw(t, "status"),
			})
		}
		want := map[string]bool{}
		affected := ""
		for _, r := range c.Changes {
			want["EMERGENCY_CHANGE "+r.Key] = r.Type == domain.NormalChange
			want["AUTHORISED "+r.Key] = r.Status == domain.ChangeAssessed || r.Status == domain.ChangeInRelease && !r.Here
			want["EMERGENCY_BOARD "+r.Key] = !r.EmergencyBoard
			want["STOWAWAY_CHANGE "+r.Key] = r.Resolves == nil
			affected += strings.Join(r.Affects, "")
		}
		for _, p := range c.Problems {
			want["KNOWN "+p.Key] = p.Status == domain.ProblemClosed || p.Status == domain.ProblemOpen && !p.KnownError
			want["PRIORITY "+p.Key] = p.Priority == domain.PriorityLow || p.Priority == domain.PriorityMedium
		}
		for _, i := range c.Items {
			want["STOWAWAY_ITEM "+i] = !strings.Contains(affected, i)
		}
		want["NOT_A_PACKAGE "] = c.Category == release.Package
		want["CHANGES "] = c.Changes == nil
		want["KNOWN_PROBLEM "] = c.Problems == nil
		want["FEW_PROBLEMS "] = len(c.Problems) == 3
		got := map[string]bool{}
		last := ""
		for _, l := range release.EmergencyLacks(c) {
			name := l.Name + " " + l.About
			require.GreaterOrEqual(t, name, last, "by condition, then by key")
			last, got[name] = name, true
		}
		for name, lacks := range want {
			require.Equal(t, lacks, got[name], name)
		}
		require.LessOrEqual(t, len(got), len(want))
	})
}

// TestAMatrixShowsTheLastReleaseThatAgrees compares with trying every release at
// every site.
func TestAMatrixShowsTheLastReleaseThatAgrees_R18(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SampledFrom([]string{"1", "2"})
		var standing []release.Standing
		has := map[[2]string]string{}
		for _, site := range []string{"s", "t"} {
			for _, item := range []string{"a", "b", "outside"} {
				if rapid.IntRange(0, 3).Draw(t, "stands") > 0 {
					s := release.Standing{Item: item, Site: site, Version: v.Draw(t, "version")}
					has[[2]string{site, item}] = s.Version
					standing = append(standing, s)
				}
			}
		}
		var deployed []release.Arrived
		for i := range rapid.IntRange(0, 5).Draw(t, "deployed") {
			d := release.Arrived{Release: fmt.Sprint("R", i), Site: rapid.SampledFrom([]string{"s", "t"}).Draw(t, "site"), At: begin.Add(time.Duration(i) * time.Hour)}
			for _, item := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "outside"}), 0, 3, rapid.ID).Draw(t, "items") {
				d.Contents = append(d.Contents, release.Content{Item: item, Action: rapid.SampledFrom(release.Actions).Draw(t, "action"), To: v.Draw(t, "to")})
			}
			deployed = append(deployed, d)
		}
		rows := map[string]string{}
		for _, row := range must(release.Matrix(context.Background(), []string{"a", "b"}, standing, deployed, natural)) {
			rows[row.Site] = row.Release
		}
		for _, site := range []string{"s", "t"} {
			want, of := "", false
			for _, item := range []string{"a", "b"} {
				of = of || has[[2]string{site, item}] != ""
			}
			for _, d := range deployed {
				about, agrees := false, d.Site == site
				for _, c := range d.Contents {
					if c.Item == "outside" {
						continue
					}
					about = true
					there := has[[2]string{site, c.Item}]
					agrees = agrees && (c.Action == release.Remove && there == "" || c.Action != release.Remove && there == c.To)
				}
				if about && agrees {
					want = d.Release
				}
			}
			got, shown := rows[site]
			require.Equal(t, of, shown)
			if of {
				require.Equal(t, want, got)
			}
		}
	})
}
