package simulate

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"releasegraph/internal/domain"
)

// Fleet is all sites of a roll-out.
type Fleet struct {
	sites map[string]*site
	keys  []string
}

// NewFleet returns sites with what each has installed, the versions by item. Each site has
// chances of its own: what one does changes nothing for the others.
func NewFleet(seed uint64, m Manners, has map[string]map[string]string) *Fleet {
	f := &Fleet{sites: map[string]*site{}, keys: slices.Sorted(maps.Keys(has))}
	for i, key := range f.keys {
		f.sites[key] = newSite(key, has[key], m, rand.New(rand.NewPCG(seed, uint64(i)+1)))
	}
	return f
}

// Fetches has the sites fetch a kit, and say its SHA-256 with what they install (L2).
func (f *Fleet) Fetches(kit string) *Fleet {
	for _, s := range f.sites {
		s.kit = kit
	}
	return f
}

// Audit has what the sites have looked at before and after their work (D3), and something
// be found at one of them that nobody knows of.
func (f *Fleet) Audit(at, surplus string) {
	for key, s := range f.sites {
		if s.audits = true; key == at {
			s.surplus = surplus
		}
	}
}

// Fail has the first attempt of a site fail.
func (f *Fleet) Fail(key string) {
	if s := f.sites[key]; s != nil {
		s.fails = true
	}
}

// Follow has the sites hear how the roll-out stands, and what it asks of them.
func (f *Fleet) Follow(s *State, now time.Time) {
	later := 0 // sites of later waves that have the release
	for _, w := range slices.Backward(s.Waves) {
		have := 0
		for i := range w.Sites {
			one := &w.Sites[i]
			if one.Status.Begun() && one.Status != domain.SiteBackedOut {
				have++
			}
			if site := f.sites[one.Key]; site != nil {
				site.follow(s, &w, one, later > 0, now)
			}
		}
		later += have
	}
}

// follow hears what the roll-out asks of the site.
func (s *site) follow(d *State, w *Wave, is *SiteState, behind bool, now time.Time) {
	going := d.Status == domain.DeploymentRunning && w.Goes()
	open := is.WindowFrom == nil || !now.Before(*is.WindowFrom)
	s.waits = d.Activation != domain.AtInstall
	if is.Status == domain.SiteActivated {
		s.activate(now)
	}
	switch is.Status {
	case domain.SitePending, domain.SiteDistributed:
		if going && open && is.Attempt > s.attempt {
			s.begin(is.Attempt, is.Receives, now)
		}
	case domain.SiteSkipped:
		s.stop()
	case domain.SiteBackedOut:
		if s.stop(); len(s.tasks) == 0 && !s.back {
			s.restore()
		}
	default:
		if d.Status == domain.DeploymentBackingOut && !s.back && (s.eager || !behind) {
			s.takeBack(now)
		}
	}
}

// stop gives up what the site was going to do, unless it does not hear that.
func (s *site) stop() {
	if !s.deaf {
		s.tasks = nil
	}
}

// Works has the sites do what is to be done by now, and returns the reports that are sent
// then, in no order that means anything.
func (f *Fleet) Works(now time.Time) (list []*Report) {
	for _, key := range f.keys {
		s := f.sites[key]
		s.works(now)
		for _, r := range s.unsent {
			if !r.send.After(now) {
				list = append(list, r)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b *Report) int { return cmp.Or(a.send.Compare(b.send), cmp.Compare(a.ID, b.ID)) })
	return list
}

// Heard tells a site what the server said to one of its reports.
func (f *Fleet) Heard(r *Report, a Answer, now time.Time) { f.sites[r.Site].hears(r, a, now) }

// Next is when a site does or sends something next, zero: none does.
func (f *Fleet) Next() (next time.Time) {
	note := func(at time.Time) {
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	for _, s := range f.sites {
		if len(s.tasks) > 0 {
			note(s.tasks[0].at)
		}
		for _, r := range s.unsent {
			note(r.send)
		}
	}
	return next
}

// Has tells what is really installed at a site, the versions by item.
func (f *Fleet) Has(site string) map[string]string { return maps.Clone(f.sites[site].has) }

// Runs tells what really runs at a site, the versions by item.
func (f *Fleet) Runs(site string) map[string]string { return maps.Clone(f.sites[site].runs) }

// Sites lists the keys of the sites.
func (f *Fleet) Sites() []string { return slices.Clone(f.keys) }
