package domain

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// ChangeMove is one legal step in the life of a request for change (H2), and
// what it needs.
type ChangeMove struct {
	From, To ChangeRequestStatus
	// Types are those of the requests that may take the step; none: all.
	Types []ChangeRequestType
	Needs []ChangeNeed
}

// reviewed are the types of request that a board decides on.
var reviewed = []ChangeRequestType{NormalChange, EmergencyChange}

// changeMoves is the state machine of H2. What is not in here is illegal.
var changeMoves = []ChangeMove{
	{From: ChangeDraft, To: ChangeSubmitted, Needs: []ChangeNeed{NeedJustification, NeedItemsInUse, NeedWindow}},
	{From: ChangeDraft, To: ChangeWithdrawn},
	{From: ChangeSubmitted, To: ChangeAssessed, Types: reviewed, Needs: []ChangeNeed{NeedItems, NeedItemsInUse, NeedBoard}},
	{From: ChangeSubmitted, To: ChangeAuthorised, Types: []ChangeRequestType{StandardChange}, Needs: []ChangeNeed{
		NeedModel, NeedItems, NeedItemsInUse, NeedPlan, NeedBackOut,
	}},
	{From: ChangeSubmitted, To: ChangeWithdrawn},
	{From: ChangeAssessed, To: ChangeAuthorised, Needs: []ChangeNeed{
		NeedItems, NeedItemsInUse, NeedPlan, NeedBackOut, NeedAssessment, NeedBoard, NeedVotes,
	}},
	{From: ChangeAssessed, To: ChangeRejected, Needs: []ChangeNeed{NeedRejection}},
	{From: ChangeAssessed, To: ChangeWithdrawn},
	{From: ChangeAuthorised, To: ChangeInRelease, Needs: []ChangeNeed{
		NeedItems, NeedItemsInUse, NeedPlan, NeedBackOut, NeedTasks, NeedRelease, // what an import brought as decided may lack
	}},
	{From: ChangeAuthorised, To: ChangeWithdrawn},
	{From: ChangeInRelease, To: ChangeImplemented},
	{From: ChangeInRelease, To: ChangeBackedOut},
	{From: ChangeImplemented, To: ChangeClosed},
	{From: ChangeImplemented, To: ChangeBackedOut},
	{From: ChangeBackedOut, To: ChangeAssessed, Needs: []ChangeNeed{NeedItems, NeedItemsInUse, NeedBoard}},
}

// ChangeMoves lists the legal moves of H2 of a request of the type.
func ChangeMoves(from ChangeRequestStatus, of ChangeRequestType) []ChangeMove {
	var legal []ChangeMove
	for _, m := range changeMoves {
		if m.From == from && (m.Types == nil || slices.Contains(m.Types, of)) {
			legal = append(legal, m)
		}
	}
	return legal
}

// LegalChangeMove is a move that a request may make, with all that it lacks for it.
type LegalChangeMove struct {
	To    ChangeRequestStatus
	Lacks []ChangeLack
}

// LegalChangeMoves tells where a request can go from where it is, and what each way
// lacks.
func LegalChangeMoves(f *ChangeFacts) []LegalChangeMove {
	list := []LegalChangeMove{}
	for _, m := range ChangeMoves(f.Request.Status, f.Request.Type) {
		list = append(list, LegalChangeMove{To: m.To, Lacks: f.lacking(m.Needs)})
	}
	return list
}

// CheckChangeMove says why a request cannot be moved to the status: a move that
// H2 does not know names the legal ones with what each lacks; a legal one names
// all that is missing at once (H3).
func CheckChangeMove(f *ChangeFacts, to ChangeRequestStatus) Errors {
	legal := LegalChangeMoves(f)
	i := slices.IndexFunc(legal, func(m LegalChangeMove) bool { return m.To == to })
	if i < 0 {
		return Errors{illegalMove(f.Request, to, legal)}
	}
	var es Errors
	for _, l := range legal[i].Lacks {
		es = append(es, &Error{
			Code: RuleViolation, Rule: l.Rule, Field: "input.ref", Message: fmt.Sprintf("%s lacks for %s: %s", f.Request.Key, to, l.Message),
			Details: map[string]any{"missing": string(l.Need), "field": l.Field, "from": string(f.Request.Status), "to": string(to)},
		})
	}
	return es
}

// illegalMove names the moves that there are instead.
func illegalMove(c *ChangeRequest, to ChangeRequestStatus, legal []LegalChangeMove) *Error {
	names, details := []string{}, []any{}
	for _, m := range legal {
		name, missing := string(m.To), []any{}
		for _, l := range m.Lacks {
			missing = append(missing, map[string]any{"missing": string(l.Need), "rule": l.Rule, "field": l.Field, "message": l.Message})
		}
		if n := len(m.Lacks); n > 0 {
			name += fmt.Sprintf(" (lacks %d)", n)
		}
		names = append(names, name)
		details = append(details, map[string]any{"to": string(m.To), "lacks": missing})
	}
	next := "it stays as it is"
	if len(names) > 0 {
		next = "it can become " + strings.Join(names, ", ")
	}
	return &Error{
		Code: RuleViolation, Rule: "H2", Field: "input.ref",
		Message: fmt.Sprintf("%s, of type %s, is %s and cannot become %s: %s", c.Key, c.Type, c.Status, to, next),
		Details: map[string]any{"from": string(c.Status), "to": string(to), "legal": details},
	}
}

// Move brings the request to a status that CheckChangeMove allows, and notes
// when. A change that was backed out is reviewed anew: its votes have fallen.
func (c *ChangeRequest) Move(to ChangeRequestStatus, at time.Time) {
	if c.Status == ChangeBackedOut {
		c.ContentVersion++
	}
	c.Status = to
	switch to {
	case ChangeSubmitted:
		c.SubmittedAt = &at
	case ChangeAuthorised, ChangeRejected:
		c.DecidedAt = &at
	case ChangeImplemented:
		c.ImplementedAt = &at
	case ChangeClosed, ChangeWithdrawn:
		c.ClosedAt = &at
	case ChangeAssessed:
		c.DecidedAt, c.ImplementedAt = nil, nil
	}
}

// LacksFor is all that the request will need for a status, whatever its status
// is now.
func (f *ChangeFacts) LacksFor(to ChangeRequestStatus) []ChangeLack {
	seen, lacks := map[ChangeNeed]bool{}, []ChangeLack{}
	for _, m := range changeMoves {
		if m.To != to || m.Types != nil && !slices.Contains(m.Types, f.Request.Type) {
			continue
		}
		for _, l := range f.lacking(m.Needs) {
			if !seen[l.Need] {
				seen[l.Need] = true
				lacks = append(lacks, l)
			}
		}
	}
	return lacks
}
