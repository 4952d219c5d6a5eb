package outage_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/outage"
	"releasegraph/internal/domain"
)

func at(minute int) time.Time { return time.Date(2026, 1, 10, 20, minute, 0, 0, time.UTC) }

// The minutes that a deployment takes from services count against the agreements that are
// at stake when they are recorded, each minute once.
func TestMinutesOfServiceLostCountAgainstAgreements_D11(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(
			`{"node":"Site","key":"par","name":"Paris"}`, `{"node":"Site","key":"lyo","name":"Lyon"}`,
			`{"node":"ConfigurationItem","key":"shop","name":"shop","class":"SERVICE"}`, `{"node":"ConfigurationItem","key":"mail","name":"mail","class":"SERVICE"}`,
			`{"node":"ConfigurationItem","key":"db","name":"db","class":"DATABASE"}`,
			`{"node":"ConfigurationItem","key":"gold","name":"gold","class":"SERVICE_LEVEL_AGREEMENT"}`, `{"node":"ConfigurationItem","key":"old","name":"old","class":"SERVICE_LEVEL_AGREEMENT","status":"WITHDRAWN"}`,
			`{"node":"ConfigurationItem","key":"silver","name":"silver","class":"SERVICE_LEVEL_AGREEMENT"}`,
			`{"edge":"DEPENDS_ON","from":"ConfigurationItem:gold","to":"ConfigurationItem:shop","kind":"USES"}`,
			`{"edge":"DEPENDS_ON","from":"ConfigurationItem:old","to":"ConfigurationItem:shop","kind":"USES"}`,
			`{"edge":"DEPENDS_ON","from":"ConfigurationItem:mail","to":"ConfigurationItem:gold","kind":"USES"}`,
			`{"edge":"DEPENDS_ON","from":"ConfigurationItem:mail","to":"ConfigurationItem:silver","kind":"USES"}`,
			`{"node":"Release","key":"R","releaseVersion":"1.1.0","type":"MINOR","category":"DELTA","status":"DEPLOYING"}`,
			`{"node":"Deployment","key":"D","name":"D","status":"RUNNING","startedAt":"2026-01-10T20:00:00Z"}`, `{"edge":"DEPLOYS","from":"Deployment:D","to":"Release:R"}`,
			`{"node":"Wave","key":"D-1","name":"All","ordinal":1,"status":"RUNNING"}`, `{"edge":"HAS_WAVE","from":"Deployment:D","to":"Wave:D-1"}`,
			`{"node":"SiteRollout","key":"D-par","name":"Paris","status":"PENDING"}`,
			`{"edge":"TARGETS","from":"Wave:D-1","to":"SiteRollout:D-par"}`, `{"edge":"TARGETS","from":"SiteRollout:D-par","to":"Site:par"}`,
			`{"edge":"INSTALLED_AT","from":"ConfigurationItem:shop","to":"Site:par","version":"1.0.0"}`,
			`{"node":"Deployment","key":"P","name":"P"}`, `{"edge":"DEPLOYS","from":"Deployment:P","to":"Release:R"}`,
		)
		manager := domain.Actor{Name: "dora", Roles: []domain.Role{domain.DeploymentManager}}
		paris := domain.Actor{Name: "otto", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"par"}}
		lost := func(who domain.Actor, service, site string, from, to int) error {
			in := outage.Record{Deployment: apptest.Key("D"), Service: apptest.Key(service), StartedAt: at(from), EndedAt: at(to)}
			if site != "" {
				ref := apptest.Key(site)
				in.Site = &ref
			}
			_, err := f.Outages.RecordOutage(acting.WithActor(f.WithLoads(context.Background()), who), in, nil)
			return err
		}
		require.NoError(t, lost(manager, "shop", "", 5, 15))
		require.NoError(t, lost(manager, "mail", "", 10, 20))
		require.NoError(t, lost(paris, "shop", "par", 30, 33))
		for field, err := range map[string]error{
			"input.service": lost(manager, "db", "", 5, 15), "input.endedAt": lost(manager, "shop", "", 15, 5), "input.startedAt": lost(manager, "shop", "", -5, 5),
		} {
			apptest.Refused(t, err, domain.RuleViolation, field)
		}
		apptest.Refused(t, lost(paris, "shop", "", 5, 15), domain.Forbidden, "input.site")
		require.Error(t, lost(paris, "shop", "lyo", 5, 15))
		require.Error(t, lost(domain.Actor{Name: "vera", Roles: []domain.Role{domain.Viewer}}, "shop", "", 5, 15))
		_, err := f.Outages.RecordOutage(f.Ctx, outage.Record{Deployment: apptest.Key("P"), Service: apptest.Key("shop"), StartedAt: at(5), EndedAt: at(15)}, nil)
		apptest.Refused(t, err, domain.RuleViolation, "input.deployment")

		f.Lines(`{"node":"ConfigurationItem","key":"gold","name":"gold","class":"SERVICE_LEVEL_AGREEMENT","status":"WITHDRAWN"}`)
		tells, err := f.Outages.OfDeployment(f.WithLoads(f.Ctx), f.Read(domain.KindDeployment, "D").(*domain.Deployment))
		require.NoError(t, err)
		require.Equal(t, 18, tells.Minutes(), "from 5 to 20, and from 30 to 33")
		against := map[string]int{}
		for _, one := range tells.Agreements {
			against[one.Agreement.Key] = one.Minutes()
		}
		require.Equal(t, map[string]int{"gold": 18, "silver": 10}, against, "as they were at stake when that was recorded")
	})
}
