package server_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"releasegraph/internal/app"
	"releasegraph/internal/entity"
	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/server"
	"releasegraph/internal/store"
	"releasegraph/internal/store/neo4j"
	"releasegraph/internal/store/sqlite"
	"releasegraph/resolvers"
)

// duties is a server whose callers try to be two persons, or another.
type duties struct {
	*running
	app *app.App
}

// onBothStores runs a test against a server over each kind of store.
func onBothStores(t *testing.T, test func(*testing.T, *duties)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		s, err := sqlite.Open(t.Context(), sqlite.Memory, entity.Schema(), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		test(t, dutiesOver(t, s, server.Config{}))
	})
	t.Run("neo4j", func(t *testing.T) {
		uri, user, password := neo4jtest.Emptied(t)
		s, err := neo4j.Open(t.Context(), uri, neo4j.Options{User: user, Password: password}, entity.Schema())
		if err != nil {
			t.Fatal(err)
		}
		test(t, dutiesOver(t, s, server.Config{}))
	})
}

func dutiesOver(t *testing.T, s store.Store, c server.Config) *duties {
	t.Helper()
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	a := appOver(s)
	r := start(t, c, func(*fake) server.Open {
		return func(context.Context) (*server.Core, error) {
			return &server.Core{Schema: resolvers.New(a, zerolog.Nop())}, nil
		}
	})
	r.awaitReady()
	return &duties{r, a}
}

// outcome is an answer of the API.
type outcome struct {
	t      *testing.T
	Data   map[string]any
	Errors []struct {
		Message    string
		Extensions struct{ Code, Rule, Field string }
	}
	body string
}

// as sends an operation as whom the header names.
func (d *duties) as(who, query string, input any) *outcome {
	d.t.Helper()
	return d.by(header{server.ActAs: who}, query, input)
}

func (d *duties) by(h header, query string, input any) *outcome {
	d.t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": map[string]any{"i": input}})
	if err != nil {
		d.t.Fatal(err)
	}
	got := d.post(string(body), h)
	out := &outcome{t: d.t, body: got.body}
	if err := json.Unmarshal([]byte(got.body), out); err != nil {
		d.t.Fatalf("%v in %d %s", err, got.status, got.body)
	}
	return out
}

// done wants an answer without errors, and reads what is at a path of it.
func (a *outcome) done(path string) any {
	a.t.Helper()
	if len(a.Errors) > 0 {
		a.t.Fatal(a.body)
	}
	return at(a.Data, path)
}

// refused wants the first error to be by a rule, or of a code, and to say why.
func (a *outcome) refused(ruleOrCode, why string) {
	a.t.Helper()
	if len(a.Errors) == 0 {
		a.t.Fatalf("not refused by %s: %s", ruleOrCode, a.body)
	}
	e := a.Errors[0]
	if e.Extensions.Rule != ruleOrCode && e.Extensions.Code != ruleOrCode || !strings.Contains(a.body, why) {
		a.t.Fatalf("not refused by %s with %q: %s", ruleOrCode, why, a.body)
	}
}

const (
	maxs = "max; roles=CHANGE_MANAGER"
	vote = `mutation($i: CastVoteInput!) { castVote(input: $i) { changeRequest { status } vote { voter seat method stands } } }`
	see  = `query($i: String!) { changeRequest(key: $i) { status contentVersion votes { nodes { voter seat stands } } moves { to lacks { need message } } } }`
)

func member(name string) string { return name + "; roles=CAB_MEMBER" }

// assessed brings a request of somebody before a board.
func (d *duties) assessed(key, requester string, quorum int, members ...string) {
	d.t.Helper()
	ref := map[string]any{"ref": map[string]any{"key": key}}
	d.as("cora; roles=CONFIGURATION_MANAGER", `mutation($i: CreateConfigurationItemInput!) { createConfigurationItem(input: $i) { revision } }`,
		map[string]any{"key": key + "-db", "name": "db", "class": "DATABASE"}).done("")
	if members != nil {
		d.as(maxs, `mutation($i: CreateBoardInput!) { createBoard(input: $i) { revision } }`,
			map[string]any{"key": "CAB", "name": "CAB", "members": members, "quorum": quorum}).done("")
	}
	asks := requester + "; roles=REQUESTER"
	d.as(asks, `mutation($i: CreateChangeRequestInput!) { createChangeRequest(input: $i) { revision } }`, map[string]any{
		"key": key, "name": "A change", "justification": "slow", "plan": "index", "backOutKind": "FULL", "backOutPlan": "drop it",
	}).done("")
	d.as(asks, `mutation($i: ConnectAffectedItemInput!) { connectAffectedItem(input: $i) { revision } }`,
		map[string]any{"from": map[string]any{"key": key}, "to": map[string]any{"key": key + "-db"}}).done("")
	d.as(asks, `mutation($i: SubmitChangeRequestInput!) { submitChangeRequest(input: $i) { revision } }`, ref).done("")
	d.as(maxs, `mutation($i: AssessChangeRequestInput!) { assessChangeRequest(input: $i) { revision } }`, ref).done("")
}

func ballot(key string, more ...string) map[string]any {
	b := map[string]any{"ref": map[string]any{"key": key}, "verdict": "APPROVE"}
	if len(more) > 0 {
		b["onBehalfOf"] = more[0]
	}
	return b
}

func TestNobodyVotesOnTheirOwnRequestUnderAnotherSpelling(t *testing.T) { // H3
	onBothStores(t, func(t *testing.T, d *duties) {
		d.assessed("C1", "bob", 2, "Bob", "ann", "cid")
		for _, spelling := range []string{"Bob", "BOB", "ｂｏｂ"} {
			d.as(member(spelling), vote, ballot("C1")).refused("H3", "nobody votes on their own request")
		}
		for _, hidden := range []string{"bob\u200b", "b\u00adob", "bоb", "bob\u202e"} {
			got := d.post(`{"query":"{viewer{name}}"}`, header{server.ActAs: member(hidden)})
			got.wants(t, http.StatusBadRequest, `"code":"INVALID"`)
		}
		if d.as(member("ANN"), vote, ballot("C1")).done("castVote.vote.seat") != "ann" {
			t.Fatal("a vote is for the seat as the board spells it")
		}
		d.as(member("ann"), vote, ballot("C1")).refused("H3", "nobody votes twice")
		if d.as(member("cid"), vote, ballot("C1")).done("castVote.changeRequest.status") != "AUTHORISED" {
			t.Fatal("two persons are a quorum of two")
		}
	})
}

func TestABoardTakesNobodyTwiceNorLookAlikes(t *testing.T) { // section 9
	onBothStores(t, func(t *testing.T, d *duties) {
		board := func(members ...string) *outcome {
			return d.as(maxs, `mutation($i: CreateBoardInput!) { createBoard(input: $i) { revision } }`,
				map[string]any{"key": "CAB", "name": "CAB", "members": members, "quorum": 1})
		}
		board("ann", "Ann").refused("INVALID", "is a member already, spelt")
		board("ann", "ann ").refused("INVALID", "blank")
		board("ace", "асе").refused("INVALID", "cannot be told from the member")
		board("ann", "аnn").refused("INVALID", "mixes letters of scripts")
		board("ann", "max").refused("H3", "nobody gives themselves a seat")
		board("ann", "ＭＡＸ").refused("H3", "nobody gives themselves a seat")
	})
}

func TestVotesStartAgainWhenTheBoardIsChanged(t *testing.T) { // H3
	onBothStores(t, func(t *testing.T, d *duties) {
		d.assessed("C1", "rita", 3, "ann", "bob", "cid")
		d.as(member("ann"), vote, ballot("C1")).done("")
		d.as(member("bob"), vote, ballot("C1")).done("")
		change := func(patch map[string]any) *outcome {
			return d.as(maxs, `mutation($i: UpdateBoardInput!) { updateBoard(input: $i) { changes { kind key fields { field } } } }`,
				map[string]any{"ref": map[string]any{"key": "CAB"}, "patch": patch})
		}
		authorise := func() *outcome {
			return d.as(maxs, `mutation($i: AuthoriseChangeRequestInput!) { authoriseChangeRequest(input: $i) { revision } }`,
				map[string]any{"ref": map[string]any{"key": "C1"}})
		}
		if outcome := change(map[string]any{"quorum": 1}); len(outcome.Errors) > 0 || !strings.Contains(outcome.body, `"contentVersion"`) {
			t.Fatal("the answer does not tell whose votes fall: " + outcome.body)
		}
		authorise().refused("H3", "0 of the 1 that CAB needs")
		if d.as(maxs, see, "C1").done("changeRequest.votes.nodes.0.stands") != false {
			t.Fatal("a vote stands though the quorum is another")
		}
		change(map[string]any{"members": []string{"ann", "bob", "max"}}).refused("H3", "nobody gives themselves a seat")
		change(map[string]any{"description": "meets on Tuesdays", "members": []string{"Bob", "cid", "ann"}}).done("")
		d.as(member("ann"), vote, ballot("C1")).done("")
		d.as(maxs, see, "C1").done("")
	})
}

func TestAVoteOfAFormerMemberFallsWithTheSeat(t *testing.T) { // H3
	onBothStores(t, func(t *testing.T, d *duties) {
		d.assessed("C1", "rita", 2, "ann", "bob", "cid")
		d.as(member("ann"), vote, ballot("C1")).done("")
		d.as(maxs, `mutation($i: UpdateBoardInput!) { updateBoard(input: $i) { revision } }`,
			map[string]any{"ref": map[string]any{"key": "CAB"}, "patch": map[string]any{"members": []string{"dora", "bob", "cid"}}}).done("")
		if d.as(member("bob"), vote, ballot("C1")).done("castVote.changeRequest.status") != "ASSESSED" {
			t.Fatal("the vote of who has left the board counted")
		}
		if d.as(member("dora"), vote, ballot("C1")).done("castVote.changeRequest.status") != "AUTHORISED" {
			t.Fatal("two of the board are a quorum")
		}
	})
}

func TestNobodyGrantsAnExceptionThatTheyAskedForUnderAnotherSpelling(t *testing.T) { // P7
	onBothStores(t, func(t *testing.T, d *duties) {
		d.assessed("C1", "rita", 1, "ann")
		d.as(maxs, `mutation($i: CreateFreezeInput!) { createFreeze(input: $i) { revision } }`, map[string]any{
			"key": "F1", "name": "Closing", "everywhere": true, "from": "2031-01-01T00:00:00Z", "to": "2031-02-01T00:00:00Z",
		}).done("")
		ask := func(who, key string) {
			d.as(who+"; roles=REQUESTER", `mutation($i: RequestFreezeExceptionInput!) { requestFreezeException(input: $i) { revision } }`,
				map[string]any{"key": key, "freeze": map[string]any{"key": "F1"}, "changeRequest": map[string]any{"key": "C1"}, "reason": "urgent"}).done("")
		}
		decide := func(who, key string) *outcome {
			return d.as(who+"; roles=CHANGE_MANAGER", `mutation($i: DecideFreezeExceptionInput!) { decideFreezeException(input: $i) { freezeException { status } } }`,
				map[string]any{"ref": map[string]any{"key": key}, "verdict": "GRANT"})
		}
		ask("eve", "X1")
		decide("Eve", "X1").refused("P7", "nobody decides on their own request")
		decide("RITA", "X1").refused("P7", "nobody decides on their own change")
		if decide("max", "X1").done("decideFreezeException.freezeException.status") != "GRANTED" {
			t.Fatal("another grants it")
		}
	})
}
