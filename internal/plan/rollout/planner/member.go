package planner

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/demand"
)

// member is a constraint that a contradiction can name.
type member struct {
	rule    string
	records []string
	text    string
	chain   []rollout.Edge
	// order are the pairs of steps that it orders.
	order []pairing
	// same are steps that share a wave.
	same []int32
	// of the others at most one is set.
	kind  memberKind
	place int32    // a site, freeze, party or item
	pair  [2]int32 // sites, or a site and a release
	limit string
}

type memberKind int

const (
	ofFinish memberKind = iota
	ofInstant
	ofLimit
	ofParty
	ofRegion
	ofOneWave
	ofAuto
	ofSoak
	ofFreeze
	ofPair
	ofRequired
	ofItem
	ofOrder
	ofRing
	ofWindows
)

// pairing is an order of two steps: a comes no earlier than b.
type pairing struct {
	a, b   int32
	strict bool // in a later wave
	hour   bool // where they share a wave, a begins when b is over
}

func record(kind, key string) string { return kind + ":" + key }

// members lists all constraints on some steps, those first that people look at first;
// of very many steps without the orders between sites.
// All are in the sense that they have with all rules: within a group P4 says "no
// earlier".
func (p *pool) members(ctx context.Context, steps []int32) ([]member, error) {
	var list []member
	list = p.dates(list)
	list = p.bounds(list)
	if p.terms().All {
		list = append(list, member{rule: "P1", records: []string{"BIG_BANG"}, kind: ofOneWave, same: p.ofAsked(steps), text: "the approach BIG_BANG wants all sites in one wave"})
	} else if p.auto {
		list = append(list, member{
			rule: "P6", records: []string{"BIG_BANG"}, kind: ofAuto, same: p.ofAsked(steps),
			text: fmt.Sprintf("nothing that %s changes can run beside its old version, so all its sites are in one wave", p.m.Release(p.asked).Key),
		})
	}
	if p.in.Soak > 0 {
		list = append(list, member{
			rule: "P7", records: []string{"soak"}, kind: ofSoak, text: "each wave is watched for " + domain.FormatDuration(p.in.Soak) + " before the next one begins",
		})
	}
	list = p.freezes(list)
	list = p.apartMembers(list, steps)
	list = p.requiredMembers(list, steps)
	list = p.itemMembers(list, steps)
	if len(steps) <= mostNamed {
		var err error
		if list, err = p.orderMembers(ctx, list, steps); err != nil {
			return nil, err
		}
	}
	return p.siteMembers(list, steps), nil
}

// freezes are what must be left alone, by key.
func (p *pool) freezes(list []member) []member {
	places := make([]int32, len(p.in.Freezes))
	for i := range places {
		places[i] = int32(i)
	}
	slices.SortFunc(places, func(a, b int32) int { return cmp.Compare(p.in.Freezes[a].Key, p.in.Freezes[b].Key) })
	for _, place := range places {
		f := &p.in.Freezes[place]
		list = append(list, member{
			rule: "P7", records: []string{record(domain.KindFreeze, f.Key)}, kind: ofFreeze, place: place, text: "the freeze " + titled(f.Key, f.Name),
		})
	}
	return list
}

// ofAsked are the steps of the release that is asked for.
func (p *pool) ofAsked(steps []int32) (own []int32) {
	for _, s := range steps {
		if p.got.Steps[s].Release == p.asked {
			own = append(own, s)
		}
	}
	return own
}

// dates are when it has to be over.
func (p *pool) dates(list []member) []member {
	add := func(rule, name string, kind memberKind, t *time.Time, format string) {
		if t != nil {
			list = append(list, member{rule: rule, records: []string{name}, kind: kind, text: fmt.Sprintf(format, instant(*t))})
		}
	}
	add("P8", "activateAt", ofInstant, p.in.ActivateAt, "all is installed before %s, when it begins to run")
	add("P8", "finishBy", ofFinish, p.in.FinishBy, "all is over by %s")
	return list
}

// bounds are what waves and days hold.
func (p *pool) bounds(list []member) []member {
	told := map[int32]bool{}
	for _, d := range p.dimensions {
		switch {
		case d.party < 0:
			list = append(list, member{
				rule: "P6", records: []string{"limit:" + d.limit}, kind: ofLimit, limit: d.limit, text: fmt.Sprintf("%s is %d", d.limit, d.most),
			})
		case !told[d.party]:
			told[d.party] = true
			party := p.m.Party(d.party)
			list = append(list, member{
				rule: "P13", records: []string{record(domain.KindParty, party.Key)}, kind: ofParty, place: d.party,
				text: fmt.Sprintf("%s takes %s", titled(party.Key, party.Name), takes(party)),
			})
		}
	}
	if p.problem.Regions != nil {
		list = append(list, member{rule: "P6", records: []string{"groupByRegion"}, kind: ofRegion, text: "waves are grouped by region"})
	}
	return list
}

func takes(p *rollout.Party) string {
	switch {
	case p.SitesPerDay != nil && p.UsersPerDay != nil:
		return fmt.Sprintf("%d sites and %d users a day", *p.SitesPerDay, *p.UsersPerDay)
	case p.SitesPerDay != nil:
		return fmt.Sprintf("%d sites a day", *p.SitesPerDay)
	}
	return fmt.Sprintf("%d users a day", *p.UsersPerDay)
}

func (p *pool) apartMembers(list []member, steps []int32) []member {
	if p.base.approach == domain.Pull {
		return list
	}
	for _, pair := range p.pairs() {
		both := false
		p.each(pair, func(a, b int32) { both = both || contains(steps, a) && contains(steps, b) })
		if both {
			a, b := p.m.Site(pair[0]).Key, p.m.Site(pair[1]).Key
			list = append(list, member{
				rule: "P13", records: []string{record(domain.KindSite, a), record(domain.KindSite, b)}, kind: ofPair, pair: pair,
				text: fmt.Sprintf("%s and %s stand in for each other: never in one wave", a, b),
			})
		}
	}
	return list
}

func contains(sorted []int32, v int32) bool {
	_, found := slices.BinarySearch(sorted, v)
	return found
}

func (p *pool) requiredMembers(list []member, steps []int32) []member {
	for _, s := range steps {
		from, _ := p.stepsAt(p.got.Steps[s].Site)
		for q := from; q < s; q++ {
			if !p.needs(p.got.Steps[s].Release, p.got.Steps[q].Release) {
				continue
			}
			site, release := p.siteOf(s), p.m.Release(p.got.Steps[q].Release)
			list = append(list, member{
				rule: "P9", records: []string{record(domain.KindSite, site.Key), record(domain.KindRelease, release.Key)}, kind: ofRequired,
				pair: [2]int32{p.got.Steps[s].Site, p.got.Steps[q].Release}, order: []pairing{{a: s, b: q, strict: true}},
				text: fmt.Sprintf("%s gets %s in a wave before %s", site.Key, release.Key, p.m.Release(p.got.Steps[s].Release).Key),
			})
		}
	}
	return list
}

// itemMembers are items that do not coexist: all steps that receive one share a wave.
func (p *pool) itemMembers(list []member, steps []int32) []member {
	if p.later {
		return list
	}
	of := map[[2]int32][]int32{}
	var keys [][2]int32
	for _, s := range steps {
		c := &p.got.Contents[p.got.Steps[s].Content]
		for i := range c.Actions {
			if a := &c.Actions[i]; a.Alone && a.Orders() {
				key := [2]int32{a.Item, c.Release}
				if of[key] == nil {
					keys = append(keys, key)
				}
				of[key] = append(of[key], s)
			}
		}
	}
	slices.SortFunc(keys, func(a, b [2]int32) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	for _, key := range keys {
		if len(of[key]) > 1 {
			item := p.m.Item(key[0]).Key
			list = append(list, member{
				rule: "P4", records: []string{record(domain.KindConfigurationItem, item)}, kind: ofItem, place: key[0], same: of[key],
				text: fmt.Sprintf("the versions of %s may not run side by side: its %d sites share a wave", item, len(of[key])),
			})
		}
	}
	return list
}

// orderMembers are the demands between sites.
func (p *pool) orderMembers(ctx context.Context, list []member, steps []int32) ([]member, error) {
	at := map[[2]int32]int{}
	put := func(d *demand.Demand, a, b int32) {
		pair := [2]int32{p.got.Steps[a].Site, p.got.Steps[b].Site}
		i, known := at[pair]
		if !known {
			i = len(list)
			at[pair] = i
			one, other := p.m.Site(pair[0]).Key, p.m.Site(pair[1]).Key
			text := fmt.Sprintf("%s comes after %s: %s", one, other, p.words(d))
			if d.Later {
				text = fmt.Sprintf("%s and %s share a wave: %s", one, other, p.words(d))
			}
			list = append(list, member{
				rule: "P4", records: []string{record(domain.KindSite, one), record(domain.KindSite, other)}, kind: ofOrder, pair: pair, text: text, chain: d.Chain,
			})
		}
		strict := p.d.GroupOf[a] != p.d.GroupOf[b]
		hour := d.After && !strict && p.hours != nil && p.hours.Place(a) != p.hours.Place(b)
		list[i].order = append(list[i].order, pairing{a: a, b: b, strict: strict, hour: hour})
		if d.Together && d.Later {
			list[i].order = append(list[i].order, pairing{a: b, b: a})
		}
	}
	for _, s := range steps {
		demands, err := p.demandsOf(ctx, s)
		if err != nil {
			return nil, err
		}
		for i := range demands {
			// What is together is told with the one that would come later.
			if d := &demands[i]; !d.Shared && contains(steps, d.Other) && (d.After || d.Later) {
				put(d, s, d.Other)
			}
		}
	}
	return list, nil
}

// siteMembers are what single sites want: their ring, their windows and hours. A site
// with several steps (P9) wants what any of these wants.
func (p *pool) siteMembers(list []member, steps []int32) []member {
	ringed, bound := map[int32]bool{}, map[int32]bool{}
	var windows []member
	for _, s := range steps {
		site := p.got.Steps[s].Site
		key := p.m.Site(site).Key
		if stage := p.problem.Stage[p.d.GroupOf[s]]; stage < len(p.rings)-1 && !ringed[site] {
			ringed[site] = true
			list = append(list, member{
				rule: "P5", records: []string{record(domain.KindSite, key)}, kind: ofRing, place: site,
				text: fmt.Sprintf("%s comes with the ring %s", key, p.rings[stage]),
			})
		}
		if p.cal.Bound(s) && !bound[site] {
			bound[site] = true
			windows = append(windows, member{
				rule: "P7", records: []string{record(domain.KindSite, key)}, kind: ofWindows, place: site,
				text: fmt.Sprintf("%s is worked on in its windows and outside its service hours", key),
			})
		}
	}
	return append(list, windows...)
}
