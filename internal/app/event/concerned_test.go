package event_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/event"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// rolledOut is a release that goes to two sites, one in each wave.
func rolledOut(f *apptest.Fixture) {
	f.T.Helper()
	f.Brings(
		`{"node":"Site","key":"par","name":"Paris"}`, `{"node":"Site","key":"lyo","name":"Lyon"}`,
		`{"node":"ConfigurationItem","key":"pay","name":"pay","class":"PROGRAM"}`, `{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay","to":"Site:par"}`,
		`{"node":"Release","key":"R","name":"R","releaseVersion":"1.1.0","type":"MINOR","category":"DELTA","status":"DEPLOYING"}`,
		`{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:pay","action":"MODIFY","fromVersion":"1.0.0","toVersion":"1.1.0"}`,
		`{"node":"Deployment","key":"D","name":"D","status":"RUNNING","startedAt":"2026-01-03T00:00:00Z"}`,
		`{"edge":"DEPLOYS","from":"Deployment:D","to":"Release:R"}`,
		`{"node":"Wave","key":"D-1","name":"Pilot","ordinal":1,"status":"READY"}`, `{"node":"Wave","key":"D-2","name":"Rest","ordinal":2,"status":"PENDING"}`,
		`{"edge":"HAS_WAVE","from":"Deployment:D","to":"Wave:D-1"}`, `{"edge":"HAS_WAVE","from":"Deployment:D","to":"Wave:D-2"}`,
		`{"node":"SiteRollout","key":"D-par","name":"Paris","status":"PENDING"}`, `{"node":"SiteRollout","key":"D-lyo","name":"Lyon","status":"PENDING"}`,
		`{"edge":"TARGETS","from":"Wave:D-1","to":"SiteRollout:D-par"}`, `{"edge":"TARGETS","from":"SiteRollout:D-par","to":"Site:par"}`,
		`{"edge":"TARGETS","from":"Wave:D-2","to":"SiteRollout:D-lyo"}`, `{"edge":"TARGETS","from":"SiteRollout:D-lyo","to":"Site:lyo"}`,
	)
}

// goesOn lets the roll-out go on.
func goesOn(f *apptest.Fixture) {
	f.T.Helper()
	f.Brings(`{"node":"Wave","key":"D-1","status":"RUNNING"}`)
	f.Brings(`{"node":"SiteRollout","key":"D-par","status":"INSTALLED"}`)
	f.Brings(`{"node":"SiteRollout","key":"D-lyo","status":"DISTRIBUTED"}`)
	f.Brings(`{"node":"Deployment","key":"D","status":"PAUSED","statusReason":"too many failed"}`, `{"node":"Wave","key":"D-1","status":"PAUSED"}`)
}

func updates(f *apptest.Fixture, deployment, site *domain.Ref, after *int64) *following[*event.DeploymentUpdate] {
	f.T.Helper()
	s, err := f.Events.DeploymentUpdates(f.Ctx, deployment, site, after)
	require.NoError(f.T, err)
	f.T.Cleanup(s.Close)
	return &following[*event.DeploymentUpdate]{Stream: s, f: f}
}

// told words an update: its type, and each record with its status.
func told(f *apptest.Fixture, u *event.DeploymentUpdate) string {
	f.T.Helper()
	d, err := u.Deployment(f.Ctx)
	require.NoError(f.T, err)
	text := fmt.Sprintf("%s: %s %s", u.Type, d.Key, d.Status)
	w, err := u.Wave(f.Ctx)
	require.NoError(f.T, err)
	if w != nil {
		text += fmt.Sprintf(", wave %d %s", w.Ordinal, w.Status)
	}
	s, err := u.SiteRollout(f.Ctx)
	require.NoError(f.T, err)
	if s != nil {
		text += fmt.Sprintf(", %s %s", s.Key, s.Status)
	}
	return text
}

var wentOn = []string{
	"deployment.wave.started: D RUNNING, wave 1 RUNNING",
	"deployment.site.installed: D RUNNING, wave 1 RUNNING, D-par INSTALLED",
	"deployment.site.distributed: D RUNNING, wave 2 PENDING, D-lyo DISTRIBUTED",
	"deployment.paused: D PAUSED",
	"deployment.wave.paused: D PAUSED, wave 1 PAUSED",
}

// Each update tells its records as they were behind it, whenever it is read.
func TestDeploymentUpdatesTellOfAllOneOrASite_E2(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		rolledOut(f)
		f.Brings(`{"node":"Deployment","key":"E","name":"E","status":"PLANNED"}`)
		head := f.Head()
		live := updates(f, nil, nil, nil)
		goesOn(f)
		f.Brings(`{"node":"Deployment","key":"E","status":"RUNNING"}`)
		for _, s := range []*following[*event.DeploymentUpdate]{live, updates(f, nil, nil, &head), updates(f, apptest.ByKey("D"), nil, &head)} {
			for _, want := range wentOn {
				require.Equal(t, want, told(f, s.next()))
			}
		}
		require.Equal(t, "deployment.started: E RUNNING", told(f, live.next()))
		atLyon := updates(f, nil, apptest.ByKey("lyo"), &head)
		require.Equal(t, wentOn[2], told(f, atLyon.next()))
		require.Equal(t, wentOn[3], told(f, atLyon.next()), "its deployment, and not the wave of another site")
		// Of the two updates of the change set at the end only the last one completes it.
		both := updates(f, apptest.ByKey("D"), nil, &head)
		for _, revision := range []int64{head + 1, head + 2, head + 3, head + 3, head + 4} {
			require.Equal(t, revision, both.next().ResumeAfter)
		}
	})
}

// Who is kept to a site hears of what it receives.
func TestDeploymentUpdatesTellWhatTheCallerSees(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		rolledOut(f)
		head := f.Head()
		goesOn(f)
		operator := *f
		operator.Ctx = acting.WithActor(f.WithLoads(t.Context()), domain.Actor{Name: "sol", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"lyo"}})
		s := updates(&operator, nil, nil, &head)
		require.Equal(t, wentOn[2], told(&operator, s.next()))
		require.Equal(t, wentOn[3], told(&operator, s.next()))
	})
}

func TestWhatWasRemovedOfADeploymentIsToldAsItWasLast(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		rolledOut(f)
		head := f.Head()
		step, err := f.Store.Lookup(f.Ctx, domain.KindSiteRollout, "key", "D-lyo")
		require.NoError(t, err)
		wave, err := f.Store.Lookup(f.Ctx, domain.KindWave, "key", "D-2")
		require.NoError(t, err)
		gone := step["D-lyo"].ID
		apptest.Commit(t, f.Store, []store.Op{
			store.RemoveEdge{EdgeKey: store.EdgeKey{Rel: domain.RelTargets, From: wave["D-2"].ID, To: gone}}, store.RemoveNode{ID: gone},
		})
		s := updates(f, nil, nil, &head)
		require.Equal(t, "deployment.site.removed: D RUNNING, wave 2 PENDING, D-lyo PENDING", told(f, s.next()))
	})
}

func TestReleaseProgressTellsOfTheReleaseAndItsDeployments_E2(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		rolledOut(f)
		f.Brings(`{"node":"Deployment","key":"E","name":"E","status":"PLANNED"}`)
		head := f.Head()
		goesOn(f)
		f.Brings(`{"node":"Deployment","key":"E","status":"RUNNING"}`)
		f.Brings(`{"node":"Release","key":"R","name":"Another"}`)
		stream, err := f.Events.ReleaseProgress(f.Ctx, *apptest.ByKey("R"), &head)
		require.NoError(t, err)
		t.Cleanup(stream.Close)
		s := &following[*event.ReleaseProgress]{Stream: stream, f: f}
		for _, want := range []string{
			"[deployment.wave.started] R DEPLOYING [D RUNNING]", "[deployment.site.installed] R DEPLOYING [D RUNNING]",
			"[deployment.site.distributed] R DEPLOYING [D RUNNING]", "[deployment.paused deployment.wave.paused] R DEPLOYING [D PAUSED]",
			"[release.changed] R DEPLOYING []",
		} {
			p := s.next()
			r, err := p.Release(f.Ctx)
			require.NoError(t, err)
			list, err := p.Deployments(f.Ctx)
			require.NoError(t, err)
			words := []string{}
			for _, d := range list {
				words = append(words, d.Key+" "+string(d.Status))
			}
			require.Equal(t, want, fmt.Sprintf("%v %s %s %v", p.Types, r.Key, r.Status, words))
		}
	})
}

// typesOf reads all that the log has for a filter, in pages, each event as "type".
func typesOf(f *apptest.Fixture, filter domain.EventFilter, after int64, length int) (list []string) {
	f.T.Helper()
	cursor := fmt.Sprint(after)
	for {
		page, err := f.Events.EventPage(f.Ctx, &filter, &length, &cursor)
		require.NoError(f.T, err)
		require.LessOrEqual(f.T, len(page.Nodes), length)
		for _, e := range page.Nodes {
			list = append(list, e.Type)
		}
		cursor = page.End
		if !page.HasNext {
			require.Equal(f.T, fmt.Sprint(f.Head()), page.End)
			return list
		}
	}
}

func TestEventsAreChosenByTheSiteServiceOrDeploymentThatTheyConcern(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		rolledOut(f)
		for _, key := range []string{"shop", "app", "db"} {
			apptest.CreateApplication(f, key)
		}
		depend(f, "shop", "app")
		head := f.Head()
		rename := func(key string) {
			_, err := f.Records.Update(f.Ctx, domain.KindConfigurationItem, *apptest.ByKey(key), map[string]any{"name": fmt.Sprint(key, f.Head())}, nil, nil)
			require.NoError(t, err)
		}
		rename("db") // which it does not need yet
		depend(f, "app", "db")
		rename("db")
		rename("pay")
		goesOn(f)
		for _, c := range []struct {
			filter domain.EventFilter
			want   []string
		}{
			{domain.EventFilter{Service: apptest.ByKey("shop")}, []string{"relationship.depends_on.created", "configuration_item.changed"}},
			{domain.EventFilter{Site: apptest.ByKey("par")}, []string{
				"configuration_item.changed", "deployment.wave.started", "deployment.site.installed", "deployment.paused", "deployment.wave.paused",
			}},
			{domain.EventFilter{Deployment: apptest.ByKey("D")}, []string{
				"deployment.wave.started", "deployment.site.installed", "deployment.site.distributed", "deployment.paused", "deployment.wave.paused",
			}},
			{domain.EventFilter{Deployment: apptest.ByKey("D"), Site: apptest.ByKey("lyo"), Types: []string{"deployment.*"}}, []string{
				"deployment.site.distributed", "deployment.paused",
			}},
		} {
			require.Equal(t, c.want, typesOf(f, c.filter, head, 2))
			s := events(f, &c.filter, &head)
			for _, want := range c.want {
				require.Equal(t, want, s.next().Type)
			}
			s.Close()
		}
		_, err := f.Events.Events(f.Ctx, &domain.EventFilter{Site: apptest.ByKey("none"), Service: apptest.ByKey("neither")}, nil)
		require.ErrorContains(t, err, `there is no Site with the key "none"`)
		require.ErrorContains(t, err, `there is no ConfigurationItem with the key "neither"`)
	})
}

// An event of a part of a roll-out names what it belongs to.
func TestAnEventSaysWhomItConcerns(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		rolledOut(f)
		head := f.Head()
		goesOn(f)
		s := events(f, &domain.EventFilter{Types: []string{"deployment.site.installed"}}, &head)
		list, err := s.next().Concerns(f.Ctx)
		require.NoError(t, err)
		var keys []string
		for _, c := range list {
			keys = append(keys, c.Kind+":"+c.Key)
		}
		require.ElementsMatch(t, []string{"Wave:D-1", "Site:par", "Deployment:D", "Release:R"}, keys)
	})
}

func TestPagesOfEventsAreWhatASubscriptionTells(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		rolledOut(f) // one change set with many events
		goesOn(f)
		all := typesOf(f, domain.EventFilter{}, 0, 100)
		require.Greater(t, len(all), 20)
		for _, length := range []int{1, 7, len(all)} {
			require.Equal(t, all, typesOf(f, domain.EventFilter{}, 0, length))
		}
		s := events(f, nil, at(0))
		for _, want := range all {
			require.Equal(t, want, s.next().Type)
		}
		for _, after := range []string{"x", "-1", "1.-1", "99999"} {
			_, err := f.Events.EventPage(f.Ctx, nil, nil, &after)
			var e *domain.Error
			require.ErrorAs(t, err, &e, after)
			require.Equal(t, "after", e.Field)
		}
	})
}
