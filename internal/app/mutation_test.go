package app_test

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/change"
	"releasegraph/internal/app/records"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// told does a mutation under a key of its own, and wants the log to keep the
// digest of this input: a server that is upgraded knows the keys of before.
func told(f *apptest.Fixture, input string, do func(*domain.WriteOptions) error) {
	f.T.Helper()
	digest := fmt.Sprintf("%x", sha256.Sum256([]byte(input)))
	head := f.Head()
	require.NoError(f.T, do(&domain.WriteOptions{IdempotencyKey: &digest}), input)
	log, err := f.Store.Changes(f.Ctx, store.Revision(head), 2)
	require.NoError(f.T, err)
	require.Len(f.T, log, 1, input)
	require.Regexp(f.T, "^api;method=(LOCAL|HEADER);sha256="+digest+"$", log[0].Source, input)
	require.NoError(f.T, do(&domain.WriteOptions{IdempotencyKey: &digest}), "again: "+input)
	require.Equal(f.T, head+1, f.Head(), "it is done once: "+input)
}

func TestTheLogKeepsADigestOfAMutationsInput(t *testing.T) { // C5
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	a, b := apptest.Key("a"), apptest.Key("b")
	told(f, `["create","ConfigurationItem",{"class":"SERVICE","key":"a","name":"A"}]`, func(o *domain.WriteOptions) error {
		_, err := f.Records.Create(f.Ctx, domain.KindConfigurationItem, apptest.Values{"key": "a", "name": "A", "class": "SERVICE"}, o)
		return err
	})
	told(f, `["update","ConfigurationItem",{"Key":"a","ID":null},{"name":"B"},1]`, func(o *domain.WriteOptions) error {
		_, err := f.Records.Update(f.Ctx, domain.KindConfigurationItem, a, apptest.Values{"name": "B"}, apptest.Some(1), o)
		return err
	})
	f.Item("b")
	told(f, `["connect","DEPENDS_ON",{"Key":"a","ID":null},{"Key":"b","ID":null},{"kind":"USES"}]`, func(o *domain.WriteOptions) error {
		_, err := f.Records.Connect(f.Ctx, domain.RelDependsOn, a, b, apptest.Values{"kind": "USES"}, o)
		return err
	})
	told(f, `["disconnect","DEPENDS_ON",{"Key":"a","ID":null},{"Key":"b","ID":null},null]`, func(o *domain.WriteOptions) error {
		_, err := f.Records.Disconnect(f.Ctx, domain.RelDependsOn, a, b, nil, o)
		return err
	})
	told(f, `["withdraw","ConfigurationItem",{"Key":"a","ID":null},null]`, func(o *domain.WriteOptions) error {
		_, err := f.Configuration.WithdrawConfigurationItem(f.Ctx, a, nil, o)
		return err
	})
	told(f, `["remove","ConfigurationItem",{"Key":"b","ID":null},1]`, func(o *domain.WriteOptions) error {
		_, err := f.Records.Remove(f.Ctx, domain.KindConfigurationItem, b, apptest.Some(1), o)
		return err
	})
	told(f, `["create","Baseline",{"Key":"before","Name":"Before","Description":null,"AsOf":null}]`, func(o *domain.WriteOptions) error {
		_, err := f.History.CreateBaseline(f.Ctx, domain.NewBaseline{Key: "before", Name: "Before"}, o)
		return err
	})
	told(f, `["create","CalendarFeed","all","All",null,null]`, func(o *domain.WriteOptions) error {
		_, err := f.Feeds.Create(f.Ctx, "all", "All", nil, nil, o)
		return err
	})
}

func TestTheLogKeepsADigestOfWhatIsDoneToAProblem(t *testing.T) { // C5
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	problem := `{"Key":"P","Name":"Slow","Description":null,"Symptoms":null,"Category":null,"Cause":null,"Assignee":null,"Priority":null,"OpenedAt":null,"Concerns":null}`
	told(f, `["create","Problem",`+problem+`]`, func(o *domain.WriteOptions) error {
		_, err := f.Problems.CreateProblem(f.Ctx, domain.NewProblem{Key: "P", Name: "Slow"}, o)
		return err
	})
	told(f, `["diagnoseProblem","Problem",{"Key":"P","ID":null},"a leak",null,null,1]`, func(o *domain.WriteOptions) error {
		_, err := f.Problems.DiagnoseProblem(f.Ctx, apptest.Key("P"), apptest.Some("a leak"), apptest.Some(1), o)
		return err
	})
	told(f, `["reopenProblem","Problem",{"Key":"P","ID":null},null,null,"no leak",null]`, func(o *domain.WriteOptions) error {
		_, err := f.Problems.ReopenProblem(f.Ctx, apptest.Key("P"), "no leak", nil, o)
		return err
	})
	f.Put(domain.KindKnownError, apptest.Values{"key": "K", "name": "A leak", "symptoms": "it is slow", "workaround": "restart it"})
	told(f, `["publishKnownError","KnownError",{"Key":"K","ID":null},null]`, func(o *domain.WriteOptions) error {
		_, err := f.Problems.PublishKnownError(f.Ctx, apptest.Key("K"), nil, o)
		return err
	})
}

func TestTheLogKeepsADigestOfWhatIsDoneToAFreeze(t *testing.T) { // C5
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	f.EstateOfChanges()
	f.Change("DB", 8, 12, "db", nil)
	freeze := `{"Fields":{"everywhere":true,"from":"2026-03-09T00:00:00Z","key":"f","name":"F","to":"2026-03-12T00:00:00Z"},"Sites":null,"Services":null}`
	told(f, `["create","Freeze",`+freeze+`]`, func(o *domain.WriteOptions) error {
		_, err := f.CreateFreeze(f.Ctx, apptest.NewFreeze{Key: "f", Name: "F", From: apptest.Some(apptest.March(9, 0)), To: apptest.Some(apptest.March(12, 0)), Everywhere: apptest.Some(true)}, o)
		return err
	})
	except := domain.NewException{Key: "x", Freeze: apptest.Some(apptest.Key("f")), ChangeRequest: apptest.Some(apptest.Key("DB")), Reason: "urgent"}
	told(f, `["request","FreezeException",{"Key":"x","Name":null,"Freeze":{"Key":"f","ID":null},"ChangeRequest":{"Key":"DB","ID":null},"Kind":null,"Reason":"urgent"}]`,
		func(o *domain.WriteOptions) error {
			_, err := f.Calendar.RequestFreezeException(f.Ctx, except, o)
			return err
		})
	bob := &apptest.Fixture{App: f.App, T: t, Ctx: f.As("bob", domain.Admin), Store: f.Store}
	told(bob, `["decide","FreezeException",{"Key":"x","ID":null},"GRANT",null,null]`, func(o *domain.WriteOptions) error {
		_, err := f.Calendar.DecideFreezeException(bob.Ctx, apptest.Key("x"), domain.GrantException, nil, nil, o)
		return err
	})
	told(f, `["lift","Freeze",{"Key":"f","ID":null},null]`, func(o *domain.WriteOptions) error {
		_, err := f.Calendar.LiftFreeze(f.Ctx, apptest.Key("f"), nil, o)
		return err
	})
}

func TestTheLogKeepsADigestOfWhatIsDoneToAChange(t *testing.T) { // C5
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	f.Reviewed()
	f.Put(domain.KindChangeModel, apptest.Values{"key": "M", "name": "M"})
	model := `{"Model":{"Key":"M","ID":null},"Key":"D","Name":"D","Items":null,"Sites":null,` +
		`"Description":null,"Justification":null,"Assignee":null,"PlannedFrom":null,"PlannedTo":null}`
	told(f, `["draft",`+model+`]`, func(o *domain.WriteOptions) error {
		_, err := f.Changes.DraftChangeFromModel(f.Ctx, change.FromModel{Model: apptest.Key("M"), Key: "D", Name: "D"}, o)
		return err
	})
	f.Request("R")
	told(f, `["submit","ChangeRequest",{"Ref":{"Key":"R","ID":null},"IfVersion":null}]`, func(o *domain.WriteOptions) error {
		_, err := f.Changes.SubmitChangeRequest(f.As("rita", domain.Requester), change.ChangeVerb{Ref: apptest.Key("R")}, o)
		return err
	})
	told(f, `["exclude",{"Ref":{"Key":"R","ID":null},"Item":{"Key":"reports","ID":null},"Reason":"cached"}]`, func(o *domain.WriteOptions) error {
		_, err := f.Changes.ExcludeFromImpact(f.Ctx, change.Exclude{Ref: apptest.Key("R"), Item: apptest.Key("reports"), Reason: "cached"}, o)
		return err
	})
	told(f, `["include",{"Ref":{"Key":"R","ID":null},"Item":{"Key":"reports","ID":null},"Reason":""}]`, func(o *domain.WriteOptions) error {
		_, err := f.Changes.IncludeInImpact(f.Ctx, apptest.Key("R"), apptest.Key("reports"), o)
		return err
	})
	told(f, `["assess",{"Ref":{"Key":"R","ID":null},"Comment":null,"IfVersion":null}]`, func(o *domain.WriteOptions) error {
		_, err := f.Changes.AssessChangeRequest(f.As("max", domain.ChangeManager), change.Assess{Ref: apptest.Key("R")}, o)
		return err
	})
	vote := change.CastVote{Ref: apptest.Key("R"), Verdict: domain.Approve}
	told(f, `["vote",{"Ref":{"Key":"R","ID":null},"Verdict":"APPROVE","Comment":null,"OnBehalfOf":null,"IfVersion":null}]`, func(o *domain.WriteOptions) error {
		_, err := f.Changes.CastVote(f.As("ann", domain.CABMember), vote, o)
		return err
	})
}

func TestADryRunUnderAKeyTellsWhatWouldBe(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("a")
		o := &domain.WriteOptions{IdempotencyKey: apptest.Some("once"), DryRun: apptest.Some(true)}
		w, err := f.Records.Update(f.Ctx, apptest.ItemKind, apptest.Key("a"), apptest.Values{"name": "B"}, nil, o)
		require.NoError(t, err)
		tried := w.Record.(*domain.ConfigurationItem)
		require.Equal(t, "B", tried.Name)
		require.Equal(t, 2, tried.Version)
		stored, err := f.Records.Record(f.Ctx, apptest.ItemKind, apptest.Key("a"), nil)
		require.NoError(t, err)
		require.Equal(t, 1, stored.(*domain.ConfigurationItem).Version)
	})
}

func TestAChangeThatAFreezeHoldsIsToldInTheVersionThatThisGaveIt_H6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.EstateOfChanges()
		f.Change("DB", 8, 12, "db", nil)
		hold, err := f.CreateFreeze(f.Ctx, apptest.NewFreeze{Key: "f", Name: "F", From: apptest.Some(apptest.March(9, 0)), To: apptest.Some(apptest.March(12, 0)), Everywhere: apptest.Some(true)}, nil)
		require.NoError(t, err)
		stored, err := f.Records.Record(f.Ctx, domain.KindChangeRequest, apptest.Key("DB"), nil)
		require.NoError(t, err)
		require.Len(t, hold.ChangeRequests(), 1)
		require.Equal(t, stored, hold.ChangeRequests()[0].ChangeRequest)
	})
}

func TestARepeatTellsTheRecordsAsTheyAreNow(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("db")
		f.Put(domain.KindChangeRequest, apptest.Values{"key": "R", "name": "R"})
		connect := func() *records.Connected {
			c, err := f.Records.Connect(f.Ctx, domain.RelAffects, apptest.Key("R"), apptest.Key("db"), nil, &domain.WriteOptions{IdempotencyKey: apptest.Some("once")})
			require.NoError(t, err)
			return c
		}
		require.Equal(t, 2, connect().From.(*domain.ChangeRequest).Version, "what it is about belongs to its content")
		_, err := f.Records.Update(f.Ctx, domain.KindChangeRequest, apptest.Key("R"), apptest.Values{"name": "S"}, nil, nil)
		require.NoError(t, err)
		stored, err := f.Records.Record(f.Ctx, domain.KindChangeRequest, apptest.Key("R"), nil)
		require.NoError(t, err)
		require.Equal(t, stored, connect().From)
	})
}
