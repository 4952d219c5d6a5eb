package planner

import (
	"cmp"
	"context"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/receive"
	"releasegraph/internal/plan/rollout/waves"
)

// dimension is something that a wave holds at most so much of.
type dimension struct {
	// limit is a limit of the question, or one of a party.
	limit string
	party int32 // -1: none
	most  int
}

// The names of limits.
const (
	sitesPerWave       = "sitesPerWave"
	usersPerWave       = "usersPerWave"
	criticalityPerWave = "criticalityPerWave"
	sitesPerDay        = "sitesPerDay"
	usersPerDay        = "usersPerDay"
)

// pool puts the groups of a base into waves.
type pool struct {
	*base
	problem    waves.Problem
	dimensions []dimension
	rings      []domain.Ring // by stage
	// because tells by node of Before the one behind it from which it has its stage, -1:
	// none.
	because []int32
	regions []string
	relaxed *relaxation
	out     map[int32]bool // groups that were taken out by hand
}

// pool lays out the problem of the waves. What is relaxed does not bind.
func (b *base) pool(ctx context.Context, relaxed *relaxation) (*pool, error) {
	p := &pool{base: b, relaxed: relaxed}
	n := len(b.d.Groups)
	p.problem = waves.Problem{
		Groups: n, Before: b.d.Before, Sorted: b.d.Sorted, Loads: make([][]waves.Load, n), Apart: make([][]int32, n),
		Begin: b.m.Begins().UnixMicro(), Soak: b.in.Soak.Microseconds(), By: waves.Never, Effort: b.in.Effort, Seed: b.in.Seed,
	}
	if p.problem.Effort == 0 {
		p.problem.Effort = rollout.DefaultEffort
	}
	if relaxed.soak {
		p.problem.Soak = 0
	}
	p.stage()
	if b.approach != domain.Pull {
		p.limits()
		p.load()
		p.region()
	}
	p.apart()
	if err := p.risk(ctx); err != nil {
		return nil, err
	}
	p.by()
	if err := p.hour(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

// risk bounds how many users a wave may hurt. It gives way where no plan holds with it:
// then the waves that hurt more are named.
func (p *pool) risk(ctx context.Context) (err error) {
	most := p.in.MaxUsersAtRisk
	if most == nil || p.relaxed.risk || p.approach == domain.Pull {
		return nil
	}
	if p.hurt == nil {
		if p.hurt, err = p.hurts(ctx); err != nil {
			return err
		}
	}
	p.problem.Hurts, p.problem.MostHurt = p.hurt, int64(*most)
	p.problem.Users = make([]int64, p.m.Sites())
	for site := range p.problem.Users {
		p.problem.Users[site] = p.m.UsersAt(int32(site))
	}
	return nil
}

// stage works out the stage of each group: the earliest ring among its sites and
// among all groups that come after it (P5). In one wave it gives way (P1).
func (p *pool) stage() {
	n := p.d.Before.Len()
	ring := make([]int, n)
	p.because = make([]int32, n)
	last := len(domain.Rings)
	for v := range ring {
		ring[v], p.because[v] = last, -1
	}
	for g, steps := range p.d.Groups {
		for _, s := range steps {
			if !p.out[int32(g)] {
				ring[g] = min(ring[g], p.ringOf(s))
			}
		}
	}
	for i := len(p.d.Sorted) - 1; i >= 0; i-- {
		v := p.d.Sorted[i]
		for _, w := range p.d.Before.Out(v) {
			if ring[v] < ring[w] {
				ring[w], p.because[w] = ring[v], v
			}
		}
	}
	p.problem.Stage = make([]int, len(p.d.Groups))
	p.rings = nil
	used := make([]int, last)
	for g := range p.d.Groups {
		if p.terms().All {
			ring[g] = 0
		}
		if ring[g] < last {
			used[ring[g]] = 1
		}
	}
	place := make([]int, last)
	for r := range last {
		if used[r] > 0 {
			place[r] = len(p.rings)
			p.rings = append(p.rings, domain.Rings[r])
		}
	}
	for g := range p.d.Groups {
		if ring[g] < last { // what was taken out has none
			p.problem.Stage[g] = place[ring[g]]
		}
	}
}

// ringOf is the place of a step's own ring.
func (b *base) ringOf(step int32) int {
	if i := slices.Index(domain.Rings, b.siteOf(step).Ring); i >= 0 {
		return i
	}
	return len(domain.Rings) - 1
}

// ringOf is the ring of a step, the last one where that is relaxed.
func (p *pool) ringOf(step int32) int {
	if p.relaxed.rings[p.got.Steps[step].Site] {
		return len(domain.Rings) - 1
	}
	return p.base.ringOf(step)
}

// limits gathers what binds: the limits of the question (P6), and what parties take
// in a day (P13).
func (p *pool) limits() {
	l := &p.in.Limits
	for _, one := range []struct {
		name string
		most *int
	}{{sitesPerWave, l.SitesPerWave}, {usersPerWave, l.UsersPerWave}, {criticalityPerWave, l.CriticalityPerWave}} {
		if one.most != nil && !p.relaxed.limits[one.name] {
			p.dimensions = append(p.dimensions, dimension{one.name, -1, *one.most})
		}
	}
	for no := range int32(p.m.Parties()) {
		party := p.m.Party(no)
		if p.relaxed.parties[no] {
			continue
		}
		if party.SitesPerDay != nil {
			p.dimensions = append(p.dimensions, dimension{sitesPerDay, no, *party.SitesPerDay})
		}
		if party.UsersPerDay != nil {
			p.dimensions = append(p.dimensions, dimension{usersPerDay, no, *party.UsersPerDay})
		}
	}
	for _, d := range p.dimensions {
		p.problem.Limits = append(p.problem.Limits, int64(d.most))
	}
}

// asks is what a step asks of a dimension.
func (b *base) asks(d *dimension, step int32) int64 {
	content := &b.got.Contents[b.got.Steps[step].Content]
	if d.party >= 0 && !slices.Contains(content.Parties, d.party) {
		return 0
	}
	switch d.limit {
	case sitesPerWave, sitesPerDay:
		return 1
	case criticalityPerWave:
		return int64(content.Criticality)
	}
	return int64(b.users(step))
}

func (b *base) users(step int32) int {
	if u := b.siteOf(step).Users; u != nil {
		return *u
	}
	return 0
}

func (p *pool) load() {
	for g, steps := range p.d.Groups {
		for d := range p.dimensions {
			sum := int64(0)
			for _, s := range steps {
				sum += p.asks(&p.dimensions[d], s)
			}
			if sum > 0 {
				p.problem.Loads[g] = append(p.problem.Loads[g], waves.Load{Dimension: int32(d), Amount: sum})
			}
		}
	}
}

// region numbers the regions that groups touch (P6). What has no region is in one of
// its own.
func (p *pool) region() {
	last := len(p.rings) - 1
	if !p.in.GroupByRegion || p.relaxed.region || p.terms().All {
		return
	}
	p.problem.RegionStage = last
	number := map[string]int32{}
	for i := range int32(p.m.Sites()) {
		if r := p.m.Site(i).Region; number[r] == 0 {
			p.regions = append(p.regions, r)
			number[r] = int32(len(p.regions))
		}
	}
	p.problem.Regions = make([][]int32, len(p.d.Groups))
	for g, steps := range p.d.Groups {
		for _, s := range steps {
			p.problem.Regions[g] = append(p.problem.Regions[g], number[p.siteOf(s).Region]-1)
		}
		slices.Sort(p.problem.Regions[g])
		p.problem.Regions[g] = slices.Compact(p.problem.Regions[g])
	}
}

// apart gathers what must not share a wave: sites that stand in for each other (P13),
// and the steps of one site (P9).
func (p *pool) apart() {
	add := func(a, b int32) {
		x, y := p.d.GroupOf[a], p.d.GroupOf[b]
		p.problem.Apart[x] = append(p.problem.Apart[x], y)
		p.problem.Apart[y] = append(p.problem.Apart[y], x)
	}
	for s := 1; s < len(p.got.Steps); s++ {
		for q := s - 1; q >= 0 && p.got.Steps[q].Site == p.got.Steps[s].Site; q-- {
			if !p.relaxed.required[[2]int32{p.got.Steps[s].Site, p.got.Steps[q].Release}] {
				add(int32(s), int32(q))
			}
		}
	}
	if p.approach != domain.Pull {
		for _, pair := range p.pairs() {
			if !p.relaxed.pairs[pair] {
				p.each(pair, add)
			}
		}
	}
	for g := range p.problem.Apart {
		slices.Sort(p.problem.Apart[g])
		p.problem.Apart[g] = slices.Compact(p.problem.Apart[g])
	}
}

// pairs lists the sites that stand in for each other, the lesser first (P13).
func (b *base) pairs() (list [][2]int32) {
	for _, l := range b.in.StandIns {
		from, err := b.m.SiteNo(l.From)
		if err != nil {
			continue
		}
		to, err := b.m.SiteNo(l.To)
		if err != nil || from == to {
			continue
		}
		list = append(list, [2]int32{min(from, to), max(from, to)})
	}
	slices.SortFunc(list, func(a, b [2]int32) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return slices.Compact(list)
}

// stepsAt lists the steps of a site.
func (b *base) stepsAt(site int32) (from, to int32) {
	at, _ := slices.BinarySearchFunc(b.got.Steps, site, func(s receive.Step, site int32) int { return cmp.Compare(s.Site, site) })
	for to = int32(at); int(to) < len(b.got.Steps) && b.got.Steps[to].Site == site; to++ {
	}
	return int32(at), to
}

// each yields the steps of both sites of a pair.
func (b *base) each(pair [2]int32, yield func(a, b int32)) {
	from, to := b.stepsAt(pair[0])
	otherFrom, otherTo := b.stepsAt(pair[1])
	for s := from; s < to; s++ {
		for o := otherFrom; o < otherTo; o++ {
			yield(s, o)
		}
	}
}

// by is when the last step has to end: by the date asked for (P7), and before what is
// installed begins to run (P8).
func (p *pool) by() {
	if p.approach == domain.Pull {
		return
	}
	if t := p.in.FinishBy; t != nil && !p.relaxed.finish {
		p.problem.By = t.UnixMicro()
	}
	if t := p.in.ActivateAt; t != nil && !p.relaxed.instant {
		p.problem.By = min(p.problem.By, t.UnixMicro())
	}
}
