package app_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
)

// narrowed is the fixture's context with an actor of some roles who is kept to
// the sites.
func (f *fixture) narrowed(sites []string, roles ...domain.Role) context.Context {
	return app.WithActor(f.WithLoads(f.t.Context()), domain.Actor{Name: "ann", Roles: roles, Sites: sites, Bound: true})
}

// ofKinds is the fixture's context with an actor of some roles who may touch
// some kinds only.
func (f *fixture) ofKinds(kinds []string, roles ...domain.Role) context.Context {
	return app.WithActor(f.WithLoads(f.t.Context()), domain.Actor{Name: "ann", Roles: roles, Kinds: kinds})
}

// That feeds of the calendar are hidden from most roles keeps nobody from what
// the rest of the estate is needed for.
func TestWhoSeesAllButFeedsAssessesAndIsToldWhy(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	f.reviewed()
	f.request("R1")
	f.submit("R1")
	for _, r := range []domain.Role{domain.ReleaseManager, domain.OperationsManager, domain.ConfigurationManager} {
		_, err := f.AssessChangeRequest(f.as("max", r), app.Assess{Ref: key("R1")}, nil)
		require.NoError(t, err, r)
	}
}

// A feed shows the whole schedule to whoever knows its address, and a token is
// as wide as its roles.
func TestWhoIsNarrowedHandsOutNeitherFeedsNorTokens(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	f.site("par")
	manager, admin := domain.ChangeManager, domain.Admin
	_, err := f.CreateCalendarFeed(f.as("max", manager), "all", "All", nil, nil, nil)
	require.NoError(t, err)
	for _, narrow := range []func(domain.Role) context.Context{
		func(r domain.Role) context.Context { return f.narrowed([]string{"par"}, r) },
		func(r domain.Role) context.Context { return f.ofKinds([]string{domain.KindCalendarFeed, site}, r) },
	} {
		_, err := f.CreateCalendarFeed(narrow(manager), "feed", "Feed", nil, nil, nil)
		refused(t, err, domain.Forbidden, "")
		require.ErrorContains(t, err, "you are narrowed to sites or kinds")
		_, err = f.Records(narrow(manager), domain.KindCalendarFeed, app.List{})
		refused(t, err, domain.Forbidden, "")
		_, err = f.CreateToken(narrow(admin), app.NewToken{Name: "wide", Roles: []domain.Role{admin}})
		refused(t, err, domain.Forbidden, "")
		_, err = f.Tokens(narrow(admin))
		refused(t, err, domain.Forbidden, "")
	}
}

// What a request lacks follows from all that it affects, and names none that is
// hidden: not on the agenda, not among the moves, not when a verb is refused.
func TestWhatARequestLacksNamesNothingHidden(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		f.site("par")
		f.connect(domain.RelInstalledAt, "db", "par", nil)
		f.item("secret")
		f.request("R1")
		f.connect(domain.RelAffects, "R1", "secret", nil)
		f.submit("R1")
		f.assess("R1")
		_, err := f.WithdrawConfigurationItem(f.ctx, key("secret"), nil, nil)
		require.NoError(t, err)

		ctx := f.narrowed([]string{"par"}, domain.CABMember, domain.ChangeManager)
		page, err := f.BoardAgenda(ctx, key("CAB"), nil, nil)
		require.NoError(t, err)
		require.Len(t, page.Nodes, 1)
		told := []string{}
		for _, l := range page.Nodes[0].Lacks {
			told = append(told, l.Message)
		}
		moves, err := f.ChangeMoves(ctx, page.Nodes[0].ChangeRequest)
		require.NoError(t, err)
		for _, m := range moves {
			for _, l := range m.Lacks {
				told = append(told, l.Message)
			}
		}
		_, err = f.CastVote(ctx, app.CastVote{Ref: key("R1"), Verdict: domain.Approve}, nil)
		told = append(told, refused(t, err, domain.RuleViolation, "input.ref").Message)
		_, err = f.AuthoriseChangeRequest(ctx, app.ChangeVerb{Ref: key("R1")}, nil)
		told = append(told, refused(t, err, domain.RuleViolation, "input.ref").Message)
		for _, text := range told {
			require.NotContains(t, text, "secret")
		}
		require.Contains(t, told, "items that are still in use: … is WITHDRAWN")
		require.Contains(t, told, "an assessment that still holds (assessChangeRequest anew): since the last one what it rests on has changed")

		_, err = f.vote("bob", "R1", domain.Reject)
		require.NoError(t, err)
		require.Equal(t, domain.ChangeRejected, f.status("R1"), "what is decided stays the same")
	})
}

// An exception names its change.
func TestAnExceptionIsSeenByWhoSeesItsChange(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	f.estateOfChanges()
	f.change("HERE", 9, 10, "db", nil)
	f.change("THERE", 9, 10, "", nil)
	f.connect(domain.RelTakesPlaceAt, "HERE", "par", nil)
	f.connect(domain.RelTakesPlaceAt, "THERE", "nyc", nil)
	_, err := f.CreateFreeze(f.ctx, newFreeze{Key: "still", Name: "Still", From: some(march(9, 0)), To: some(march(12, 0)), Everywhere: some(true)}, nil)
	require.NoError(t, err)
	for _, change := range []string{"HERE", "THERE"} {
		_, err := f.RequestFreezeException(f.ctx, domain.NewException{
			Key: "X-" + change, Freeze: some(key("still")), ChangeRequest: some(key(change)), Reason: "it cannot wait",
		}, nil)
		require.NoError(t, err)
	}
	operator := app.WithActor(f.WithLoads(t.Context()), domain.Actor{Name: "otto", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"nyc"}})
	page, err := f.Records(operator, domain.KindFreezeException, app.List{})
	require.NoError(t, err)
	require.Equal(t, []string{"X-THERE"}, keysOf(page))
}

// What still points at a record is named to who may see it.
func TestAnImportOfSomeKindsNamesNoRecordsOfOthers(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	f.item("db")
	f.problem("secret", "db")
	ctx := f.ofKinds([]string{item}, domain.ConfigurationManager)
	done, err := f.ImportLines(ctx, app.ImportLinesInput{Source: "api", Overwrite: true, Lines: []string{`{"op":"remove","node":"ConfigurationItem","key":"db"}`}}, nil)
	require.NoError(t, err)
	require.Len(t, done.Wrong, 1)
	require.Equal(t, "C3", done.Wrong[0].Error.Rule)
	require.NotContains(t, done.Wrong[0].Error.Message, "secret")
	require.Contains(t, done.Wrong[0].Error.Message, "1 more")
}

// A repeat is answered with what the caller may see by now.
func TestARepeatTellsNothingOfALinkThatIsHiddenByNow(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	f.site("par")
	f.item("shop")
	f.item("db")
	f.connect(domain.RelInstalledAt, "shop", "par", nil)
	f.connect(domain.RelInstalledAt, "db", "par", nil)
	ctx := f.narrowed([]string{"par"}, domain.ConfigurationManager)
	again := func() *app.Connected {
		c, err := f.Connect(ctx, domain.RelDependsOn, key("shop"), key("db"), values{"kind": "USES"}, &domain.WriteOptions{IdempotencyKey: some("k")})
		require.NoError(t, err)
		return c
	}
	require.NotNil(t, again().Link)
	_, err := f.Disconnect(f.ctx, domain.RelInstalledAt, key("db"), key("par"), nil, nil)
	require.NoError(t, err)
	ctx = f.narrowed([]string{"par"}, domain.ConfigurationManager)
	c := again()
	require.Nil(t, c.To)
	require.Nil(t, c.Link)
	require.Empty(t, c.Changes)
}
