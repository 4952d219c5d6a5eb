package domain

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Board decides on requests for change: a change advisory board (CAB), or the
// emergency board.
type Board struct {
	Record
	Description *string `graph:"description,set,text"`
	// Members are the names of the actors who vote.
	Members []string `graph:"members,filter,set,text,person"`
	// Quorum is how many votes a decision needs.
	Quorum int `graph:"quorum,filter,sort,set"`
	// Emergency boards decide on EMERGENCY requests, and on no others (H1).
	Emergency bool `graph:"emergency,filter,set"`
	// ReleaseOnly says that what it authorises is carried out by releases alone (H8).
	ReleaseOnly bool `graph:"releaseOnly,filter,set"`
}

// MemberPersons are the members.
func (b *Board) MemberPersons() []*Person { return PeopleOf(b, b.Members) }

// Check tells what is wrong with the board: its quorum can be reached, and
// nobody sits on it twice.
func (b *Board) Check() Errors {
	es := b.Record.Check()
	for i, name := range b.Members {
		es.wrong(fmt.Sprintf("members.%d", i), CheckHuman(name))
		if j := slices.IndexFunc(b.Members[:i], func(other string) bool { return AlikeNames(name, other) }); j >= 0 {
			es.wrong(fmt.Sprintf("members.%d", i), alreadyMember(name, b.Members[j]))
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

// CheckSeated refuses that somebody give themselves a seat (H3): who changes a
// board does not decide by it. had is the board as it was, nil of a new one.
func (b *Board) CheckSeated(had *Board, who Doer) (es Errors) {
	for i, name := range b.Members {
		if had != nil && ContainsName(had.Members, name) || !SamePerson(Doer{Name: name}, who) {
			continue
		}
		es.rule("H3", fmt.Sprintf("members.%d", i), fmt.Sprintf("is %s: nobody gives themselves a seat; ask another who may change boards", who.Name))
	}
	return es
}

func alreadyMember(name, other string) error {
	switch {
	case name == other:
		return fmt.Errorf("%q is a member already", name)
	case SameName(name, other):
		return fmt.Errorf("%q is a member already, spelt %q", name, other)
	}
	return fmt.Errorf("%q cannot be told from the member %q by looking at it", name, other)
}

// CheckBoardFits says why a board does not decide on a request, or nil: those
// for emergencies decide on EMERGENCY requests alone, and on all of them (H1).
func CheckBoardFits(c *ChangeRequest, b *Board) *Error {
	if (c.Type == EmergencyChange) == b.Emergency {
		return nil
	}
	of := "on emergencies alone"
	if !b.Emergency {
		of = "on no emergencies"
	}
	return &Error{
		Code: RuleViolation, Rule: "H1", Message: fmt.Sprintf("%s decides %s, and %s is of type %s", b.Key, of, c.Key, c.Type),
		Details: map[string]any{"board": b.Key, "type": string(c.Type)},
	}
}

// LeavesRequests says that a board cannot become one of the other sort while
// requests wait for it.
func LeavesRequests(b *Board, keys []string, field string) *Error {
	return &Error{
		Code: RuleViolation, Rule: "H1", Field: field,
		Message: fmt.Sprintf("%s waits for %s, which would not decide on it any more: give it another board first (connectDecidingBoard)", strings.Join(keys, ", "), b.Key),
		Details: map[string]any{"requests": keys},
	}
}

// Delegation lets one person vote for another who is away.
type Delegation struct {
	Record
	Reason *string `graph:"reason,set,text"`
	// Absent is the member of a board who is away, Deputy who votes instead.
	Absent string `graph:"absent,required,filter,sort,set,text,person"`
	Deputy string `graph:"deputy,required,filter,sort,set,text,person"`
	// From and Until are when it holds; without Until it holds until it is
	// given an end.
	From  time.Time  `graph:"from,required,filter,sort,set"`
	Until *time.Time `graph:"until,filter,sort,set"`
	// ConfirmedAt is when who is absent said so; before, nobody votes by it.
	ConfirmedAt *time.Time `graph:"confirmedAt,filter,sort,import"`
}

// AbsentPerson is who is away.
func (d *Delegation) AbsentPerson() *Person { return PersonOf(d, d.Absent) }

// DeputyPerson is who votes instead.
func (d *Delegation) DeputyPerson() *Person { return PersonOf(d, d.Deputy) }

// Check tells what is wrong with the delegation.
func (d *Delegation) Check() Errors {
	es := d.Record.Check()
	es.wrong("absent", CheckHuman(d.Absent))
	es.wrong("deputy", CheckHuman(d.Deputy))
	if AlikeNames(d.Absent, d.Deputy) {
		es.wrong("deputy", fmt.Errorf("%q cannot stand in for themselves", d.Deputy))
	}
	es.given("from", d.From)
	es.after("until", d.Until, "from", &d.From)
	return es
}

// Confirm lets who is away say that they want the delegation (H3): nobody else
// gives their vote away.
func (d *Delegation) Confirm(who Doer, at time.Time) error {
	if !SameName(d.Absent, who.Name) {
		return &Error{
			Code: RuleViolation, Rule: "H3", Field: "input.ref", Details: map[string]any{"legal": []string{d.Absent}},
			Message: fmt.Sprintf("gives the vote of %s away: only they confirm it", d.Absent),
		}
	}
	if d.ConfirmedAt == nil {
		d.ConfirmedAt = &at
	}
	return nil
}

// Settle says what a change by somebody makes of the confirmation: by who is away
// it is one, by another it takes one back, unless it changes no more than words.
// had is the delegation as it was, nil of a new one.
func (d *Delegation) Settle(had *Delegation, who Doer, at time.Time) {
	switch same := had != nil && d.sameTerms(had); {
	case same && had.ConfirmedAt != nil:
	case SameName(d.Absent, who.Name):
		d.ConfirmedAt = &at
	case !same:
		d.ConfirmedAt = nil
	}
}

func (d *Delegation) sameTerms(other *Delegation) bool {
	return SameName(d.Absent, other.Absent) && SameName(d.Deputy, other.Deputy) && d.From.Equal(other.From) &&
		(d.Until == nil) == (other.Until == nil) && (d.Until == nil || d.Until.Equal(*other.Until))
}

// Holds reports whether the delegation holds at a time.
func (d *Delegation) Holds(at time.Time) bool {
	return d.ConfirmedAt != nil && !at.Before(d.From) && (d.Until == nil || at.Before(*d.Until))
}
