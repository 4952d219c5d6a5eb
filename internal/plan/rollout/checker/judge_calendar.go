package checker

import (
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
)

// begins returns when the first step may begin (P7).
func (e *estate) begins() time.Time {
	if e.in.NotBefore != nil && e.in.NotBefore.After(e.in.Now) {
		return *e.in.NotBefore
	}
	return e.in.Now
}

// calendar judges the hours of all steps and waves (P7, P8, P13).
func (j *judge) calendar() {
	for i := range j.rules.steps {
		j.hour(i)
	}
	for n, w := range j.plan.Waves {
		var window domain.TimeRange
		for _, i := range j.members(n + 1) {
			window = window.Span(j.planned(i).Window)
		}
		if !window.From.Equal(w.Window.From) || !window.To.Equal(w.Window.To) {
			j.breach("P7", "the steps of wave %d last from %s to %s, the plan says from %s to %s", n+1, text(window.From), text(window.To), text(w.Window.From), text(w.Window.To))
		}
		if from := j.from(n + 1); w.Window.From.Before(from) {
			j.breach("P7", "wave %d begins at %s, before %s", n+1, text(w.Window.From), text(from))
		}
	}
	for p := range j.in.Parties {
		j.days(p)
	}
}

// text writes an instant.
func text(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// from returns when a wave may begin: when the one before has ended and was watched.
func (j *judge) from(wave int) time.Time {
	if wave == 1 {
		return j.begins()
	}
	return j.plan.Waves[wave-2].Window.To.Add(j.in.Soak)
}

// bound returns when a step may begin, for its wave and for what has to end before
// it.
func (j *judge) bound(step int, before [][]int) time.Time {
	from := j.from(j.wave(step))
	for _, s := range before[step] {
		if end := j.planned(s).Window.To; j.wave(s) == j.wave(step) && end.After(from) {
			from = end
		}
	}
	if by := j.awaits(step); by.After(from) {
		from = by
	}
	return from
}

// awaits returns when the last other plan brings what a step requires (P9).
func (r *rules) awaits(step int) (by time.Time) {
	s := r.steps[step]
	for _, q := range r.required(s.release) {
		if b, ok := r.brought(q, s.site); ok && b.By.After(by) {
			by = b.By
		}
	}
	return by
}

// hour judges the hour of a step.
func (j *judge) hour(step int) {
	p := j.planned(step)
	j.effort(step)
	if from := j.bound(step, j.hard); p.Window.From.Before(from) {
		j.breach("P7", "%s begins at %s, before %s", j.name(step), text(p.Window.From), text(from))
		for _, s := range j.hard[step] {
			if j.wave(s) == j.wave(step) && p.Window.From.Before(j.planned(s).Window.To) {
				j.breach("P4", "%s begins before %s is over, on which it depends", j.name(step), j.name(s))
			}
		}
	}
	if why := j.hindrance(step, p.Window, all); why != "" {
		j.breach("P7", "%s from %s: %s", j.name(step), text(p.Window.From), why)
	}
	for rule, limit := range map[string]*time.Time{"P8 activateAt": j.instant(), "P8 finishBy": j.in.FinishBy} {
		if limit != nil && p.Window.To.After(*limit) {
			j.breach("P8", "%s ends at %s, after %s %s", j.name(step), text(p.Window.To), rule, text(*limit))
		}
	}
	if j.edited() {
		return
	}
	at, found := j.earliest(step, j.bound(step, j.soft), p.Window.From, p.Window.Length(), all, func(t time.Time) bool { return j.takes(step, t) })
	if found && at.Before(p.Window.From) {
		j.breach("P7", "%s begins at %s, and could at %s", j.name(step), text(p.Window.From), text(at))
	}
}

// instant returns when all is activated, nil where that is not told (P8).
func (e *estate) instant() *time.Time {
	if e.in.Activation == domain.Scheduled {
		return e.in.ActivateAt
	}
	return nil
}

// effort judges how long a step takes (P7): given, else as in the past, else an hour.
func (j *judge) effort(step int) {
	p := j.planned(step)
	if p.Window.Length() != p.Effort.Duration || p.Effort.Duration <= 0 {
		j.breach("P7", "%s lasts %s, planned are %s", j.name(step), p.Window.Length(), p.Effort.Duration)
	}
	past := j.past(step)
	switch {
	case j.in.WorkDuration > 0:
		if p.Effort.Duration != j.in.WorkDuration {
			j.breach("P7", "%s lasts %s, given are %s", j.name(step), p.Effort.Duration, j.in.WorkDuration)
		}
	case len(past) == 0:
		if p.Effort.Duration != time.Hour {
			j.breach("P7", "%s lasts %s, where nothing tells it: an hour", j.name(step), p.Effort.Duration)
		}
	case p.Effort.Samples > 0:
		if p.Effort.Duration != p.Effort.P90 {
			j.breach("P7", "%s lasts %s, not the 90th percentile %s", j.name(step), p.Effort.Duration, p.Effort.P90)
		}
	}
}

// past lists how long past roll-outs of what a step receives took.
func (r *rules) past(step int) (list []time.Duration) {
	for _, p := range r.in.Past {
		for _, x := range r.steps[step].receipts {
			if containsItem(p.Items, x.item) {
				list = append(list, p.Took)
				break
			}
		}
	}
	return list
}

func containsItem(items []rollout.ItemNo, item int) bool {
	for _, i := range items {
		if int(i) == item {
			return true
		}
	}
	return false
}

// takes reports whether all parties take a step on the day on which it would begin,
// beside all others (P13).
func (j *judge) takes(step int, at time.Time) bool {
	for p := range j.in.Parties {
		sites, users := j.asks(p, step)
		if sites == 0 {
			continue
		}
		own := users
		for _, s := range j.sameDay(p, at) {
			if s != step {
				n, u := j.asks(p, s)
				sites, users = sites+n, users+u
			}
		}
		n, u := j.elsewhere(p, at)
		if j.full(p, own, sites+n, users+u) {
			return false
		}
	}
	return true
}

// full reports whether a day has more than a party takes. A site without users asks
// none of it.
func (r *rules) full(party, own, sites, users int) bool {
	if own == 0 {
		users = 0
	}
	_, _, _, over := r.over(party, sites, users)
	return over
}

// sameDay lists the steps that begin on the day of a party that holds an instant.
func (j *judge) sameDay(party int, at time.Time) (list []int) {
	p := j.in.Parties[party]
	for i := range j.rules.steps {
		if j.day(p, j.planned(i).Window.From).Equal(j.day(p, at)) {
			list = append(list, i)
		}
	}
	return list
}

// elsewhere adds up what other plans ask of a party on the day that holds an instant.
func (e *estate) elsewhere(party int, at time.Time) (sites, users int) {
	p := e.in.Parties[party]
	for _, l := range e.in.Loads {
		if int(l.Party) == party && e.day(p, l.At).Equal(e.day(p, at)) {
			sites, users = sites+l.Sites, users+l.Users
		}
	}
	return sites, users
}

// days judges that no day of a party has more than it takes.
func (j *judge) days(party int) {
	for i := range j.rules.steps {
		at := j.planned(i).Window.From
		if n, _ := j.asks(party, i); n > 0 && !j.takes(i, at) {
			sites, users := j.asked(party, j.sameDay(party, at))
			n, u := j.elsewhere(party, at)
			if limit, value, load, yes := j.over(party, sites+n, users+u); yes {
				j.breach("P13", "the day of %s asks %d of %s %s %d", text(at), load, j.in.Parties[party].Key, limit, value)
			}
		}
	}
}
