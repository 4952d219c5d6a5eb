package planner_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/planner"
)

var zones = []string{"Europe/Paris", "America/New_York", "Asia/Tokyo", "Australia/Sydney", "America/Sao_Paulo", "Asia/Kolkata"}

// large is an estate of many sites: each has some of the items, all of which change,
// under limits, with a window each night in the site's own zone. Items depend on one
// another in layers; what a site lacks is served by a hub, or by any site.
func large(sites, items int, share float64) *rollout.Input {
	random := rand.New(rand.NewPCG(1, uint64(sites)))
	in := &rollout.Input{}
	for i := range items {
		in.Items = append(in.Items, rollout.Item{
			Key: fmt.Sprintf("item-%04d", i), Class: domain.Application, Status: domain.ItemLive, Environment: domain.Live, Criticality: 1 + i%5,
		})
		in.Releases = append(in.Releases[:0], rollout.Release{Key: "REL", Category: domain.DeltaRelease, Status: domain.ReleaseAccepted})
		for range 3 {
			if i >= 20 {
				in.Dependencies = append(in.Dependencies, rollout.Dependency{
					From: rollout.ItemNo(i), To: rollout.ItemNo(random.IntN(i/20)*20 + random.IntN(20)), Kind: domain.Uses, Impact: domain.ImpactFull,
				})
			}
		}
	}
	for i := range items {
		in.Releases[0].Changes = append(in.Releases[0].Changes, rollout.Change{Item: rollout.ItemNo(i), Action: domain.ModifyItem, ToVersion: "2.0.0"})
	}
	rule, lasts, start := "FREQ=DAILY", "PT3H", "2026-01-01T01:00"
	for _, z := range zones {
		in.Windows = append(in.Windows, rollout.Opening{Key: z, Spec: calendar.Spec{StartsAt: &start, Duration: &lasts, Recurrence: &rule, TimeZone: &z}})
	}
	for s := range sites {
		zone := s % len(zones)
		in.Sites = append(in.Sites, rollout.Site{
			Key: fmt.Sprintf("site-%06d", s), Region: fmt.Sprint("region-", zone), Zone: zones[zone], ServiceHours: "Mo-Su 07:00-20:00",
			Users: pointer(10 + random.IntN(200)), Ring: domain.General,
		})
		if s < 10 {
			in.Sites[s].Ring = domain.PilotAlpha
		}
		in.Windows[zone].Sites = append(in.Windows[zone].Sites, rollout.SiteNo(s))
		for i := range items {
			if random.Float64() < share {
				in.Installed = append(in.Installed, rollout.Installation{Item: rollout.ItemNo(i), Site: rollout.SiteNo(s), Version: "1.0.0", ActiveVersion: "1.0.0"})
			}
		}
	}
	in.Now = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	in.Soak = 24 * time.Hour
	in.Limits = rollout.Limits{SitesPerWave: pointer(max(1, sites/20)), UsersPerWave: pointer(max(300, sites*6))}
	return in
}

func BenchmarkPlan(b *testing.B) {
	for _, shape := range []struct {
		sites, items int
		share        float64
	}{{100, 200, 1}, {1_000, 200, 1}, {10_000, 200, 1}, {10_000, 200, 0.97}, {10_000, 200, 0.5}, {100_000, 20, 1}} {
		b.Run(fmt.Sprintf("%dx%d/%.2f", shape.sites, shape.items, shape.share), func(b *testing.B) {
			in := large(shape.sites, shape.items, shape.share)
			if shape.share < 1 {
				in.Limits = rollout.Limits{} // all sites use one another's, and so are one group
			}
			var memory runtime.MemStats
			for b.Loop() {
				made, err := planner.Make(context.Background(), in)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(made.Plan.Waves)), "waves")
				b.ReportMetric(float64(made.Plan.LowerBound), "bound")
			}
			runtime.ReadMemStats(&memory)
			b.ReportMetric(float64(memory.Sys>>20), "MBsys")
		})
	}
}

// A hand edit is checked in at most a twentieth of what a plan takes (P11).
func BenchmarkEdit(b *testing.B) {
	in := large(10_000, 200, 1)
	made, err := planner.Make(context.Background(), in)
	if err != nil {
		b.Fatal(err)
	}
	last := made.Plan.StepsOf(len(made.Plan.Waves))[0].Site
	for b.Loop() {
		if _, err := made.Edit(context.Background(), rollout.Edit{Kind: rollout.MoveSite, Site: last, Wave: len(made.Plan.Waves) - 1, Reason: "sooner"}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkExplain(b *testing.B) {
	in := large(10_000, 200, 1)
	made, err := planner.Make(context.Background(), in)
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		if _, err := made.Explain(context.Background(), n%len(made.Plan.Steps)); err != nil {
			b.Fatal(err)
		}
		n += 97
	}
}

// late is an estate of 400 sites of which 76 may be worked on in one night only, and a
// wave holds 75; or with a chain of five that a date is too early for.
func late(chain bool) *rollout.Input {
	in := large(400, 20, 1)
	in.Sites[0].Ring = domain.General
	for i := range in.Sites {
		in.Sites[i].Ring = domain.General
	}
	in.Limits = rollout.Limits{SitesPerWave: pointer(75)}
	in.FinishBy = pointer(in.Now.Add(9 * 24 * time.Hour))
	if chain {
		in.FinishBy = pointer(in.Now.Add(6 * 24 * time.Hour))
		in.Limits = rollout.Limits{}
		for i := range 5 {
			in.Needs = append(in.Needs, rollout.SiteLink{From: rollout.SiteNo(i), To: rollout.SiteNo(i + 1)})
		}
		return in
	}
	from, to := in.Now.Add(48*time.Hour), in.Now.Add(50*time.Hour)
	one := rollout.Opening{Key: "one-night", Spec: calendar.Spec{From: &from, To: &to}}
	for i := range 76 {
		one.Sites = append(one.Sites, rollout.SiteNo(i))
	}
	for z := range in.Windows {
		kept := in.Windows[z].Sites[:0]
		for _, s := range in.Windows[z].Sites {
			if s >= 76 {
				kept = append(kept, s)
			}
		}
		in.Windows[z].Sites = kept
	}
	for i := range in.Sites {
		in.Sites[i].ServiceHours = ""
	}
	in.Windows = append(in.Windows, one)
	return in
}

func BenchmarkLargeContradiction(b *testing.B) {
	in := large(10_000, 200, 1)
	in.FinishBy = pointer(in.Now.Add(10 * 24 * time.Hour))
	for b.Loop() {
		made, err := planner.Make(context.Background(), in)
		if err != nil {
			b.Fatal(err)
		}
		if made.Contradiction == nil {
			b.Fatalf("none: %v", made.Violations)
		}
		b.ReportMetric(float64(len(made.Contradiction.Constraints)), "constraints")
	}
}

// The smallest set that cannot hold of 400 sites takes a second at most.
func BenchmarkContradiction(b *testing.B) {
	for name, chain := range map[string]bool{"chain": true, "crowd": false} {
		b.Run(name, func(b *testing.B) {
			in := late(chain)
			for b.Loop() {
				made, err := planner.Make(context.Background(), in)
				if err != nil {
					b.Fatal(err)
				}
				if made.Contradiction == nil {
					b.Fatalf("none: %v", made.Violations)
				}
				b.ReportMetric(float64(len(made.Contradiction.Constraints)), "constraints")
			}
		})
	}
}
