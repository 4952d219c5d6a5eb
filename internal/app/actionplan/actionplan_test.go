package actionplan_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/actionplan"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/planning"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
)

// estate is a till and its database at a site in Lyon, with all that its action plan tells.
func estate() []string {
	return []string{
		`{"node":"Site","key":"lyo 1","name":"Lyon <1>","region":"emea","ring":"GENERAL","timeZone":"Europe/Paris","language":"fr-FR","users":9}`,
		`{"node":"Party","key":"db-team","name":"Database team","type":"TEAM"}`,
		`{"node":"ConfigurationItem","key":"till","name":"Till","class":"APPLICATION","status":"LIVE","environment":"LIVE"}`,
		`{"node":"ConfigurationItem","key":"db","name":"Till database","class":"DATABASE","status":"LIVE","environment":"LIVE"}`,
		`{"node":"ConfigurationItem","key":"fax","name":"Fax | old","class":"APPLICATION","status":"LIVE","environment":"LIVE"}`,
		`{"edge":"DEPENDS_ON","from":"ConfigurationItem:till","to":"ConfigurationItem:db","kind":"USES","impact":"FULL"}`,
		`{"edge":"SUPPORTED_BY","from":"ConfigurationItem:db","to":"Party:db-team"}`,
		`{"node":"Licence","key":"db-lic","name":"Database licence","publisher":"acme","seats":40}`,
		`{"edge":"LICENSED_BY","from":"ConfigurationItem:db","to":"Licence:db-lic"}`,
		`{"node":"HardwareSpare","key":"disk","name":"Spare disk","model":"D1","quantity":3}`,
		`{"node":"HardwareSpare","key":"other","name":"Another disk","model":"D2","quantity":3}`,
		`{"edge":"SPARE_FOR","from":"HardwareSpare:disk","to":"ConfigurationItem:db"}`, `{"edge":"SPARE_FOR","from":"HardwareSpare:other","to":"ConfigurationItem:db"}`,
		`{"node":"Release","key":"REL-1","name":"Tills","releaseVersion":"2.0.0","type":"MAJOR","category":"DELTA","status":"ACCEPTED","manualSteps":["Press the <red> button"]}`,
		`{"edge":"RESERVED_FOR","from":"HardwareSpare:disk","to":"Release:REL-1","quantity":1}`,
		`{"edge":"INSTALLED_AT","from":"ConfigurationItem:till","to":"Site:lyo 1","version":"1.0.0","activeVersion":"1.0.0"}`,
		`{"edge":"INSTALLED_AT","from":"ConfigurationItem:db","to":"Site:lyo 1","version":"1.0.0","activeVersion":"1.0.0"}`,
		`{"edge":"INSTALLED_AT","from":"ConfigurationItem:fax","to":"Site:lyo 1","version":"1.0.0","activeVersion":"1.0.0"}`,
		`{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:till","action":"MODIFY","fromVersion":"1.0.0","toVersion":"2.0.0","coexists":true}`,
		`{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:db","action":"MODIFY","fromVersion":"1.0.0","toVersion":"2.0.0","coexists":true}`,
		`{"edge":"CHANGES","from":"Release:REL-1","to":"ConfigurationItem:fax","action":"REMOVE","fromVersion":"1.0.0","coexists":true}`,
		`{"node":"ChangeRequest","key":"C-1","name":"C-1","type":"NORMAL","status":"IN_RELEASE","backOutKind":"FULL","backOutPlan":"Restore the dump"}`,
		`{"edge":"AFFECTS","from":"ChangeRequest:C-1","to":"ConfigurationItem:db"}`, `{"edge":"IMPLEMENTS","from":"Release:REL-1","to":"ChangeRequest:C-1"}`,
	}
}

// planned is the roll-out to the site, in the night in which Paris skips an hour.
func planned(f *apptest.Fixture, in planning.Plan) *domain.SiteRollout {
	f.T.Helper()
	f.Brings(estate()...)
	begins := time.Date(2027, 3, 28, 0, 30, 0, 0, time.UTC)
	in.Release, in.NotBefore, in.WorkDuration = apptest.Key("REL-1"), &begins, apptest.Some("PT2H")
	ctx := f.WithLoads(f.Ctx)
	got, err := f.Planning.PlanDeployment(ctx, in, nil)
	require.NoError(f.T, err)
	require.NotNil(f.T, got.Deployment, "%+v", got.Violations)
	waves, err := f.Rollouts.Waves(ctx, got.Deployment)
	require.NoError(f.T, err)
	sites, err := f.Planning.Sites(ctx, waves[0])
	require.NoError(f.T, err)
	return sites[0]
}

func steps(p *actionplan.Plan) (list []string) {
	for _, s := range p.Steps {
		party := "site"
		if s.Party != nil {
			party = s.Party.Key
		}
		list = append(list, fmt.Sprintf("%s %s %s %s", optional.Or(s.Local, "-"), optional.Or(s.Duration, "-"), s.Text, party))
	}
	return list
}

// The work at a site is told in its language and by its clocks, with who does it, and how
// it is undone.
func TestASiteIsToldWhatIsDoneThere_P12(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		s := planned(f, planning.Plan{})
		p, err := f.ActionPlans.ActionPlan(f.WithLoads(f.Ctx), s, nil)
		require.NoError(t, err)
		require.Equal(t, "fr Europe/Paris", p.Language+" "+p.TimeZone)
		p, err = f.ActionPlans.ActionPlan(f.WithLoads(f.Ctx), s, apptest.Some("en-GB"))
		require.NoError(t, err)
		require.Equal(t, []string{
			"2027-03-28T01:30 PT8M Check that the site is ready: nobody is at work, space and power are there, the kit has arrived and has the checksum that was announced site",
			"2027-03-28T01:38 PT4M Audit what is installed, and note what differs site",
			"2027-03-28T01:42 PT8M Save Fax | old 1.0.0 so that it can be put back site",
			"2027-03-28T01:50 PT8M Save Till database 1.0.0 so that it can be put back db-team",
			"2027-03-28T01:58 PT9M Save Till 1.0.0 so that it can be put back site",
			"2027-03-28T03:07 PT8M Remove Fax | old 1.0.0 site",
			"2027-03-28T03:15 PT17M Install Till database 2.0.0 in place of 1.0.0 db-team",
			"2027-03-28T03:32 PT16M Install Till 2.0.0 in place of 1.0.0 site",
			"2027-03-28T03:48 PT8M Press the <red> button site",
			"2027-03-28T03:56 PT17M Migrate the data of Till database from 1.0.0 to 2.0.0 db-team",
			"2027-03-28T04:13 PT4M Activate what was installed site",
			"2027-03-28T04:17 PT8M Verify that everything works, with somebody who uses it site",
			"2027-03-28T04:25 PT5M Audit what is installed now, and report it site",
		}, steps(p))
		var back []string
		for _, u := range p.WayBack {
			back = append(back, string(u.Does)+" "+u.Item().Key+" "+u.Text)
		}
		require.Equal(t, []string{"PUT_BACK till put till back", "UNDO db Restore the dump", "PUT_BACK fax put fax back"}, back)
		require.Len(t, p.Spares, 1)
		require.Equal(t, "disk", p.Spares[0].Key)
		require.Equal(t, "db-lic", p.Licences[0].Key)
	})
}

// The sheet escapes what records say, is in the language of the site, and leads to its
// report form.
func TestTheActionPlanIsPrinted_P12(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		p, err := f.ActionPlans.ActionPlan(f.WithLoads(f.Ctx), planned(f, planning.Plan{}), nil)
		require.NoError(t, err)
		address := apptest.Some("https://releases.example.org/console")
		const form = "https://releases.example.org/console/my/lyo%201?deployment=REL-1%2Fdeployment-1"
		text, err := p.Markdown(address)
		require.NoError(t, err)
		require.Contains(t, text, "# Tills 2.0.0 à Lyon &lt;1>")
		require.Contains(t, text, `dimanche 28 mars 2027 01:30 CET`)
		require.Contains(t, text, `Retirer Fax \| old 1.0.0`)
		require.Contains(t, text, "03:15 CEST")
		require.Contains(t, text, "2. ☐ Restore the dump\n")
		require.Contains(t, text, "](<"+form+">)")
		html, err := p.HTML(address)
		require.NoError(t, err)
		require.Contains(t, html, `<html lang="fr">`)
		require.Contains(t, html, "Press the &lt;red&gt; button")
		require.Contains(t, html, `href="`+form+`"`)
		require.Contains(t, html, "<svg")
		require.Contains(t, html, "Pièces réservées")
		html, err = p.HTML(nil)
		require.NoError(t, err)
		require.NotContains(t, html, "<svg")
		for _, wrong := range []string{"javascript:alert(1)", "example.org", "https://", "https://a:b@example.org"} {
			_, err = p.HTML(&wrong)
			require.ErrorContains(t, err, "address", wrong)
		}
	})
}

// With a common activation the site waits for its instant.
func TestACommonActivationIsToldToTheSite_P8_P12(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		at := time.Date(2027, 4, 1, 4, 0, 0, 0, time.UTC)
		s := planned(f, planning.Plan{Activation: apptest.Some(domain.Scheduled), ActivateAt: &at})
		p, err := f.ActionPlans.ActionPlan(f.WithLoads(f.Ctx), s, apptest.Some("de"))
		require.NoError(t, err)
		list := steps(p)
		require.Equal(t, []string{
			"2027-04-01T06:00 - Nichts zu tun: Alles beginnt überall zu diesem Zeitpunkt zu laufen site",
			"- - Prüfen, ob alles funktioniert, mit jemandem, der damit arbeitet site",
		}, list[len(list)-3:len(list)-1])
	})
}
