package server_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"releasegraph/internal/app/acting"

	"github.com/google/uuid"
	"github.com/rs/zerolog"

	"releasegraph/internal/app"
	tokenarea "releasegraph/internal/app/token"
	"releasegraph/internal/domain"
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
		uri, user, password := neo4jtest.EmptiedOf(t, entity.Schema())
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
	a := app.New(app.Config{Store: s, Shelf: s.(store.Shelf), Now: time.Now, NewID: func() string { return uuid.Must(uuid.NewV7()).String() }})
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
	vote = `mutation($i: CastVoteInput!) { castVote(input: $i) { changeRequest { status } vote { voter { name } seat { name me } method stands } } }`
	see  = `query($i: String!) { changeRequest(key: $i) { status contentVersion votes { nodes { voter { name } seat { name } stands } } moves { to lacks { need message } } } }`
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
		if d.as(member("ANN"), vote, ballot("C1")).done("castVote.vote.seat.name") != "ann" {
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

const delegate = `mutation($i: CreateDelegationInput!) { createDelegation(input: $i) { delegation { confirmedAt } } }`

func TestADelegationHoldsOnceWhoIsAwayConfirmsIt(t *testing.T) { // H3
	onBothStores(t, func(t *testing.T, d *duties) {
		d.assessed("C1", "mallory", 2, "ann", "bob", "carol")
		away := func(who, absent, deputy string) *outcome {
			return d.as(who, delegate, map[string]any{
				"key": absent + "-" + deputy, "name": "away", "absent": absent, "deputy": deputy, "from": "2020-01-01T00:00:00Z",
			})
		}
		confirm := func(who, key string) *outcome {
			return d.as(who, `mutation($i: ConfirmDelegationInput!) { confirmDelegation(input: $i) { delegation { confirmedAt } } }`,
				map[string]any{"ref": map[string]any{"key": key}})
		}
		away(member("zoe"), "bob", "zoe").refused("H3", "may delegate their own vote alone")
		away(maxs, "bob", "bob ").refused("INVALID", "blank")
		if away(maxs, "bob", "zoe").done("createDelegation.delegation.confirmedAt") != nil {
			t.Fatal("nobody has asked bob")
		}
		d.as(member("zoe"), vote, ballot("C1", "bob")).refused("H3", "does not stand in for bob")
		confirm(maxs, "bob-zoe").refused("H3", "gives the vote of bob away: only they confirm it")
		confirm(member("Bob"), "bob-zoe").done("")
		d.as(member("zoe"), vote, ballot("C1", "bob")).done("")
		away(member("carol"), "carol", "Zoe").done("")
		d.as(member("zoe"), vote, ballot("C1", "carol")).refused("H3", "nobody votes twice")
		away(member("ann"), "ann", "mallory").done("")
		d.as(member("Mallory"), vote, ballot("C1", "ann")).refused("H3", "nobody votes on their own request")
		d.as(maxs, `mutation($i: UpdateDelegationInput!) { updateDelegation(input: $i) { delegation { confirmedAt } } }`,
			map[string]any{"ref": map[string]any{"key": "carol-Zoe"}, "patch": map[string]any{"deputy": "yan"}}).done("")
		d.as(member("yan"), vote, ballot("C1", "carol")).refused("H3", "does not stand in for carol")
	})
}

const bring = `mutation($i: ImportRecordsInput!) { importRecords(input: $i) { revision errors { line field message rule } } }`

func brought(list ...string) map[string]any {
	return map[string]any{"records": list, "overwrite": true}
}

func TestAnImportIsNoWayRoundTheRoles(t *testing.T) { // section 9
	onBothStores(t, func(t *testing.T, d *duties) {
		d.assessed("C1", "rita", 2, "ann", "bob")
		config := "cfg; roles=CONFIGURATION_MANAGER,CAB_MEMBER"
		for line, why := range map[string]string{
			`{"node":"ChangeRequest","key":"C1","name":"A change","status":"AUTHORISED"}`:                                                                          "brings status, which is left to the verbs: cfg may not migrate ChangeRequest",
			`{"node":"ChangeRequest","key":"C2","name":"Mine"}`:                                                                                                    "cfg may not create ChangeRequest",
			`{"node":"ChangeRequest","key":"C1","name":"A change","requester":null}`:                                                                               "brings requester",
			`{"node":"Board","key":"CAB","name":"CAB","members":["cfg"],"quorum":1}`:                                                                               "cfg may not create Board",
			`{"node":"Vote","key":"V","name":"V","voter":"ann","seat":"ann","verdict":"APPROVE","castAt":"2026-01-01T00:00:00Z","board":"CAB","contentVersion":1}`: "cfg may not migrate Vote",
			`{"node":"FreezeException","key":"X","name":"X","status":"GRANTED","decidedBy":"boss","decidedAt":"2026-01-01T00:00:00Z"}`:                             "cfg may not migrate FreezeException",
			`{"edge":"DECIDED_BY","from":"ChangeRequest:C1","to":"Board:CAB"}`:                                                                                     "cfg may not connect DECIDED_BY",
		} {
			answer := d.as(config, bring, brought(line, `{"node":"ConfigurationItem","key":"new","name":"new","class":"SERVER"}`))
			if !strings.Contains(answer.body, why) || !strings.Contains(answer.body, `"line":1`) {
				t.Errorf("%s: %s", line, answer.body)
			}
		}
		if d.as(maxs, `query($i: String!) { configurationItem(key: $i) { key } }`, "new").done("configurationItem") != nil {
			t.Fatal("half of a refused import was written")
		}
		d.as(config, bring, brought(`{"node":"ConfigurationItem","key":"new","name":"new","class":"SERVER"}`)).done("")
	})
}

func TestDutiesStaySeparateWhatAnImportBrings(t *testing.T) { // H3, section 9
	onBothStores(t, func(t *testing.T, d *duties) {
		d.assessed("C1", "rita", 1, "ann", "bob")
		admin := "ann; roles=ADMIN"
		for line, why := range map[string]string{
			`{"node":"Vote","key":"V","name":"V","voter":"Ann","seat":"bob","verdict":"APPROVE","castAt":"2026-01-01T00:00:00Z","board":"CAB","contentVersion":1}`: "nobody imports a vote of theirs",
			`{"node":"Board","key":"B2","name":"B2","members":["ANN"],"quorum":1}`:                                                                                 "nobody gives themselves a seat",
			`{"node":"Delegation","key":"D","name":"D","absent":"bob","deputy":"Ann","from":"2020-01-01T00:00:00Z","confirmedAt":"2020-01-01T00:00:00Z"}`:          "nobody makes themselves a deputy",
			`{"node":"ChangeRequest","key":"C3","name":"C3","requester":"Ann","status":"AUTHORISED"}`:                                                              "nobody imports a decision on their own request",
		} {
			if answer := d.as(admin, bring, brought(line)); !strings.Contains(answer.body, why) {
				t.Errorf("%s: %s", line, answer.body)
			}
		}
		d.as(admin, bring, brought(`{"node":"ChangeRequest","key":"C1","name":"A change","requester":"somebody"}`)).done("")
		d.as(member("rita"), vote, ballot("C1")).refused("H3", "")
		d.as("ann; roles=ADMIN,CAB_MEMBER", vote, ballot("C1")).refused("H3", "nobody votes on their own request")
		last := d.as(admin, `query { changeSets(last: 1) { nodes { source method actor } } }`, nil)
		if last.done("changeSets.nodes.0.source") != "migration" || last.done("changeSets.nodes.0.method") != "HEADER" {
			t.Fatal("the log does not mark what was migrated: " + last.body)
		}
	})
}

// provided is a provider whose tokens are a subject and a name: "s1:ann".
type provided struct{ app **app.App }

func (p provided) Identity(ctx context.Context, token string) (acting.Identity, error) {
	if strings.HasPrefix(token, tokenarea.TokenPrefix) {
		return (*p.app).Tokens.TokenIdentity(ctx, token)
	}
	subject, name, _ := strings.Cut(token, ":")
	who := domain.Actor{Name: name, Roles: []domain.Role{domain.CABMember, domain.ChangeManager, domain.Admin}}
	return acting.Identity{Actor: who, Method: domain.ByProvider, Identities: []string{"https://login.example.com#" + subject}}, nil
}

func withProvider(t *testing.T) *duties {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Memory, entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var a *app.App
	d := dutiesOver(t, s, server.Config{Identities: provided{&a}})
	a = d.app
	return d
}

func withToken(token string) header { return header{"Authorization": "Bearer " + token} }

const site = `mutation($i: CreateSiteInput!) { createSite(input: $i) { revision } }`

func TestANameBelongsToTheIdentityThatActedUnderItFirst(t *testing.T) { // section 9
	d := withProvider(t)
	create := func(token, key string) *outcome {
		return d.by(withToken(token), site, map[string]any{"key": key, "name": key})
	}
	create("s1:ann", "one").done("")
	create("s2:Ann", "two").refused("FORBIDDEN", "another person has acted as")
	create("s2:ａnn", "two").refused("FORBIDDEN", "releaseName")
	create("s1:ANN", "three").done("")
	create("s1:ann-smith", "four").done("")
	free := `mutation($i: ReleaseNameInput!) { releaseName(input: $i) { boundName { identity } } }`
	d.by(withToken("s1:ann"), free, map[string]any{"name": "ann"}).refused("RULE_VIOLATION", "another administrator")
	if d.by(withToken("s9:root"), free, map[string]any{"name": "ann"}).done("releaseName.boundName.identity") != "https://login.example.com#s1" {
		t.Fatal("not whose it was")
	}
	create("s2:Ann", "two").done("")
	last := d.by(withToken("s9:root"), `query { changeSets(last: 1) { nodes { actor method identities } } }`, nil)
	if last.done("changeSets.nodes.0.method") != "PROVIDER" || last.done("changeSets.nodes.0.identities.0") != "https://login.example.com#s2" {
		t.Fatal("the log does not say who it was: " + last.body)
	}
}

func TestATokenIsNamedAsATokenAndDoesNotVote(t *testing.T) { // section 9
	d := withProvider(t)
	made := d.by(withToken("s9:root"), `mutation($i: CreateApiTokenInput!) { createApiToken(input: $i) { secret apiToken { owner { name } } } }`,
		map[string]any{"name": "carol", "roles": []string{"ADMIN", "CAB_MEMBER"}})
	token, _ := made.done("createApiToken.secret").(string)
	if d.by(withToken(token), `query { viewer { name method } }`, nil).done("viewer.name") != "token:carol" {
		t.Fatal("a token goes by the name of a person")
	}
	d.by(withToken(token), `mutation($i: CreateBoardInput!) { createBoard(input: $i) { revision } }`,
		map[string]any{"key": "B2", "name": "B2", "members": []string{"root"}}).refused("H3", "nobody gives themselves a seat")
	d.by(withToken(token), `mutation($i: CreateChangeRequestInput!) { createChangeRequest(input: $i) { revision } }`,
		map[string]any{"key": "C1", "name": "C1"}).done("")
	d.by(withToken(token), vote, ballot("C1")).refused("FORBIDDEN", "tokens do not judge")
	last := d.by(withToken("s9:root"), `query { changeSets(last: 1) { nodes { actor method identities } } changeRequest(key: "C1") { requester { name } requesterIdentities } }`, nil)
	if last.done("changeSets.nodes.0.actor") != "token:carol" || last.done("changeSets.nodes.0.method") != "API_TOKEN" || !strings.Contains(last.body, "#s9") {
		t.Fatal("the log does not tell a token from a person: " + last.body)
	}
}
