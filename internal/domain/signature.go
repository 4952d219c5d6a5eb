package domain

import (
	"errors"
	"time"
)

// SignOff is the signature of one party on a release, for one cell of the table
// of who signs (section 9, R8, R22). It is never edited.
type SignOff struct {
	Record
	Column SignOffColumn `graph:"column,required,filter,sort,import"`
	// Nature is the nature of deployment that it is for, null in the columns that
	// are signed once for the whole release.
	Nature *DeploymentNature `graph:"nature,filter,sort,import"`
	// Role or Function is as what the party signed; neither of the business.
	Role     *Role           `graph:"role,filter,sort,import"`
	Function *string         `graph:"function,filter,sort,import,text"`
	Verdict  SignOffVerdict  `graph:"verdict,required,filter,sort,import"`
	Comment  *string         `graph:"comment,import,text"`
	SignedAt time.Time       `graph:"signedAt,filter,sort,import"`
	Actor    string          `graph:"actor,required,filter,sort,import,text,person"`
	Seat     string          `graph:"seat,required,filter,sort,import,text,person"`
	Method   *IdentityMethod `graph:"method,filter,import"`
	// Identities are those by which the actor was known.
	Identities []string `graph:"identities,import"`
	// Round, ContentVersion and ContentDigest are what was signed (R21).
	Round          int        `graph:"round,filter,sort,import"`
	ContentVersion int        `graph:"contentVersion,filter,import"`
	ContentDigest  string     `graph:"contentDigest,required,import"`
	WithdrawnAt    *time.Time `graph:"withdrawnAt,filter,sort,import"`
}

// SignOffColumn is what a signature says.
type SignOffColumn string

// The columns of signatures.
const (
	SignDelivered      SignOffColumn = "DELIVERED"
	SignAccepted       SignOffColumn = "ACCEPTED"
	SignHandedOver     SignOffColumn = "HANDED_OVER"
	SignSupported      SignOffColumn = "SUPPORTED"
	SignBusiness       SignOffColumn = "BUSINESS"
	SignImplementation SignOffColumn = "IMPLEMENTATION"
	SignAuthorisation  SignOffColumn = "AUTHORISATION"
)

// SignOffColumns lists all columns, in the order in which a release passes them.
var SignOffColumns = []SignOffColumn{
	SignDelivered, SignAccepted, SignHandedOver, SignSupported, SignBusiness, SignImplementation, SignAuthorisation,
}

// SignOffVerdict is whether a party signs.
type SignOffVerdict string

// The verdicts of signatures.
const (
	Signs   SignOffVerdict = "SIGN"
	Refuses SignOffVerdict = "REFUSE"
)

// SignOffVerdicts lists both verdicts.
var SignOffVerdicts = []SignOffVerdict{Signs, Refuses}

// SignOffState is whether a signature counts.
type SignOffState string

// The states of a signature.
const (
	SignOffStands    SignOffState = "STANDS"
	SignOffFallen    SignOffState = "FALLEN"
	SignOffWithdrawn SignOffState = "WITHDRAWN"
)

// SignOffStates lists all states of a signature.
var SignOffStates = []SignOffState{SignOffStands, SignOffFallen, SignOffWithdrawn}

// ActorPerson is who signed.
func (s *SignOff) ActorPerson() *Person { return PersonOf(s, s.Actor, s.Identities...) }

// SeatPerson is whose signature it is: the actor's, or that of who was away.
func (s *SignOff) SeatPerson() *Person {
	if s.Deputised() {
		return PersonOf(s, s.Seat)
	}
	return PersonOf(s, s.Seat, s.Identities...)
}

// Doer is who signed.
func (s *SignOff) Doer() Doer { return Doer{s.Actor, s.Identities} }

// Deputised tells whether somebody else than whose signature it is gave it.
func (s *SignOff) Deputised() bool { return !SameName(s.Seat, s.Actor) }

// Signer is as what the party signed.
func (s *SignOff) Signer() Signatory { return Signatory{Role: s.Role, Function: s.Function} }

// StateOn tells whether the signature counts for a release (R21): it falls when the
// content or the round changes.
func (s *SignOff) StateOn(r *Release) SignOffState {
	switch {
	case s.WithdrawnAt != nil:
		return SignOffWithdrawn
	case s.Round == r.Round && s.ContentVersion == r.ContentVersion:
		return SignOffStands
	}
	return SignOffFallen
}

// Check tells what is wrong with the signature, as an import may bring it.
func (s *SignOff) Check() Errors {
	es := s.Record.Check()
	es.given("signedAt", s.SignedAt)
	es.wrong("contentDigest", CheckSha256(s.ContentDigest))
	if s.Role != nil && s.Function != nil {
		es.wrong("function", errors.New("cannot be given beside role"))
	}
	return es
}
