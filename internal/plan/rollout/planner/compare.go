package planner

import (
	"releasegraph/internal/plan/rollout"
)

// Compare tells of plans by which figures they differ: waves, end, users at risk over
// time, and what was waived.
func Compare(plans ...*rollout.Plan) []rollout.Figures {
	list := make([]rollout.Figures, len(plans))
	for i, p := range plans {
		window := p.Window()
		list[i] = rollout.Figures{
			Waves: len(p.Waves), LowerBound: p.LowerBound, Proved: p.Proved, Begins: window.From, Ends: window.To,
			Steps: len(p.Steps), Exposure: exposure(p), Waived: p.Waived,
		}
	}
	return list
}

// exposure counts the users that have the release, before and after each wave. What
// is only required by it does not count.
func exposure(p *rollout.Plan) []rollout.Exposure {
	list := make([]rollout.Exposure, len(p.Waves))
	reached := 0
	for i := range p.Waves {
		w := &p.Waves[i]
		list[i] = rollout.Exposure{Wave: w.Ordinal, At: w.Window.To, Before: reached}
		for _, s := range p.In(w) {
			if s.Release == p.Release {
				reached += s.Users
			}
		}
		list[i].After = reached
	}
	return list
}
