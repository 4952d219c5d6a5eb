// Package domain holds the terms of release and deployment management, their
// states and their rules (docs/domain.md; each rule's function names its number).
// It does no I/O and reads no clock: time comes in.
//
// The struct tag `graph` tells what the graph must know of a field: its
// property name first, then any of
//
//	unique    no two records of the kind hold the same value (C1)
//	required  never null, never empty
//	filter    can be filtered on
//	sort      can be ordered by, through an index
//	set       can be given in a create or update
//	import    can be brought by an import, and is otherwise left to the rules
//	text      is searched
//	person    names a person, or several
//	identity  (of a link) tells parallel links between two records apart
package domain

import "time"

// Record is what every kind of record has.
type Record struct {
	// ID identifies the record for ever, across kinds.
	ID string
	// Version rises by one with each change; edits name the one they saw (C5).
	Version   int
	CreatedAt time.Time
	UpdatedAt time.Time
	// Key is the human-typed name that identifies the record in its kind (C1).
	Key  string `graph:"key,unique,required,filter,sort,set,text"`
	Name string `graph:"name,required,filter,sort,set,text"`
	// Sources tell which source set which field last (C6), by field. What is
	// not named was set by imports that name no source.
	Sources []FieldSource
	// Listings tell which sources list the record and its attributes, WithdrawnFrom
	// the status from which a prune withdrew it, RemovedLinks which links from it
	// people removed while a source listed them (C6). They are empty of nearly all.
	Listings      Listings
	WithdrawnFrom string
	RemovedLinks  []string
}

// Meta gives access to the common part of any record.
func (r *Record) Meta() *Record { return r }
