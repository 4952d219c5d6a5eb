package domain

import (
	"slices"
	"time"
)

// The verbs that move a request for change.
const (
	SubmitChange    = "submitChangeRequest"
	AssessChange    = "assessChangeRequest"
	AuthoriseChange = "authoriseChangeRequest"
	VoteOnChange    = "castVote"
	WithdrawChange  = "withdrawChangeRequest"
	ImplementChange = "implementChangeRequest"
	ReviewChange    = "reviewChangeRequest"
	BackOutChange   = "backOutChangeRequest"
)

// The sorts of request that have moves of their own: a board decides on some, a
// model on the others (H1).
func byBoard(f *ChangeFacts) bool { return f.Request.Type != StandardChange }
func byModel(f *ChangeFacts) bool { return f.Request.Type == StandardChange }

// notReviewed reports whether nobody has said yet how the change turned out: a release
// that is CLOSED closes its requests, and leaves their review open (H8).
func notReviewed(f *ChangeFacts) bool { return f.Request.ReviewOutcome == nil }

// ChangeLife is the life of a request for change (H2, H8, H9).
//
// One that is ASSESSED stays so when it is assessed anew. Moves without a verb
// are those of a release. Later moves ask again for what earlier ones did: an
// import may bring a request in any status.
var ChangeLife = Lifecycle[ChangeRequestStatus, *ChangeFacts]{
	Rule:    "H2",
	Besides: func(f *ChangeFacts) string { return ", of type " + string(f.Request.Type) },
	Moves: []Move[ChangeRequestStatus, *ChangeFacts]{
		{Verb: SubmitChange, From: []ChangeRequestStatus{ChangeDraft}, To: ChangeSubmitted, For: byBoard, Needs: []changeNeed{
			needJustification, needItemsInUse, needWindow,
		}},
		{Verb: SubmitChange, From: []ChangeRequestStatus{ChangeDraft}, To: ChangeAuthorised, For: byModel, Needs: []changeNeed{
			needJustification, needWindow, needModel, needItems, needItemsInUse, needPlan, needBackOut,
		}},
		{Verb: AssessChange, From: []ChangeRequestStatus{ChangeSubmitted}, To: ChangeAssessed, For: byBoard, Needs: assessed},
		{Verb: AssessChange, From: []ChangeRequestStatus{ChangeAssessed, ChangeBackedOut}, To: ChangeAssessed, Needs: assessed},
		{Verb: AuthoriseChange, From: []ChangeRequestStatus{ChangeSubmitted}, To: ChangeAuthorised, For: byModel, Needs: []changeNeed{
			needModel, needItems, needItemsInUse, needPlan, needBackOut,
		}},
		{Verb: AuthoriseChange, From: []ChangeRequestStatus{ChangeAssessed}, To: ChangeAuthorised, Needs: slices.Concat(approved, []changeNeed{needVotes})},
		{Verb: VoteOnChange, From: []ChangeRequestStatus{ChangeAssessed}, To: ChangeRejected, Needs: []changeNeed{needBoard}},
		{To: ChangeInRelease, From: []ChangeRequestStatus{ChangeAuthorised}, Needs: slices.Concat(carriedOut, []changeNeed{needRelease})},
		{Verb: ImplementChange, From: []ChangeRequestStatus{ChangeAuthorised}, To: ChangeImplemented, Needs: slices.Concat(carriedOut, []changeNeed{
			needNoHold, needOutsideRelease,
		})},
		{To: ChangeImplemented, From: []ChangeRequestStatus{ChangeInRelease}, Needs: []changeNeed{needRelease}},
		{To: ChangeAuthorised, From: []ChangeRequestStatus{ChangeInRelease}, Needs: []changeNeed{needRelease}}, // H9
		{Verb: ReviewChange, From: []ChangeRequestStatus{ChangeImplemented}, To: ChangeClosed},
		{Verb: ReviewChange, From: []ChangeRequestStatus{ChangeImplemented}, To: ChangeBackedOut},
		{Verb: ReviewChange, From: []ChangeRequestStatus{ChangeClosed}, To: ChangeClosed, For: notReviewed}, // its release closed it
		{Verb: BackOutChange, From: []ChangeRequestStatus{ChangeInRelease}, To: ChangeBackedOut},
		{
			Verb: WithdrawChange, To: ChangeWithdrawn,
			From: []ChangeRequestStatus{ChangeDraft, ChangeSubmitted, ChangeAssessed, ChangeAuthorised},
		},
	},
}

// What several moves need.
var (
	assessed = []changeNeed{needItems, needItemsInUse, needBoard}
	// approved is what nobody approves without.
	approved   = []changeNeed{needItems, needItemsInUse, needPlan, needBackOut, needAssessment, needBoard}
	carriedOut = []changeNeed{needItems, needItemsInUse, needPlan, needBackOut, needTasks}
)

// ChangeRequestMove is a move that a request for change has.
type ChangeRequestMove = LegalMove[ChangeRequestStatus]

// Moves tells where the request can go from where it is, and what each way lacks.
func (f *ChangeFacts) Moves() []ChangeRequestMove { return ChangeLife.From(f.Request.Status, f) }

// CheckMove says why the verb cannot bring the request to the status.
func (f *ChangeFacts) CheckMove(verb string, to ChangeRequestStatus) Errors {
	return ChangeLife.CheckTo(f.Request.Key, verb, to, f.Request.Status, f)
}

// lacking tells which of the needs are not met.
func (f *ChangeFacts) lacking(needs ...changeNeed) []MoveLack { return ChangeLife.Lacking(needs, f) }

// Move brings the request to a status that CheckMove allows, and notes when. A
// change that was backed out is reviewed anew: its votes have fallen.
func (c *ChangeRequest) Move(to ChangeRequestStatus, at time.Time) {
	from := c.Status
	if from == ChangeBackedOut {
		c.ContentVersion++
	}
	c.Status = to
	if from == ChangeDraft && to != ChangeWithdrawn {
		c.SubmittedAt = &at
	}
	switch to {
	case ChangeAuthorised, ChangeRejected:
		if from != ChangeInRelease { // what was decided stands (H9)
			c.DecidedAt = &at
		}
	case ChangeImplemented:
		c.ImplementedAt = &at
	case ChangeClosed, ChangeWithdrawn:
		if from != to {
			c.ClosedAt = &at
		}
	case ChangeAssessed:
		if from != ChangeAssessed {
			c.DecidedAt, c.ImplementedAt = nil, nil
			c.ActualFrom, c.ActualTo, c.LeftUndone, c.CarriedOutBy, c.Proof = nil, nil, nil, nil, nil
		}
	}
}

// LacksFor is all that the request will need to be brought to a status, whatever
// its status is now.
func (f *ChangeFacts) LacksFor(to ChangeRequestStatus) []MoveLack {
	seen, lacks := map[MoveNeed]bool{}, []MoveLack{}
	for _, m := range ChangeLife.Moves {
		if m.To != to || m.Verb == "" || m.For != nil && !m.For(f) {
			continue
		}
		for _, l := range f.lacking(m.Needs...) {
			if !seen[l.Need] {
				seen[l.Need] = true
				lacks = append(lacks, l)
			}
		}
	}
	return lacks
}

// With is the status to which a release of a status brings a request that it
// carries out (H4, H9), and whether that is another one.
func (c *ChangeRequest) With(release ReleaseStatus) (to ChangeRequestStatus, moves bool) {
	switch {
	case release == ReleaseBuilding && c.Status == ChangeAuthorised:
		return ChangeInRelease, true
	case (release == ReleasePlanned || release == ReleaseCancelled) && c.Status == ChangeInRelease:
		return ChangeAuthorised, true
	case (release == ReleaseVerifying || release == ReleaseClosed) && c.Status == ChangeInRelease:
		return ChangeImplemented, true
	case release == ReleaseClosed && c.Status == ChangeImplemented:
		return ChangeClosed, true
	case release == ReleaseBackedOut && (c.Status == ChangeInRelease || c.Status == ChangeImplemented || c.Status == ChangeClosed):
		return ChangeBackedOut, true
	}
	return c.Status, false
}
