package domain

import (
	"fmt"
	"slices"
	"strings"
)

// ChangeNeed is something that a move of a request for change needs (H3).
type ChangeNeed string

// The needs.
const (
	NeedJustification ChangeNeed = "JUSTIFICATION"
	NeedWindow        ChangeNeed = "WINDOW"
	NeedItems         ChangeNeed = "AFFECTED_ITEMS"
	NeedItemsInUse    ChangeNeed = "ITEMS_IN_USE"
	NeedPlan          ChangeNeed = "PLAN"
	NeedBackOut       ChangeNeed = "BACK_OUT_PLAN"
	NeedAssessment    ChangeNeed = "ASSESSMENT"
	NeedBoard         ChangeNeed = "BOARD"
	NeedVotes         ChangeNeed = "VOTES"
	NeedRejection     ChangeNeed = "REJECTION"
	NeedModel         ChangeNeed = "MODEL"
	NeedTasks         ChangeNeed = "TASKS"
	NeedRelease       ChangeNeed = "RELEASE"
)

// ChangeNeeds lists all needs.
var ChangeNeeds = []ChangeNeed{
	NeedJustification, NeedWindow, NeedItems, NeedItemsInUse, NeedPlan, NeedBackOut, NeedAssessment, NeedBoard, NeedVotes,
	NeedRejection, NeedModel, NeedTasks, NeedRelease,
}

// ChangeLack is a need that is not met: by which rule it is needed, which field
// of the request it is about, and what is wrong.
type ChangeLack struct {
	Need    ChangeNeed
	Rule    string
	Field   string
	Message string
}

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

// demand is how one need is looked after: it answers "" when it is met.
type demand struct {
	rule, field string
	lacks       func(*ChangeFacts) string
}

var demands = map[ChangeNeed]demand{
	NeedJustification: {"H2", "justification", lacksJustification},
	NeedWindow:        {"H2", "plannedTo", lacksWindow},
	NeedItems:         {"H3", "affects", lacksItems},
	NeedItemsInUse:    {"H3", "affects", lacksItemsInUse},
	NeedPlan:          {"H3", "plan", lacksPlan},
	NeedBackOut:       {"R10", "backOutPlan", lacksBackOut},
	NeedAssessment:    {"H3", "assessments", lacksAssessment},
	NeedBoard:         {"H3", "board", lacksBoard},
	NeedVotes:         {"H3", "votes", lacksVotes},
	NeedRejection:     {"H3", "votes", lacksRejection},
	NeedModel:         {"H7", "model", lacksModel},
	NeedTasks:         {"R12", "tasks", lacksTasks},
	NeedRelease:       {"H4", "", lacksRelease},
}

// lacking tells which of the needs are not met.
func (f *ChangeFacts) lacking(needs []ChangeNeed) []ChangeLack {
	lacks := []ChangeLack{}
	for _, n := range needs {
		d := demands[n]
		if message := d.lacks(f); message != "" {
			lacks = append(lacks, ChangeLack{Need: n, Rule: d.rule, Field: d.field, Message: message})
		}
	}
	return lacks
}

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
		return fmt.Sprintf("votes: %d of the %d that %s needs are cast on the present content", approvals, f.Board.Quorum, f.Board.Key)
	}
	return ""
}

func lacksRejection(f *ChangeFacts) string {
	if _, rejections := f.tally(); rejections == 0 {
		return "a vote that rejects it"
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
