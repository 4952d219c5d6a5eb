package domain

import (
	"fmt"
	"slices"
	"time"
)

// Opening says when a maintenance window or a freeze is on, and for what (P7).
//
// It is on between From and To; or for Duration from the local time StartsAt in
// TimeZone on, once or again and again by the Recurrence, except where it would
// start at one of Except. Package plan/calendar checks that it ever is.
//
// It is for the union of all that it names: Everywhere, sites of a region,
// classes, environments, and by relationships single sites and services.
type Opening struct {
	From       *time.Time `graph:"from,filter,sort,set"`
	To         *time.Time `graph:"to,filter,sort,set"`
	Recurrence *string    `graph:"recurrence,set"`
	StartsAt   *string    `graph:"startsAt,set"`
	Duration   *string    `graph:"duration,set"`
	TimeZone   *string    `graph:"timeZone,filter,set"`
	Except     []string   `graph:"except,set"`

	Everywhere   bool          `graph:"everywhere,filter,set"`
	Regions      []string      `graph:"regions,filter,set"`
	Classes      []Class       `graph:"classes,filter,set"`
	Environments []Environment `graph:"environments,filter,set"`
}

// Opens gives access to when any such record is on.
func (o *Opening) Opens() *Opening { return o }

// check tells what is wrong with the scope.
func (o *Opening) check(es *Errors) {
	for i, c := range o.Classes {
		if !slices.Contains(Classes, c) {
			es.wrong(fmt.Sprintf("classes.%d", i), fmt.Errorf("%q is none of %v", c, Classes))
		}
	}
	for i, e := range o.Environments {
		if !slices.Contains(Environments, e) {
			es.wrong(fmt.Sprintf("environments.%d", i), fmt.Errorf("%q is none of %v", e, Environments))
		}
	}
	for i, r := range o.Regions {
		es.wrong(fmt.Sprintf("regions.%d", i), CheckName(r))
	}
}

// MaintenanceWindow is when something may be worked on (P7). What has no window
// may be worked on at any time.
type MaintenanceWindow struct {
	Record
	Description *string `graph:"description,set,text"`
	Opening
}

// Check tells what is wrong with the window.
func (w *MaintenanceWindow) Check() Errors {
	es := w.Record.Check()
	w.check(&es)
	return es
}

// Freeze is when something must be left alone (H6, P7), but for exceptions.
type Freeze struct {
	Record
	Description *string `graph:"description,set,text"`
	// Reason is why, for those whose work it holds.
	Reason *string `graph:"reason,set,text"`
	Opening
	// LiftedAt is when it was lifted: it has held nothing since.
	LiftedAt *time.Time `graph:"liftedAt,filter,sort,import"`
}

// Check tells what is wrong with the freeze.
func (f *Freeze) Check() Errors {
	es := f.Record.Check()
	f.check(&es)
	return es
}
