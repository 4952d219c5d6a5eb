package domain

import (
	"fmt"
	"slices"
	"time"
)

// Board decides on requests for change: a change advisory board (CAB), or the
// emergency board.
type Board struct {
	Record
	Description *string `graph:"description,set,text"`
	// Members are the names of the actors who vote.
	Members []string `graph:"members,filter,set,text"`
	// Quorum is how many votes a decision needs.
	Quorum int `graph:"quorum,filter,sort,set"`
	// Emergency boards decide on EMERGENCY requests, and on no others (H1).
	Emergency bool `graph:"emergency,filter,set"`
	// ReleaseOnly says that what it authorises is carried out by releases alone (H8).
	ReleaseOnly bool `graph:"releaseOnly,filter,set"`
}

// Check tells what is wrong with the board: its quorum can be reached, and
// nobody sits on it twice.
func (b *Board) Check() Errors {
	es := b.Record.Check()
	for i, name := range b.Members {
		field := fmt.Sprintf("members.%d", i)
		es.wrong(field, CheckName(name))
		if slices.Contains(b.Members[:i], name) {
			es.wrong(field, fmt.Errorf("%q is a member already", name))
		}
	}
	switch {
	case b.Quorum < 1:
		es.wrong("quorum", fmt.Errorf("must be at least 1, not %d", b.Quorum))
	case b.Quorum > len(b.Members):
		es.wrong("quorum", fmt.Errorf("is %d, which %d members can never reach", b.Quorum, len(b.Members)))
	}
	return es
}

// Delegation lets one person vote for another who is away.
type Delegation struct {
	Record
	Reason *string `graph:"reason,set,text"`
	// Absent is the member of a board who is away, Deputy who votes instead.
	Absent string `graph:"absent,required,filter,sort,set,text"`
	Deputy string `graph:"deputy,required,filter,sort,set,text"`
	// From and Until are when it holds; without Until it holds until it is
	// given an end.
	From  time.Time  `graph:"from,required,filter,sort,set"`
	Until *time.Time `graph:"until,filter,sort,set"`
}

// Check tells what is wrong with the delegation.
func (d *Delegation) Check() Errors {
	es := d.Record.Check()
	if d.Absent == d.Deputy {
		es.wrong("deputy", fmt.Errorf("%q cannot stand in for themselves", d.Deputy))
	}
	es.given("from", d.From)
	es.after("until", d.Until, "from", &d.From)
	return es
}

// Holds tells whether the delegation holds at a time.
func (d *Delegation) Holds(at time.Time) bool {
	return !at.Before(d.From) && (d.Until == nil || at.Before(*d.Until))
}
