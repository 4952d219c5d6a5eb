package domain

import (
	"fmt"
	"slices"
	"strings"
)

// ChangeFacts is all that the moves of a request depend on.
type ChangeFacts struct {
	Request *ChangeRequest
	Items   []*ConfigurationItem // that it affects
	// Assessed tells that there is an assessment, Outdated why it no longer
	// holds: nothing when it does.
	Assessed bool
	Outdated []string
	Board    *Board // that decides; nil: none is known
	Votes    []*Vote
	Model    *ChangeModel
	Tasks    []*Task
	// Released tells that a release carries the change out.
	Released bool
}

// changeNeed is a need of a move of a request for change (H3).
type changeNeed = Need[*ChangeFacts]

// The needs of requests for change, each with how it is looked after.
var (
	needJustification  = changeNeed{Name: NeedJustification, Rule: "H2", Field: "justification", Lacks: lacksJustification}
	needWindow         = changeNeed{Name: NeedWindow, Rule: "H2", Field: "plannedTo", Lacks: lacksWindow}
	needItems          = changeNeed{Name: NeedItems, Rule: "H3", Field: "affects", Lacks: lacksItems}
	needItemsInUse     = changeNeed{Name: NeedItemsInUse, Rule: "H3", Field: "affects", Lacks: lacksItemsInUse}
	needPlan           = changeNeed{Name: NeedPlan, Rule: "H3", Field: "plan", Lacks: lacksPlan}
	needBackOut        = changeNeed{Name: NeedBackOut, Rule: "R10", Field: "backOutPlan", Lacks: lacksBackOut}
	needAssessment     = changeNeed{Name: NeedAssessment, Rule: "H3", Field: "assessments", Lacks: lacksAssessment}
	needBoard          = changeNeed{Name: NeedBoard, Rule: "H3", Field: "board", Lacks: lacksBoard}
	needVotes          = changeNeed{Name: NeedVotes, Rule: "H3", Field: "votes", Lacks: lacksVotes}
	needModel          = changeNeed{Name: NeedModel, Rule: "H7", Field: "model", Lacks: lacksModel}
	needTasks          = changeNeed{Name: NeedTasks, Rule: "R12", Field: "tasks", Lacks: lacksTasks}
	needNoHold         = changeNeed{Name: NeedNoHold, Rule: "P7", Field: "heldBy", Lacks: lacksNoHold}
	needOutsideRelease = changeNeed{Name: NeedOutsideRelease, Rule: "H8", Field: "board", Lacks: lacksOutsideRelease}
	needRelease        = changeNeed{Name: NeedRelease, Rule: "H4", Field: "status", Lacks: lacksRelease}
)

func lacksJustification(f *ChangeFacts) string {
	if blank(f.Request.Justification) == "" {
		return "a justification: why the change is wanted"
	}
	return ""
}

func lacksWindow(f *ChangeFacts) string {
	if (f.Request.PlannedFrom == nil) != (f.Request.PlannedTo == nil) {
		return "both ends of the planned window, or neither"
	}
	return ""
}

func lacksItems(f *ChangeFacts) string {
	if len(f.Items) == 0 {
		return "the items that it affects: connect at least one (connectAffectedItem)"
	}
	return ""
}

func lacksItemsInUse(f *ChangeFacts) string {
	var gone []string
	for _, i := range f.Items {
		if !i.Status.Changeable() {
			gone = append(gone, fmt.Sprintf("%s is %s", i.Key, i.Status))
		}
	}
	if len(gone) == 0 {
		return ""
	}
	return "items that are still in use: " + strings.Join(gone, ", ")
}

func lacksPlan(f *ChangeFacts) string {
	if blank(f.Request.Plan) == "" {
		return "a plan: how the change is made"
	}
	return ""
}

// lacksBackOut is R10: every request brings a back-out plan, FULL or PARTIAL,
// or NONE with a mitigation.
func lacksBackOut(f *ChangeFacts) string {
	switch kind := f.Request.BackOutKind; {
	case kind == nil:
		return "how far it can be undone: backOutKind"
	case *kind == BackOutNone && blank(f.Request.Mitigation) == "":
		return "a mitigation, since its backOutKind is NONE"
	case *kind != BackOutNone && blank(f.Request.BackOutPlan) == "":
		return fmt.Sprintf("a back-out plan, since its backOutKind is %s", *kind)
	}
	return ""
}

func lacksAssessment(f *ChangeFacts) string {
	switch {
	case !f.Assessed:
		return "an assessment of its impact (assessChangeRequest)"
	case len(f.Outdated) > 0:
		return "an assessment that still holds (assessChangeRequest anew): since the last one " + strings.Join(f.Outdated, "; ")
	}
	return ""
}

func lacksBoard(f *ChangeFacts) string {
	emergency := f.Request.Type == EmergencyChange
	switch {
	case f.Board == nil && emergency:
		return "an emergency board that decides (connectDecidingBoard)"
	case f.Board == nil:
		return "a board that decides (connectDecidingBoard)"
	case emergency && !f.Board.Emergency:
		return fmt.Sprintf("an emergency board: %s is none (H1)", f.Board.Key)
	case !emergency && f.Board.Emergency:
		return fmt.Sprintf("an ordinary board: %s decides on emergencies alone (H1)", f.Board.Key)
	}
	return ""
}

func lacksVotes(f *ChangeFacts) string {
	if f.Board == nil {
		return "the votes of a board"
	}
	approvals, rejections := f.tally()
	switch {
	case rejections > 0:
		return "a board without a rejection: one rejection rejects"
	case approvals < f.Board.Quorum:
		return fmt.Sprintf("votes: %d of the %d that %s needs are cast on the present content (castVote)", approvals, f.Board.Quorum, f.Board.Key)
	}
	return ""
}

// lacksModel is H7: the model was approved beforehand, and is about what the
// request touches.
func lacksModel(f *ChangeFacts) string {
	switch m := f.Model; {
	case m == nil:
		return "a model that was approved beforehand (connectFollowedModel)"
	case !m.Preauthorised:
		return fmt.Sprintf("a model that was approved beforehand: %s is a template only", m.Key)
	default:
		return m.covers(f.Items)
	}
}

func lacksTasks(f *ChangeFacts) string {
	var open []string
	for _, t := range f.Tasks {
		if !t.Done {
			open = append(open, t.Key)
		}
	}
	if len(open) == 0 {
		return ""
	}
	slices.Sort(open)
	return "its preparation done: " + strings.Join(open, ", ") + " is open"
}

func lacksRelease(f *ChangeFacts) string {
	if !f.Released {
		return "a release that carries it out"
	}
	return ""
}

// lacksNoHold keeps what a freeze holds from being carried out (P7).
func lacksNoHold(f *ChangeFacts) string {
	if len(f.Request.HeldBy) == 0 {
		return ""
	}
	return "an end of its hold by " + strings.Join(f.Request.HeldBy, ", ") + ": plan it for another time, or ask for an exception (requestFreezeException)"
}

// lacksOutsideRelease is H8: STANDARD changes are carried out outside a release,
// others unless their board wants a release to do it.
func lacksOutsideRelease(f *ChangeFacts) string {
	if f.Request.Type != StandardChange && f.Board != nil && f.Board.ReleaseOnly {
		return fmt.Sprintf("a release: what %s authorises is carried out by releases alone", f.Board.Key)
	}
	return ""
}
