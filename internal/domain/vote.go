package domain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Vote is what one member of a board, or their deputy, said of a request.
type Vote struct {
	Record
	// Voter cast the vote; Seat is the member whose vote it is: the voter, or
	// who is away and let the voter stand in.
	Voter   string    `graph:"voter,required,filter,sort,import,text,person"`
	Seat    string    `graph:"seat,required,filter,sort,import,text,person"`
	Verdict Verdict   `graph:"verdict,required,filter,sort,import"`
	Comment *string   `graph:"comment,import,text"`
	CastAt  time.Time `graph:"castAt,filter,sort,import"`
	// Board is the key of the board on whose behalf it was cast.
	Board string `graph:"board,required,filter,sort,import"`
	// ContentVersion is that of the request when the vote was cast (H3).
	ContentVersion int `graph:"contentVersion,filter,import"`
	// Method is how the voter was known, and Identities by what; none of a vote
	// that was cast elsewhere.
	Method     *IdentityMethod `graph:"method,filter,import"`
	Identities []string        `graph:"identities,import"`
}

// Doer is who cast the vote.
func (v *Vote) Doer() Doer { return Doer{v.Voter, v.Identities} }

// VoterPerson is who cast the vote.
func (v *Vote) VoterPerson() *Person { return PersonOf(v, v.Voter, v.Identities...) }

// SeatPerson is the member whose vote it is.
func (v *Vote) SeatPerson() *Person {
	if v.Deputised() {
		return PersonOf(v, v.Seat)
	}
	return PersonOf(v, v.Seat, v.Identities...)
}

// Check tells what is wrong with the vote, as an import may bring it.
func (v *Vote) Check() Errors {
	es := v.Record.Check()
	es.given("castAt", v.CastAt)
	return es
}

// Verdict is what a vote says.
type Verdict string

// The verdicts.
const (
	Approve Verdict = "APPROVE"
	Reject  Verdict = "REJECT"
)

// Verdicts lists both verdicts.
var Verdicts = []Verdict{Approve, Reject}

// Stands reports whether the vote still counts: one falls when the content of the
// request changes after it (H3).
func (v *Vote) Stands(c *ChangeRequest) bool { return v.ContentVersion == c.ContentVersion }

// standing are the votes that count: of those who are on the board, one for each
// seat, one by each person, and none on one's own request. So it is of what an
// import brought, too.
func (f *ChangeFacts) standing() []*Vote {
	if f.Board == nil {
		return nil
	}
	var list []*Vote
	for _, v := range f.Votes {
		if v.Stands(f.Request) && v.Board == f.Board.Key && ContainsName(f.Board.Members, v.Seat) &&
			!slices.ContainsFunc(list, v.repeats) && len(f.refuseOwn(v.Doer(), v.Seat)) == 0 {
			list = append(list, v)
		}
	}
	return list
}

// repeats reports whether the vote is for the seat, or by the person, of another.
func (v *Vote) repeats(other *Vote) bool {
	return SameName(v.Seat, other.Seat) || SamePerson(v.Doer(), other.Doer())
}

// tally counts the votes that stand.
func (f *ChangeFacts) tally() (approvals, rejections int) {
	for _, v := range f.standing() {
		if v.Verdict == Reject {
			rejections++
		} else {
			approvals++
		}
	}
	return approvals, rejections
}

// Decision is the status that the votes give the request, as far as they go:
// one rejection rejects, a quorum of approvals authorises, "" is open (H3).
func (f *ChangeFacts) Decision() ChangeRequestStatus {
	approvals, rejections := f.tally()
	switch {
	case rejections > 0:
		return ChangeRejected
	case f.Board != nil && approvals >= f.Board.Quorum:
		return ChangeAuthorised
	}
	return ""
}

// Ballot is a vote that someone wants to cast.
type Ballot struct {
	Voter   Doer
	Verdict Verdict
	// For names the member who is away; empty: the voter's own seat, or that of
	// the only member whom the voter stands in for.
	For         string
	Delegations []*Delegation
	Comment     *string
	At          time.Time
}

// CheckBallot is who may vote on a request (H3): members of its board, once,
// never on their own request; for a member who is away the one who stands in.
// A rejection says why.
// It gives the seat, and what is wrong otherwise. An approval also needs all
// that authorising does, votes aside, so that nobody approves what they could
// not know.
func CheckBallot(f *ChangeFacts, b Ballot) (seat string, es Errors) {
	if es := f.CheckMove(VoteOnChange, ChangeRejected); len(es) > 0 || f.Board == nil {
		return "", es.Under("input") // no vote is cast on it now, whatever it says
	}
	seat, err := b.seat(f.Board)
	if err != nil {
		es = append(es, err)
	}
	es = append(es, f.refuseOwn(b.Voter, seat)...)
	es = append(es, f.refuseTwice(b.Voter, seat)...)
	if b.Verdict == Reject && blank(b.Comment) == "" {
		es = append(es, ballotError("H3", "input.comment", "must say why the request is rejected", nil))
	}
	if b.Verdict == Approve {
		for _, l := range f.lacking(approved...) {
			es = append(es, ballotError(l.Rule, "input.ref", "cannot be approved yet, it lacks "+l.Message, map[string]any{
				"missing": string(l.Need), "field": l.Field,
			}))
		}
	}
	return seat, es
}

// seat finds whose vote the ballot is: the member, as the board spells the name.
func (b *Ballot) seat(board *Board) (string, *Error) {
	voter := b.Voter.Name
	own := IndexName(board.Members, voter)
	if b.For == "" && own >= 0 || SameName(b.For, voter) {
		if own >= 0 {
			return board.Members[own], nil
		}
		return "", ballotError("H3", "input.onBehalfOf", fmt.Sprintf("%s is no member of %s", voter, board.Key), nil)
	}
	seats := b.deputised(board)
	switch i := IndexName(seats, b.For); {
	case b.For != "" && i >= 0:
		return seats[i], nil
	case b.For == "" && len(seats) == 1:
		return seats[0], nil
	case b.For == "" && len(seats) > 1:
		return "", ballotError("H3", "input.onBehalfOf", fmt.Sprintf(
			"%s stands in for %s: say for whom", voter, strings.Join(seats, " and ")), map[string]any{"legal": seats})
	case b.For != "":
		return "", ballotError("H3", "input.onBehalfOf", fmt.Sprintf("%s does not stand in for %s on %s now", voter, b.For, board.Key), nil)
	}
	return "", ballotError("H3", "input.ref", fmt.Sprintf(
		"is decided by %s, of which %s is no member: %s are, or who stands in for one", board.Key, voter, strings.Join(board.Members, ", ")),
		map[string]any{"legal": board.Members})
}

// deputised are the members whom the voter stands in for now.
func (b *Ballot) deputised(board *Board) []string {
	var seats []string
	for _, m := range board.Members {
		if slices.ContainsFunc(b.Delegations, func(d *Delegation) bool {
			return SameName(d.Absent, m) && SameName(d.Deputy, b.Voter.Name) && d.Holds(b.At)
		}) {
			seats = append(seats, m)
		}
	}
	return seats
}

// refuseOwn keeps requesters from voting on their own request (H3), and others
// from doing it for them.
func (f *ChangeFacts) refuseOwn(voter Doer, seat string) (es Errors) {
	switch who := f.Request.Asker(); {
	case f.Request.AskedBy(voter):
		es = append(es, ballotError("H3", "input.ref", fmt.Sprintf("was asked for by %s: nobody votes on their own request", cmp.Or(who.Name, voter.Name)), nil))
	case seat != "" && f.Request.Requester != nil && AlikeNames(who.Name, seat):
		es = append(es, ballotError("H3", "input.onBehalfOf", fmt.Sprintf("%s asked for it: nobody votes on their own request, nor lets others", who.Name), nil))
	}
	return es
}

// refuseTwice keeps anyone from voting twice, and any seat (H3).
func (f *ChangeFacts) refuseTwice(voter Doer, seat string) (es Errors) {
	for _, v := range f.standing() {
		if SamePerson(v.Doer(), voter) || SameName(v.Seat, seat) {
			return Errors{ballotError("H3", "input.ref", fmt.Sprintf("%s: nobody votes twice", v.said()), map[string]any{"vote": v.Key})}
		}
	}
	return nil
}

// Voted reports whether a vote of the person stands, for whomever it was cast.
func (f *ChangeFacts) Voted(who Doer) bool {
	return slices.ContainsFunc(f.standing(), func(v *Vote) bool { return SamePerson(v.Doer(), who) })
}

// Deputised reports whether somebody else than the member cast the vote.
func (v *Vote) Deputised() bool { return !SameName(v.Seat, v.Voter) }

// said tells who voted how.
func (v *Vote) said() string {
	if v.Deputised() {
		return fmt.Sprintf("%s voted %s for %s already", v.Voter, v.Verdict, v.Seat)
	}
	return fmt.Sprintf("%s voted %s already", v.Voter, v.Verdict)
}

func ballotError(rule, field, message string, details map[string]any) *Error {
	return &Error{Code: RuleViolation, Rule: rule, Field: field, Message: message, Details: details}
}

// Waiting lists the members of the board who can still vote on the request, and
// counts the approvals that stand.
func (f *ChangeFacts) Waiting() (members []string, approvals int) {
	approvals, _ = f.tally()
	if f.Board == nil {
		return nil, approvals
	}
	for _, m := range f.Board.Members {
		own := f.Request.Requester != nil && AlikeNames(*f.Request.Requester, m)
		voted := slices.ContainsFunc(f.standing(), func(v *Vote) bool { return SameName(v.Seat, m) })
		if !own && !voted {
			members = append(members, m)
		}
	}
	return members, approvals
}
