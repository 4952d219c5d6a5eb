package domain_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
)

// lifeOfAChange is H2 and H8 as domain.md tells them: for each status what may
// come next, and by which verb. STANDARD goes to AUTHORISED by itself, others do
// not; WITHDRAWN is for what is not being carried out; BACKED_OUT returns to
// ASSESSED. What a release does has no verb; what it closed may still be reviewed.
var lifeOfAChange = map[string]map[string]string{
	"NORMAL": {
		"DRAFT":       "submitChangeRequest:SUBMITTED withdrawChangeRequest:WITHDRAWN",
		"SUBMITTED":   "assessChangeRequest:ASSESSED withdrawChangeRequest:WITHDRAWN",
		"ASSESSED":    "assessChangeRequest:ASSESSED authoriseChangeRequest:AUTHORISED castVote:REJECTED withdrawChangeRequest:WITHDRAWN",
		"AUTHORISED":  ":IN_RELEASE implementChangeRequest:IMPLEMENTED withdrawChangeRequest:WITHDRAWN",
		"REJECTED":    "",
		"IN_RELEASE":  ":IMPLEMENTED :AUTHORISED backOutChangeRequest:BACKED_OUT",
		"IMPLEMENTED": "reviewChangeRequest:CLOSED reviewChangeRequest:BACKED_OUT",
		"CLOSED":      "reviewChangeRequest:CLOSED", "WITHDRAWN": "",
		"BACKED_OUT": "assessChangeRequest:ASSESSED",
	},
	"STANDARD": {
		"DRAFT":     "submitChangeRequest:AUTHORISED withdrawChangeRequest:WITHDRAWN",
		"SUBMITTED": "authoriseChangeRequest:AUTHORISED withdrawChangeRequest:WITHDRAWN",
	},
}

var verbsOfAChange = []string{
	"submitChangeRequest", "withdrawChangeRequest", "assessChangeRequest", "authoriseChangeRequest", "castVote",
	"implementChangeRequest", "reviewChangeRequest", "backOutChangeRequest", "",
}

func next(of domain.ChangeRequestType, from domain.ChangeRequestStatus) []string {
	row, own := lifeOfAChange[string(of)][string(from)]
	if !own {
		row = lifeOfAChange["NORMAL"][string(from)]
	}
	return strings.Fields(row)
}

func TestTheLifeOfAChangeIsThatOfH2AndH8(t *testing.T) {
	for _, of := range domain.ChangeRequestTypes {
		for _, from := range domain.ChangeRequestStatuses {
			f := ready(of, from)
			require.ElementsMatch(t, next(of, from), steps(f.Moves()), "%s %s", of, from)
			for _, verb := range verbsOfAChange {
				for _, to := range domain.ChangeRequestStatuses {
					es := f.CheckMove(verb, to)
					if slices.Contains(next(of, from), verb+":"+string(to)) {
						require.Empty(t, es, "%s %s by %s to %s", of, from, verb, to)
						continue
					}
					require.Len(t, es, 1, "%s %s by %s to %s", of, from, verb, to)
					require.Equal(t, domain.RuleViolation, es[0].Code)
					require.Equal(t, "H2", es[0].Rule)
					require.ElementsMatch(t, next(of, from), legalOf(es[0]), "%s %s by %s to %s", of, from, verb, to)
				}
			}
		}
	}
}

func steps(moves []domain.ChangeRequestMove) []string {
	list := []string{}
	for _, m := range moves {
		verb := ""
		if m.Verb != nil {
			verb = *m.Verb
		}
		list = append(list, verb+":"+string(m.To))
	}
	return list
}

// legalOf lists the moves that an error names.
func legalOf(e *domain.Error) []string {
	list := []string{}
	for _, m := range e.Details["legal"].([]any) {
		one := m.(map[string]any)
		verb, _ := one["verb"].(string)
		list = append(list, verb+":"+one["to"].(string))
	}
	return list
}

// ready is a request that lacks nothing for any move.
func ready(of domain.ChangeRequestType, status domain.ChangeRequestStatus) *domain.ChangeFacts {
	full := domain.BackOutFull
	return &domain.ChangeFacts{
		Request: &domain.ChangeRequest{
			Record: domain.Record{Key: "RFC-1"}, Type: of, Status: status, ContentVersion: 3, Requester: some("rita"),
			Justification: some("it is slow"), Plan: some("a new index"), BackOutKind: &full, BackOutPlan: some("drop the index"),
		},
		Items:    []*domain.ConfigurationItem{{Record: domain.Record{Key: "db-1"}, Class: domain.Database, Status: domain.ItemLive}},
		Assessed: true,
		Board: &domain.Board{
			Record: domain.Record{Key: "CAB"}, Members: []string{"ann", "bob", "cid", "dora"}, Quorum: 2, Emergency: of == domain.EmergencyChange,
		},
		Votes:    []*domain.Vote{vote("ann", domain.Approve), vote("bob", domain.Approve)},
		Model:    &domain.ChangeModel{Record: domain.Record{Key: "M"}, Preauthorised: true, Classes: []domain.Class{"DATABASE"}},
		Tasks:    []*domain.Task{{Record: domain.Record{Key: "T"}, Done: true}},
		Released: true,
	}
}

func vote(voter string, verdict domain.Verdict) *domain.Vote {
	return &domain.Vote{Voter: voter, Seat: voter, Verdict: verdict, Board: "CAB", ContentVersion: 3}
}

// withouts take away what a move needs, one each.
var withouts = map[domain.MoveNeed]func(*domain.ChangeFacts){
	domain.NeedJustification: func(f *domain.ChangeFacts) { f.Request.Justification = some(" ") },
	domain.NeedItems:         func(f *domain.ChangeFacts) { f.Items = nil },
	domain.NeedItemsInUse:    func(f *domain.ChangeFacts) { f.Items[0].Status = domain.ItemWithdrawn },
	domain.NeedPlan:          func(f *domain.ChangeFacts) { f.Request.Plan = nil },
	domain.NeedBackOut:       func(f *domain.ChangeFacts) { f.Request.BackOutPlan = nil },
	domain.NeedAssessment:    func(f *domain.ChangeFacts) { f.Outdated = []string{"db-1 changed"} },
	domain.NeedBoard:         func(f *domain.ChangeFacts) { f.Board.Emergency = !f.Board.Emergency },
	domain.NeedVotes:         func(f *domain.ChangeFacts) { f.Votes[0].ContentVersion = 2 },
	domain.NeedModel:         func(f *domain.ChangeFacts) { f.Model.Classes = []domain.Class{"WORKSTATION"} },
}

func TestAuthorisedNeedsAllThatH3Names(t *testing.T) {
	normal := []domain.MoveNeed{
		domain.NeedItems, domain.NeedItemsInUse, domain.NeedPlan, domain.NeedBackOut, domain.NeedAssessment, domain.NeedBoard, domain.NeedVotes,
	}
	standard := []domain.MoveNeed{domain.NeedModel, domain.NeedItems, domain.NeedItemsInUse, domain.NeedPlan, domain.NeedBackOut}
	for _, c := range []struct {
		of    domain.ChangeRequestType
		from  domain.ChangeRequestStatus
		needs []domain.MoveNeed
	}{
		{domain.NormalChange, domain.ChangeAssessed, normal},
		{domain.EmergencyChange, domain.ChangeAssessed, normal},
		{domain.StandardChange, domain.ChangeSubmitted, standard},
	} {
		for need, take := range withouts {
			f := ready(c.of, c.from)
			take(f)
			es := f.CheckMove("authoriseChangeRequest", domain.ChangeAuthorised)
			if !slices.Contains(c.needs, need) {
				require.Empty(t, es, "%s without %s", c.of, need)
				continue
			}
			require.Len(t, es, 1, "%s without %s", c.of, need)
			require.Equal(t, string(need), es[0].Details["missing"])
		}
	}
}

func TestAllThatAMoveLacksIsToldAtOnce(t *testing.T) {
	f := &domain.ChangeFacts{Request: &domain.ChangeRequest{Record: domain.Record{Key: "RFC-1"}, Type: domain.NormalChange, Status: domain.ChangeAssessed}}
	var missing []string
	for _, e := range f.CheckMove("authoriseChangeRequest", domain.ChangeAuthorised) {
		missing = append(missing, fmt.Sprint(e.Rule, " ", e.Details["missing"]))
	}
	require.Equal(t, []string{"H3 AFFECTED_ITEMS", "H3 PLAN", "R10 BACK_OUT_PLAN", "H3 ASSESSMENT", "H3 BOARD", "H3 VOTES"}, missing)
}

func TestAnIllegalMoveTellsWhatTheLegalOnesLack(t *testing.T) {
	f := ready(domain.NormalChange, domain.ChangeDraft)
	f.Request.Justification = nil
	es := f.CheckMove("authoriseChangeRequest", domain.ChangeAuthorised)
	require.Len(t, es, 1)
	require.Equal(t, "RFC-1 is DRAFT, of type NORMAL, from where authoriseChangeRequest does not lead on; legal now: "+
		"submitChangeRequest (to SUBMITTED; lacks a justification: why the change is wanted), withdrawChangeRequest (to WITHDRAWN)", es[0].Message)
	lacks := es[0].Details["legal"].([]any)[0].(map[string]any)["lacks"].([]any)
	require.Equal(t, "JUSTIFICATION", lacks[0].(map[string]any)["missing"])
}

func TestTheBackOutPlanFollowsItsKind(t *testing.T) { // R10
	for _, c := range []struct {
		kind             *domain.BackOutKind
		plan, mitigation *string
		fit              bool
	}{
		{nil, some("back"), nil, false},
		{some(domain.BackOutFull), some("back"), nil, true},
		{some(domain.BackOutFull), nil, some("wait"), false},
		{some(domain.BackOutPartial), some("back"), nil, true},
		{some(domain.BackOutPartial), nil, nil, false},
		{some(domain.BackOutNone), some("back"), nil, false},
		{some(domain.BackOutNone), nil, some("wait"), true},
	} {
		f := ready(domain.NormalChange, domain.ChangeAssessed)
		f.Request.BackOutKind, f.Request.BackOutPlan, f.Request.Mitigation = c.kind, c.plan, c.mitigation
		require.Equal(t, c.fit, len(f.CheckMove("authoriseChangeRequest", domain.ChangeAuthorised)) == 0, "%v", c)
	}
}
