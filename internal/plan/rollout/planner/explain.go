package planner

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/demand"
)

// explanation gathers the reasons of one step.
type explanation struct {
	*Made
	step    int32
	group   int32
	wave    int // from 1
	demands []demand.Demand
	list    []rollout.Reason
	// kept says that something keeps the step out of the wave before.
	kept bool
}

// Explain lists the reasons of a step by its place in the plan (P10): what it
// receives, with what it shares its wave, why it is not in the wave before, and what
// set its hour. It follows the chains of the step only, and stops when its context
// ends.
func (made *Made) Explain(ctx context.Context, place int) ([]rollout.Reason, error) {
	step := made.steps[place]
	e := &explanation{Made: made, step: step, group: made.d.GroupOf[step], wave: int(made.waveOf(step))}
	var err error
	if e.demands, err = made.demandsOf(ctx, step); err != nil {
		return nil, err
	}
	e.receives()
	if err := e.shares(ctx); err != nil {
		return nil, err
	}
	if err := e.ring(ctx); err != nil {
		return nil, err
	}
	if err := e.later(ctx); err != nil {
		return nil, err
	}
	e.requires()
	if e.base.approach != domain.Pull {
		e.hours()
	}
	e.approach()
	e.byHand()
	return e.list, nil
}

func (e *explanation) add(code rollout.Code, chain []rollout.Edge, parameters map[string]string, format string, args ...any) {
	rule, _, _ := strings.Cut(string(code), ".")
	e.list = append(e.list, rollout.Reason{Rule: rule, Code: code, Text: fmt.Sprintf(format, args...), Parameters: parameters, Chain: chain})
}

// receives tells what comes, an item each (P2).
func (e *explanation) receives() {
	c := &e.got.Contents[e.got.Steps[e.step].Content]
	for _, place := range slices.Concat(c.Removes, c.Installs) {
		a := &c.Actions[place]
		r := rollout.Received{Code: a.Why, Item: e.m.Item(a.Item).Key, From: a.From, To: a.To, Removed: a.Kind == rollout.Remove}
		switch {
		case r.Removed:
			r.Code = rollout.Receives
		case a.Why == rollout.HeldItem:
			r.Unit = a.Unit
		case a.Why == rollout.Chosen:
			r.List = few(e.listed())
		case a.Why == rollout.AddedItem:
			r.Dependent = e.m.Item(a.Dependent).Key
		}
		e.list = append(e.list, r.Reason())
	}
}

// listed are the sites that were chosen.
func (b *base) listed() (keys []string) {
	for _, place := range b.in.Question.Sites {
		keys = append(keys, b.in.Sites[place].Key)
	}
	slices.Sort(keys)
	return keys
}

// sitesOf lists the sites of steps by key, each once.
func (b *base) sitesOf(steps []int32) (keys []string) {
	for _, s := range steps {
		keys = append(keys, b.siteOf(s).Key)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// shares tells with which sites the step is in one group, and why (P1, P4, P6).
func (e *explanation) shares(ctx context.Context) error {
	own := e.grouped.GroupOf[e.step]
	mates := e.grouped.Groups[own]
	switch {
	case e.terms().All:
		e.add(rollout.OneWave, nil, nil, "the approach is BIG_BANG: all sites are in one wave")
	case e.auto && e.got.Steps[e.step].Release == e.asked:
		release := e.m.Release(e.asked).Key
		e.add(rollout.AllAtOne, nil, map[string]string{"release": release},
			"nothing that %s changes can run beside its old version, so all its sites are in one wave", release)
	}
	if len(mates) == 1 {
		return nil
	}
	cyclic := true
	for _, code := range []rollout.Code{rollout.Together, rollout.AloneItem} {
		for _, list := range e.byAlone(code == rollout.AloneItem) {
			cyclic = false
			first := list[0]
			var steps []int32
			for _, d := range list {
				steps = append(steps, d.Other)
			}
			sites, item := e.sitesOf(steps), e.m.Item(first.Alone).Key
			p := map[string]string{"sites": strings.Join(sites, ","), "item": item}
			if code == rollout.AloneItem {
				e.add(code, nil, p, "shares its wave with %s: all receive %s, whose old and new version may not run side by side", few(sites), item)
			} else {
				e.add(code, first.Shares, p, "shares its wave with %s: %s, and the old and the new version of %s may not run side by side",
					few(sites), chainText(first.Shares), item)
			}
		}
	}
	if !cyclic || e.auto && e.got.Steps[e.step].Release == e.asked {
		return nil
	}
	return e.cycle(ctx, mates)
}

// byAlone gathers the demands of the step for which it is together with others, by
// the item that does not coexist.
func (e *explanation) byAlone(shared bool) (lists [][]demand.Demand) {
	of := map[int32]int{}
	for _, d := range e.demands {
		if !d.Together || d.Shared != shared {
			continue
		}
		i, known := of[d.Alone]
		if !known {
			i = len(lists)
			of[d.Alone] = i
			lists = append(lists, nil)
		}
		lists[i] = append(lists[i], d)
	}
	return lists
}

// mostAsked is of how many sites of a group the demands are looked through.
const mostAsked = 500

// cycle tells the chains of a shortest way from the step through others of its group
// back to it.
func (e *explanation) cycle(ctx context.Context, mates []int32) error {
	sites := e.sitesOf(mates)
	way, err := e.round(ctx)
	if err != nil {
		return err
	}
	for i := range way {
		if d := &way[i]; d.After {
			e.add(rollout.CycleOf, d.Chain, map[string]string{"sites": strings.Join(sites, ",")},
				"%s needs %s by %s, and they need one another: the sites %s share a wave",
				e.siteOf(d.Step).Key, e.siteOf(d.Other).Key, chainText(d.Chain), few(sites))
		}
	}
	return nil
}

// round finds a shortest way from the step over demands within its group back to it.
func (e *explanation) round(ctx context.Context) ([]demand.Demand, error) {
	by := map[int32]demand.Demand{} // by step: how it was reached
	queue := []int32{e.step}
	for n := 0; n < len(queue) && n < mostAsked; n++ {
		demands, err := e.demandsOf(ctx, queue[n])
		if err != nil {
			return nil, err
		}
		for _, d := range demands {
			if e.grouped.GroupOf[d.Other] != e.grouped.GroupOf[e.step] {
				continue
			}
			if d.Other == e.step {
				way := []demand.Demand{d}
				for at := d.Step; at != e.step; at = by[at].Step {
					way = append(way, by[at])
				}
				slices.Reverse(way)
				return way, nil
			}
			if _, known := by[d.Other]; !known {
				by[d.Other] = d
				queue = append(queue, d.Other)
			}
		}
	}
	return nil, nil
}

// ring tells of pilots, and of those that come early for one (P5).
func (e *explanation) ring(ctx context.Context) error {
	own := domain.Rings[e.ringOf(e.step)]
	if own != domain.General && !e.terms().All {
		e.add(rollout.RingOf, nil, map[string]string{"ring": string(own)}, "is a site of the ring %s: these come before the others", own)
	}
	stage := e.rings[e.problem.Stage[e.group]]
	if e.terms().All || slices.Index(domain.Rings, own) <= slices.Index(domain.Rings, stage) {
		return nil
	}
	pilot, chain, err := e.pilot(ctx, stage)
	if err != nil || pilot < 0 {
		return err
	}
	site := e.siteOf(pilot)
	how := ""
	if len(chain) > 0 {
		how = ": " + chainText(chain)
	}
	e.add(rollout.GaveWay, chain, map[string]string{"ring": string(stage), "pilot": site.Key},
		"comes early, in spite of its ring %s, for the site %s of the ring %s needs it%s", own, site.Key, stage, how)
	return nil
}

// pilot finds the site for which the step comes early, with a chain that shows it.
func (e *explanation) pilot(ctx context.Context, stage domain.Ring) (int32, []rollout.Edge, error) {
	at, through := e.group, int32(-1) // through is the last group on the way to the step
	for ; e.because[at] >= 0; at = e.because[at] {
		if next := e.because[at]; through < 0 && int(next) < len(e.d.Groups) {
			through = next
		}
	}
	pilot := int32(-1)
	for _, s := range e.d.Groups[at] {
		if domain.Rings[e.ringOf(s)] == stage {
			pilot = s
			break
		}
	}
	if pilot < 0 {
		return -1, nil, nil
	}
	from := []int32{pilot}
	if through >= 0 {
		from = append(from, e.d.Groups[through]...)
	} else {
		from = append(from, e.d.Groups[e.group]...)
	}
	for n, s := range from {
		if n > mostAsked {
			break
		}
		demands, err := e.demandsOf(ctx, s)
		if err != nil {
			return -1, nil, err
		}
		for _, d := range demands {
			if d.Other == e.step {
				return pilot, d.Chain, nil
			}
		}
	}
	return pilot, nil, nil
}

// requires tells what the step brings to its site before something else, and what it
// comes after (P9).
func (e *explanation) requires() {
	own := e.got.Steps[e.step]
	from, to := e.stepsAt(own.Site)
	for s := from; s < to; s++ {
		other := e.m.Release(e.got.Steps[s].Release).Key
		p := map[string]string{"release": other}
		switch {
		case s < e.step && e.needs(own.Release, e.got.Steps[s].Release):
			e.add(rollout.AfterRelease, nil, p, "%s requires %s, which the site gets in wave %d", e.m.Release(own.Release).Key, other, e.waveOf(s))
		case s > e.step && e.needs(e.got.Steps[s].Release, own.Release):
			e.add(rollout.FirstOf, nil, p, "%s requires it: the site gets it first", other)
		}
	}
	for _, r := range e.got.Relies {
		if r.Site == e.siteOf(e.step).Key && own.Release == e.asked {
			e.add(rollout.AfterRelease, nil, map[string]string{"release": r.Release, "deployment": r.Deployment},
				"%s is required, and comes by the deployment %s until %s", r.Release, r.Deployment, instant(r.By))
		}
	}
}

func (b *base) needs(release, required int32) bool {
	needed, err := b.m.Needed(release)
	return err == nil && slices.Contains(needed, required)
}

// approach tells what binds all steps (P1, P8).
func (e *explanation) approach() {
	if t := e.in.ActivateAt; t != nil {
		e.add(rollout.Instant, nil, map[string]string{"instant": stamp(*t)}, "is over before %s, when it begins to run everywhere", instant(*t))
	}
	if e.base.approach != domain.Pull {
		return
	}
	p, until := map[string]string{}, ""
	if t := e.in.Deadline; t != nil {
		p["deadline"], until = stamp(*t), " until "+instant(*t)
	}
	e.add(rollout.Offer, nil, p, "is an offer: the site chooses when%s", until)
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
