package app_test

import (
	"context"
	"testing"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/listing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/change"
	"releasegraph/internal/app/records"
	"releasegraph/internal/app/token"
	"releasegraph/internal/domain"
)

// narrowed is the fixture's context with an actor of some roles who is kept to
// the sites.
func narrowed(f *apptest.Fixture, sites []string, roles ...domain.Role) context.Context {
	return acting.WithActor(f.WithLoads(f.T.Context()), domain.Actor{Name: "ann", Roles: roles, Sites: sites, Bound: true})
}

// ofKinds is the fixture's context with an actor of some roles who may touch
// some kinds only.
func ofKinds(f *apptest.Fixture, kinds []string, roles ...domain.Role) context.Context {
	return acting.WithActor(f.WithLoads(f.T.Context()), domain.Actor{Name: "ann", Roles: roles, Kinds: kinds})
}

// That feeds of the calendar are hidden from most roles keeps nobody from what
// the rest of the estate is needed for.
func TestWhoSeesAllButFeedsAssessesAndIsToldWhy(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	f.Reviewed()
	f.Request("R1")
	f.Submit("R1")
	for _, r := range []domain.Role{domain.ReleaseManager, domain.OperationsManager, domain.ConfigurationManager} {
		_, err := f.Changes.AssessChangeRequest(f.As("max", r), change.Assess{Ref: apptest.Key("R1")}, nil)
		require.NoError(t, err, r)
	}
}

// A feed shows the whole schedule to whoever knows its address, and a token is
// as wide as its roles.
func TestWhoIsNarrowedHandsOutNeitherFeedsNorTokens(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	f.Site("par")
	manager, admin := domain.ChangeManager, domain.Admin
	_, err := f.Feeds.Create(f.As("max", manager), "all", "All", nil, nil, nil)
	require.NoError(t, err)
	for _, narrow := range []func(domain.Role) context.Context{
		func(r domain.Role) context.Context { return narrowed(f, []string{"par"}, r) },
		func(r domain.Role) context.Context {
			return ofKinds(f, []string{domain.KindCalendarFeed, apptest.SiteKind}, r)
		},
	} {
		_, err := f.Feeds.Create(narrow(manager), "feed", "Feed", nil, nil, nil)
		apptest.Refused(t, err, domain.Forbidden, "")
		require.ErrorContains(t, err, "you are narrowed to sites or kinds")
		_, err = f.Records.Records(narrow(manager), domain.KindCalendarFeed, listing.List{})
		apptest.Refused(t, err, domain.Forbidden, "")
		_, err = f.Tokens.CreateToken(narrow(admin), token.NewToken{Name: "wide", Roles: []domain.Role{admin}})
		apptest.Refused(t, err, domain.Forbidden, "")
		_, err = f.Tokens.Tokens(narrow(admin))
		apptest.Refused(t, err, domain.Forbidden, "")
	}
}

// What a request lacks follows from all that it affects, and names none that is
// hidden: not on the agenda, not among the moves, not when a verb is refused.
func TestWhatARequestLacksNamesNothingHidden(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		f.Site("par")
		f.Connect(domain.RelInstalledAt, "db", "par", nil)
		f.Item("secret")
		f.Request("R1")
		f.Connect(domain.RelAffects, "R1", "secret", nil)
		f.Submit("R1")
		f.Assess("R1")
		_, err := f.Configuration.WithdrawConfigurationItem(f.Ctx, apptest.Key("secret"), nil, nil)
		require.NoError(t, err)

		ctx := narrowed(f, []string{"par"}, domain.CABMember, domain.ChangeManager)
		page, err := f.Changes.BoardAgenda(ctx, apptest.Key("CAB"), nil, nil)
		require.NoError(t, err)
		require.Len(t, page.Nodes, 1)
		told := []string{}
		for _, l := range page.Nodes[0].Lacks {
			told = append(told, l.Message)
		}
		moves, err := f.Changes.ChangeMoves(ctx, page.Nodes[0].ChangeRequest)
		require.NoError(t, err)
		for _, m := range moves {
			for _, l := range m.Lacks {
				told = append(told, l.Message)
			}
		}
		_, err = f.Changes.CastVote(ctx, change.CastVote{Ref: apptest.Key("R1"), Verdict: domain.Approve}, nil)
		told = append(told, apptest.Refused(t, err, domain.RuleViolation, "input.ref").Message)
		_, err = f.Changes.AuthoriseChangeRequest(ctx, change.ChangeVerb{Ref: apptest.Key("R1")}, nil)
		told = append(told, apptest.Refused(t, err, domain.RuleViolation, "input.ref").Message)
		for _, text := range told {
			require.NotContains(t, text, "secret")
		}
		require.Contains(t, told, "items that are still in use: … is WITHDRAWN")
		require.Contains(t, told, "an assessment that still holds (assessChangeRequest anew): since the last one what it rests on has changed")

		_, err = f.Vote("bob", "R1", domain.Reject)
		require.NoError(t, err)
		require.Equal(t, domain.ChangeRejected, f.Status("R1"), "what is decided stays the same")
	})
}

// An exception names its change.
func TestAnExceptionIsSeenByWhoSeesItsChange(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	f.EstateOfChanges()
	f.Change("HERE", 9, 10, "db", nil)
	f.Change("THERE", 9, 10, "", nil)
	f.Connect(domain.RelTakesPlaceAt, "HERE", "par", nil)
	f.Connect(domain.RelTakesPlaceAt, "THERE", "nyc", nil)
	_, err := f.CreateFreeze(f.Ctx, apptest.NewFreeze{Key: "still", Name: "Still", From: apptest.Some(apptest.March(9, 0)), To: apptest.Some(apptest.March(12, 0)), Everywhere: apptest.Some(true)}, nil)
	require.NoError(t, err)
	for _, change := range []string{"HERE", "THERE"} {
		_, err := f.Calendar.RequestFreezeException(f.Ctx, domain.NewException{
			Key: "X-" + change, Freeze: apptest.Some(apptest.Key("still")), ChangeRequest: apptest.Some(apptest.Key(change)), Reason: "it cannot wait",
		}, nil)
		require.NoError(t, err)
	}
	operator := acting.WithActor(f.WithLoads(t.Context()), domain.Actor{Name: "otto", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"nyc"}})
	page, err := f.Records.Records(operator, domain.KindFreezeException, listing.List{})
	require.NoError(t, err)
	require.Equal(t, []string{"X-THERE"}, apptest.KeysOf(page))
}

// What still points at a record is named to who may see it.
func TestAnImportOfSomeKindsNamesNoRecordsOfOthers(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	f.Item("db")
	f.Problem("secret", "db")
	ctx := ofKinds(f, []string{apptest.ItemKind}, domain.ConfigurationManager)
	done, err := f.Bulk.ImportLines(ctx, bulk.ImportLinesInput{Source: "api", Overwrite: true, Lines: []string{`{"op":"remove","node":"ConfigurationItem","key":"db"}`}}, nil)
	require.NoError(t, err)
	require.Len(t, done.Wrong, 1)
	require.Equal(t, "C3", done.Wrong[0].Error.Rule)
	require.NotContains(t, done.Wrong[0].Error.Message, "secret")
	require.Contains(t, done.Wrong[0].Error.Message, "1 more")
}

// A repeat is answered with what the caller may see by now.
func TestARepeatTellsNothingOfALinkThatIsHiddenByNow(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	f.Site("par")
	f.Item("shop")
	f.Item("db")
	f.Connect(domain.RelInstalledAt, "shop", "par", nil)
	f.Connect(domain.RelInstalledAt, "db", "par", nil)
	ctx := narrowed(f, []string{"par"}, domain.ConfigurationManager)
	again := func() *records.Connected {
		c, err := f.Records.Connect(ctx, domain.RelDependsOn, apptest.Key("shop"), apptest.Key("db"), apptest.Values{"kind": "USES"}, &domain.WriteOptions{IdempotencyKey: apptest.Some("k")})
		require.NoError(t, err)
		return c
	}
	require.NotNil(t, again().Link)
	_, err := f.Records.Disconnect(f.Ctx, domain.RelInstalledAt, apptest.Key("db"), apptest.Key("par"), nil, nil)
	require.NoError(t, err)
	ctx = narrowed(f, []string{"par"}, domain.ConfigurationManager)
	c := again()
	require.Nil(t, c.To)
	require.Nil(t, c.Link)
	require.Empty(t, c.Changes)
}
