package planner

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/contradiction"
	"releasegraph/internal/plan/rollout/demand"
	"releasegraph/internal/plan/rollout/waves"
)

// mostNamed is up to how many steps all constraints are looked at. Of more, those are
// that look guilty.
const mostNamed = 600

// refuse tells why there is no plan: a set of constraints that cannot hold together,
// and what each of them costs.
func (made *Made) refuse(ctx context.Context) error {
	c, set, err := made.contradict(ctx, made.suspects())
	if err == nil && set == nil {
		if len(made.got.Steps) > mostNamed {
			c, set, err = made.contradict(ctx, made.all())
		} else {
			set, err = made.byPlanning(ctx, c)
		}
	}
	switch {
	case err != nil:
		return err
	case len(set) == 0:
		made.notFound()
		return ctx.Err()
	}
	if c, set, err = made.sharpen(ctx, c, set); err != nil {
		return err
	}
	return made.tell(ctx, c, set)
}

// all lists all steps.
func (made *Made) all() []int32 {
	list := make([]int32, len(made.got.Steps))
	for s := range list {
		list[s] = int32(s)
	}
	return list
}

// contradict looks for a set of constraints on some steps that cannot hold together,
// nil: none was found.
func (made *Made) contradict(ctx context.Context, steps []int32) (*check, []int, error) {
	members, err := made.members(ctx, steps)
	if err != nil {
		return nil, nil, err
	}
	c := made.check(ctx, steps, members)
	every := make([]int, len(members))
	for i := range every {
		every[i] = i
	}
	if c.holds(every) {
		return c, nil, ctx.Err()
	}
	set, err := contradiction.Smallest(ctx, len(members), c.holds)
	return c, set, err
}

// suspects are the steps whose constraints are looked at: all, or of very many those
// of a group that fits into no wave, else those of the longest chains and of what ends
// last.
func (made *Made) suspects() []int32 {
	list := made.all()
	if len(list) <= mostNamed {
		return list
	}
	guilt := make([]int64, len(made.d.Groups))
	depth := made.depths()
	for g := range guilt {
		end := made.problem.End(int32(g), made.problem.Begin)
		guilt[g] = int64(depth[g])<<40 + (end-made.problem.Begin)>>20
		if made.problem.Blocks(nil, made.problem.Room(nil), nil, int32(g)).Dimension >= 0 || end >= waves.Never {
			guilt[g] = waves.Never
		}
	}
	slices.SortStableFunc(list, func(a, b int32) int { return cmp.Compare(guilt[made.d.GroupOf[b]], guilt[made.d.GroupOf[a]]) })
	list = list[:mostNamed]
	slices.Sort(list)
	return list
}

// depths are how many groups of a chain come before each.
func (made *Made) depths() []int32 {
	depth := make([]int32, made.d.Before.Len())
	for _, v := range made.d.Sorted {
		for _, w := range made.d.Before.Out(v) {
			more := depth[w]
			if int(w) < len(made.d.Groups) {
				more++
			}
			depth[v] = max(depth[v], more)
		}
	}
	return depth
}

// notFound tells that no plan was found, and that none was shown to be impossible.
func (made *Made) notFound() {
	text := "no plan was found in which all rules hold, and none was shown to be impossible: give more time, or let a limit go"
	if made.problem.By < waves.Never {
		text = fmt.Sprintf("no plan was found that ends by %s, and none was shown to be impossible: give more time, or let a limit go", instant(at(made.problem.By)))
	}
	made.Violations = append(made.Violations, rollout.Violation{Rule: "P6", Text: text})
}

// sharpen looks at all plans for the steps of a set that are few enough: the bounds
// that found it may have needed more than is needed.
func (made *Made) sharpen(ctx context.Context, c *check, set []int) (*check, []int, error) {
	if len(c.steps) <= mostChecked {
		return c, set, nil
	}
	involved := map[int32]bool{}
	members := make([]member, len(set))
	for i, at := range set {
		m := c.members[at]
		members[i] = m
		if m.kind == ofLimit || m.kind == ofParty || m.kind == ofRegion {
			return c, set, nil // others count, too
		}
		for _, s := range made.involved(&m, c.steps) {
			involved[s] = true
		}
	}
	if len(involved) == 0 || len(involved) > mostChecked {
		return c, set, nil
	}
	var steps []int32
	for _, s := range c.steps {
		if involved[s] {
			steps = append(steps, s)
		}
	}
	few := made.check(ctx, steps, members)
	all := make([]int, len(members))
	for i := range all {
		all[i] = i
	}
	if few.holds(all) {
		return c, set, nil
	}
	sharp, err := contradiction.Smallest(ctx, len(members), few.holds)
	return few, sharp, err
}

// involved lists the steps that a member is about.
func (made *Made) involved(m *member, steps []int32) (list []int32) {
	for _, p := range m.order {
		list = append(list, p.a, p.b)
	}
	list = append(list, m.same...)
	sites := []int32{}
	switch m.kind {
	case ofPair:
		sites = m.pair[:]
	case ofRing, ofWindows:
		sites = append(sites, m.place)
	}
	for _, s := range steps {
		if slices.Contains(sites, made.got.Steps[s].Site) {
			list = append(list, s)
		}
	}
	return list
}

// tell writes the contradiction, with what relaxing each of it gives.
func (made *Made) tell(ctx context.Context, c *check, set []int) error {
	found := &rollout.Contradiction{}
	relax, err := made.relaxing(ctx, c)
	if err != nil {
		return err
	}
	for _, i := range set {
		m := &c.members[i]
		without, err := relax(i)
		if err != nil {
			return err
		}
		found.Constraints = append(found.Constraints, rollout.Constraint{Rule: m.rule, Records: m.records, Text: m.text, Chain: m.chain, Relaxed: without})
		made.Violations = append(made.Violations, rollout.Violation{
			Rule: m.rule, Text: m.text, Records: m.records, Waivable: m.rule == "P5" || m.rule == "P6",
		})
	}
	slices.SortStableFunc(found.Constraints, func(a, b rollout.Constraint) int { return byRule(a.Rule, b.Rule, a.Records, b.Records) })
	slices.SortStableFunc(made.Violations, func(a, b rollout.Violation) int { return byRule(a.Rule, b.Rule, a.Records, b.Records) })
	c.set(set)
	found.Text = made.story(c, set)
	made.Contradiction = found
	return nil
}

// byRule orders by the number of a rule, then by records.
func byRule(a, b string, of, other []string) int {
	return cmp.Or(cmp.Compare(ruleNumber(a), ruleNumber(b)), slices.Compare(of, other))
}

func ruleNumber(rule string) (n int) {
	_, _ = fmt.Sscanf(rule, "P%d", &n) // all rules here are P and a number
	return n
}

// story tells a contradiction as people would.
func (made *Made) story(c *check, set []int) string {
	f := c.failing()
	if f == nil {
		return "These cannot hold together: " + made.texts(c, set) + "."
	}
	switch {
	case f.dimension >= 0:
		d := &made.dimensions[f.dimension]
		who := few(made.sitesOf(f.steps))
		if f.to == 0 {
			return fmt.Sprintf("A wave holds %d (%s), and %s, which have to share one, ask for %d.", d.most, d.limit, who, f.load)
		}
		if f.from == f.to {
			return fmt.Sprintf("Wave %d holds %d (%s), and these %s fit nowhere else and ask for %d: %s.",
				f.from, d.most, d.limit, plural(len(f.steps), "site", "sites"), f.load, who)
		}
		return fmt.Sprintf("Waves %d to %d hold %d each (%s), and these %s fit nowhere else and ask for %d: %s.",
			f.from, f.to, d.most, d.limit, plural(len(f.steps), "site", "sites"), f.load, who)
	case f.pair != nil:
		a, b := made.siteOf(f.pair[0]).Key, made.siteOf(f.pair[1]).Key
		return fmt.Sprintf("%s and %s have to share a wave, and must not: %s.", a, b, made.texts(c, set))
	case f.ends >= waves.Never:
		return fmt.Sprintf("%s can be worked on at no time in five years: %s.", name(made.siteOf(f.step)), made.texts(c, set))
	}
	site := made.siteOf(f.step)
	return fmt.Sprintf("%s could end at %s at the earliest (%s), and all has to be over by %s: %s.",
		name(site), instant(at(f.ends)), local(at(f.ends), site), instant(at(c.by)), made.texts(c, set))
}

// texts joins the texts of a set; of many of one kind the first.
func (made *Made) texts(c *check, set []int) string {
	var texts []string
	for _, i := range set {
		texts = append(texts, c.members[i].text)
	}
	const most = 8
	if len(texts) > most {
		texts = append(texts[:most], fmt.Sprintf("and %d more", len(set)-most))
	}
	return strings.Join(texts, "; ")
}

// relaxing returns what tells of a member of a check what a plan without it is like: of
// few steps by all plans, of many by one.
func (made *Made) relaxing(ctx context.Context, c *check) (func(int) (*rollout.Relaxed, error), error) {
	n := len(made.got.Steps)
	if n > mostChecked {
		return func(i int) (*rollout.Relaxed, error) { return made.relax(ctx, &c.members[i]) }, nil
	}
	return func(out int) (*rollout.Relaxed, error) {
		var rest []int
		for i := range c.members {
			if i != out {
				rest = append(rest, i)
			}
		}
		c.set(rest)
		count, ends, found := c.least()
		return relaxed(count, ends, found), ctx.Err()
	}, nil
}

// relaxed tells of a plan that there would be.
func relaxed(count int, ends int64, found bool) *rollout.Relaxed {
	if !found {
		return &rollout.Relaxed{Text: "there would be no plan either: something else cannot hold, too"}
	}
	return &rollout.Relaxed{
		Possible: true, Waves: count, Ends: at(ends), Text: fmt.Sprintf("%s, ends %s", plural(count, "wave", "waves"), instant(at(ends))),
	}
}

// relax plans without a member, and tells what that gives.
func (made *Made) relax(ctx context.Context, m *member) (*rollout.Relaxed, error) {
	b, r, err := made.leaving(ctx, m)
	if err != nil || b == nil {
		return nil, err
	}
	plan, err := b.plan(ctx, r)
	if err != nil {
		return nil, err
	}
	if plan.Plan == nil {
		return relaxed(0, 0, false), nil
	}
	return relaxed(len(plan.Plan.Waves), plan.Plan.Window().To.UnixMicro(), true), nil
}

// leaving is the base, and what is relaxed of it, without a member; nil where there
// are too many steps to leave out one order of them.
func (made *Made) leaving(ctx context.Context, m *member) (*base, *relaxation, error) {
	r := &relaxation{
		risk: true, limits: map[string]bool{}, parties: map[int32]bool{}, rings: map[int32]bool{}, windows: map[int32]bool{}, pairs: map[[2]int32]bool{},
	}
	switch m.kind {
	case ofItem, ofOrder, ofRequired, ofAuto, ofOneWave:
		b, err := made.unordered(ctx, m)
		if m.kind == ofRequired {
			r.required = map[[2]int32]bool{m.pair: true}
		}
		return b, r, err
	}
	r.leave(m)
	return made.base, r, nil
}

// unordered is the base without an order, or without what puts steps together.
func (made *Made) unordered(ctx context.Context, out *member) (*base, error) {
	b := *made.base
	b.hours, b.tracer, b.before = nil, nil, map[int32][]int32{}
	switch out.kind {
	case ofOneWave:
		b.approach = domain.Phased
	case ofAuto:
		b.auto = false
	}
	var err error
	if out.kind == ofOneWave || out.kind == ofAuto {
		if b.d, err = demand.Of(ctx, b.m, b.got, b.terms()); err != nil {
			return nil, err
		}
		return &b, b.group(ctx)
	}
	if len(b.got.Steps) > mostNamed {
		return nil, nil
	}
	steps := made.suspects()
	members, err := made.members(ctx, steps)
	if err != nil {
		return nil, err
	}
	var pairs []demand.Pair
	for i := range members {
		m := &members[i]
		if m.rule == out.rule && slices.Equal(m.records, out.records) {
			continue
		}
		for _, p := range m.order {
			pairs = append(pairs, demand.Pair{A: p.a, B: p.b, Hour: p.hour})
		}
		for k := 1; k < len(m.same); k++ {
			pairs = append(pairs, demand.Pair{A: m.same[0], B: m.same[k], Together: true})
		}
	}
	b.d, err = demand.Explicit(ctx, b.m, b.got, pairs)
	return &b, err
}
