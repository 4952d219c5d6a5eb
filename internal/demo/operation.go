package demo

import (
	"context"
	"time"

	"releasegraph/internal/app"
	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/effectiveness"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/exposure"
	"releasegraph/internal/app/outage"
	"releasegraph/internal/app/running"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
)

// operate has the app shown to a share of its users that grows, tells of the last release of
// the tills what service it took away and how well it went, and that one shop fell behind it.
func operate(ctx context.Context, a *app.App) error {
	as := func(name string, role domain.Role, sites ...string) context.Context {
		return acting.WithActor(ctx, domain.Actor{Name: name, Roles: []domain.Role{role}, Sites: sites})
	}
	tills, shown := ref("POS-12.4.0"), "APP-8.2.0-rollout"
	lost := func(service string, site *domain.Ref, from, to time.Time, why string) func() (*estate.Written, error) {
		return func() (*estate.Written, error) {
			in := outage.Record{Deployment: ref("POS-12.4.0-rollout"), Service: ref(service), Site: site, StartedAt: from, EndedAt: to, Comment: &why}
			return a.Outages.RecordOutage(as("olaf", domain.OperationsManager), in, nil)
		}
	}
	berlin, london, pilot := ref("ber-1"), ref("lon-1"), time.Date(2026, 1, 20, 20, 0, 0, 0, time.UTC)
	for _, step := range []func() (*estate.Written, error){
		lost("store-checkout", &berlin, pilot.Add(5*time.Minute), pilot.Add(17*time.Minute), "The tills asked for a new certificate."),
		lost("order-fulfilment", nil, pilot.Add(70*time.Minute), pilot.Add(76*time.Minute), "Stock was counted twice, and corrected."),
		func() (*estate.Written, error) {
			return a.Effectiveness.ReviewRelease(as("nadia", domain.SupportManager), effectiveness.Review{Release: tills, Verdict: domain.Effective}, nil)
		},
		func() (*estate.Written, error) {
			said := effectiveness.Review{Release: tills, Site: &london, Verdict: domain.PartlyEffective, Comment: optional.Text("Receipts by mail are liked; vouchers were wrong by a cent.")}
			return a.Effectiveness.ReviewRelease(as("lena", domain.SiteOperator, "lon-1"), said, nil)
		},
		func() (*estate.Written, error) {
			plan := exposure.Plan{Release: ref("APP-8.2.0"), Key: &shown, Shares: []int{5, 25, 100}, Soak: optional.Text("P2D")}
			return a.Exposures.PlanExposure(as("marta", domain.ReleaseManager), plan, nil)
		},
	} {
		if _, err := step(); err != nil {
			return err
		}
	}
	if _, err := a.Running.StartDeployment(as("marta", domain.ReleaseManager), running.DeploymentVerb{Deployment: ref(shown)}, nil); err != nil {
		return err
	}
	// Sydney has the version from before the last release that came there: it drifts.
	before := map[string]any{"version": "12.4.0", "activeVersion": "12.4.0", "since": "2026-11-12T20:00:00Z"}
	_, err := a.Records.Connect(as("carla", domain.ConfigurationManager), domain.RelInstalledAt, ref("pos-client"), ref("syd-1"), before, nil)
	return err
}
