package checker

import (
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/version"
)

// spot is an item at a site.
type spot struct{ item, site int }

// estate is what the input says, looked up.
type estate struct {
	in       *rollout.Input
	versions *version.Reader
	// needs are, by item, the items that it depends on, and depends whether it does
	// along any chain.
	needs   [][]int
	depends [][]bool
	// hubs are, by site, what it SITE_NEEDS along any chain, around itself and what it
	// is PART_OF.
	hubs, around [][]bool
	installed    map[spot]string
	steps        []step
	// has says what there is at a site, or comes there.
	has       map[spot]bool
	reached   map[spot]map[spot]bool
	calendars *calendars
}

// survey looks an input up.
func survey(in *rollout.Input) (*estate, error) {
	reader, err := in.Versions.Reader()
	if in.Versions.Kind == "" {
		reader, err = version.Scheme{Kind: version.Natural}.Reader()
	}
	if err != nil {
		return nil, err
	}
	e := &estate{in: in, versions: reader, installed: map[spot]string{}, has: map[spot]bool{}, reached: map[spot]map[spot]bool{}}
	e.needs = make([][]int, len(in.Items))
	for _, d := range in.Dependencies {
		if d.Impact != domain.ImpactNone && e.lives(int(d.From)) && e.lives(int(d.To)) {
			e.needs[d.From] = append(e.needs[d.From], int(d.To))
		}
	}
	e.depends = closure(e.needs)
	hubs, parents := make([][]int, len(in.Sites)), make([][]int, len(in.Sites))
	for _, l := range in.Needs {
		hubs[l.From] = append(hubs[l.From], int(l.To))
	}
	for i, s := range in.Sites {
		for _, p := range s.PartOf {
			parents[i] = append(parents[i], int(p))
		}
	}
	e.hubs, e.around = closure(hubs), closure(parents)
	for i := range in.Sites {
		e.hubs[i][i], e.around[i][i] = false, true
	}
	for _, i := range in.Installed {
		if e.lives(int(i.Item)) {
			at := spot{int(i.Item), int(i.Site)}
			e.installed[at], e.has[at] = i.Version, true
		}
	}
	e.calendars, err = openCalendars(in)
	return e, err
}

// closure tells what each node reaches along one arc or more.
func closure(arcs [][]int) [][]bool {
	reach := make([][]bool, len(arcs))
	for i := range arcs {
		reach[i] = make([]bool, len(arcs))
		queue := slices.Clone(arcs[i])
		for len(queue) > 0 {
			n := queue[0]
			queue = queue[1:]
			if !reach[i][n] {
				reach[i][n] = true
				queue = append(queue, arcs[n]...)
			}
		}
	}
	return reach
}

// lives reports whether an item receives and carries chains (P2).
func (e *estate) lives(item int) bool {
	s := e.in.Items[item].Status
	return s != domain.ItemWithdrawn && s != domain.ItemDisposed
}

func (e *estate) site(i int) string    { return e.in.Sites[i].Key }
func (e *estate) item(i int) string    { return e.in.Items[i].Key }
func (e *estate) release(i int) string { return e.in.Releases[i].Key }

// name tells a step by its site and release.
func (e *estate) name(step int) string {
	s := e.steps[step]
	return e.site(s.site) + " (" + e.release(s.release) + ")"
}

// users returns how many a site has, 0 where nobody told (P6).
func (e *estate) users(site int) int {
	if u := e.in.Sites[site].Users; u != nil {
		return *u
	}
	return 0
}

// ring returns the place of a site's ring, the earliest first.
func (e *estate) ring(site int) int {
	r := e.in.Sites[site].Ring
	if r == "" {
		r = domain.General
	}
	return slices.Index(domain.Rings, r)
}

// paired reports whether two sites stand in for each other, read both ways (P13).
func (e *estate) paired(a, b int) bool {
	return slices.ContainsFunc(e.in.StandIns, func(l rollout.SiteLink) bool {
		return int(l.From) == a && int(l.To) == b || int(l.From) == b && int(l.To) == a
	})
}

// compare orders what is installed against what comes. What cannot be compared is
// lower where the texts differ.
func (e *estate) compare(installed, to string) int {
	if e.versions.Same(installed, to) {
		return 0
	}
	c, err := e.versions.Compare(installed, to)
	if err != nil {
		return -1
	}
	return c
}
