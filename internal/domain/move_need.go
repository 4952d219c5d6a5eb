package domain

// MoveNeed is something that a move of a record from one status to another
// needs.
type MoveNeed string

// The needs of requests for change.
const (
	NeedJustification  MoveNeed = "JUSTIFICATION"
	NeedWindow         MoveNeed = "WINDOW"
	NeedItems          MoveNeed = "AFFECTED_ITEMS"
	NeedItemsInUse     MoveNeed = "ITEMS_IN_USE"
	NeedPlan           MoveNeed = "PLAN"
	NeedBackOut        MoveNeed = "BACK_OUT_PLAN"
	NeedAssessment     MoveNeed = "ASSESSMENT"
	NeedBoard          MoveNeed = "BOARD"
	NeedVotes          MoveNeed = "VOTES"
	NeedModel          MoveNeed = "MODEL"
	NeedTasks          MoveNeed = "TASKS"
	NeedNoHold         MoveNeed = "NO_HOLD"
	NeedOutsideRelease MoveNeed = "OUTSIDE_RELEASE"
	NeedRelease        MoveNeed = "RELEASE"
)

// The needs of problems and known errors.
const (
	NeedCause       MoveNeed = "CAUSE"
	NeedResolution  MoveNeed = "RESOLUTION"
	NeedChangesDone MoveNeed = "CHANGES_DONE"
	NeedSymptoms    MoveNeed = "SYMPTOMS"
	NeedWorkaround  MoveNeed = "WORKAROUND"
)

// The needs of exceptions from freezes.
const (
	NeedEnds   MoveNeed = "FREEZE_AND_CHANGE"
	NeedReason MoveNeed = "REASON"
)

// MoveNeeds lists all needs.
var MoveNeeds = []MoveNeed{
	NeedJustification, NeedWindow, NeedItems, NeedItemsInUse, NeedPlan, NeedBackOut, NeedAssessment, NeedBoard, NeedVotes,
	NeedModel, NeedTasks, NeedNoHold, NeedOutsideRelease, NeedRelease,
	NeedCause, NeedResolution, NeedChangesDone, NeedSymptoms, NeedWorkaround, NeedEnds, NeedReason,
}
