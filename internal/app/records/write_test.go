package records_test

import (
	"fmt"
	"sync"
	"testing"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/listing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/records"
	"releasegraph/internal/domain"
)

// ItemKind and SiteKind are the kinds that most tests write.
func TestARecordIsCreatedChangedAndRemoved(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		w, err := f.Records.Create(f.Ctx, apptest.ItemKind, apptest.Values{
			"key": "shop", "name": "Shop \"one\"\n🚀", "class": "SERVICE", "users": 7, "attributes": apptest.Values{"tier": "1"},
		}, &domain.WriteOptions{Reason: apptest.Some("because")})
		require.NoError(t, err)
		made := w.Record.(*domain.ConfigurationItem)
		require.Equal(t, int64(1), w.Revision)
		require.Equal(t, 1, made.Version)
		stored, err := f.Records.Record(f.Ctx, apptest.ItemKind, apptest.Key("shop"), nil)
		require.NoError(t, err)
		require.Equal(t, made, stored)

		w, err = f.Records.Update(f.Ctx, apptest.ItemKind, apptest.Key("shop"), apptest.Values{"users": nil, "key": "store"}, apptest.Some(1), nil)
		require.NoError(t, err)
		changed := w.Record.(*domain.ConfigurationItem)
		require.Equal(t, made.ID, changed.ID, "C1: renaming keeps the id")
		require.Equal(t, 2, changed.Version)
		require.Nil(t, changed.Users)
		require.Equal(t, []domain.Change{{
			Type: domain.ChangeUpdated, Kind: apptest.ItemKind, ID: &made.ID, Key: apptest.Some("store"),
			Fields: []domain.FieldChange{{Field: "key", Before: apptest.Some("shop"), After: apptest.Some("store")}, {Field: "users", Before: apptest.Some("7")}},
		}}, w.Changes)
		stored, err = f.Records.Record(f.Ctx, apptest.ItemKind, domain.Ref{ID: &made.ID}, nil)
		require.NoError(t, err)
		require.Equal(t, changed, stored)

		w, err = f.Records.Remove(f.Ctx, apptest.ItemKind, apptest.Key("store"), apptest.Some(2), nil)
		require.NoError(t, err)
		require.Nil(t, w.Record)
		require.Equal(t, domain.ChangeRemoved, w.Changes[0].Type)
		require.Equal(t, "store", *w.Changes[0].Key)
		gone, err := f.Records.Record(f.Ctx, apptest.ItemKind, apptest.Key("store"), nil)
		require.NoError(t, err)
		require.Nil(t, gone)
	})
}

func TestAKeyThatIsHeldIsRefusedNamingTheHolder(t *testing.T) { // C1
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		a := f.Item("a")
		f.Item("b")
		f.Site("a") // another kind has keys of its own
		holder := map[string]any{"id": a.ID, "key": "a"}
		_, err := f.Records.Create(f.Ctx, apptest.ItemKind, apptest.Values{"key": "a", "name": "A", "class": "SERVER"}, nil)
		e := apptest.Refused(t, err, domain.Conflict, "input.key")
		require.Equal(t, "C1", e.Rule)
		require.Equal(t, holder, e.Details["holder"])
		_, err = f.Records.Update(f.Ctx, apptest.ItemKind, apptest.Key("b"), apptest.Values{"key": "a"}, nil, nil)
		require.Equal(t, holder, apptest.Refused(t, err, domain.Conflict, "input.patch.key").Details["holder"])
	})
}

func TestAnEditOfAStaleVersionIsRefusedNamingTheCurrentOne(t *testing.T) { // C5
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("a")
		_, err := f.Records.Update(f.Ctx, apptest.ItemKind, apptest.Key("a"), apptest.Values{"name": "B"}, apptest.Some(1), nil)
		require.NoError(t, err)
		for name, edit := range map[string]func() error{
			"update": func() error {
				_, err := f.Records.Update(f.Ctx, apptest.ItemKind, apptest.Key("a"), apptest.Values{"name": "C"}, apptest.Some(1), nil)
				return err
			},
			"remove": func() error {
				_, err := f.Records.Remove(f.Ctx, apptest.ItemKind, apptest.Key("a"), apptest.Some(1), nil)
				return err
			},
			"withdraw": func() error {
				_, err := f.Configuration.WithdrawConfigurationItem(f.Ctx, apptest.Key("a"), apptest.Some(1), nil)
				return err
			},
		} {
			e := apptest.Refused(t, edit(), domain.Conflict, "input.ifVersion")
			require.Equal(t, "C5", e.Rule, name)
			require.Equal(t, 2, e.Details["currentVersion"], name)
		}
		require.Equal(t, int64(2), f.Head(), "nothing is half written")
	})
}

func TestAnEditThatMeetsAnotherIsMadeAnewOnWhatItFinds(t *testing.T) { // C5
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("a", apptest.Values{"owner": "x"})
		f.Store.BeforeNext(func() {
			_, err := f.Records.Update(f.Ctx, apptest.ItemKind, apptest.Key("a"), apptest.Values{"owner": "y"}, nil, nil)
			require.NoError(t, err)
		})
		w, err := f.Records.Update(f.Ctx, apptest.ItemKind, apptest.Key("a"), apptest.Values{"name": "B"}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, "y", *w.Record.(*domain.ConfigurationItem).Owner)
		require.Equal(t, 3, w.Record.(*domain.ConfigurationItem).Version)

		f.Store.BeforeNext(func() {
			_, err := f.Records.Update(f.Ctx, apptest.ItemKind, apptest.Key("a"), apptest.Values{"owner": "z"}, nil, nil)
			require.NoError(t, err)
		})
		_, err = f.Records.Update(f.Ctx, apptest.ItemKind, apptest.Key("a"), apptest.Values{"name": "C"}, apptest.Some(3), nil)
		require.Error(t, err, "what the caller relied on is not decided anew")
		require.Equal(t, 4, apptest.Refused(t, err, domain.Conflict, "input.ifVersion").Details["currentVersion"])
	})
}

func TestManyWhoWriteOneRecordAtOnceLoseNothing(t *testing.T) { // C5
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("a")
		var wg sync.WaitGroup
		var mu sync.Mutex
		done := 0
		for i := range 8 {
			wg.Go(func() {
				if _, err := f.Records.Update(f.Ctx, apptest.ItemKind, apptest.Key("a"), apptest.Values{"owner": fmt.Sprint(i)}, nil, nil); err == nil {
					mu.Lock()
					defer mu.Unlock()
					done++
				}
			})
		}
		wg.Wait()
		r, err := f.Records.Record(f.Ctx, apptest.ItemKind, apptest.Key("a"), nil)
		require.NoError(t, err)
		require.Equal(t, done+1, r.(*domain.ConfigurationItem).Version)
		require.Equal(t, int64(done+1), f.Head())
	})
}

func TestADryRunTellsWhatWouldBeWrittenAndWritesNothing(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		dry := &domain.WriteOptions{DryRun: apptest.Some(true)}
		w, err := f.Records.Create(f.Ctx, apptest.ItemKind, apptest.Values{"key": "a", "name": "A", "class": "SERVICE"}, dry)
		require.NoError(t, err)
		require.True(t, w.DryRun)
		require.Equal(t, "a", w.Record.(*domain.ConfigurationItem).Key)
		require.Equal(t, domain.ChangeCreated, w.Changes[0].Type)
		require.Equal(t, int64(1), w.Revision)
		require.Equal(t, int64(0), f.Head())

		f.Item("a")
		_, err = f.Records.Create(f.Ctx, apptest.ItemKind, apptest.Values{"key": "a", "name": "A", "class": "SERVICE"}, dry)
		apptest.Refused(t, err, domain.Conflict, "input.key")
	})
}

func TestAnEditThatChangesNothingIsNoRevision(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		made := f.Item("a")
		w, err := f.Records.Update(f.Ctx, apptest.ItemKind, apptest.Key("a"), apptest.Values{"name": made.Name}, nil, nil)
		require.NoError(t, err)
		require.Empty(t, w.Changes)
		require.Equal(t, int64(1), w.Revision)
		require.Equal(t, made, w.Record)
	})
}

func TestARepeatUnderTheSameKeyAnswersAsTheFirstDid(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		once := func(k string) *domain.WriteOptions { return &domain.WriteOptions{IdempotencyKey: &k} }
		in := apptest.Values{"key": "a", "name": "A", "class": "SERVICE"}
		first, err := f.Records.Create(f.Ctx, apptest.ItemKind, in, once("k1"))
		require.NoError(t, err)
		again, err := f.Records.Create(f.Ctx, apptest.ItemKind, in, once("k1"))
		require.NoError(t, err)
		require.Equal(t, first, again)

		_, err = f.Records.Create(f.Ctx, apptest.ItemKind, apptest.Values{"key": "b", "name": "B", "class": "SERVICE"}, once("k1"))
		apptest.Refused(t, err, domain.Conflict, "options.idempotencyKey")

		update := func() (*estate.Written, error) {
			return f.Records.Update(f.Ctx, apptest.ItemKind, apptest.Key("a"), apptest.Values{"key": "z", "name": "Z"}, apptest.Some(1), once("k2"))
		}
		firstUpdate, err := update()
		require.NoError(t, err)
		againUpdate, err := update()
		require.NoError(t, err, "although the version has moved on, and the key has changed")
		require.Equal(t, firstUpdate, againUpdate)

		f.Item("b")
		linked, err := f.Records.Connect(f.Ctx, domain.RelDependsOn, apptest.Key("z"), apptest.Key("b"), nil, once("k3"))
		require.NoError(t, err)
		head := f.Head()
		linkedAgain, err := f.Records.Connect(f.Ctx, domain.RelDependsOn, apptest.Key("z"), apptest.Key("b"), nil, once("k3"))
		require.NoError(t, err)
		require.Equal(t, linked, linkedAgain)
		unlink := func() (*records.Connected, error) {
			return f.Records.Disconnect(f.Ctx, domain.RelDependsOn, apptest.Key("z"), apptest.Key("b"), nil, once("k4"))
		}
		gone, err := unlink()
		require.NoError(t, err)
		goneAgain, err := unlink()
		require.NoError(t, err)
		require.Equal(t, gone, goneAgain)
		require.Equal(t, head+1, f.Head())

		bob := acting.WithActor(f.Ctx, domain.Actor{Name: "bob", Roles: []domain.Role{domain.Admin}})
		_, err = f.Records.Create(bob, apptest.ItemKind, apptest.Values{"key": "c", "name": "C", "class": "SERVICE"}, once("k1"))
		require.NoError(t, err, "each actor has keys of their own")
	})
}

func TestAllThatIsWrongWithTheOptionsIsToldAtOnce(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	_, err := f.Records.Create(f.Ctx, apptest.SiteKind, apptest.Values{}, &domain.WriteOptions{Reason: apptest.Some("\x00"), IdempotencyKey: apptest.Some("")})
	var all domain.Errors
	require.ErrorAs(t, err, &all)
	require.Len(t, all, 2)
}

func TestEditingWhatIsNotThereIsRefused(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	_, err := f.Records.Update(f.Ctx, apptest.ItemKind, apptest.Key("nobody"), apptest.Values{}, nil, nil)
	require.Equal(t, `there is no ConfigurationItem with the key "nobody"`, apptest.Refused(t, err, domain.NotFound, "input.ref").Message)
	_, err = f.Records.Remove(f.Ctx, apptest.ItemKind, domain.Ref{}, nil, nil)
	apptest.Refused(t, err, domain.Invalid, "input.ref")
	id := f.Site("a").ID
	_, err = f.Records.Remove(f.Ctx, apptest.ItemKind, domain.Ref{ID: &id}, nil, nil)
	apptest.Refused(t, err, domain.NotFound, "input.ref")
}

func TestOnlyThoseWhoMayWrite(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	f.Item("a")
	f.Item("b")
	viewer := acting.WithActor(f.Ctx, domain.Actor{Name: "alice", Roles: []domain.Role{domain.Viewer}})
	for name, write := range map[string]func() error{
		"create": func() error { _, err := f.Records.Create(viewer, apptest.SiteKind, apptest.Values{}, nil); return err },
		"update": func() error {
			_, err := f.Records.Update(viewer, apptest.ItemKind, apptest.Key("a"), apptest.Values{}, nil, nil)
			return err
		},
		"remove": func() error {
			_, err := f.Records.Remove(viewer, apptest.ItemKind, apptest.Key("a"), nil, nil)
			return err
		},
		"withdraw": func() error {
			_, err := f.Configuration.WithdrawConfigurationItem(viewer, apptest.Key("a"), nil, nil)
			return err
		},
		"connect": func() error {
			_, err := f.Records.Connect(viewer, domain.RelDependsOn, apptest.Key("a"), apptest.Key("b"), nil, nil)
			return err
		},
		"disconnect": func() error {
			_, err := f.Records.Disconnect(viewer, domain.RelDependsOn, apptest.Key("a"), apptest.Key("b"), nil, nil)
			return err
		},
	} {
		require.Contains(t, apptest.Refused(t, write(), domain.Forbidden, "").Message, "CONFIGURATION_MANAGER and ADMIN may", name)
	}
	_, err := f.Records.Record(viewer, apptest.ItemKind, apptest.Key("a"), nil)
	require.NoError(t, err)
	nobody := acting.WithActor(f.Ctx, domain.Actor{Name: "mallory"})
	_, err = f.Records.Record(nobody, apptest.ItemKind, apptest.Key("a"), nil)
	apptest.Refused(t, err, domain.Forbidden, "")
	_, err = f.Records.Records(nobody, apptest.ItemKind, listing.List{})
	apptest.Refused(t, err, domain.Forbidden, "")
}

func TestAStoreThatCannotBeReachedIsSaidToBe(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	f.Store.Down.Store(true)
	_, err := f.Records.Record(f.Ctx, apptest.ItemKind, apptest.Key("a"), nil)
	require.Equal(t, "the store cannot be reached", apptest.Refused(t, err, domain.Unavailable, "").Message)
	_, err = f.Records.Create(f.Ctx, apptest.ItemKind, apptest.Values{"key": "a", "name": "A", "class": "SERVICE"}, nil)
	apptest.Refused(t, err, domain.Unavailable, "")
}
