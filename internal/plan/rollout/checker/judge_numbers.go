package checker

import (
	"slices"
	"time"
)

// searchable is for how many groups all plans are looked at, timed with their hours.
const (
	searchable = 9
	timeable   = 7
)

// numbers judges how many waves there are, and what the plan says of that.
func (j *judge) numbers() {
	waves := len(j.plan.Waves)
	if j.plan.LowerBound > waves || waves > 0 && j.plan.LowerBound < 1 {
		j.breach("P6", "%d waves, the plan says at least %d", waves, j.plan.LowerBound)
	}
	if j.plan.Search.Groups != 0 && !j.oneWave && !j.edited() && j.plan.Search.Groups != len(j.groups) {
		j.breach("P4", "there are %d groups, the plan says %d", len(j.groups), j.plan.Search.Groups)
	}
	due := j.due()
	size := searchable
	if due {
		size = timeable
	}
	if len(j.in.Edits) > 0 || len(j.groups) > size || len(j.rules.steps) > 60 || waves == 0 || due && j.coupled() || j.oneWave && j.intermediate() {
		return
	}
	least, ends, ok := j.groupProblem(due || len(j.groups) <= timeable && !j.offers()).least()
	switch {
	case !ok:
		j.breach("search", "no plan holds, says a search of all")
		return
	case waves > least:
		j.breach("P6", "%d waves, %d are enough (proved: %t)", waves, least, j.plan.Proved)
	case waves < least:
		j.breach("search", "%d waves, at least %d are needed, says a search of all", waves, least)
	}
	if j.plan.LowerBound > least {
		j.breach("P6", "the plan says at least %d waves, %d are enough", j.plan.LowerBound, least)
	}
	if waves == least && len(j.groups) <= timeable && j.exact() && !j.edited() {
		if end := j.plan.Window().To; !end.Equal(ends) {
			j.breach("P7", "the plan ends at %s, the earliest end of %d waves is %s", text(end), waves, text(ends))
		}
	}
}

// due reports whether the plan has to end by an instant.
func (j *judge) due() bool { return !j.offers() && (j.instant() != nil || j.in.FinishBy != nil) }

// intermediate reports whether some site has several steps.
func (r *rules) intermediate() bool {
	return slices.ContainsFunc(r.steps, func(s step) bool { return s.release != int(r.in.Release) })
}

// coupled reports whether the hour of a step may depend on those of others by what a
// party takes in a day.
func (r *rules) coupled() bool {
	for p := range r.in.Parties {
		for s := range r.steps {
			if _, _, _, capped := r.over(p, 1<<40, 1<<40); capped && r.supports(p, s) {
				return true
			}
		}
	}
	return false
}

// exact reports whether the search of all tells the hours to the minute.
func (j *judge) exact() bool {
	if j.offers() || j.coupled() || j.vague() {
		return false
	}
	return !slices.ContainsFunc(j.demands, func(d demand) bool { return d.loose })
}

// vague reports whether the rules leave open how long a step takes: the past differs.
func (r *rules) vague() bool {
	if r.in.WorkDuration > 0 {
		return false
	}
	for s := range r.steps {
		if past := r.past(s); slices.ContainsFunc(past, func(d time.Duration) bool { return d != past[0] }) {
			return true
		}
	}
	return false
}
