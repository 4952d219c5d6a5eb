package checker_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/checker"
	"releasegraph/internal/plan/rollout/rollouttest"
)

// broken is a right answer, and what is done to it or to what it was made of.
type broken struct {
	name    string
	example int
	rule    string
	by      func(*rollout.Input, *rollout.Answer, [][]rollout.Reason)
}

// move puts a step into another time.
func move(s *rollout.Step, by time.Duration) {
	s.Window.From, s.Window.To = s.Window.From.Add(by), s.Window.To.Add(by)
}

// merge puts all steps into the first wave.
func merge(p *rollout.Plan) {
	w := p.Waves[0]
	for i := range p.Steps {
		s := &p.Steps[i]
		s.Wave, s.Window = 1, domain.TimeRange{From: w.Window.From, To: w.Window.From.Add(s.Window.Length())}
		if i > 0 {
			w.Users, w.Sites, w.Count = w.Users+s.Users, i+1, i+1
		}
	}
	slices.SortFunc(p.Steps, func(a, b rollout.Step) int { return int(a.Site[0]) - int(b.Site[0]) })
	p.Waves = []rollout.Wave{w}
}

// reread gives windows and steps of one wave the same bounds again.
func reread(p *rollout.Plan) {
	for i := range p.Waves {
		w := &p.Waves[i]
		w.Window = domain.TimeRange{}
		for _, s := range p.StepsOf(w.Ordinal) {
			w.Window = w.Window.Span(s.Window)
		}
	}
}

var breakages = []broken{
	{"a step is missing", 5, "P2", func(_ *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		p := a.Plan
		p.Steps, p.Waves = p.Steps[:2], p.Waves[:2]
	}},
	{"a site has a step with nothing to do", 1, "P2", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Installed[0].Version = "2.0.0"
	}},
	{"a higher version is lowered", 1, "P2", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Installed[0].Version = "3.0.0"
	}},
	{"what is higher is not reported", 6, "P2", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Installed = append(in.Installed, rollout.Installation{Item: 2, Site: 0, Version: "3.0.0"})
		in.Releases[0].Changes = append(in.Releases[0].Changes, rollout.Change{Item: 2, Action: domain.ModifyItem, ToVersion: "2.0.0"})
	}},
	{"what is up to date is not reported", 6, "P2", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Installed = append(in.Installed, rollout.Installation{Item: 2, Site: 0, Version: "2.0.0"})
		in.Releases[0].Changes = append(in.Releases[0].Changes, rollout.Change{Item: 2, Action: domain.ModifyItem, ToVersion: "2.0.0"})
	}},
	{"something withdrawn receives", 5, "P2", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Items[0].Status = domain.ItemWithdrawn
	}},
	{"a wrong version comes", 5, "P2", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		a.Plan.Contents[0].Install[0].To = "2.1.0"
	}},
	{"an item of the unit of a FULL release is left out", 5, "P2", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Releases[0].Category = domain.FullRelease
		in.Units = []rollout.Unit{{Key: "u", Items: []rollout.ItemNo{0, 1}}}
		in.Installed = append(in.Installed, rollout.Installation{Item: 1, Site: 0, Version: "1.0.0"})
	}},
	{"something is installed that does not change", 5, "P2", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		a.Plan.Contents[0].Install = append(a.Plan.Contents[0].Install, db)
	}},
	{"a dependent is installed first", 3, "P3", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		slices.Reverse(a.Plan.Contents[1].Install)
	}},
	{"a dependency is removed first", 3, "P3", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		for i, c := range in.Releases[0].Changes {
			if c.Item != 0 {
				in.Releases[0].Changes[i].Action = domain.RemoveItem
			}
		}
		c := &a.Plan.Contents[1]
		for i := range c.Install {
			c.Install[i].Kind = rollout.Remove
		}
		c.Install, c.Remove = nil, c.Install
	}},
	{"a dependent comes in the same wave", 1, "P4", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		merge(a.Plan)
	}},
	{"a dependent comes first", 1, "P4", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		s := a.Plan.Steps
		s[0].Site, s[1].Site, s[0].Content, s[1].Content = s[1].Site, s[0].Site, s[1].Content, s[0].Content
	}},
	{"a site comes in the same wave as the one that it needs", 7, "P4", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		merge(a.Plan)
	}},
	{"what may not run side by side comes apart", 1, "P4", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Releases[0].Changes[1].Alone = true
		a.Plan.Contents[0].Install[0].Alone = true
	}},
	{"an item that does not coexist comes in several waves", 5, "P4", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Releases[0].Changes[0].Alone = true
		for i := range a.Plan.Contents {
			a.Plan.Contents[i].Install[0].Alone = true
		}
	}},
	{"a dependent begins before its supplier is over", 2, "P4", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		p := a.Plan
		move(&p.Steps[1], -time.Hour)
		slices.Reverse(p.Steps)
		reread(p)
	}},
	{"a removal does not turn the order", 1, "P4", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Releases[0].Changes[1].Action = domain.RemoveItem
		c := &a.Plan.Contents[0]
		c.Install[0].Kind = rollout.Remove
		c.Install, c.Remove = nil, c.Install
	}},
	{"a cycle comes apart", 3, "P4", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		p := a.Plan
		p.Steps[1].Wave = 2
		move(&p.Steps[1], time.Hour)
		p.Waves = []rollout.Wave{{Ordinal: 1, Count: 1, Sites: 1, Users: 100, Stage: domain.General}, {Ordinal: 2, First: 1, Count: 1, Sites: 1, Users: 100, Stage: domain.General}}
		reread(p)
	}},
	{"a chain through an item without impact orders", 1, "P6", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Dependencies[1].Impact = domain.ImpactNone
	}},
	{"a chain through a withdrawn item orders", 1, "P6", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Items[1].Status = domain.ItemDisposed
	}},
	{"another site's instance orders beside the own one", 1, "P6", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Installed = append(in.Installed, rollout.Installation{Item: 1, Site: 0, Version: "1.0.0"}, rollout.Installation{Item: 2, Site: 0, Version: "2.0.0"})
		a.Plan.UpToDate = []rollout.Present{{Site: "a", Item: "db", Version: "2.0.0"}}
	}},
	{"a pilot comes with the rest", 6, "P5", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Sites[0].Ring = domain.PilotBeta
	}},
	{"what a pilot needs comes with the rest", 4, "P5", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		p := a.Plan
		p.Waves[0].Stage = domain.General
	}},
	{"a wave has too many sites", 6, "P6", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		one := 1
		in.Limits.SitesPerWave = &one
	}},
	{"a wave has too many users", 6, "P6", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		few := 199
		in.Limits.UsersPerWave = &few
	}},
	{"a wave is too critical", 6, "P6", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Items[0].Criticality = 3
		for i := range a.Plan.Steps {
			a.Plan.Steps[i].Criticality = 3
		}
		a.Plan.Waves[0].Criticality, a.Plan.Waves[1].Criticality = 6, 3
		five := 5
		in.Limits.CriticalityPerWave = &five
	}},
	{"a wave spans regions", 6, "P6", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.GroupByRegion = true
		in.Sites[2].Region = "apac"
	}},
	{"there are more waves than are needed", 6, "P6", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.StandIns = nil
	}},
	{"the lower bound is too high", 6, "P6", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		a.Plan.LowerBound = 3
	}},
	{"nothing coexists, and it is no BIG_BANG", 12, "P1", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		a.Plan.Approach = domain.Phased
	}},
	{"a BIG_BANG has two waves", 6, "P1", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Approach, a.Plan.Approach = domain.BigBang, domain.BigBang
	}},
	{"users are counted wrong", 6, "P6", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		a.Plan.Waves[0].Users = 100
	}},
	{"that users are not known is not said", 6, "P6", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Sites[0].Users = nil
	}},
	{"a step lies outside its window", 9, "P7", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Windows[0].Spec.StartsAt = pointer("2027-01-01T01:30")
	}},
	{"a step lies outside the window of its item", 1, "P7", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		from, to := rollouttest.Instant(hour1), rollouttest.Instant("2027-02-01T00:00:00Z")
		in.Windows = []rollout.Opening{{Key: "w", Spec: calendar.Spec{From: &from, To: &to}, Classes: []domain.Class{domain.Database}}}
	}},
	{"a step lies outside the window of what its site is part of", 1, "P7", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		from, to := rollouttest.Instant(hour1), rollouttest.Instant("2027-02-01T00:00:00Z")
		in.Windows = []rollout.Opening{{Key: "w", Spec: calendar.Spec{From: &from, To: &to}, Sites: []rollout.SiteNo{1}}}
		in.Sites[2].PartOf = []rollout.SiteNo{1}
	}},
	{"a step lies in a freeze", 9, "P7", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Freezes[0].Spec.To = pointer(rollouttest.Instant("2027-02-03T00:01:00Z"))
	}},
	{"a step waits for a freeze that excepts it", 9, "P7", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Freezes[0].Excepted = true
	}},
	{"a step lies in service hours", 1, "P7", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Sites[2].ServiceHours = "Mo-Su 00:00-01:30"
	}},
	{"a step meets other work at its site", 1, "P7", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Works = []rollout.Work{{Record: "ChangeRequest:C", When: a.Plan.Steps[0].Window, Sites: []rollout.SiteNo{2}}}
	}},
	{"a step meets other work on what it depends on", 1, "P7", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Works = []rollout.Work{{Record: "ChangeRequest:C", When: a.Plan.Steps[1].Window, Items: []rollout.ItemNo{1}}}
	}},
	{"the next wave does not wait", 1, "P7", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Soak = time.Minute
	}},
	{"a step could begin before", 1, "P7", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		move(&a.Plan.Steps[1], time.Minute)
		reread(a.Plan)
	}},
	{"a step takes less than it does", 1, "P7", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.WorkDuration = 2 * time.Hour
	}},
	{"a step begins too early", 1, "P7", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.NotBefore = pointer(rollouttest.Instant(hour1))
	}},
	{"a wave's window is told wrong", 1, "P7", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		a.Plan.Waves[1].Window.To = rollouttest.Instant(hour3)
	}},
	{"a step is too late for the instant", 1, "P8", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		at := rollouttest.Instant("2027-01-01T01:59:00Z")
		in.Activation, a.Plan.Activation, in.ActivateAt, a.Plan.ActivateAt = domain.Scheduled, domain.Scheduled, &at, &at
	}},
	{"a step is too late", 1, "P8", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		at := rollouttest.Instant("2027-01-01T01:59:00Z")
		in.FinishBy = &at
	}},
	{"an intermediate is missing", 5, "P9", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Releases[0].Requires = []rollout.ReleaseNo{1}
		in.Releases = append(in.Releases, rollout.Release{
			Key: "REL-0", Status: domain.ReleaseAccepted, Changes: []rollout.Change{{Item: 0, Action: domain.ModifyItem, ToVersion: "1.5.0"}},
		})
	}},
	{"an intermediate comes after", 11, "P9", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		s := a.Plan.Steps
		s[0].Release, s[2].Release, s[0].Content, s[2].Content = s[2].Release, s[0].Release, s[2].Content, s[0].Content
	}},
	{"what another plan brings comes again", 11, "P2", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Brought = []rollout.Brought{{Release: 1, Site: 0, Deployment: "D", By: in.Now}}
	}},
	{"a pair is in one wave", 6, "P13", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.StandIns = []rollout.SiteLink{{From: 2, To: 0}}
	}},
	{"a party has too many sites in a wave", 6, "P13", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Parties = []rollout.Party{{Key: "p", SitesPerDay: pointer(1)}}
		in.Items[0].SupportedBy = []rollout.PartyNo{0}
	}},
	{"a party has too many sites on a day", 5, "P13", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Parties = []rollout.Party{{Key: "p", SitesPerDay: pointer(1)}}
		in.Items[0].SupportedBy = []rollout.PartyNo{0}
	}},
	{"a party has too many users on a day by other plans", 5, "P13", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		in.Parties = []rollout.Party{{Key: "p", UsersPerDay: pointer(200)}}
		in.Items[0].SupportedBy = []rollout.PartyNo{0}
		in.Loads = []rollout.Load{{Party: 0, At: in.Now.Add(23 * time.Hour), Users: 30}}
	}},
	{"a wave is empty", 1, "waves", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		a.Plan.Waves = append(a.Plan.Waves, rollout.Wave{Ordinal: 3, First: 2})
	}},
	{"a wave is numbered wrong", 1, "waves", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		a.Plan.Waves[1].Ordinal = 3
	}},
	{"steps stand in disorder", 6, "waves", func(in *rollout.Input, a *rollout.Answer, _ [][]rollout.Reason) {
		s := a.Plan.Steps
		s[0], s[1] = s[1], s[0]
	}},
}

func pointer[T any](v T) *T { return &v }

// The checker notices each breach: a right plan that is broken in one way.
func TestEveryBreachIsNoticed(t *testing.T) {
	for _, b := range breakages {
		t.Run(b.name, func(t *testing.T) {
			in := example(b.example).Input()
			answer, reasons := expected[b.example](&in)
			b.by(&in, answer, reasons)
			noticed(t, checker.Check(&in, answer, nil), b.rule)
		})
	}
}

func noticed(t *testing.T, breaches []checker.Breach, rule string) {
	require.True(t, slices.ContainsFunc(breaches, func(b checker.Breach) bool { return b.Rule == rule }), "of %s, only: %v", rule, breaches)
}

// misread is a right answer of which one reason is wrong.
type misread struct {
	name    string
	example int
	// step is the place of the step, and by what is done to its reasons.
	step int
	by   func([]rollout.Reason) []rollout.Reason
}

// without drops a reason.
func without(code rollout.Code) func([]rollout.Reason) []rollout.Reason {
	return func(list []rollout.Reason) []rollout.Reason {
		return slices.DeleteFunc(slices.Clone(list), func(r rollout.Reason) bool { return r.Code == code })
	}
}

// with sets a parameter of a reason.
func with(code rollout.Code, name, value string) func([]rollout.Reason) []rollout.Reason {
	return func(list []rollout.Reason) []rollout.Reason {
		for i := range list {
			if list[i].Code == code {
				list[i].Parameters[name] = value
			}
		}
		return list
	}
}

// chained gives a reason another chain.
func chained(code rollout.Code, chain []rollout.Edge) func([]rollout.Reason) []rollout.Reason {
	return func(list []rollout.Reason) []rollout.Reason {
		for i := range list {
			if list[i].Code == code {
				list[i].Chain = chain
			}
		}
		return list
	}
}

// adding gives a reason more.
func adding(r rollout.Reason) func([]rollout.Reason) []rollout.Reason {
	return func(list []rollout.Reason) []rollout.Reason { return append(list, r) }
}

var misreadings = []misread{
	{"what it receives is not told", 1, 0, without(rollout.Receives)},
	{"it receives another version", 1, 0, with(rollout.Receives, "to", "2.0.1")},
	{"it receives another item", 1, 0, with(rollout.Receives, "item", "api")},
	{"an item is held that is not", 1, 0, adding(because(rollout.HeldItem, "item=db; to=2.0.0; unit=u"))},
	{"an item was chosen from no list", 1, 0, adding(because(rollout.Chosen, "item=db; to=2.0.0; list=a"))},
	{"an item is added that is not", 1, 0, adding(because(rollout.AddedItem, "item=db; to=2.0.0; dependent=app"))},
	{"a demand is not told", 1, 1, without(rollout.After)},
	{"a demand names another site", 1, 1, with(rollout.After, "site", "b")},
	{"a chain is short of an edge", 1, 1, chained(rollout.After, chain[:1])},
	{"a chain has an edge that is not there", 1, 1, chained(rollout.After, needs("app", "db"))},
	{"a chain has a gap", 1, 1, chained(rollout.After, []rollout.Edge{chain[1], chain[0]})},
	{"a chain is empty", 1, 1, chained(rollout.After, nil)},
	{"a chain passes a site that does not serve", 1, 1, chained(rollout.After, []rollout.Edge{
		{Relationship: domain.RelDependsOn, From: "ConfigurationItem:app", To: "ConfigurationItem:api", Site: "Site:c"}, chain[1],
	})},
	{"a demand is one of another wave", 4, 2, adding(because(rollout.After, "site=b", chain...))},
	{"a demand is there that nothing asks", 6, 2, adding(because(rollout.After, "site=a", chain...))},
	{"a site that is needed is not told", 7, 1, without(rollout.NeedsSite)},
	{"a chain of sites leads elsewhere", 7, 1, chained(rollout.NeedsSite, over(domain.RelSiteNeeds, domain.KindSite, "a", "b"))},
	{"a group is not told", 2, 0, without(rollout.Together)},
	{"another item does not coexist", 2, 0, with(rollout.Together, "item", "app")},
	{"another site is of the group", 2, 0, with(rollout.Together, "sites", "a, b")},
	{"a group has no chain", 2, 0, chained(rollout.Together, nil)},
	{"an item alone makes the group", 2, 0, adding(because(rollout.AloneItem, "sites=a, c; item=db"))},
	{"a cycle is not told", 3, 0, without(rollout.CycleOf)},
	{"a cycle is told one way", 3, 0, func(list []rollout.Reason) []rollout.Reason { return list[1:] }},
	{"a ring is not told", 4, 1, without(rollout.RingOf)},
	{"a ring is another", 4, 1, with(rollout.RingOf, "ring", "PILOT_BETA")},
	{"pilots are not told", 4, 2, without(rollout.AfterPilots)},
	{"a pilot is none", 4, 2, with(rollout.AfterPilots, "pilots", "c")},
	{"what gave way is not told", 4, 0, without(rollout.GaveWay)},
	{"it gave way for no pilot", 4, 0, with(rollout.GaveWay, "pilot", "c")},
	{"it gave way without a chain", 4, 0, chained(rollout.GaveWay, nil)},
	{"a limit is not told", 5, 1, without(rollout.Full)},
	{"a limit is another", 5, 1, with(rollout.Full, "value", "99")},
	{"a load is another", 5, 1, with(rollout.Full, "load", "61")},
	{"a limit is not reached", 5, 1, with(rollout.Full, "limit", "sitesPerWave")},
	{"a region keeps it out where nothing is grouped", 5, 1, adding(because(rollout.RegionOf, "region=emea"))},
	{"a BIG_BANG is not told", 12, 0, without(rollout.AllAtOne)},
	{"a BIG_BANG is told of another", 1, 0, adding(because(rollout.AllAtOne, "release=REL-1"))},
	{"one wave is told of several", 1, 0, adding(because(rollout.OneWave, ""))},
	{"an offer is told that is none", 1, 0, adding(because(rollout.Offer, "deadline="+hour3))},
	{"a window is not told", 8, 0, without(rollout.InWindow)},
	{"a window is another", 8, 0, with(rollout.InWindow, "record", "MaintenanceWindow:w-d")},
	{"a local time is another", 8, 0, with(rollout.InWindow, "local", "2027-03-28T02:30")},
	{"service hours are told where there are none", 8, 0, adding(because(rollout.OutsideHours, "record=Site:a; local=03:30"))},
	{"a freeze is another", 9, 1, with(rollout.AfterFreeze, "record", "Freeze:g")},
	{"a conflict is told with no work", 9, 1, adding(because(rollout.AfterConflict, "record=ChangeRequest:C; kind=DIRECT; local=01:00"))},
	{"a soak is told of the first wave", 9, 0, adding(because(rollout.Soaked, "soak=PT24H; local=01:00"))},
	{"an instant is told where there is none", 1, 0, adding(because(rollout.Instant, "instant="+hour3))},
	{"a release before is not told", 11, 2, without(rollout.AfterRelease)},
	{"a release before is another", 11, 2, with(rollout.AfterRelease, "release", "REL-2")},
	{"a release after is not told", 11, 0, without(rollout.FirstOf)},
	{"a release after is told where none comes", 11, 1, adding(because(rollout.FirstOf, "release=REL-1"))},
	{"a pair is not told", 6, 2, without(rollout.Pair)},
	{"a pair is another", 6, 2, with(rollout.Pair, "site", "c")},
	{"a party is full that is not there", 6, 2, adding(because(rollout.Capacity, "party=p; value=1"))},
	{"it was kept where nothing was announced", 6, 2, adding(because(rollout.Kept, "wave=2"))},
	{"it was waived where nobody did", 6, 2, adding(because(rollout.Waived, "who=x; reason=y"))},
	{"a code is none of the list", 6, 2, adding(because("P7.MOON", "record=w"))},
	{"a reason has no text", 6, 2, func(list []rollout.Reason) []rollout.Reason { list[0].Text = ""; return list }},
	{"a reason is of another rule", 6, 2, func(list []rollout.Reason) []rollout.Reason { list[0].Rule = "P4"; return list }},
}

// The checker notices each wrong reason, and each that is missing (P10).
func TestEveryWrongReasonIsNoticed_P10(t *testing.T) {
	for _, m := range misreadings {
		t.Run(m.name, func(t *testing.T) {
			in := example(m.example).Input()
			answer, reasons := expected[m.example](&in)
			reasons[m.step] = m.by(slices.Clone(reasons[m.step]))
			noticed(t, checker.Check(&in, answer, reasons), "P10")
		})
	}
}

// The checker notices each contradiction that is none, or not the smallest (P10).
func TestEveryWrongContradictionIsNoticed(t *testing.T) {
	order, window := member("P4", "Site:a Site:c", ""), member("P7", "Site:a", "")
	soak, instant := member("P7", "soak", ""), member("P8", "activateAt", "")
	late := member("P7", "soak", "2027-02-20T23:00:00Z")
	for name, members := range map[string][]rollout.Constraint{
		"one is missing":           {order, window, soak},
		"one is too many":          {order, window, soak, instant, member("P5", "Site:a", "")},
		"one is told twice":        {order, window, soak, instant, instant},
		"one is not there":         {order, window, soak, instant, member("P7", "Freeze:f", "")},
		"an order is another":      {member("P4", "Site:a Site:b", ""), window, soak, instant},
		"there is none":            nil,
		"what relaxing gives lies": {order, window, late, instant},
	} {
		t.Run(name, func(t *testing.T) {
			in := example(10).Input()
			noticed(t, checker.Check(&in, refused(members...), nil), "answer")
		})
	}
}

// The checker notices a refusal where there is a plan.
func TestARefusalOfWhatHasAPlanIsNoticed(t *testing.T) {
	in := example(10).With(func(q *rollout.Question) { q.Soak = 0 }).Input()
	noticed(t, checker.Check(&in, refused(member("P8", "activateAt", "")), nil), "answer")
}
