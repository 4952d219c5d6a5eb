package closing

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// dropPlanned aborts the planned deployments of releases whose content is open again:
// they were planned for another (R6).
func (a rules) dropPlanned(ctx context.Context, p *estate.Proposal) error {
	var reopened []store.ID
	for _, m := range moves(p) {
		if m.now.Status == domain.ReleasePlanned {
			reopened = append(reopened, store.ID(m.now.ID))
		}
	}
	deployments, err := estate.Linked[*domain.Deployment](ctx, a.estate.Everything(), reopened, domain.RelDeploys, store.In)
	if err != nil {
		return err
	}
	for _, m := range moves(p) {
		for _, d := range deployments[store.ID(m.now.ID)] {
			if d.Status != domain.DeploymentPlanned {
				continue
			}
			if err := p.Decide(d, func(r entity.Record) { r.(*domain.Deployment).Drop(m.now.Key+" is planned anew", p.Now()) }); err != nil {
				return err
			}
		}
	}
	return nil
}
