package domain

import (
	"fmt"
	"slices"
	"time"
)

// Task is something to prepare before a change or a release may go on (R12).
type Task struct {
	Record
	Description *string  `graph:"description,set,text"`
	Kind        TaskKind `graph:"kind,required,filter,sort,set"`
	// Owner is the name of who does it.
	Owner *string    `graph:"owner,filter,sort,set,text,person"`
	Due   *time.Time `graph:"due,filter,sort,set"`
	Done  bool       `graph:"done,filter,sort,set"`
	// Before is the status that a release does not reach while the task is open;
	// nil: none waits for it.
	Before *ReleaseStatus `graph:"before,filter,sort,set"`
	// PlannedCost and SpentCost are amounts of Currency, an ISO 4217 code.
	PlannedCost *string `graph:"plannedCost,set"`
	SpentCost   *string `graph:"spentCost,set"`
	Currency    *string `graph:"currency,filter,set"`
	// Supplier to WarrantyUntil are how a PURCHASE goes: who sells, what they offer,
	// what was ordered, when it came, and how long it is under warranty.
	Supplier      *string    `graph:"supplier,filter,sort,set,text"`
	Quote         *string    `graph:"quote,set,text"`
	OrderNumber   *string    `graph:"orderNumber,set,text"`
	DeliveredAt   *time.Time `graph:"deliveredAt,filter,sort,set"`
	WarrantyUntil *time.Time `graph:"warrantyUntil,filter,sort,set"`
	// Audience, Sessions and Attended are who is trained, when, and who came.
	Audience *string           `graph:"audience,set,text"`
	Sessions []TrainingSession `graph:"sessions,set"`
	Attended []string          `graph:"attended,set,text,person"`
}

// TrainingSession is a meeting of a TRAINING.
type TrainingSession struct {
	At    time.Time `json:"at"`
	Place *string   `json:"place"`
	// Held says that it has taken place.
	Held bool `json:"held"`
}

// OwnerPerson is who does the task.
func (t *Task) OwnerPerson() *Person { return maybePersonOf(t, t.Owner) }

// AttendedPersons are who was trained.
func (t *Task) AttendedPersons() []*Person { return PeopleOf(t, t.Attended) }

// TaskKind says what sort of preparation a task is (R12).
type TaskKind string

// The kinds of task.
const (
	TaskPurchase      TaskKind = "PURCHASE"
	TaskResource      TaskKind = "RESOURCE"
	TaskTraining      TaskKind = "TRAINING"
	TaskCommunication TaskKind = "COMMUNICATION"
	TaskMeeting       TaskKind = "MEETING"
	TaskQualityPlan   TaskKind = "QUALITY_PLAN"
	TaskEnvironment   TaskKind = "ENVIRONMENT"
	TaskOther         TaskKind = "OTHER"
)

// TaskKinds lists all kinds of task.
var TaskKinds = []TaskKind{
	TaskPurchase, TaskResource, TaskTraining, TaskCommunication, TaskMeeting, TaskQualityPlan, TaskEnvironment, TaskOther,
}

// Check tells what is wrong with the task: costs have a currency, what belongs to a
// purchase or a training stands in no other task, and nothing waits for it that has
// no status to wait in.
func (t *Task) Check() Errors {
	es := t.Record.Check()
	es.amount("plannedCost", t.PlannedCost, "currency", t.Currency)
	if t.PlannedCost == nil || t.Currency != nil { // what the currency lacks is told once
		es.amount("spentCost", t.SpentCost, "currency", t.Currency)
	}
	for _, one := range []struct {
		field string
		given bool
		of    TaskKind
	}{
		{"quote", t.Quote != nil, TaskPurchase}, {"order", t.OrderNumber != nil, TaskPurchase}, {"deliveredAt", t.DeliveredAt != nil, TaskPurchase},
		{"warrantyUntil", t.WarrantyUntil != nil, TaskPurchase}, {"audience", t.Audience != nil, TaskTraining},
		{"sessions", len(t.Sessions) > 0, TaskTraining}, {"attended", len(t.Attended) > 0, TaskTraining},
	} {
		if one.given && t.Kind != one.of {
			es.rule("R12", one.field, fmt.Sprintf("belongs to a task of kind %s, and this one is %s", one.of, t.Kind))
		}
	}
	if t.Before != nil && !slices.Contains(preparedFor, *t.Before) {
		es.rule("R12", "before", fmt.Sprintf("cannot be %s: tasks are done before one of %s", *t.Before, join(preparedFor)))
	}
	for i, name := range t.Attended {
		es.wrong(fmt.Sprintf("attended.%d", i), CheckHuman(name))
	}
	return es
}

// preparedFor are the statuses that a release reaches by what is prepared, in their
// order.
var preparedFor = []ReleaseStatus{ReleaseBuilding, ReleaseInAcceptance, ReleaseAccepted, ReleaseDeploying, ReleaseVerifying, ReleaseClosed}

// Reaches reports whether a release that reaches a status has come as far as
// another one: what is due before that one is due now.
func (s ReleaseStatus) Reaches(other ReleaseStatus) bool {
	at, due := slices.Index(preparedFor, s), slices.Index(preparedFor, other)
	return at >= 0 && due >= 0 && due <= at
}

// CheckDone says what a task lacks that is said to be done (R12): a purchase was
// ordered, a training was held.
func (t *Task) CheckDone() Errors {
	var es Errors
	if !t.Done {
		return nil
	}
	if t.Kind == TaskPurchase && blank(t.OrderNumber) == "" {
		es.rule("R12", "orderNumber", "is missing: a purchase that is done was ordered")
	}
	for i, s := range t.Sessions {
		if !s.Held {
			es.rule("R12", fmt.Sprintf("sessions.%d.held", i), "is false: a training that is done was held")
		}
	}
	return es
}
