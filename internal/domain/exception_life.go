package domain

// DecideException is the verb that decides on an exception from a freeze.
const DecideException = "decideFreezeException"

// ExceptionFacts is what the moves of an exception look at.
type ExceptionFacts struct {
	Reason *string
	// Ends tells that it names a freeze and a change.
	Ends bool
}

// ExceptionMove is a move that an exception has.
type ExceptionMove = LegalMove[ExceptionStatus]

// ExceptionLife is the life of an exception: it is asked for, and decided once
// (P7).
var ExceptionLife = Lifecycle[ExceptionStatus, ExceptionFacts]{
	Rule: RuleFreezeException,
	Moves: []Move[ExceptionStatus, ExceptionFacts]{
		{Verb: DecideException, From: []ExceptionStatus{ExceptionRequested}, To: ExceptionGranted, Needs: []exceptionNeed{needExceptionEnds, {
			Name: NeedReason, Field: "reason",
			Lacks: unless(func(f ExceptionFacts) bool { return blank(f.Reason) != "" }, "a reason why the change cannot wait"),
		}}},
		{Verb: DecideException, From: []ExceptionStatus{ExceptionRequested}, To: ExceptionRefused, Needs: []exceptionNeed{needExceptionEnds}},
	},
}

type exceptionNeed = Need[ExceptionFacts]

var needExceptionEnds = exceptionNeed{
	Name: NeedEnds, Field: "changeRequest",
	Lacks: unless(func(f ExceptionFacts) bool { return f.Ends }, "a freeze and a change: connect both (connectExceptedFreeze, connectExceptedChange)"),
}
