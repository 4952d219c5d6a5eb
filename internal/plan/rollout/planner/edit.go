package planner

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/waves"
)

// hand is what people changed of a plan (P11).
type hand struct {
	pins     map[int32]int64 // by step: when it begins
	pinned   map[int32]rollout.Edit
	moved    map[int32]rollout.Edit // by step
	waived   []rollout.Waiver
	excluded []rollout.Exclusion
}

func (h *hand) clone() hand {
	return hand{
		pins: maps.Clone(h.pins), pinned: maps.Clone(h.pinned), moved: maps.Clone(h.moved),
		waived: slices.Clone(h.waived), excluded: slices.Clone(h.excluded),
	}
}

// Edit returns the plan after an edit by hand (P11), and leaves this one as it is.
//
// The violations of the answer are what the edit breaks. What may be waived, is: by
// the reason of the edit. An edit that breaks anything else, or gives no reason for
// what may be waived, is refused: the plan of the answer is then the one before. An
// edit that makes no sense, such as of a site that is not in the plan, is an error.
func (made *Made) Edit(ctx context.Context, edit rollout.Edit) (*Made, error) {
	if made.Plan == nil {
		return nil, &domain.Error{Code: domain.Invalid, Rule: "P11", Message: "there is no plan that could be edited"}
	}
	e := editing{Made: made, edit: edit, wave: slices.Clone(made.packing.Wave), count: made.packing.Waves, hand: made.hand.clone()}
	if err := e.apply(); err != nil {
		return nil, err
	}
	return e.judge(ctx)
}

type editing struct {
	*Made
	edit  rollout.Edit
	wave  []int32
	count int
	hand  hand
	broke []breach
	left  *pool // without the groups that were taken out; nil: as before
}

func (e *editing) wrong(field, format string, args ...any) error {
	return &domain.Error{Code: domain.Invalid, Rule: "P11", Field: field, Message: fmt.Sprintf(format, args...)}
}

// apply changes the assignment.
func (e *editing) apply() error {
	switch e.edit.Kind {
	case rollout.MoveSite:
		return e.move()
	case rollout.SplitWave:
		return e.split()
	case rollout.MergeWaves:
		return e.merge()
	case rollout.PinTime:
		return e.pin()
	case rollout.Exclude:
		return e.exclude()
	}
	return e.wrong("kind", "must be one of %v, not %q", rollout.EditKinds, e.edit.Kind)
}

// named are the steps that the edit names.
func (e *editing) named() (steps []int32, err error) {
	site, known := e.m.SiteNamed(e.edit.Site)
	if known {
		from, to := e.stepsAt(site)
		for s := from; s < to; s++ {
			if e.edit.Release != "" && e.m.Release(e.got.Steps[s].Release).Key != e.edit.Release {
				continue
			}
			if e.waveOf(s) > 0 {
				steps = append(steps, s)
			}
		}
	}
	if len(steps) == 0 {
		return nil, e.wrong("site", "%q has no step %sin the plan", e.edit.Site, e.edit.Release)
	}
	return steps, nil
}

// alone refuses to take a step from those with which it has to share a wave (P4).
func (e *editing) alone(step int32, others func(int32) bool) {
	group := e.d.GroupOf[step]
	for _, mate := range e.d.Groups[group] {
		if mate == step || others(mate) {
			continue
		}
		a, b := e.siteOf(step).Key, e.siteOf(mate).Key
		rule := "P4"
		if e.auto || e.terms().All {
			rule = "P6"
		}
		e.broke = append(e.broke, breach{rollout.Violation{
			Rule: rule, Records: []string{record(domain.KindSite, a), record(domain.KindSite, b)},
			Text: fmt.Sprintf("%s has to share a wave with %s", a, few(e.sitesOf(e.d.Groups[group]))),
		}})
		return
	}
}

func (e *editing) move() error {
	steps, err := e.named()
	if err != nil {
		return err
	}
	if len(steps) > 1 {
		return e.wrong("release", "is missing: %s has several steps", e.edit.Site)
	}
	if e.edit.Wave < 1 || e.edit.Wave > e.count+1 {
		return e.wrong("wave", "must be from 1 to %d, not %d", e.count+1, e.edit.Wave)
	}
	e.alone(steps[0], func(int32) bool { return false })
	e.wave[e.d.GroupOf[steps[0]]] = int32(e.edit.Wave)
	e.count = max(e.count, e.edit.Wave)
	if e.hand.moved == nil {
		e.hand.moved = map[int32]rollout.Edit{}
	}
	e.hand.moved[steps[0]] = e.edit
	return nil
}

func (e *editing) split() error {
	if e.edit.Wave < 1 || e.edit.Wave > e.count {
		return e.wrong("wave", "must be from 1 to %d, not %d", e.count, e.edit.Wave)
	}
	leaves := map[int32]bool{}
	for i, key := range e.edit.Sites {
		found := false
		if site, known := e.m.SiteNamed(key); known {
			for s, to := e.stepsAt(site); s < to; s++ {
				if int(e.waveOf(s)) == e.edit.Wave {
					leaves[s], found = true, true
				}
			}
		}
		if !found {
			return e.wrong(fmt.Sprintf("sites.%d", i), "%q is not in wave %d", key, e.edit.Wave)
		}
	}
	if len(leaves) == 0 || len(leaves) == len(e.stepsIn(e.edit.Wave)) {
		return e.wrong("sites", "must name some sites of wave %d, and leave some", e.edit.Wave)
	}
	for g, w := range e.wave {
		if int(w) > e.edit.Wave {
			e.wave[g]++
		}
	}
	for s := range leaves {
		e.alone(s, func(mate int32) bool { return leaves[mate] })
		e.wave[e.d.GroupOf[s]] = int32(e.edit.Wave + 1)
	}
	e.count++
	return nil
}

func (e *editing) merge() error {
	if e.edit.Wave < 1 || e.edit.Wave >= e.count {
		return e.wrong("wave", "must be from 1 to %d, which has one behind it, not %d", e.count-1, e.edit.Wave)
	}
	for g, w := range e.wave {
		if int(w) > e.edit.Wave {
			e.wave[g]--
		}
	}
	e.count--
	return nil
}

func (e *editing) pin() error {
	steps, err := e.named()
	if err != nil {
		return err
	}
	if len(steps) > 1 {
		return e.wrong("release", "is missing: %s has several steps", e.edit.Site)
	}
	if e.edit.At == nil || e.edit.At.Before(e.m.Begins()) {
		return e.wrong("at", "must be a time from %s on", instant(e.m.Begins()))
	}
	if e.hand.pins == nil {
		e.hand.pins, e.hand.pinned = map[int32]int64{}, map[int32]rollout.Edit{}
	}
	e.hand.pins[steps[0]], e.hand.pinned[steps[0]] = e.edit.At.UnixMicro(), e.edit
	return nil
}

// exclude takes the steps of a site out. What others wait for, or have to share a wave
// with, cannot be left out (P2, P4).
func (e *editing) exclude() error {
	steps, err := e.named()
	if err != nil {
		return err
	}
	if e.edit.Reason == "" {
		return e.wrong("reason", "is missing: why %s is left out", e.edit.Site)
	}
	for _, s := range steps {
		e.alone(s, func(mate int32) bool { return e.got.Steps[mate].Site == e.got.Steps[s].Site })
	}
	left := *e.pool
	left.out = maps.Clone(left.out)
	if left.out == nil {
		left.out = map[int32]bool{}
	}
	for _, s := range steps {
		e.wave[e.d.GroupOf[s]] = 0
		left.out[e.d.GroupOf[s]] = true
	}
	left.stage()
	left.problem.RegionStage = len(left.rings) - 1
	e.left = &left
	e.waited(steps)
	e.hand.excluded = append(e.hand.excluded, rollout.Exclusion{Site: e.edit.Site, By: e.edit.By, Reason: e.edit.Reason})
	return nil
}

// waited tells of others in the plan that come after steps.
func (e *editing) waited(steps []int32) {
	n := e.d.Before.Len()
	out := make([]bool, n)
	for _, s := range steps {
		out[e.d.GroupOf[s]] = true
	}
	for _, v := range e.d.Sorted {
		if slices.ContainsFunc(e.d.Before.Out(v), func(w int32) bool { return out[w] }) {
			if int(v) < len(e.d.Groups) && e.wave[v] > 0 {
				site := e.siteOf(e.d.Groups[v][0]).Key
				e.broke = append(e.broke, breach{rollout.Violation{
					Rule: "P4", Records: []string{record(domain.KindSite, site), record(domain.KindSite, e.edit.Site)},
					Text: fmt.Sprintf("%s waits for %s", site, e.edit.Site),
				}})
				return
			}
			out[v] = true
		}
	}
}

// judge checks what the edit made, and decides.
func (e *editing) judge(ctx context.Context) (*Made, error) {
	e.close()
	after := *e.Made
	if e.left != nil {
		after.pool = e.left
	}
	after.packing.Wave, after.packing.Waves, after.hand = e.wave, e.count, e.hand
	after.Answer = rollout.Answer{}
	found, err := after.verify(ctx, e.wave, e.count)
	if err != nil {
		return nil, err
	}
	c, err := after.clock(ctx)
	if err != nil {
		return nil, err
	}
	c.pins = e.hand.pins
	after.t = c.schedule(e.wave, e.count)
	found = append(append(e.broke, found...), after.late(after.t, e.count)...)
	found = append(found, e.missed(&after)...)
	waived := map[string]bool{}
	for i := range e.hand.waived {
		waived[e.hand.waived[i].Rule+" "+join(e.hand.waived[i].Records)] = true
	}
	refused := false
	for i := range found {
		b := &found[i]
		if waived[b.name()] {
			continue
		}
		after.Violations = append(after.Violations, b.Violation)
		refused = refused || !b.Waivable || e.edit.Reason == ""
		after.hand.waived = append(after.hand.waived, rollout.Waiver{Rule: b.Rule, By: e.edit.By, Reason: e.edit.Reason, Records: b.Records})
	}
	if refused {
		same := *e.Made
		same.Violations = after.Violations
		return &same, nil
	}
	after.rebound()
	after.assemble()
	return &after, nil
}

// rebound works out how many waves any plan has at least of what is left. Where a rule
// was waived, fewer may be enough than it tells.
func (made *Made) rebound() {
	bound := made.packing.LowerBound
	if len(made.out) > 0 {
		bound = made.problem.Bound(func(g int32) bool { return !made.out[g] })
	}
	made.packing.LowerBound = min(bound, made.packing.Waves)
}

// missed tells of pinned steps that cannot begin when they should (P7).
func (e *editing) missed(after *Made) (found []breach) {
	for _, s := range slices.Sorted(maps.Keys(e.hand.pins)) {
		pin := e.hand.pins[s]
		if after.t.begin[s] == pin || after.waveOf(s) == 0 {
			continue
		}
		site := e.siteOf(s)
		why := "its wave begins later"
		if after.t.from[s] <= pin {
			why = "it is outside its windows, or in a freeze or its service hours, or its parties have no room"
		}
		text := fmt.Sprintf("%s cannot begin at %s: %s", site.Key, local(at(pin), site), why)
		if after.t.begin[s] < waves.Never {
			text += "; the next time is " + local(at(after.t.begin[s]), site)
		}
		found = append(found, breach{rollout.Violation{Rule: "P7", Records: []string{record(domain.KindSite, site.Key)}, Text: text}})
	}
	return found
}

// close takes out waves that an edit left empty.
func (e *editing) close() {
	used := make([]int32, e.count+1)
	for _, w := range e.wave {
		used[w] = 1
	}
	number := int32(0)
	for w := 1; w <= e.count; w++ {
		if used[w] > 0 {
			number++
			used[w] = number
		}
	}
	for g, w := range e.wave {
		if w > 0 {
			e.wave[g] = used[w]
		}
	}
	e.count = int(number)
}
