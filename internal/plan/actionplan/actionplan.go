// Package actionplan decides what is done at a site when it gets a release, step by step
// with its hour, and how that is undone (P12).
package actionplan

import (
	"time"

	"releasegraph/internal/domain"
)

// Kind is what a step does.
type Kind string

// The kinds of steps, in the order of the work.
const (
	PreCheck    Kind = "PRE_CHECK"
	AuditBefore Kind = "AUDIT_BEFORE"
	BackUp      Kind = "BACK_UP"
	Remove      Kind = "REMOVE"
	Install     Kind = "INSTALL"
	Manual      Kind = "MANUAL"
	MigrateData Kind = "MIGRATE_DATA"
	Activate    Kind = "ACTIVATE"
	Verify      Kind = "VERIFY"
	AuditAfter  Kind = "AUDIT_AFTER"
)

// shares are how the kinds divide the time of the work among them, one part for each step.
var shares = map[Kind]int{
	PreCheck: 2, AuditBefore: 1, BackUp: 2, Remove: 2, Install: 4, Manual: 2, MigrateData: 4, Activate: 1, Verify: 2, AuditAfter: 1,
}

// Item is what a site gets or loses.
type Item struct {
	Class domain.Class
	// Removed says that it is taken away; From is the version that is there, To the one
	// that comes, empty for none.
	Removed  bool
	From, To string
}

// Question is what the plan of a site follows from.
type Question struct {
	// Items stand in the order of the work (P3).
	Items []Item
	// Manual are the steps that a person must do at each site (R24).
	Manual []string
	// Window is when the work is planned, empty: nobody knows. Of an Offer the site
	// chooses when within it (P1).
	Window domain.TimeRange
	Offer  bool
	// Activation is when what is installed begins to run (P8), At the instant.
	Activation domain.Activation
	At         *time.Time
}

// Step is what is done.
type Step struct {
	Kind Kind
	// Item is its place in Question.Items, -1: it is about the whole site.
	Item int
	// Text is what a person does, of a MANUAL step.
	Text string
	// Begins and Takes are nil where they are not known.
	Begins *time.Time
	Takes  *time.Duration
}

// Steps lists what is done at a site, in its order (P12): what is removed before what is
// installed (P3), an old version saved before either. What comes with a common
// activation waits for its instant (P8).
func Steps(q Question) []Step {
	before := q.work()
	after := []Step{{Kind: Activate, Item: -1}, {Kind: Verify, Item: -1}, {Kind: AuditAfter, Item: -1}}
	switch q.Activation {
	case domain.Scheduled:
		after[0].Begins = q.At
	case domain.Triggered:
	default:
		before, after = append(before, after...), nil
	}
	if !q.Offer {
		share(before, q.Window)
	}
	return append(before, after...)
}

// work lists the steps before the activation.
func (q Question) work() []Step {
	list := []Step{{Kind: PreCheck, Item: -1}, {Kind: AuditBefore, Item: -1}}
	add := func(kind Kind, is func(Item) bool) {
		for i, item := range q.Items {
			if is(item) {
				list = append(list, Step{Kind: kind, Item: i})
			}
		}
	}
	add(BackUp, func(i Item) bool { return i.From != "" || i.Removed })
	add(Remove, func(i Item) bool { return i.Removed })
	add(Install, func(i Item) bool { return !i.Removed })
	for _, text := range q.Manual {
		list = append(list, Step{Kind: Manual, Item: -1, Text: text})
	}
	add(MigrateData, func(i Item) bool { return i.Class == domain.Database && !i.Removed && i.From != "" && i.From != i.To })
	return list
}

// share divides a window among steps, to the minute where it is long enough.
func share(steps []Step, window domain.TimeRange) {
	if window.Empty() {
		return
	}
	all := 0
	for _, s := range steps {
		all += shares[s.Kind]
	}
	unit := time.Minute
	if window.Length() < time.Duration(all)*time.Minute {
		unit = time.Second
	}
	hour := func(done int) time.Duration {
		return (window.Length() * time.Duration(done) / time.Duration(all)).Truncate(unit)
	}
	done := 0
	for i := range steps {
		from := hour(done)
		done += shares[steps[i].Kind]
		to := hour(done)
		if i == len(steps)-1 {
			to = window.Length()
		}
		begins, takes := window.From.Add(from), to-from
		steps[i].Begins, steps[i].Takes = &begins, &takes
	}
}
