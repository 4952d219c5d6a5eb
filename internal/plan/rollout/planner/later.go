package planner

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/demand"
	"releasegraph/internal/plan/rollout/slot"
)

// later tells why the step is not in the wave before its own (P10).
func (e *explanation) later(ctx context.Context) error {
	if e.wave == 1 {
		return nil
	}
	e.after(e.demands)
	if !e.kept {
		from, _ := e.stepsAt(e.got.Steps[e.step].Site)
		for s := from; s < e.step; s++ {
			e.kept = e.kept || int(e.waveOf(s)) == e.wave-1
		}
	}
	if !e.kept {
		if err := e.mates(ctx); err != nil {
			return err
		}
	}
	if e.kept {
		return nil
	}
	if e.stageOf(e.wave-1) < e.problem.Stage[e.group] {
		e.kept = true
		before := e.rings[e.stageOf(e.wave-1)]
		pilots := e.sitesOf(e.stepsIn(e.wave - 1))
		e.add(rollout.AfterPilots, nil, map[string]string{"ring": string(before), "pilots": strings.Join(pilots, ",")},
			"comes after all sites of the ring %s and what they need: %s", before, few(pilots))
		return nil
	}
	e.full()
	return nil
}

// after tells the demands on steps of the wave before.
func (e *explanation) after(demands []demand.Demand) {
	for i := range demands {
		d := &demands[i]
		if int(e.waveOf(d.Other)) != e.wave-1 || !d.After {
			continue
		}
		e.kept = true
		other := e.siteOf(d.Other)
		who := ""
		if d.Step != e.step {
			who = e.siteOf(d.Step).Key + ", with which it shares the wave, "
		}
		p := map[string]string{"site": other.Key}
		if d.Sites {
			e.add(rollout.NeedsSite, d.Chain, p, "%scomes after %s, which it needs: %s", who, name(other), chainText(d.Chain))
			continue
		}
		p["items"] = chainItems(d.Chain)
		e.add(rollout.After, d.Chain, p, "%scomes after %s: %s", who, name(other), chainText(d.Chain))
	}
}

// chainItems lists the items of a chain, in its order.
func chainItems(chain []rollout.Edge) string {
	keys := make([]string, 0, len(chain)+1)
	for i, e := range chain {
		if i == 0 {
			keys = append(keys, keyOf(e.From))
		}
		keys = append(keys, keyOf(e.To))
	}
	return strings.Join(keys, ",")
}

// mates tells what keeps others of its group out of the wave before, if it is nothing
// of its own.
func (e *explanation) mates(ctx context.Context) error {
	for n, mate := range e.d.Groups[e.group] {
		if mate == e.step {
			continue
		}
		if n > mostAsked || e.kept {
			return nil
		}
		from, _ := e.stepsAt(e.got.Steps[mate].Site)
		for s := from; s < mate; s++ {
			if int(e.waveOf(s)) == e.wave-1 && e.needs(e.got.Steps[mate].Release, e.got.Steps[s].Release) {
				e.kept = true // with which it shares its wave: that is told
				return nil
			}
		}
		demands, err := e.demandsOf(ctx, mate)
		if err != nil {
			return err
		}
		e.after(demands)
	}
	return nil
}

// stepsIn lists the steps of a wave.
func (made *Made) stepsIn(wave int) []int32 {
	from, _ := slices.BinarySearchFunc(made.steps, wave, func(s int32, wave int) int { return int(made.waveOf(s)) - wave })
	to := from
	for to < len(made.steps) && int(made.waveOf(made.steps[to])) == wave {
		to++
	}
	return made.steps[from:to]
}

// groupsIn lists the groups of a wave.
func (made *Made) groupsIn(wave int) (groups []int32) {
	for _, s := range made.stepsIn(wave) {
		groups = append(groups, made.d.GroupOf[s])
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}

// stageOf is the stage of a wave.
func (made *Made) stageOf(wave int) int {
	return made.problem.Stage[made.d.GroupOf[made.stepsIn(wave)[0]]]
}

// full tells why the group of the step does not fit into the wave before (P6, P13),
// or that it would begin too late there (P7).
func (e *explanation) full() {
	groups := e.groupsIn(e.wave - 1)
	room := e.problem.Room(groups)
	block := e.problem.Blocks(groups, room, e.problem.Common(groups), e.group)
	switch {
	case block.Dimension >= 0:
		e.dimension(block.Dimension, room[block.Dimension])
	case block.Group >= 0:
		e.pair(block.Group)
	case block.Region:
		region := e.siteOf(e.step).Region
		e.add(rollout.RegionOf, nil, map[string]string{"region": region},
			"the sites of wave %d have no region in common with it: its own is %s", e.wave-1, quoted(region))
	case block.Hurt:
		e.risk(groups)
	default:
		e.tooLate()
		return
	}
	e.kept = true
}

// risk tells that the wave before would hurt too many users with the group.
func (e *explanation) risk(groups []int32) {
	load, adds := e.problem.Hurt(groups, e.group)
	most := e.problem.MostHurt
	e.add(rollout.Full, nil, map[string]string{"limit": "usersAtRisk", "value": number(most), "load": number(load), "adds": number(adds)},
		"the failure of wave %d may hurt %d users: it hurts %d, and would hurt %d more with it", e.wave-1, most, load, adds)
}

func quoted(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// dimension tells of a limit for which the wave before has no room.
func (e *explanation) dimension(k int32, room int64) {
	d := &e.dimensions[k]
	load := int64(d.most) - room
	adds := int64(0)
	for _, l := range e.problem.Loads[e.group] {
		if l.Dimension == k {
			adds = l.Amount
		}
	}
	p := map[string]string{"limit": d.limit, "value": number(int64(d.most)), "load": number(load), "adds": number(adds)}
	if d.party < 0 {
		e.add(rollout.Full, nil, p, "wave %d is full: %s is %d, and %d + %d would be in it", e.wave-1, d.limit, d.most, load, adds)
		return
	}
	party := e.m.Party(d.party)
	p["party"] = party.Key
	e.add(rollout.Capacity, nil, p, "wave %d is full for %s: %s is %d, and %d + %d would be in it", e.wave-1, party.Key, d.limit, d.most, load, adds)
}

// pair tells of a site in the wave before that must not share a wave with one of the
// group.
func (e *explanation) pair(other int32) {
	for _, pair := range e.pairs() {
		told := false
		e.each(pair, func(a, b int32) {
			if e.d.GroupOf[a] == other && e.d.GroupOf[b] == e.group {
				a, b = b, a
			}
			if e.d.GroupOf[a] != e.group || e.d.GroupOf[b] != other || told {
				return
			}
			told = true
			site, apart := e.siteOf(a), e.siteOf(b)
			e.add(rollout.Pair, nil, map[string]string{"site": apart.Key},
				"%s and %s stand in for each other, and %s is in wave %d", site.Key, apart.Key, apart.Key, e.wave-1)
		})
		if told {
			return
		}
	}
	// Otherwise a site of the group has another step there (P9), which its own reasons
	// tell.
}

// tooLate tells that the step would end later in the wave before than that ends: all
// later waves would wait for it (P7).
func (e *explanation) tooLate() {
	from := e.problem.Begin
	if e.wave > 2 {
		from = e.t.closes[e.wave-2] + e.problem.Soak
	}
	from = max(from, e.notBefore(e.step))
	length := e.length(e.step)
	begin := e.cal.Begin(e.step, from, length, e.without(e.step))
	for _, cause := range e.causes(from, begin) {
		record, p := e.cause(cause, from, begin)
		e.add(cause.Code, nil, p, "in wave %d it could begin only at %s, by %s, and later waves would wait for it", e.wave-1, e.local(begin), record)
	}
	e.kept = true
}

// hours tells what set the hour of the step (P7, P13).
func (e *explanation) hours() {
	s := e.step
	if soak := e.problem.Soak; e.wave > 1 && soak > 0 && e.t.from[s] == e.t.closes[e.wave-1]+soak {
		lasts := domain.FormatDuration(time.Duration(soak) * time.Microsecond)
		e.add(rollout.Soaked, nil, map[string]string{"soak": lasts, "local": e.local(e.t.from[s]), "from": stamp(at(e.t.closes[e.wave-1]))},
			"wave %d ends at %s and is watched for %s: it could begin at %s", e.wave-1, instant(at(e.t.closes[e.wave-1])), lasts, e.local(e.t.from[s]))
	}
	if e.t.held[s] {
		return
	}
	if c, crowded := e.t.crowded[s]; crowded {
		d := &e.dimensions[c.dimension]
		party := e.m.Party(d.party)
		day := at(c.day).In(e.zone(d.party)).Format(time.DateOnly)
		e.add(rollout.Capacity, nil,
			map[string]string{"party": party.Key, "day": day, "limit": d.limit, "value": number(int64(d.most)), "load": number(c.load)},
			"%s has no room on %s: %s is %d, and %d are taken", party.Key, day, d.limit, d.most, c.load)
		return
	}
	for _, cause := range e.causes(e.t.from[s], e.t.begin[s]) {
		record, p := e.cause(cause, e.t.from[s], e.t.begin[s])
		texts := map[rollout.Code]string{
			rollout.InWindow: "begins at %s, when %s opens or is open", rollout.OutsideHours: "begins at %s, outside its %s",
			rollout.AfterFreeze: "begins at %s, after %s", rollout.AfterConflict: "begins at %s, after %s, with which it conflicts",
		}
		e.add(cause.Code, nil, p, texts[cause.Code], e.local(e.t.begin[s]), record)
	}
}

func (e *explanation) local(t int64) string { return local(at(t), e.siteOf(e.step)) }

// causes are what set an hour, by their records.
func (e *explanation) causes(from, begin int64) []slot.Cause {
	list := e.cal.Causes(e.step, from, begin, e.length(e.step))
	slices.SortFunc(list, func(a, b slot.Cause) int {
		_, p := e.cause(a, from, begin)
		_, q := e.cause(b, from, begin)
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(p["record"], q["record"]))
	})
	return list
}

// cause names what set an hour, and gives the parameters of its reason.
func (e *explanation) cause(c slot.Cause, from, begin int64) (string, map[string]string) {
	p := map[string]string{"local": e.local(begin), "from": stamp(at(from))}
	var text string
	switch c.Code {
	case rollout.InWindow:
		w := &e.in.Windows[c.Place]
		p["record"] = "MaintenanceWindow:" + w.Key
		text = "the window " + titled(w.Key, w.Name)
	case rollout.AfterFreeze:
		f := &e.in.Freezes[c.Place]
		p["record"] = "Freeze:" + f.Key
		text = "the freeze " + titled(f.Key, f.Name)
	case rollout.AfterConflict:
		w := &e.in.Works[c.Place]
		p["record"], p["kind"] = w.Record, string(e.cal.Conflict(e.got.Steps[e.step], c.Place))
		text = titled(w.Record, w.Name)
	default:
		site := e.siteOf(e.step)
		p["record"] = "Site:" + site.Key
		text = "service hours " + site.ServiceHours
	}
	return text, p
}

func titled(key, name string) string {
	if name == "" || name == key {
		return key
	}
	return name + " (" + key + ")"
}

// byHand tells what a person decided (P11).
func (e *explanation) byHand() {
	for _, edit := range []map[int32]rollout.Edit{e.hand.moved, e.hand.pinned} {
		if one, is := edit[e.step]; is {
			p := map[string]string{"who": one.By, "reason": one.Reason}
			e.add(rollout.Waived, nil, p, "was put here by %s: %s", quoted(one.By), quoted(one.Reason))
		}
	}
	if e.Made.kept[e.step] {
		e.add(rollout.Kept, nil, map[string]string{"wave": number(int64(e.wave))}, "keeps the wave and the hour that were announced")
	}
}
