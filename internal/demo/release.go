package demo

import (
	"context"

	"releasegraph/internal/app"
	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/advice"
	"releasegraph/internal/app/audit"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/policy"
	"releasegraph/internal/app/stock"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	plan "releasegraph/internal/plan/audit"
)

// prepare has the shop's policy put in force and written anew, one release of the
// shop handed to acceptance, and hardware kept for the next.
func prepare(ctx context.Context, a *app.App) error {
	as := func(name string, role domain.Role) context.Context {
		return acting.WithActor(ctx, domain.Actor{Name: name, Roles: []domain.Role{role}})
	}
	rules, next, reason := ref("shop-releases"), ref("SHOP-5.15.0"), "Agreed at the planning meeting."
	verb := domain.Verb{Ref: next, Reason: &reason}
	for _, step := range []func() (*estate.Written, error){
		func() (*estate.Written, error) {
			return a.Policies.PutPolicyInForce(as("amelie", domain.ChangeManager), domain.Verb{Ref: rules}, nil)
		},
		func() (*estate.Written, error) {
			return a.Policies.ReviseReleasePolicy(as("marta", domain.ReleaseManager), policy.RevisePolicy{Ref: rules}, nil)
		},
		func() (*estate.Written, error) {
			return a.Releases.StartBuild(as("marta", domain.ReleaseManager), verb, nil)
		},
		func() (*estate.Written, error) {
			return a.Releases.SubmitForAcceptance(as("bruno", domain.BuildManager), verb, nil)
		},
		func() (*estate.Written, error) {
			kept := stock.Reserve{Ref: ref("DHS-0417"), Release: ref("SHOP-5.16.0"), Quantity: 1}
			return a.Stock.ReserveSpares(as("olaf", domain.OperationsManager), kept, nil)
		},
		func() (*estate.Written, error) {
			said := "After the sales, not before."
			return a.Advice.RecommendRelease(as("priya", domain.CABMember), advice.Recommend{Release: ref("SHOP-5.16.0"), Board: ref("CAB"), Recommended: true, Comment: &said}, nil)
		},
		func() (*estate.Written, error) {
			return a.Audits.AuditSite(as("olaf", domain.OperationsManager), audit.Report{Site: ref("par-2"), Moment: domain.AuditSpot, Found: foundAtParis}, nil)
		},
	} {
		if _, err := step(); err != nil {
			return err
		}
	}
	return nil
}

// foundAtParis is what stands in the second warehouse of Paris: scanners in another
// version than is known, and something that nobody knows.
var foundAtParis = []plan.Found{
	{Item: "rtr-par-2"}, {Item: "srv-par-2-edge"}, {Item: "wms", Version: optional.Text("10.2")},
	{Item: "scanners-par-2", Version: optional.Text("4.3")}, {Item: "printer-par-2-attic"},
}

func ref(key string) domain.Ref { return domain.Ref{Key: &key} }
