package checker

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/rollouttest"
)

// naive makes a plan by trying all waves that there are, nil where none holds.
func naive(r *rules) *rollout.Plan {
	p := r.groupProblem(true)
	waves := p.best()
	if waves == nil {
		return nil
	}
	plan := &rollout.Plan{
		Release: r.release(int(r.in.Release)), Approach: r.in.Approach, Activation: r.in.Activation, ActivateAt: r.in.ActivateAt, Path: r.in.Path,
		LowerBound: len(waves), Proved: true,
	}
	plan.Approach, plan.Activation = cmp.Or(plan.Approach, domain.Phased), cmp.Or(plan.Activation, domain.AtInstall)
	if r.bigBang {
		plan.Approach = domain.BigBang
	}
	from := r.begins()
	for _, wave := range waves {
		ends, _ := p.schedule(wave, from)
		from = r.put(plan, wave, ends).Add(r.in.Soak)
	}
	r.presence(plan)
	return plan
}

// best returns the fewest waves that end the earliest.
func (p *problem) best() []set {
	type way struct {
		at    time.Time
		waves []set
	}
	full := set(0)
	for _, u := range p.units {
		full |= u
	}
	layer := map[set]way{0: {at: p.begins().Add(-p.in.Soak)}}
	for len(layer) > 0 {
		if w, done := layer[full]; done {
			return w.waves
		}
		next := map[set]way{}
		for placed, w := range layer {
			p.each(placed, func(wave set) {
				end, ok := p.end(wave, w.at.Add(p.in.Soak))
				if known, seen := next[placed|wave]; ok && (!seen || end.Before(known.at)) {
					next[placed|wave] = way{end, append(slices.Clone(w.waves), wave)}
				}
			})
		}
		layer = next
	}
	return nil
}

// put adds a wave to a plan, and returns when it ends.
func (r *rules) put(plan *rollout.Plan, wave set, ends map[int]time.Time) time.Time {
	steps := wave.list()
	begins := func(s int) time.Time { return ends[s].Add(-r.duration(s)) }
	slices.SortFunc(steps, func(a, b int) int {
		return cmp.Or(begins(a).Compare(begins(b)), cmp.Compare(r.site(r.steps[a].site), r.site(r.steps[b].site)))
	})
	w := rollout.Wave{Ordinal: len(plan.Waves) + 1, First: len(plan.Steps), Count: len(steps), Offer: r.offers(), Stage: domain.Rings[r.stage[r.group[steps[0]]]]}
	w.Sites, w.Users, w.Criticality = len(steps), r.sum(usersPerWave, steps), r.sum(criticalityPerWave, steps)
	for _, s := range steps {
		window := domain.TimeRange{From: begins(s), To: ends[s]}
		w.Window = w.Window.Span(window)
		plan.Steps = append(plan.Steps, rollout.Step{
			Site: r.site(r.steps[s].site), Release: r.release(r.steps[s].release), Wave: w.Ordinal, Window: window, Content: len(plan.Contents),
			Users: r.users(r.steps[s].site), Criticality: r.load(criticalityPerWave, s), Effort: rollout.Effort{Duration: window.Length()},
		})
		plan.Contents = append(plan.Contents, r.lists(s))
	}
	plan.Waves = append(plan.Waves, w)
	return w.Window.To
}

// lists orders what a step does: what needs nothing that is left comes first.
func (r *rules) lists(step int) (c rollout.Content) {
	left := slices.Clone(r.steps[step].receipts)
	var order []receipt
	for len(left) > 0 {
		slices.SortFunc(left, func(a, b receipt) int { return cmp.Compare(r.item(a.item), r.item(b.item)) })
		ready := slices.IndexFunc(left, func(x receipt) bool {
			return !slices.ContainsFunc(left, func(y receipt) bool { return r.depends[x.item][y.item] && !r.depends[y.item][x.item] })
		})
		first := left[ready]
		for _, x := range left {
			if x.item == first.item || r.depends[x.item][first.item] && r.depends[first.item][x.item] {
				order = append(order, x)
			}
		}
		left = slices.DeleteFunc(left, func(x receipt) bool { return slices.Contains(order, x) })
	}
	var remove []receipt
	for _, x := range order {
		if x.kind == rollout.Remove {
			remove = append(remove, x)
			continue
		}
		c.Install = append(c.Install, r.action(step, x))
	}
	for i := len(remove) - 1; i >= 0; {
		first := i // a cycle stays by key
		for first > 0 && r.depends[remove[first-1].item][remove[i].item] && r.depends[remove[i].item][remove[first-1].item] {
			first--
		}
		for _, x := range remove[first : i+1] {
			c.Remove = append(c.Remove, r.action(step, x))
		}
		i = first - 1
	}
	return c
}

func (r *rules) action(step int, x receipt) rollout.Action {
	a := rollout.Action{Item: r.item(x.item), Kind: x.kind, From: x.from, To: x.to, Alone: x.alone}
	if x.kind == rollout.Held {
		j := &judge{rules: r}
		for _, u := range r.in.Units {
			if j.unit(step, x.item, u.Key) {
				a.Unit = u.Key
			}
		}
	}
	return a
}

// presence tells what is up to date or higher, and what else a plan has to say.
func (r *rules) presence(plan *rollout.Plan) {
	for item, c := range r.content(int(r.in.Release)) {
		for site := range r.in.Sites {
			v, there := r.installed[spot{item, site}]
			if c.kind != rollout.Modify || !there || !r.listed(site) {
				continue
			}
			p := rollout.Present{Site: r.site(site), Item: r.item(item), Version: v}
			switch c := r.compare(v, c.to); {
			case c == 0:
				plan.UpToDate = append(plan.UpToDate, p)
			case c > 0:
				plan.Higher = append(plan.Higher, p)
			}
		}
	}
	for i, s := range r.steps {
		key := r.site(s.site)
		if r.in.Sites[s.site].Users == nil && !slices.Contains(plan.UsersUnknown, key) {
			plan.UsersUnknown = append(plan.UsersUnknown, key)
		}
		for _, q := range r.required(r.steps[i].release) {
			if b, ok := r.brought(q, s.site); ok && s.release == int(r.in.Release) && len(r.receives(q, s.site)) > 0 {
				plan.Relies = append(plan.Relies, rollout.Reliance{Deployment: b.Deployment, Site: key, Release: r.release(q), By: b.By})
			}
		}
	}
}

// A plan that is found by trying all breaks no rule, and one that is broken at random
// does.
func TestAPlanFoundByTryingAllHolds(t *testing.T) {
	var plans, broken int
	rapid.Check(t, func(t *rapid.T) {
		in := rollouttest.Draw(t, rollouttest.Small)
		e, err := survey(&in)
		require.NoError(t, err)
		r := derive(e, nil)
		if len(r.groups) > 7 || r.coupled() || r.vague() {
			return
		}
		plan := naive(r)
		if plan == nil {
			return
		}
		plans++
		require.Empty(t, Check(&in, &rollout.Answer{Plan: plan}, nil))
		if len(plan.Waves) < 2 || r.offers() {
			return
		}
		// A step that leaves its wave alone is missed, too early or too late.
		at := rapid.IntRange(0, len(plan.Steps)-1).Draw(t, "step")
		s := &plan.Steps[at]
		s.Window.From, s.Window.To = s.Window.From.Add(-time.Minute), s.Window.To.Add(-time.Minute)
		broken++
		require.NotEmpty(t, Check(&in, &rollout.Answer{Plan: plan}, nil))
	})
	require.NotZero(t, plans)
	require.NotZero(t, broken)
}
