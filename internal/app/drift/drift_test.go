package drift_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/running"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/happening"
	"releasegraph/internal/store"
)

// deployed is a site to which 2.0.0 was rolled out, and one to which it comes.
var deployed = []string{
	`{"node":"Site","key":"par","name":"Paris"}`, `{"node":"Site","key":"lyo","name":"Lyon"}`,
	`{"node":"ConfigurationItem","key":"pay","name":"pay","class":"PROGRAM","status":"LIVE"}`,
	`{"node":"Release","key":"R","releaseVersion":"2.0.0","type":"MAJOR","category":"DELTA","status":"DEPLOYING"}`,
	`{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:pay","action":"MODIFY","fromVersion":"1.0.0","toVersion":"2.0.0"}`,
	`{"node":"Deployment","key":"D","name":"D","status":"RUNNING","startedAt":"2026-01-03T00:00:00Z"}`, `{"edge":"DEPLOYS","from":"Deployment:D","to":"Release:R"}`,
	`{"node":"Wave","key":"D-1","name":"All","ordinal":1,"status":"RUNNING"}`, `{"edge":"HAS_WAVE","from":"Deployment:D","to":"Wave:D-1"}`,
	`{"node":"SiteRollout","key":"D-par","name":"Paris","status":"VERIFIED","installedAt":"2026-01-10T00:00:00Z"}`,
	`{"node":"SiteRollout","key":"D-lyo","name":"Lyon","status":"PENDING"}`,
	`{"edge":"TARGETS","from":"Wave:D-1","to":"SiteRollout:D-par"}`, `{"edge":"TARGETS","from":"SiteRollout:D-par","to":"Site:par"}`,
	`{"edge":"TARGETS","from":"Wave:D-1","to":"SiteRollout:D-lyo"}`, `{"edge":"TARGETS","from":"SiteRollout:D-lyo","to":"Site:lyo"}`,
	`{"edge":"RECEIVES","from":"SiteRollout:D-par","to":"ConfigurationItem:pay","action":"MODIFY","fromVersion":"1.0.0","toVersion":"2.0.0"}`,
	`{"edge":"RECEIVES","from":"SiteRollout:D-lyo","to":"ConfigurationItem:pay","action":"MODIFY","fromVersion":"1.0.0","toVersion":"2.0.0"}`,
	`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay","to":"Site:par","version":"2.0.0","activeVersion":"2.0.0"}`,
	`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay","to":"Site:lyo","version":"1.0.0","activeVersion":"1.0.0"}`,
}

// What is installed is held against what was deployed in the change set that changes either:
// who follows the events hears of it at once, without asking.
func TestAnInstallationThatDriftsIsToldAsItDoes_L3(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(deployed...)
		require.Nil(t, drift(t, f, "par"), "what was deployed is installed")
		since := f.Head()
		f.Lines(`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay","to":"Site:par","version":"1.0.0","activeVersion":"1.0.0"}`)
		was := drift(t, f, "par")
		require.Equal(t, domain.Regressed, was.Kind)
		require.Equal(t, []string{"1.0.0", "2.0.0"}, []string{*was.Installed, *was.Deployed})
		require.Contains(t, told(t, f, since), "relationship.drifts_at.created")
		require.True(t, happening.Names("relationship.drifts_at.created"), "it is in the catalogue")

		since = f.Head()
		f.Lines(`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay","to":"Site:par","version":"3.0.0","activeVersion":"3.0.0"}`)
		require.Equal(t, domain.WrongVersion, drift(t, f, "par").Kind)
		require.Contains(t, told(t, f, since), "relationship.drifts_at.changed")
		since = f.Head()
		f.Connect(domain.RelInstalledAt, "pay", "par", apptest.Values{"version": "2.0.0", "activeVersion": "2.0.0"})
		require.Nil(t, drift(t, f, "par"))
		require.Contains(t, told(t, f, since), "relationship.drifts_at.removed")

		f.Lines(`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay","to":"Site:lyo","version":"0.9.0","activeVersion":"0.9.0"}`)
		require.Nil(t, drift(t, f, "lyo"), "nothing was rolled out there")
	})
}

// What a roll-out installs drifts no more, also where it was there before.
func TestARollOutEndsADrift_L3(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(deployed...)
		f.Lines(
			`{"node":"Release","key":"Q","releaseVersion":"1.0.0","type":"MAJOR","category":"DELTA","status":"CLOSED"}`,
			`{"node":"Deployment","key":"E","name":"E","status":"CLOSED","startedAt":"2025-01-03T00:00:00Z"}`, `{"edge":"DEPLOYS","from":"Deployment:E","to":"Release:Q"}`,
			`{"node":"Wave","key":"E-1","name":"All","ordinal":1,"status":"SUCCEEDED"}`, `{"edge":"HAS_WAVE","from":"Deployment:E","to":"Wave:E-1"}`,
			`{"node":"SiteRollout","key":"E-lyo","name":"Lyon","status":"VERIFIED","installedAt":"2025-01-10T00:00:00Z"}`,
			`{"edge":"TARGETS","from":"Wave:E-1","to":"SiteRollout:E-lyo"}`, `{"edge":"TARGETS","from":"SiteRollout:E-lyo","to":"Site:lyo"}`,
			`{"edge":"RECEIVES","from":"SiteRollout:E-lyo","to":"ConfigurationItem:pay","action":"MODIFY","fromVersion":"0.9.0","toVersion":"1.0.0"}`,
		)
		reports := func(id string, status domain.SiteRolloutStatus) {
			kit := running.Report{Deployment: apptest.Key("D"), Site: apptest.Key("lyo"), Status: status, ReportID: id}
			_, err := f.Running.ReportSiteRollout(f.WithLoads(f.Ctx), kit, nil)
			require.NoError(t, err)
		}
		f.Lines(`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay","to":"Site:lyo","version":"2.0.0","activeVersion":"2.0.0"}`)
		require.Equal(t, domain.WrongVersion, drift(t, f, "lyo").Kind, "somebody was faster than the roll-out")
		reports("1", domain.SiteInstalled)
		require.Nil(t, drift(t, f, "lyo"))
		f.Lines(`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay","to":"Site:lyo","version":"1.0.0","activeVersion":"1.0.0"}`)
		require.Equal(t, domain.Regressed, drift(t, f, "lyo").Kind)
	})
}

// drift is what is noted of pay at a site, nil: nothing.
func drift(t *testing.T, f *apptest.Fixture, site string) *domain.Drift {
	item, at := entity.Meta(f.Read(domain.KindConfigurationItem, "pay")).ID, entity.Meta(f.Read(domain.KindSite, site)).ID
	key := store.EdgeKey{Rel: domain.RelDriftsAt, From: store.ID(item), To: store.ID(at)}
	edges, err := f.Store.EdgesBetween(f.Ctx, key)
	require.NoError(t, err)
	e, there := edges[key]
	if !there {
		return nil
	}
	return entity.RelationshipsNamed(domain.RelDriftsAt)[0].DecodeLink(e.Props).(*domain.Drift)
}

// told are the types of the events since a revision.
func told(t *testing.T, f *apptest.Fixture, since int64) (types []string) {
	changes, err := f.Store.Changes(f.Ctx, store.Revision(since), 10)
	require.NoError(t, err)
	for _, c := range changes {
		for i := range c.Effects {
			types = append(types, happening.TypeOf(&c.Effects[i]))
		}
	}
	return types
}
