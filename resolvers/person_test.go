package resolvers_test

import (
	"fmt"
	"testing"

	"releasegraph/internal/domain"
)

func newPersons(t *testing.T) *api {
	t.Helper()
	a := newAPI(t)
	a.bring(
		`{"node":"Party","key":"Ann","name":"Ann Miller","type":"PERSON","contact":"4471"}`,
		`{"node":"Party","key":"bob","name":"Bob's team","type":"TEAM"}`,
		`{"node":"Party","key":"cid","name":"Cid","type":"PERSON"}`,
		`{"node":"Board","key":"CAB","name":"CAB","members":["ann","bob","cid"],"quorum":2}`,
		`{"node":"Delegation","key":"D","name":"D","absent":"cid","deputy":"zoe","from":"2026-01-01T00:00:00Z","confirmedAt":"2026-01-01T00:00:00Z"}`,
		`{"node":"ChangeRequest","key":"R1","name":"R1","type":"NORMAL","status":"ASSESSED","requester":"LOCAL","assignee":"ANN"}`,
		`{"node":"ChangeRequest","key":"R2","name":"R2","type":"NORMAL","requester":"cid"}`,
		`{"node":"Vote","key":"V","name":"V","voter":"zoe","seat":"cid","verdict":"APPROVE","board":"CAB","castAt":"2026-01-02T00:00:00Z","contentVersion":1}`,
		`{"edge":"CAST_ON","from":"V","to":"R1"}`,
		`{"node":"Problem","key":"P","name":"P","assignee":"ann"}`,
		`{"node":"Task","key":"T","name":"T","kind":"OTHER","owner":"cid"}`,
	)
	return a
}

func TestAPersonIsNamedAndToldWhetherTheyAreTheCaller(t *testing.T) {
	a := newPersons(t)
	got := a.ask(`{ changeRequest(key: "R1") { requester { name me } assignee { name me } reviewedBy { name }
		votes { nodes { voter { name me } seat { name } } } } }`, nil)
	got.is("changeRequest.requester.name", "LOCAL")
	got.is("changeRequest.requester.me", true) // who asks is local
	got.is("changeRequest.assignee.name", "ANN")
	got.is("changeRequest.assignee.me", false)
	got.is("changeRequest.reviewedBy", nil)
	got.is("changeRequest.votes.nodes.0.voter.name", "zoe")
	got.is("changeRequest.votes.nodes.0.seat.name", "cid")
}

func TestAPersonLeadsToTheirParty(t *testing.T) {
	a := newPersons(t)
	got := a.ask(`{ changeRequest(key: "R1") { requester { party { key } } assignee { party { name contact } } }
		board(key: "CAB") { members { name party { key } } } problem(key: "P") { assignee { party { key } } } task(key: "T") { owner { party { key } } }
		delegation(key: "D") { absent { party { key } } deputy { party { key } } } }`, nil)
	got.is("changeRequest.requester.party", nil)
	got.is("changeRequest.assignee.party.name", "Ann Miller")
	got.is("board.members.0.party.key", "Ann")
	got.is("board.members.1.party", nil) // a team is no person
	got.is("board.members.2.party.key", "cid")
	got.is("problem.assignee.party.key", "Ann")
	got.is("task.owner.party.key", "cid")
	got.is("delegation.absent.party.key", "cid")
	got.is("delegation.deputy.party", nil)
	a.ask(`mutation { updateParty(input: {ref: {key: "cid"}, patch: {key: "Cid"}}) { revision } }`, nil)
	a.ask(`{ task(key: "T") { owner { party { key } } } }`, nil).is("task.owner.party.key", "Cid")
}

func TestThePartiesOfAPageAreLoadedTogether(t *testing.T) {
	a := newPersons(t)
	for i := range 40 {
		a.bring(
			fmt.Sprintf(`{"node":"Party","key":"P%d","name":"P","type":"PERSON"}`, i),
			fmt.Sprintf(`{"node":"ChangeRequest","key":"S%d","name":"S","type":"NORMAL","requester":"p%d","assignee":"P%d"}`, i, i, (i+7)%40),
		)
	}
	calls := func(query string) int64 {
		a.ask(query, nil)
		before := a.reads.n.Load()
		a.ask(query, nil)
		return a.reads.n.Load() - before
	}
	page := `{ changeRequests(first: %d) { nodes { requester { name party { key } } assignee { party { key } } } } }`
	if one, many := calls(fmt.Sprintf(page, 1)), calls(fmt.Sprintf(page, 40)); many > one {
		t.Errorf("a page of one costs %d calls, of forty %d", one, many)
	}
	without, with := calls(`{ board(key: "CAB") { members { name } } }`), calls(`{ board(key: "CAB") { members { party { key } } } }`)
	if with > without+2 {
		t.Errorf("the members' parties cost %d calls more", with-without)
	}
}

func TestAPartyThatTheCallerMayNotSeeIsNotTold(t *testing.T) {
	a := newPersons(t)
	narrow := domain.Actor{Name: "ann", Roles: []domain.Role{domain.Admin}, Kinds: []string{domain.KindChangeRequest}}
	if code, all := a.codeAs(narrow, `{ changeRequest(key: "R1") { assignee { me party { key } } } }`); code != "" ||
		all != `{"data":{"changeRequest":{"assignee":{"me":true,"party":null}}}}` {
		t.Error(code, all)
	}
}
