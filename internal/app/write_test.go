package app_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
)

const item, site = domain.KindConfigurationItem, domain.KindSite

func TestARecordIsCreatedChangedAndRemoved(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		w, err := f.Create(f.ctx, item, values{
			"key": "shop", "name": "Shop \"one\"\n🚀", "class": "SERVICE", "users": 7, "attributes": values{"tier": "1"},
		}, &domain.WriteOptions{Reason: some("because")})
		require.NoError(t, err)
		made := w.Record.(*domain.ConfigurationItem)
		require.Equal(t, int64(1), w.Revision)
		require.Equal(t, 1, made.Version)
		stored, err := f.Record(f.ctx, item, key("shop"), nil)
		require.NoError(t, err)
		require.Equal(t, made, stored)

		w, err = f.Update(f.ctx, item, key("shop"), values{"users": nil, "key": "store"}, some(1), nil)
		require.NoError(t, err)
		changed := w.Record.(*domain.ConfigurationItem)
		require.Equal(t, made.ID, changed.ID, "C1: renaming keeps the id")
		require.Equal(t, 2, changed.Version)
		require.Nil(t, changed.Users)
		require.Equal(t, []domain.Change{{
			Type: domain.ChangeUpdated, Kind: item, ID: &made.ID, Key: some("store"),
			Fields: []domain.FieldChange{{Field: "key", Before: some("shop"), After: some("store")}, {Field: "users", Before: some("7")}},
		}}, w.Changes)
		stored, err = f.Record(f.ctx, item, domain.Ref{ID: &made.ID}, nil)
		require.NoError(t, err)
		require.Equal(t, changed, stored)

		w, err = f.Remove(f.ctx, item, key("store"), some(2), nil)
		require.NoError(t, err)
		require.Nil(t, w.Record)
		require.Equal(t, domain.ChangeRemoved, w.Changes[0].Type)
		require.Equal(t, "store", *w.Changes[0].Key)
		gone, err := f.Record(f.ctx, item, key("store"), nil)
		require.NoError(t, err)
		require.Nil(t, gone)
	})
}

func TestAKeyThatIsHeldIsRefusedNamingTheHolder(t *testing.T) { // C1
	onStores(t, func(t *testing.T, f *fixture) {
		a := f.item("a")
		f.item("b")
		f.site("a") // another kind has keys of its own
		holder := map[string]any{"id": a.ID, "key": "a"}
		_, err := f.Create(f.ctx, item, values{"key": "a", "name": "A", "class": "SERVER"}, nil)
		e := refused(t, err, domain.Conflict, "input.key")
		require.Equal(t, "C1", e.Rule)
		require.Equal(t, holder, e.Details["holder"])
		_, err = f.Update(f.ctx, item, key("b"), values{"key": "a"}, nil, nil)
		require.Equal(t, holder, refused(t, err, domain.Conflict, "input.patch.key").Details["holder"])
	})
}

func TestAnEditOfAStaleVersionIsRefusedNamingTheCurrentOne(t *testing.T) { // C5
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("a")
		_, err := f.Update(f.ctx, item, key("a"), values{"name": "B"}, some(1), nil)
		require.NoError(t, err)
		for name, edit := range map[string]func() error{
			"update":   func() error { _, err := f.Update(f.ctx, item, key("a"), values{"name": "C"}, some(1), nil); return err },
			"remove":   func() error { _, err := f.Remove(f.ctx, item, key("a"), some(1), nil); return err },
			"withdraw": func() error { _, err := f.WithdrawConfigurationItem(f.ctx, key("a"), some(1), nil); return err },
		} {
			e := refused(t, edit(), domain.Conflict, "input.ifVersion")
			require.Equal(t, "C5", e.Rule, name)
			require.Equal(t, 2, e.Details["currentVersion"], name)
		}
		require.Equal(t, int64(2), f.head(), "nothing is half written")
	})
}

func TestAnEditThatMeetsAnotherIsMadeAnewOnWhatItFinds(t *testing.T) { // C5
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("a", values{"owner": "x"})
		f.store.beforeNext(func() {
			_, err := f.Update(f.ctx, item, key("a"), values{"owner": "y"}, nil, nil)
			require.NoError(t, err)
		})
		w, err := f.Update(f.ctx, item, key("a"), values{"name": "B"}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, "y", *w.Record.(*domain.ConfigurationItem).Owner)
		require.Equal(t, 3, w.Record.(*domain.ConfigurationItem).Version)

		f.store.beforeNext(func() {
			_, err := f.Update(f.ctx, item, key("a"), values{"owner": "z"}, nil, nil)
			require.NoError(t, err)
		})
		_, err = f.Update(f.ctx, item, key("a"), values{"name": "C"}, some(3), nil)
		require.Error(t, err, "what the caller relied on is not decided anew")
		require.Equal(t, 4, refused(t, err, domain.Conflict, "input.ifVersion").Details["currentVersion"])
	})
}

func TestManyWritersOfOneRecordLoseNothing(t *testing.T) { // C5
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("a")
		var wg sync.WaitGroup
		var mu sync.Mutex
		done := 0
		for i := range 8 {
			wg.Go(func() {
				if _, err := f.Update(f.ctx, item, key("a"), values{"owner": fmt.Sprint(i)}, nil, nil); err == nil {
					mu.Lock()
					defer mu.Unlock()
					done++
				}
			})
		}
		wg.Wait()
		r, err := f.Record(f.ctx, item, key("a"), nil)
		require.NoError(t, err)
		require.Equal(t, done+1, r.(*domain.ConfigurationItem).Version)
		require.Equal(t, int64(done+1), f.head())
	})
}

func TestADryRunTellsWhatWouldBeWrittenAndWritesNothing(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		dry := &domain.WriteOptions{DryRun: some(true)}
		w, err := f.Create(f.ctx, item, values{"key": "a", "name": "A", "class": "SERVICE"}, dry)
		require.NoError(t, err)
		require.True(t, w.DryRun)
		require.Equal(t, "a", w.Record.(*domain.ConfigurationItem).Key)
		require.Equal(t, domain.ChangeCreated, w.Changes[0].Type)
		require.Equal(t, int64(1), w.Revision)
		require.Equal(t, int64(0), f.head())

		f.item("a")
		_, err = f.Create(f.ctx, item, values{"key": "a", "name": "A", "class": "SERVICE"}, dry)
		refused(t, err, domain.Conflict, "input.key")
	})
}

func TestAnEditThatChangesNothingIsNoRevision(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		made := f.item("a")
		w, err := f.Update(f.ctx, item, key("a"), values{"name": made.Name}, nil, nil)
		require.NoError(t, err)
		require.Empty(t, w.Changes)
		require.Equal(t, int64(1), w.Revision)
		require.Equal(t, made, w.Record)
	})
}

func TestARepeatUnderTheSameKeyAnswersAsTheFirstDid(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		once := func(k string) *domain.WriteOptions { return &domain.WriteOptions{IdempotencyKey: &k} }
		in := values{"key": "a", "name": "A", "class": "SERVICE"}
		first, err := f.Create(f.ctx, item, in, once("k1"))
		require.NoError(t, err)
		again, err := f.Create(f.ctx, item, in, once("k1"))
		require.NoError(t, err)
		require.Equal(t, first, again)

		_, err = f.Create(f.ctx, item, values{"key": "b", "name": "B", "class": "SERVICE"}, once("k1"))
		refused(t, err, domain.Conflict, "options.idempotencyKey")

		update := func() (*app.Written, error) {
			return f.Update(f.ctx, item, key("a"), values{"key": "z", "name": "Z"}, some(1), once("k2"))
		}
		firstUpdate, err := update()
		require.NoError(t, err)
		againUpdate, err := update()
		require.NoError(t, err, "although the version has moved on, and the key has changed")
		require.Equal(t, firstUpdate, againUpdate)

		f.item("b")
		linked, err := f.Connect(f.ctx, domain.RelDependsOn, key("z"), key("b"), nil, once("k3"))
		require.NoError(t, err)
		head := f.head()
		linkedAgain, err := f.Connect(f.ctx, domain.RelDependsOn, key("z"), key("b"), nil, once("k3"))
		require.NoError(t, err)
		require.Equal(t, linked, linkedAgain)
		unlink := func() (*app.Connected, error) {
			return f.Disconnect(f.ctx, domain.RelDependsOn, key("z"), key("b"), nil, once("k4"))
		}
		gone, err := unlink()
		require.NoError(t, err)
		goneAgain, err := unlink()
		require.NoError(t, err)
		require.Equal(t, gone, goneAgain)
		require.Equal(t, head+1, f.head())

		bob := app.WithActor(f.ctx, domain.Actor{Name: "bob", Roles: []domain.Role{domain.Admin}})
		_, err = f.Create(bob, item, values{"key": "c", "name": "C", "class": "SERVICE"}, once("k1"))
		require.NoError(t, err, "each actor has keys of their own")
	})
}

func TestAllThatIsWrongWithTheOptionsIsToldAtOnce(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	_, err := f.Create(f.ctx, site, values{}, &domain.WriteOptions{Reason: some("\x00"), IdempotencyKey: some("")})
	var all domain.Errors
	require.ErrorAs(t, err, &all)
	require.Len(t, all, 2)
}

func TestEditingWhatIsNotThereIsRefused(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	_, err := f.Update(f.ctx, item, key("nobody"), values{}, nil, nil)
	require.Equal(t, `there is no ConfigurationItem with the key "nobody"`, refused(t, err, domain.NotFound, "input.ref").Message)
	_, err = f.Remove(f.ctx, item, domain.Ref{}, nil, nil)
	refused(t, err, domain.Invalid, "input.ref")
	id := f.site("a").ID
	_, err = f.Remove(f.ctx, item, domain.Ref{ID: &id}, nil, nil)
	refused(t, err, domain.NotFound, "input.ref")
}

func TestOnlyThoseWhoMayWrite(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	f.item("a")
	f.item("b")
	viewer := app.WithActor(f.ctx, domain.Actor{Name: "alice", Roles: []domain.Role{domain.Viewer}})
	for name, write := range map[string]func() error{
		"create":   func() error { _, err := f.Create(viewer, site, values{}, nil); return err },
		"update":   func() error { _, err := f.Update(viewer, item, key("a"), values{}, nil, nil); return err },
		"remove":   func() error { _, err := f.Remove(viewer, item, key("a"), nil, nil); return err },
		"withdraw": func() error { _, err := f.WithdrawConfigurationItem(viewer, key("a"), nil, nil); return err },
		"connect": func() error {
			_, err := f.Connect(viewer, domain.RelDependsOn, key("a"), key("b"), nil, nil)
			return err
		},
		"disconnect": func() error {
			_, err := f.Disconnect(viewer, domain.RelDependsOn, key("a"), key("b"), nil, nil)
			return err
		},
	} {
		require.Contains(t, refused(t, write(), domain.Forbidden, "").Message, "CONFIGURATION_MANAGER and ADMIN may", name)
	}
	_, err := f.Record(viewer, item, key("a"), nil)
	require.NoError(t, err)
	nobody := app.WithActor(f.ctx, domain.Actor{Name: "mallory"})
	_, err = f.Record(nobody, item, key("a"), nil)
	refused(t, err, domain.Forbidden, "")
	_, err = f.Records(nobody, item, app.List{})
	refused(t, err, domain.Forbidden, "")
}

func TestAStoreThatCannotBeReachedIsSaidToBe(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	f.store.down.Store(true)
	_, err := f.Record(f.ctx, item, key("a"), nil)
	require.Equal(t, "the store cannot be reached", refused(t, err, domain.Unavailable, "").Message)
	_, err = f.Create(f.ctx, item, values{"key": "a", "name": "A", "class": "SERVICE"}, nil)
	refused(t, err, domain.Unavailable, "")
}
