package event_test

import (
	"context"
	"errors"
	"testing"

	"releasegraph/internal/app/acting"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/event"
	"releasegraph/internal/app/history"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// following is a subscription that is read piece by piece.
type following[T any] struct {
	*event.Stream[T]
	f       *apptest.Fixture
	pending []T
}

func events(f *apptest.Fixture, filter *domain.EventFilter, after *int64) *following[*event.Event] {
	f.T.Helper()
	s, err := f.Events.Events(f.Ctx, filter, after)
	require.NoError(f.T, err)
	f.T.Cleanup(s.Close)
	return &following[*event.Event]{Stream: s, f: f}
}

func around(f *apptest.Fixture, key string, depth int, after *int64) *following[*history.ChangeSet] {
	f.T.Helper()
	s, err := f.Events.ConfigurationChanges(f.Ctx, *apptest.ByKey(key), depth, after)
	require.NoError(f.T, err)
	f.T.Cleanup(s.Close)
	return &following[*history.ChangeSet]{Stream: s, f: f}
}

func (s *following[T]) next() T {
	s.f.T.Helper()
	for len(s.pending) == 0 {
		c, err := s.Next(s.f.Ctx)
		require.NoError(s.f.T, err)
		s.pending, err = s.Of(s.f.Ctx, c)
		require.NoError(s.f.T, err)
	}
	next := s.pending[0]
	s.pending = s.pending[1:]
	return next
}

// heard reads as many events, each told as "type subject".
func heard(f *apptest.Fixture, s *following[*event.Event], n int) []string {
	f.T.Helper()
	list := make([]string, n)
	for i := range list {
		e := s.next()
		subject, err := e.Subject(f.Ctx)
		require.NoError(f.T, err)
		list[i] = e.Type + " " + subject.(entity.Record).Meta().Key
	}
	return list
}

func at(revision int64) *int64 { return &revision }

// CreateApplication creates an application, and returns the revision at which it is there.
func depend(f *apptest.Fixture, from, to string) int64 {
	f.T.Helper()
	c, err := f.Records.Connect(f.Ctx, domain.RelDependsOn, *apptest.ByKey(from), *apptest.ByKey(to), nil, nil)
	require.NoError(f.T, err)
	return c.Revision
}

func TestEventsTellWhatIsChangedAsItIsCommitted(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		first := apptest.CreateApplication(f, "a")
		s := events(f, nil, at(first-1))
		live := events(f, nil, nil)
		require.Equal(t, []string{"configuration_item.created a"}, heard(f, s, 1))
		apptest.CreateApplication(f, "b")
		depend(f, "a", "b")
		_, err := f.Records.Update(f.Ctx, domain.KindConfigurationItem, *apptest.ByKey("b"), map[string]any{"name": "Another"}, nil, nil)
		require.NoError(t, err)
		_, err = f.Records.Disconnect(f.Ctx, domain.RelDependsOn, *apptest.ByKey("a"), *apptest.ByKey("b"), nil, nil)
		require.NoError(t, err)
		_, err = f.Records.Remove(f.Ctx, domain.KindConfigurationItem, *apptest.ByKey("b"), nil, nil)
		require.NoError(t, err)
		want := []string{
			"configuration_item.created b", "relationship.depends_on.created a", "configuration_item.changed b", "relationship.depends_on.removed a", "configuration_item.removed b",
		}
		require.Equal(t, want, heard(f, s, 5), "b is gone by now, and still told")
		require.Equal(t, want, heard(f, live, 5))
	})
}

func TestAnEventSaysWhoWhyAndWhatInDetail(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		apptest.CreateApplication(f, "a")
		head := apptest.CreateApplication(f, "b")
		reason := "because"
		_, err := f.Records.Connect(f.Ctx, domain.RelDependsOn, *apptest.ByKey("a"), *apptest.ByKey("b"), map[string]any{"impact": "DEGRADED"}, &domain.WriteOptions{Reason: &reason})
		require.NoError(t, err)
		s := events(f, nil, &head)
		e := s.next()
		from, err := e.From(f.Ctx)
		require.NoError(t, err)
		to, err := e.To(f.Ctx)
		require.NoError(t, err)
		require.Equal(t, []string{"local", "because", "api", "DEPENDS_ON", "a", "b"}, []string{e.Actor, *e.Reason, e.Source, e.Kind, from.Key, to.Key})
		require.Equal(t, e.Revision, e.ResumeAfter)
		found := false
		for _, c := range e.Changes() {
			found = found || c.Field == "impact" && *c.After == "DEGRADED" && c.Before == nil
		}
		require.True(t, found, "%+v", e.Changes())
	})
}

func TestOfAChangeSetOfSeveralEventsOnlyTheLastIsResumedBehind(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	_, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: []string{`{"node":"Site","key":"s1","name":"One"}`, `{"node":"Site","key":"s2","name":"Two"}`}}, nil)
	require.NoError(t, err)
	s := events(f, nil, at(0))
	one, two := s.next(), s.next()
	require.Equal(t, one.Revision, two.Revision)
	require.Equal(t, []int64{one.Revision - 1, one.Revision}, []int64{one.ResumeAfter, two.ResumeAfter})
}

func TestEventsAreChosenByTypeKindRecordActorAndSource(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	apptest.CreateApplication(f, "a")
	b, err := f.Records.Create(f.Ctx, domain.KindConfigurationItem, map[string]any{"key": "b", "name": "b", "class": "APPLICATION"}, nil)
	require.NoError(t, err)
	depend(f, "a", "b")
	alice := acting.WithActor(f.Ctx, domain.Actor{Name: "alice", Roles: []domain.Role{domain.Admin}})
	_, err = f.Records.Create(alice, domain.KindSite, map[string]any{"key": "s", "name": "s"}, nil)
	require.NoError(t, err)
	id := b.Record.(*domain.ConfigurationItem).ID
	for _, c := range []struct {
		filter domain.EventFilter
		want   []string
	}{
		{domain.EventFilter{Types: []string{"relationship.*"}}, []string{"relationship.depends_on.created a"}},
		{domain.EventFilter{Types: []string{"site.created"}, Verbs: []domain.ChangeType{domain.ChangeCreated}}, []string{"site.created s"}},
		{domain.EventFilter{Keys: []string{"a", "s"}}, []string{"configuration_item.created a", "relationship.depends_on.created a", "site.created s"}},
		{domain.EventFilter{Kinds: []string{"Site", "DEPENDS_ON"}}, []string{"relationship.depends_on.created a", "site.created s"}},
		{domain.EventFilter{IDs: []string{id}}, []string{"configuration_item.created b", "relationship.depends_on.created a"}},
		{domain.EventFilter{Actors: []string{"alice"}}, []string{"site.created s"}},
		{domain.EventFilter{Sources: []string{"api"}, Kinds: []string{"Site"}}, []string{"site.created s"}},
	} {
		s := events(f, &c.filter, at(0))
		require.Equal(t, c.want, heard(f, s, len(c.want)))
		s.Close()
	}
	_, err = f.Events.Events(f.Ctx, &domain.EventFilter{Kinds: []string{"Nonsense"}, Types: []string{"site.*", "deployment.begun"}}, nil)
	require.ErrorContains(t, err, "there is no kind and no relationship")
	require.ErrorContains(t, err, "there is no type of event \"deployment.begun\"; there are deployment.created")
}

func TestWhoResumesFromAForgottenRevisionIsToldSo(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		apptest.CreateApplication(f, "a")
		head := apptest.CreateApplication(f, "b")
		require.NoError(t, f.Store.Compact(f.Ctx, store.Revision(head)))
		_, err := f.Events.Events(f.Ctx, nil, at(head-2))
		var told *domain.Error
		require.True(t, errors.As(err, &told), "%v", err)
		require.Equal(t, domain.Invalid, told.Code)
		require.Equal(t, "after", told.Field)
		require.ErrorContains(t, err, "read anew what you follow")
		s := events(f, nil, &head)
		apptest.CreateApplication(f, "c")
		require.Equal(t, []string{"configuration_item.created c"}, heard(f, s, 1))
	})
}

// near reads change sets, each told by the keys of what it concerns.
func near(f *apptest.Fixture, s *following[*history.ChangeSet]) (int64, []string) {
	f.T.Helper()
	c := s.next()
	page, err := c.Changes(f.Ctx, nil, nil)
	require.NoError(f.T, err)
	var keys []string
	for _, n := range page.Nodes {
		if n.Key != nil {
			keys = append(keys, *n.Key)
		} else {
			keys = append(keys, n.From.Key+">"+n.To.Key)
		}
	}
	return c.Revision, keys
}

func TestChangesNearAnItemFollowItsDependenciesAsTheyChange(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		for _, key := range []string{"a", "b", "c", "d", "far"} {
			apptest.CreateApplication(f, key)
		}
		depend(f, "a", "b")
		head := depend(f, "b", "c")
		rename := func(key string) int64 {
			t.Helper()
			w, err := f.Records.Update(f.Ctx, domain.KindConfigurationItem, *apptest.ByKey(key), map[string]any{"name": "Renamed " + key}, nil, nil)
			require.NoError(t, err)
			return w.Revision
		}
		live := around(f, "a", 1, nil)
		type step struct {
			revision int64
			keys     []string
		}
		var want []step
		rename("far")
		rename("c") // two dependencies away
		want = append(want, step{rename("b"), []string{"b"}})
		want = append(want, step{depend(f, "d", "a"), []string{"d>a"}})
		want = append(want, step{rename("d"), []string{"d"}}) // near by now
		gone, err := f.Records.Disconnect(f.Ctx, domain.RelDependsOn, *apptest.ByKey("a"), *apptest.ByKey("b"), nil, nil)
		require.NoError(t, err)
		want = append(want, step{gone.Revision, []string{"a>b"}})
		rename("b") // no longer
		want = append(want, step{rename("a"), []string{"a"}})
		later := around(f, "a", 1, &head)
		for _, s := range []*following[*history.ChangeSet]{live, later} {
			for _, w := range want {
				revision, keys := near(f, s)
				require.Equal(t, w, step{revision, keys})
			}
		}
		alone := around(f, "c", 0, at(head))
		_, keys := near(f, alone)
		require.Equal(t, []string{"c"}, keys)
		_, err = f.Events.ConfigurationChanges(f.Ctx, *apptest.ByKey("a"), 13, nil)
		require.ErrorContains(t, err, "from 0 to 12")
	})
}

// What is near is what the caller sees to be: dependencies that come to be seen
// count from then on, and those that are hidden lead nowhere.
func TestChangesNearAnItemFollowWhatTheCallerComesToSee(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Site("own")
		for _, key := range []string{"a", "b", "c"} {
			apptest.CreateApplication(f, key)
		}
		f.Connect(domain.RelInstalledAt, "a", "own", nil)
		depend(f, "a", "b")
		depend(f, "b", "c")
		head := f.Connect(domain.RelInstalledAt, "c", "own", nil).Revision
		describe := func(key, text string) int64 {
			t.Helper()
			w, err := f.Records.Update(f.Ctx, domain.KindConfigurationItem, *apptest.ByKey(key), map[string]any{"description": text}, nil, nil)
			require.NoError(t, err)
			return w.Revision
		}
		describe("c", "Near by way of what is hidden")
		moved := f.Connect(domain.RelInstalledAt, "b", "own", nil).Revision
		b, c := describe("b", "Near by now"), describe("c", "Near by now, too")
		a := describe("a", "Near at all times")
		f.Ctx = acting.WithActor(f.Ctx, domain.Actor{Name: "otto", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"own"}})
		s := around(f, "a", 2, &head)
		for _, want := range []struct {
			revision int64
			keys     []string
		}{{moved, []string{"b>own"}}, {b, []string{"b"}}, {c, []string{"c"}}, {a, []string{"a"}}} {
			revision, keys := near(f, s)
			require.Equal(t, want.revision, revision)
			require.Equal(t, want.keys, keys)
		}
	})
}

func TestAStreamHearsOfTheEndOfItsContext(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	s := events(f, nil, nil)
	require.Equal(t, 1, f.Events.Subscribers())
	ctx, cancel := context.WithCancel(f.Ctx)
	cancel()
	_, err := s.Next(ctx)
	require.ErrorIs(t, err, context.Canceled)
}

// What comes into sight comes near with it, at once, and not when something else
// that is hidden changes.
func TestWhatComesIntoSightComesNearAnItemWithIt(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		for _, key := range []string{"a", "b"} {
			apptest.CreateApplication(f, key)
		}
		f.Site("mine")
		f.Connect(domain.RelInstalledAt, "a", "mine", nil)
		depend(f, "a", "b")
		operator := *f
		operator.Ctx = acting.WithActor(f.WithLoads(t.Context()), domain.Actor{Name: "sol", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"mine"}})
		s := around(&operator, "a", 1, nil)
		f.Connect(domain.RelInstalledAt, "b", "mine", nil)
		_, keys := near(&operator, s)
		require.Equal(t, []string{"b>mine"}, keys)
		renamed, err := f.Records.Update(f.Ctx, domain.KindConfigurationItem, *apptest.ByKey("b"), map[string]any{"name": "Renamed"}, nil, nil)
		require.NoError(t, err)
		_, err = f.Records.Update(f.Ctx, domain.KindConfigurationItem, *apptest.ByKey("a"), map[string]any{"name": "Renamed"}, nil, nil)
		require.NoError(t, err)
		revision, keys := near(&operator, s)
		require.Equal(t, []string{"b"}, keys)
		require.Equal(t, renamed.Revision, revision)
	})
}
