package app_test

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// told does a mutation under a key of its own, and wants the log to keep the
// digest of this input: a server that is upgraded knows the keys of before.
func (f *fixture) told(input string, do func(*domain.WriteOptions) error) {
	f.t.Helper()
	digest := fmt.Sprintf("%x", sha256.Sum256([]byte(input)))
	head := f.head()
	require.NoError(f.t, do(&domain.WriteOptions{IdempotencyKey: &digest}), input)
	log, err := f.store.Changes(f.ctx, store.Revision(head), 2)
	require.NoError(f.t, err)
	require.Len(f.t, log, 1, input)
	require.Regexp(f.t, "^api;method=(LOCAL|HEADER);sha256="+digest+"$", log[0].Source, input)
	require.NoError(f.t, do(&domain.WriteOptions{IdempotencyKey: &digest}), "again: "+input)
	require.Equal(f.t, head+1, f.head(), "it is done once: "+input)
}

func TestTheLogKeepsADigestOfAMutationsInput(t *testing.T) { // C5
	f := newFixture(t, openSQLite(t))
	a, b := key("a"), key("b")
	f.told(`["create","ConfigurationItem",{"class":"SERVICE","key":"a","name":"A"}]`, func(o *domain.WriteOptions) error {
		_, err := f.Create(f.ctx, domain.KindConfigurationItem, values{"key": "a", "name": "A", "class": "SERVICE"}, o)
		return err
	})
	f.told(`["update","ConfigurationItem",{"Key":"a","ID":null},{"name":"B"},1]`, func(o *domain.WriteOptions) error {
		_, err := f.Update(f.ctx, domain.KindConfigurationItem, a, values{"name": "B"}, some(1), o)
		return err
	})
	f.item("b")
	f.told(`["connect","DEPENDS_ON",{"Key":"a","ID":null},{"Key":"b","ID":null},{"kind":"USES"}]`, func(o *domain.WriteOptions) error {
		_, err := f.Connect(f.ctx, domain.RelDependsOn, a, b, values{"kind": "USES"}, o)
		return err
	})
	f.told(`["disconnect","DEPENDS_ON",{"Key":"a","ID":null},{"Key":"b","ID":null},null]`, func(o *domain.WriteOptions) error {
		_, err := f.Disconnect(f.ctx, domain.RelDependsOn, a, b, nil, o)
		return err
	})
	f.told(`["withdraw","ConfigurationItem",{"Key":"a","ID":null},null]`, func(o *domain.WriteOptions) error {
		_, err := f.WithdrawConfigurationItem(f.ctx, a, nil, o)
		return err
	})
	f.told(`["remove","ConfigurationItem",{"Key":"b","ID":null},1]`, func(o *domain.WriteOptions) error {
		_, err := f.Remove(f.ctx, domain.KindConfigurationItem, b, some(1), o)
		return err
	})
	f.told(`["create","Baseline",{"Key":"before","Name":"Before","Description":null,"AsOf":null}]`, func(o *domain.WriteOptions) error {
		_, err := f.CreateBaseline(f.ctx, domain.NewBaseline{Key: "before", Name: "Before"}, o)
		return err
	})
	f.told(`["create","CalendarFeed","all","All",null,null]`, func(o *domain.WriteOptions) error {
		_, err := f.CreateCalendarFeed(f.ctx, "all", "All", nil, nil, o)
		return err
	})
}

func TestTheLogKeepsADigestOfWhatIsDoneToAProblem(t *testing.T) { // C5
	f := newFixture(t, openSQLite(t))
	problem := `{"Key":"P","Name":"Slow","Description":null,"Symptoms":null,"Category":null,"Cause":null,"Assignee":null,"Priority":null,"OpenedAt":null,"Concerns":null}`
	f.told(`["create","Problem",`+problem+`]`, func(o *domain.WriteOptions) error {
		_, err := f.CreateProblem(f.ctx, domain.NewProblem{Key: "P", Name: "Slow"}, o)
		return err
	})
	f.told(`["diagnoseProblem","Problem",{"Key":"P","ID":null},"a leak",null,null,1]`, func(o *domain.WriteOptions) error {
		_, err := f.DiagnoseProblem(f.ctx, key("P"), some("a leak"), some(1), o)
		return err
	})
	f.told(`["reopenProblem","Problem",{"Key":"P","ID":null},null,null,"no leak",null]`, func(o *domain.WriteOptions) error {
		_, err := f.ReopenProblem(f.ctx, key("P"), "no leak", nil, o)
		return err
	})
	f.put(domain.KindKnownError, values{"key": "K", "name": "A leak", "symptoms": "it is slow", "workaround": "restart it"})
	f.told(`["publishKnownError","KnownError",{"Key":"K","ID":null},null]`, func(o *domain.WriteOptions) error {
		_, err := f.PublishKnownError(f.ctx, key("K"), nil, o)
		return err
	})
}

func TestTheLogKeepsADigestOfWhatIsDoneToAFreeze(t *testing.T) { // C5
	f := newFixture(t, openSQLite(t))
	f.estateOfChanges()
	f.change("DB", 8, 12, "db", nil)
	freeze := `{"Fields":{"everywhere":true,"from":"2026-03-09T00:00:00Z","key":"f","name":"F","to":"2026-03-12T00:00:00Z"},"Sites":null,"Services":null}`
	f.told(`["create","Freeze",`+freeze+`]`, func(o *domain.WriteOptions) error {
		_, err := f.CreateFreeze(f.ctx, newFreeze{Key: "f", Name: "F", From: some(march(9, 0)), To: some(march(12, 0)), Everywhere: some(true)}, o)
		return err
	})
	except := domain.NewException{Key: "x", Freeze: some(key("f")), ChangeRequest: some(key("DB")), Reason: "urgent"}
	f.told(`["request","FreezeException",{"Key":"x","Name":null,"Freeze":{"Key":"f","ID":null},"ChangeRequest":{"Key":"DB","ID":null},"Kind":null,"Reason":"urgent"}]`,
		func(o *domain.WriteOptions) error {
			_, err := f.RequestFreezeException(f.ctx, except, o)
			return err
		})
	bob := &fixture{App: f.App, t: t, ctx: f.as("bob", domain.Admin), store: f.store}
	bob.told(`["decide","FreezeException",{"Key":"x","ID":null},"GRANT",null,null]`, func(o *domain.WriteOptions) error {
		_, err := f.DecideFreezeException(bob.ctx, key("x"), domain.GrantException, nil, nil, o)
		return err
	})
	f.told(`["lift","Freeze",{"Key":"f","ID":null},null]`, func(o *domain.WriteOptions) error {
		_, err := f.LiftFreeze(f.ctx, key("f"), nil, o)
		return err
	})
}

func TestTheLogKeepsADigestOfWhatIsDoneToAChange(t *testing.T) { // C5
	f := newFixture(t, openSQLite(t))
	f.reviewed()
	f.put(domain.KindChangeModel, values{"key": "M", "name": "M"})
	model := `{"Model":{"Key":"M","ID":null},"Key":"D","Name":"D","Items":null,"Sites":null,` +
		`"Description":null,"Justification":null,"Assignee":null,"PlannedFrom":null,"PlannedTo":null}`
	f.told(`["draft",`+model+`]`, func(o *domain.WriteOptions) error {
		_, err := f.DraftChangeFromModel(f.ctx, app.FromModel{Model: key("M"), Key: "D", Name: "D"}, o)
		return err
	})
	f.request("R")
	f.told(`["submit","ChangeRequest",{"Ref":{"Key":"R","ID":null},"IfVersion":null}]`, func(o *domain.WriteOptions) error {
		_, err := f.SubmitChangeRequest(f.as("rita", domain.Requester), app.ChangeVerb{Ref: key("R")}, o)
		return err
	})
	f.told(`["exclude",{"Ref":{"Key":"R","ID":null},"Item":{"Key":"reports","ID":null},"Reason":"cached"}]`, func(o *domain.WriteOptions) error {
		_, err := f.ExcludeFromImpact(f.ctx, app.Exclude{Ref: key("R"), Item: key("reports"), Reason: "cached"}, o)
		return err
	})
	f.told(`["include",{"Ref":{"Key":"R","ID":null},"Item":{"Key":"reports","ID":null},"Reason":""}]`, func(o *domain.WriteOptions) error {
		_, err := f.IncludeInImpact(f.ctx, key("R"), key("reports"), o)
		return err
	})
	f.told(`["assess",{"Ref":{"Key":"R","ID":null},"Comment":null,"IfVersion":null}]`, func(o *domain.WriteOptions) error {
		_, err := f.AssessChangeRequest(f.as("max", domain.ChangeManager), app.Assess{Ref: key("R")}, o)
		return err
	})
	vote := app.CastVote{Ref: key("R"), Verdict: domain.Approve}
	f.told(`["vote",{"Ref":{"Key":"R","ID":null},"Verdict":"APPROVE","Comment":null,"OnBehalfOf":null,"IfVersion":null}]`, func(o *domain.WriteOptions) error {
		_, err := f.CastVote(f.as("ann", domain.CABMember), vote, o)
		return err
	})
}

func TestADryRunUnderAKeyTellsWhatWouldBe(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("a")
		o := &domain.WriteOptions{IdempotencyKey: some("once"), DryRun: some(true)}
		w, err := f.Update(f.ctx, item, key("a"), values{"name": "B"}, nil, o)
		require.NoError(t, err)
		tried := w.Record.(*domain.ConfigurationItem)
		require.Equal(t, "B", tried.Name)
		require.Equal(t, 2, tried.Version)
		stored, err := f.Record(f.ctx, item, key("a"), nil)
		require.NoError(t, err)
		require.Equal(t, 1, stored.(*domain.ConfigurationItem).Version)
	})
}

func TestAChangeThatAFreezeHoldsIsToldInTheVersionThatThisGaveIt_H6(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.estateOfChanges()
		f.change("DB", 8, 12, "db", nil)
		hold, err := f.CreateFreeze(f.ctx, newFreeze{Key: "f", Name: "F", From: some(march(9, 0)), To: some(march(12, 0)), Everywhere: some(true)}, nil)
		require.NoError(t, err)
		stored, err := f.Record(f.ctx, domain.KindChangeRequest, key("DB"), nil)
		require.NoError(t, err)
		require.Len(t, hold.ChangeRequests(), 1)
		require.Equal(t, stored, hold.ChangeRequests()[0].ChangeRequest)
	})
}

func TestARepeatTellsTheRecordsAsTheyAreNow(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("db")
		f.put(domain.KindChangeRequest, values{"key": "R", "name": "R"})
		connect := func() *app.Connected {
			c, err := f.Connect(f.ctx, domain.RelAffects, key("R"), key("db"), nil, &domain.WriteOptions{IdempotencyKey: some("once")})
			require.NoError(t, err)
			return c
		}
		require.Equal(t, 2, connect().From.(*domain.ChangeRequest).Version, "what it is about belongs to its content")
		_, err := f.Update(f.ctx, domain.KindChangeRequest, key("R"), values{"name": "S"}, nil, nil)
		require.NoError(t, err)
		stored, err := f.Record(f.ctx, domain.KindChangeRequest, key("R"), nil)
		require.NoError(t, err)
		require.Equal(t, stored, connect().From)
	})
}
