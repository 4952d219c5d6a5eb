package checker

import (
	"cmp"
	"fmt"
	"slices"

	"releasegraph/internal/plan/rollout"
)

// Breach is something of an answer that does not hold.
type Breach struct {
	// Rule is the number of the rule.
	Rule string
	Text string
}

// String returns the breach as a line.
func (b Breach) String() string { return b.Rule + ": " + b.Text }

// Check lists all that does not hold of an answer. Reasons are those of the plan's
// steps, by their places; nil leaves them unread.
func Check(in *rollout.Input, answer *rollout.Answer, reasons [][]rollout.Reason) []Breach {
	e, err := survey(in)
	if err != nil {
		return []Breach{{"input", err.Error()}}
	}
	j := &judge{rules: derive(e, excluded(answer)), answer: answer, plan: answer.Plan, reasons: reasons}
	switch {
	case answer.Plan == nil:
		j.refusal()
	case j.steps() && j.shape():
		j.whole()
	}
	slices.SortFunc(j.breaches, func(a, b Breach) int { return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Text, b.Text)) })
	return slices.Compact(j.breaches)
}

// excluded lists the sites that were taken out by hand (P11).
func excluded(answer *rollout.Answer) map[string]bool {
	sites := map[string]bool{}
	if answer.Plan != nil {
		for _, x := range answer.Plan.Excluded {
			sites[x.Site] = true
		}
	}
	return sites
}

// judge holds an answer against the rules.
type judge struct {
	*rules
	answer  *rollout.Answer
	plan    *rollout.Plan
	reasons [][]rollout.Reason
	// at are the places in the plan by those of the rules' own steps, own the other
	// way round.
	at, own  []int
	breaches []Breach
}

func (j *judge) breach(rule, format string, args ...any) {
	j.breaches = append(j.breaches, Breach{rule, fmt.Sprintf(format, args...)})
}

// whole judges a plan that has the right steps in waves.
func (j *judge) whole() {
	j.approach()
	j.contents()
	j.presence()
	j.order()
	j.stages()
	if j.limited() {
		j.loads()
		j.together()
		j.regions()
	}
	if !j.offers() {
		j.calendar()
	}
	j.numbers()
	j.explained()
	if j.answer.Contradiction != nil && len(j.answer.Violations) == 0 {
		j.breach("answer", "it names a contradiction beside a plan that breaks nothing")
	}
}

// wave returns the wave of an own step.
func (j *judge) wave(step int) int { return j.planned(step).Wave }

// planned returns an own step as it is in the plan.
func (j *judge) planned(step int) *rollout.Step { return &j.plan.Steps[j.at[step]] }

// members lists the own steps of a wave.
func (j *judge) members(ordinal int) (list []int) {
	for i := range j.rules.steps {
		if j.wave(i) == ordinal {
			list = append(list, i)
		}
	}
	return list
}

// waived reports whether a person waived a rule (P11).
func (j *judge) waived(rule string) bool {
	return slices.ContainsFunc(j.plan.Waived, func(w rollout.Waiver) bool { return w.Rule == rule })
}

// edited reports whether a person changed the plan, or keeps what was announced: it
// need not be the best then (P11).
func (j *judge) edited() bool { return len(j.in.Edits) > 0 || len(j.in.Earlier) > 0 }
