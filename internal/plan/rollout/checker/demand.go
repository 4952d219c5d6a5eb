package checker

import (
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
)

// demand is what a chain asks of two steps of one release (P4): the later one comes
// after the sooner one, or both come together and keep that order by the hour.
type demand struct {
	later, sooner int
	together      bool
	// loose says that the rules tell no order by the hour.
	loose bool
	// hub says that it comes of SITE_NEEDS, not of a chain of items.
	hub bool
	// The chain runs from the item of the dependent step to that of the supplier.
	dependent, supplier int
	x, y                receipt
}

// serve lists where the instances of an item are that serve a site (P4).
func (e *estate) serve(item, site int) (sites []int) {
	if e.has[spot{item, site}] {
		return []int{site}
	}
	for hub, yes := range e.hubs[site] {
		if yes && e.has[spot{item, hub}] {
			sites = append(sites, hub)
		}
	}
	if len(sites) > 0 {
		return sites
	}
	for s := range e.in.Sites {
		if e.has[spot{item, s}] {
			sites = append(sites, s)
		}
	}
	if len(sites) == 0 {
		return []int{site}
	}
	return sites
}

// next lists what an item at a site depends on, where it is served.
func (e *estate) next(at spot) (list []spot) {
	for _, y := range e.needs[at.item] {
		for _, site := range e.serve(y, at.site) {
			list = append(list, spot{y, site})
		}
	}
	return list
}

// reach returns all that an item at a site depends on.
func (e *estate) reach(from spot) map[spot]bool {
	if known, ok := e.reached[from]; ok {
		return known
	}
	seen := map[spot]bool{}
	queue := e.next(from)
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if !seen[at] {
			seen[at] = true
			queue = append(queue, e.next(at)...)
		}
	}
	e.reached[from] = seen
	return seen
}

// demands works out what every pair of steps of one release asks.
func (e *estate) demands() (list []demand) {
	for a, dependent := range e.steps {
		for b, supplier := range e.steps {
			if dependent.release != supplier.release || dependent.site == supplier.site {
				continue
			}
			for _, x := range dependent.receipts {
				for _, y := range supplier.receipts {
					if x.kind == rollout.Held || y.kind == rollout.Held { // it orders nothing
						continue
					}
					d, asks := e.ask(a, b, x, y)
					if asks && e.reach(spot{x.item, dependent.site})[spot{y.item, supplier.site}] {
						list = append(list, d)
					}
					if asks && e.hubs[dependent.site][supplier.site] {
						d.hub = true
						list = append(list, d)
					}
				}
			}
		}
	}
	return list
}

// ask returns what is asked where one step depends on another, if anything is.
func (e *estate) ask(dependent, supplier int, x, y receipt) (demand, bool) {
	d := demand{later: dependent, sooner: supplier, dependent: dependent, supplier: supplier, x: x, y: y}
	d.together = e.apart(x) || e.apart(y)
	switch {
	case y.kind == rollout.Remove:
		d.later, d.sooner = supplier, dependent
	case x.kind == rollout.Remove:
		d.loose = true
		return d, d.together
	}
	return d, true
}

// apart reports whether both versions of what a step receives may not run side by
// side. Before one common activation they never do (P4, P8).
func (e *estate) apart(r receipt) bool {
	return r.alone && r.kind != rollout.Held && (e.in.Activation == "" || e.in.Activation == domain.AtInstall)
}
