package rollouttest

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/rollout"
)

// Size bounds a random estate.
type Size struct{ Sites, Items int }

// The sizes of random estates: of a Small one all plans can be looked at.
var (
	Small = Size{Sites: 5, Items: 5}
	Large = Size{Sites: 14, Items: 9}
)

// Draw makes a random estate and question with everything at once: sites with
// parents, needs, pairs, rings, zones, users and service hours; items that depend on
// each other, also in cycles, in redundancy groups and without impact; releases of
// every category with units, parts and what they require; parties, limits, windows,
// freezes, other work; chosen sites, approaches and activations.
//
// It leaves out what the rules leave open, such as an added item that is there
// already.
func Draw(t *rapid.T, size Size) rollout.Input {
	d := &drawing{t: t, added: map[int][]rollout.SiteNo{}}
	d.parties()
	d.sites(d.upTo("sites", 2, size.Sites))
	d.items(d.upTo("items", 2, size.Items))
	d.installations()
	d.releases()
	d.question()
	d.calendar()
	d.others()
	return d.in
}

type drawing struct {
	t  *rapid.T
	in rollout.Input
	// added are, by item, where a release adds it.
	added map[int][]rollout.SiteNo
}

// fair draws numbers below 128, each alike: the generators of rapid prefer small
// ones, of which estates get thin.
var fair = rapid.Custom(func(t *rapid.T) (n int) {
	for range 7 {
		n *= 2
		if rapid.Bool().Draw(t, "bit") {
			n++
		}
	}
	return n
})

// upTo draws a number between two.
func (d *drawing) upTo(name string, least, most int) int {
	return least + fair.Draw(d.t, name)*(most-least+1)/128
}

// once returns true once in so many draws.
func (d *drawing) once(name string, in int) bool { return d.upTo(name, 1, in) == in }

func pick[T any](d *drawing, name string, from ...T) T {
	return from[d.upTo(name, 0, len(from)-1)]
}

func (d *drawing) parties() {
	for i := range d.upTo("parties", 0, 2) {
		p := rollout.Party{Key: fmt.Sprint("p", i), Name: fmt.Sprint("Party ", i), Zone: pick(d, "party zone", zones...)}
		if d.once("sites a day", 2) {
			p.SitesPerDay = pointer(d.upTo("sitesPerDay", 1, 4))
		}
		if d.once("users a day", 3) {
			p.UsersPerDay = pointer(50 * d.upTo("usersPerDay", 1, 8))
		}
		d.in.Parties = append(d.in.Parties, p)
	}
}

var (
	zones   = []string{"UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"}
	regions = []string{"emea", "amer", "apac"}
)

func (d *drawing) sites(n int) {
	for i := range n {
		s := rollout.Site{Key: fmt.Sprint("s", i), Name: fmt.Sprint("Site ", i), Region: pick(d, "region", regions...), Zone: pick(d, "zone", zones...)}
		s.Ring = pick(d, "ring", domain.General, domain.General, domain.General, "", domain.PilotBeta, domain.PilotAlpha)
		if !d.once("nobody told the users", 8) {
			s.Users = pointer(10 * d.upTo("users", 0, 12))
		}
		if d.once("service hours", 5) {
			s.ServiceHours = pick(d, "hours", "Mo-Fr 08:00-18:00", "Mo-Su 06:00-22:00", "Mo-Sa 09:00-12:00")
		}
		if i > 0 && d.once("part of", 4) {
			parent := d.upTo("parent", 0, i-1)
			s.PartOf, s.Region = append(s.PartOf, rollout.SiteNo(parent)), d.in.Sites[parent].Region
		}
		d.in.Sites = append(d.in.Sites, s)
	}
	d.in.Needs = d.links("needs", n, (n+1)/2)
	d.in.StandIns = d.links("stands in", n, 2)
}

func (d *drawing) links(name string, sites, most int) (list []rollout.SiteLink) {
	if sites < 2 || d.once("no "+name, 2) {
		return nil
	}
	for range d.upTo(name, 0, most) {
		l := rollout.SiteLink{From: rollout.SiteNo(d.upTo(name+" from", 0, sites-1)), To: rollout.SiteNo(d.upTo(name+" to", 0, sites-1))}
		if l.From != l.To && !slices.Contains(list, l) {
			list = append(list, l)
		}
	}
	return list
}

func (d *drawing) items(n int) {
	live := domain.ItemLive
	for i := range n {
		it := rollout.Item{Key: fmt.Sprint("i", i), Name: fmt.Sprint("Item ", i), Environment: domain.Live}
		it.Class = pick(d, "class", domain.Application, domain.Service, domain.Database, domain.Server)
		it.Status = pick(d, "status", live, live, live, live, live, live, live, domain.ItemPlanned, domain.ItemWithdrawn, domain.ItemDisposed)
		it.Criticality = d.upTo("criticality", 0, 5)
		for p := range d.in.Parties {
			if d.once("supports", 2) {
				it.SupportedBy = append(it.SupportedBy, rollout.PartyNo(p))
			}
		}
		d.in.Items = append(d.in.Items, it)
	}
	density := pick(d, "density", 2, 3, 4, 8)
	for from := range n {
		for to := range n {
			if from == to || !d.once("depends", density) {
				continue
			}
			d.in.Dependencies = append(d.in.Dependencies, rollout.Dependency{
				From: rollout.ItemNo(from), To: rollout.ItemNo(to), Kind: pick(d, "kind", domain.DependencyKinds...),
				Impact: pick(d, "impact", domain.ImpactFull, domain.ImpactFull, domain.ImpactDegraded, domain.ImpactNone), Group: pick(d, "group", "", "", "g"),
			})
		}
	}
}

func (d *drawing) installations() {
	for item := range d.in.Items {
		var at []rollout.SiteNo
		switch d.upTo("installed", 0, 9) {
		case 0: // nowhere
		case 1, 2, 3, 4: // at one or two, which serve others
			at = append(at, rollout.SiteNo(d.upTo("at", 0, len(d.in.Sites)-1)))
			if other := rollout.SiteNo(d.upTo("also at", 0, len(d.in.Sites)-1)); other != at[0] {
				at = append(at, other)
			}
		case 5, 6:
			at = d.someSites("installed at", 2)
		default:
			for site := range d.in.Sites {
				at = append(at, rollout.SiteNo(site))
			}
		}
		for _, site := range at {
			v := pick(d, "version", "1.0.0", "1.0.0", "1.0.0", "1.5.0", "1.0.0", "2.0.0", "3.0.0", "")
			d.in.Installed = append(d.in.Installed, rollout.Installation{Item: rollout.ItemNo(item), Site: site, Version: v, ActiveVersion: v})
		}
	}
}

// nowhere reports whether an item is installed at no site.
func (d *drawing) nowhere(item int) bool {
	return !slices.ContainsFunc(d.in.Installed, func(i rollout.Installation) bool { return int(i.Item) == item })
}

func (d *drawing) releases() {
	for i := range d.upTo("units", 0, 2) {
		u := rollout.Unit{Key: fmt.Sprint("u", i), Name: fmt.Sprint("Unit ", i)}
		for item := range d.in.Items {
			if d.once("grouped", 3) {
				u.Items = append(u.Items, rollout.ItemNo(item))
			}
		}
		d.in.Units = append(d.in.Units, u)
	}
	main := d.release("R", pick(d, "category", domain.DeltaRelease, domain.DeltaRelease, domain.FullRelease, domain.PackageRelease), "2.0.0")
	d.in.Release = main
	if !d.once("requires", 3) {
		return
	}
	before := main
	for i := range d.upTo("required", 1, 2) {
		q := d.required(i)
		d.in.Releases[before].Requires = append(d.in.Releases[before].Requires, q)
		before = q
	}
}

// release draws a release and its parts.
func (d *drawing) release(key string, category domain.ReleaseCategory, to string) rollout.ReleaseNo {
	r := rollout.Release{Key: key, Name: "Release " + key, Category: category, Status: domain.ReleaseAccepted}
	if category == domain.PackageRelease {
		for i := range d.upTo("parts", 1, 2) {
			part := pick(d, "part", domain.DeltaRelease, domain.FullRelease, domain.DeltaRelease)
			r.Bundles = append(r.Bundles, d.release(fmt.Sprint(key, "-", i), part, pick(d, "part to", "2.0.0", "2.5.0")))
		}
	} else {
		r.Changes = d.changes(to)
	}
	d.in.Releases = append(d.in.Releases, r)
	return rollout.ReleaseNo(len(d.in.Releases) - 1)
}

// changes draws what a release changes. What an item has done with it follows from
// the item, so that parts of one package agree.
func (d *drawing) changes(to string) (list []rollout.Change) {
	alone := pick(d, "alone", 1, 4, 4, 20, 20, 20)
	for item := range d.in.Items {
		if d.once("not changed", 3) {
			continue
		}
		c := rollout.Change{Item: rollout.ItemNo(item), Action: domain.ModifyItem, ToVersion: to, Alone: d.once("does not coexist", alone) || !d.lives(item)}
		switch {
		case d.nowhere(item):
			c.Action = domain.AddItem
			if _, drawn := d.added[item]; !drawn {
				d.added[item] = d.someSites("added at", 3)
			}
			if c.Sites = d.added[item]; len(c.Sites) == 0 && !d.wanted(item, list) {
				continue
			}
		case d.in.Items[item].Criticality == 1:
			c.Action, c.ToVersion = domain.RemoveItem, ""
		}
		list = append(list, c)
	}
	return list
}

// wanted reports whether an item that changes and depends on this one is installed.
func (d *drawing) wanted(item int, changes []rollout.Change) bool {
	return slices.ContainsFunc(changes, func(c rollout.Change) bool {
		return c.Action == domain.ModifyItem && !d.nowhere(int(c.Item)) && d.lives(int(c.Item)) && slices.ContainsFunc(d.in.Dependencies, func(l rollout.Dependency) bool {
			return l.From == c.Item && int(l.To) == item && l.Impact != domain.ImpactNone
		})
	})
}

func (d *drawing) lives(item int) bool {
	s := d.in.Items[item].Status
	return s != domain.ItemWithdrawn && s != domain.ItemDisposed
}

func (d *drawing) someSites(name string, in int) (list []rollout.SiteNo) {
	for site := range d.in.Sites {
		if d.once(name, in) {
			list = append(list, rollout.SiteNo(site))
		}
	}
	return list
}

// required draws a release that comes before, the further the lower its versions.
func (d *drawing) required(n int) rollout.ReleaseNo {
	r := rollout.Release{
		Key: fmt.Sprint("Q", n), Name: fmt.Sprint("Required ", n), Status: domain.ReleaseAccepted,
		Category: pick(d, "required category", domain.DeltaRelease, domain.DeltaRelease, domain.FullRelease),
	}
	for item := range d.in.Items {
		if d.once("required changes", 2) && !d.nowhere(item) && d.in.Items[item].Criticality != 1 {
			r.Changes = append(r.Changes, rollout.Change{
				Item: rollout.ItemNo(item), Action: domain.ModifyItem, ToVersion: []string{"1.5.0", "1.2.0"}[n], Alone: d.once("required alone", 8),
			})
		}
	}
	d.in.Releases = append(d.in.Releases, r)
	return rollout.ReleaseNo(len(d.in.Releases) - 1)
}

// start is when plans begin at the earliest: shortly before clocks are changed.
var start = time.Date(2027, 3, 26, 0, 0, 0, 0, time.UTC)

func (d *drawing) question() {
	q := &d.in.Question
	q.Now = start
	q.NotBefore = pointer(start.Add(time.Duration(d.upTo("not before", 0, 100)) * 15 * time.Minute))
	q.Approach = pick(d, "approach", "", domain.Phased, domain.Phased, domain.Phased, domain.Phased, domain.BigBang, domain.Continuous, domain.Pull)
	switch q.Approach {
	case domain.BigBang: // that it is one wave and that another release comes before is left open
		for i := range d.in.Releases {
			d.in.Releases[i].Requires = nil
		}
	case domain.Continuous:
		q.Path = []rollout.PathEnvironment{{Environment: domain.Test, Gate: d.once("gate", 2)}, {Environment: domain.Acceptance}}
	case domain.Pull:
		q.Deadline = pointer(q.NotBefore.Add(30 * 24 * time.Hour))
	}
	q.Activation = pick(d, "activation", "", domain.AtInstall, domain.AtInstall, domain.AtInstall, domain.Scheduled, domain.Triggered)
	if q.Activation == domain.Scheduled {
		q.ActivateAt = pointer(q.NotBefore.Add(time.Duration(d.upTo("activate", 1, 10)) * 12 * time.Hour))
	}
	if d.once("finish by", 6) {
		q.FinishBy = pointer(q.NotBefore.Add(time.Duration(d.upTo("finish", 1, 10)) * 12 * time.Hour))
	}
	if d.once("soak", 2) {
		q.Soak = time.Duration(d.upTo("soak hours", 1, 72)) * time.Hour
	}
	if !d.once("duration of the past", 3) {
		q.WorkDuration = time.Duration(d.upTo("work", 1, 8)) * 15 * time.Minute
	}
	q.GroupByRegion = d.once("by region", 4)
	if d.once("sites a wave", 3) {
		q.Limits.SitesPerWave = pointer(d.upTo("sitesPerWave", 1, 4))
	}
	if d.once("users a wave", 3) {
		q.Limits.UsersPerWave = pointer(10 * d.upTo("usersPerWave", 8, 30))
	}
	if d.once("criticality a wave", 4) {
		q.Limits.CriticalityPerWave = pointer(d.upTo("criticalityPerWave", 5, 12))
	}
	if d.once("chosen", 5) && d.coexists() && len(d.in.Releases[d.in.Release].Requires) == 0 {
		q.Sites = d.someSites("chosen site", 2)
	}
}

// coexists reports whether some change does. What a chosen list has to hold of a
// BIG_BANG by itself is left open, and what of the releases that come before.
func (d *drawing) coexists() bool {
	return slices.ContainsFunc(d.in.Releases, func(r rollout.Release) bool {
		return r.Key[0] != 'Q' && slices.ContainsFunc(r.Changes, func(c rollout.Change) bool { return !c.Alone })
	})
}

func (d *drawing) calendar() {
	if d.once("always open", 3) {
		return
	}
	for i := range d.upTo("windows", 0, 3) {
		o := rollout.Opening{Key: fmt.Sprint("w", i), Name: fmt.Sprint("Window ", i)}
		o.Spec = calendar.Spec{
			StartsAt:   pointer(fmt.Sprintf("2027-01-0%dT%02d:%s", d.upTo("day", 1, 7), d.upTo("hour", 0, 23), pick(d, "minute", "00", "30"))),
			Duration:   pointer(pick(d, "opens for", "PT3H", "PT6H", "P1D", "PT90M")),
			Recurrence: pointer(pick(d, "recurs", "FREQ=DAILY", "FREQ=WEEKLY", "FREQ=DAILY;INTERVAL=2")),
			TimeZone:   pointer(pick(d, "window zone", zones...)),
		}
		d.scope(&o, i == 0)
		d.in.Windows = append(d.in.Windows, o)
	}
	for i := range d.upTo("freezes", 0, 2) {
		from := start.Add(time.Duration(3*d.upTo("freeze from", 0, 100)) * 30 * time.Minute)
		to := from.Add(time.Duration(d.upTo("freeze hours", 1, 72)) * time.Hour)
		o := rollout.Opening{Key: fmt.Sprint("f", i), Name: fmt.Sprint("Freeze ", i), Spec: calendar.Spec{From: &from, To: &to}, Excepted: d.once("excepted", 6)}
		d.scope(&o, true)
		d.in.Freezes = append(d.in.Freezes, o)
	}
}

// scope draws what an opening is for. Of windows, only the first is for items:
// whether an item with a window of its own and one of a service has to keep both is
// left open.
func (d *drawing) scope(o *rollout.Opening, first bool) {
	switch d.upTo("scope", 0, 7) {
	case 0:
		o.Everywhere = first
	case 1:
		o.Regions = []string{pick(d, "scope region", regions...)}
	case 2:
		if first {
			o.Classes = []domain.Class{pick(d, "scope class", domain.Application, domain.Database)}
		}
	case 3:
		if first && !d.carried() {
			o.Services = []rollout.ItemNo{rollout.ItemNo(d.upTo("service", 0, len(d.in.Items)-1))}
		}
	default:
		o.Sites = d.someSites("scope site", 2)
	}
	if !o.Everywhere && len(o.Regions)+len(o.Classes)+len(o.Services)+len(o.Sites) == 0 {
		o.Sites = []rollout.SiteNo{0}
	}
}

// carried reports whether something withdrawn has dependencies: whether windows and
// other work reach through it is left open.
func (d *drawing) carried() bool {
	return slices.ContainsFunc(d.in.Dependencies, func(l rollout.Dependency) bool { return !d.lives(int(l.From)) || !d.lives(int(l.To)) })
}

// others draws what other plans and the past tell.
func (d *drawing) others() {
	for i := range d.upTo("works", 0, 2) {
		from := start.Add(time.Duration(3*d.upTo("work from", 0, 100)) * 30 * time.Minute)
		w := rollout.Work{Record: fmt.Sprint("ChangeRequest:C-", i), Name: fmt.Sprint("Work ", i)}
		w.When = domain.TimeRange{From: from, To: from.Add(time.Duration(d.upTo("work hours", 1, 30)) * time.Hour)}
		if d.once("work at a site", 2) {
			w.Sites = []rollout.SiteNo{rollout.SiteNo(d.upTo("work site", 0, len(d.in.Sites)-1))}
		}
		if !d.carried() {
			w.Items = []rollout.ItemNo{rollout.ItemNo(d.upTo("work item", 0, len(d.in.Items)-1))}
		}
		d.in.Works = append(d.in.Works, w)
	}
	for p := range d.in.Parties {
		if d.once("load", 3) {
			at := start.Add(time.Duration(d.upTo("load at", 0, 100)) * time.Hour)
			d.in.Loads = append(d.in.Loads, rollout.Load{Party: rollout.PartyNo(p), At: at, Sites: d.upTo("load sites", 1, 3), Users: d.upTo("load users", 0, 100)})
		}
	}
	for i, r := range d.in.Releases {
		if r.Key[0] != 'Q' {
			continue
		}
		for site := range d.in.Sites {
			if d.once("brought", 8) {
				d.in.Brought = append(d.in.Brought, rollout.Brought{Release: rollout.ReleaseNo(i), Site: rollout.SiteNo(site), Deployment: "D-1", By: start})
			}
		}
	}
	took := time.Duration(d.upTo("took", 1, 10)) * 15 * time.Minute
	for range d.upTo("past", 0, 3) {
		d.in.Past = append(d.in.Past, rollout.PastRollout{Items: []rollout.ItemNo{rollout.ItemNo(d.upTo("past item", 0, len(d.in.Items)-1))}, Took: took})
	}
}
