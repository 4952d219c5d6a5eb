package domain

import "time"

// Problem is a cause of incidents, known or still looked for.
type Problem struct {
	Record
	Description *string `graph:"description,set,text"`
	// Symptoms are what people see of it, in their words.
	Symptoms *string       `graph:"symptoms,set,text"`
	Status   ProblemStatus `graph:"status,required,filter,sort,import"`
	Priority Priority      `graph:"priority,required,filter,sort,set"`
	// Category is the sort of fault: "missing file", "wrong file version".
	Category *string `graph:"category,filter,sort,set,text"`
	// Cause is what was found to be behind it.
	Cause *string `graph:"cause,set,text"`
	// Resolution is why it counts as resolved where no change resolves it.
	Resolution *string `graph:"resolution,import,text"`
	// Assignee is the name of whoever works on it.
	Assignee *string    `graph:"assignee,filter,sort,set,text,person"`
	OpenedAt *time.Time `graph:"openedAt,filter,sort,set"`
	// StatusSince is when it came to its status.
	StatusSince *time.Time `graph:"statusSince,filter,sort,import"`
}

// ProblemStatus is where a problem stands in its life.
type ProblemStatus string

// The statuses of a problem.
const (
	ProblemOpen      ProblemStatus = "OPEN"
	ProblemDiagnosed ProblemStatus = "DIAGNOSED"
	ProblemResolved  ProblemStatus = "RESOLVED"
	ProblemClosed    ProblemStatus = "CLOSED"
)

// ProblemStatuses lists all statuses in the order of a problem's life.
var ProblemStatuses = []ProblemStatus{ProblemOpen, ProblemDiagnosed, ProblemResolved, ProblemClosed}

// OpenProblemStatuses are those in which a problem still hurts: I7 counts
// these.
var OpenProblemStatuses = []ProblemStatus{ProblemOpen, ProblemDiagnosed}

// AssigneePerson is who works on the problem.
func (p *Problem) AssigneePerson() *Person { return maybePersonOf(p, p.Assignee) }

// Check tells what is wrong with the problem as it stands, however it came
// there.
func (p *Problem) Check() Errors {
	es := p.Record.Check()
	es.notBefore("statusSince", p.StatusSince, "openedAt", p.OpenedAt)
	if blank(p.Resolution) != "" && (p.Status == ProblemOpen || p.Status == ProblemDiagnosed) {
		es.rule(RuleProblem, "resolution", "belongs to a problem that is RESOLVED or CLOSED")
	}
	return es
}

// NewProblem is what a new problem is made of, with the items that it
// concerns.
type NewProblem struct {
	Key, Name                                        string
	Description, Symptoms, Category, Cause, Assignee *string
	Priority                                         *Priority
	OpenedAt                                         *time.Time
	Concerns                                         []*Ref
}
