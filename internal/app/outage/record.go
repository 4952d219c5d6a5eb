package outage

import (
	"context"
	"fmt"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/impact"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Record is a time in which a deployment took a service away.
type Record struct {
	Deployment domain.Ref
	Service    domain.Ref
	Site       *domain.Ref
	StartedAt  time.Time
	EndedAt    time.Time
	Comment    *string
}

// RecordOutage keeps how long a deployment took a service away, against the agreements
// that are at stake now: those that a dependency, of either direction, joins to the service
// (D11).
func (a *Area) RecordOutage(ctx context.Context, in Record, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: recordsOutage, Kind: domain.KindDeployment, Options: o.Because(in.Comment), Input: []any{"recordOutage", in}}
	return a.estate.Mutate(ctx, m, func(*entity.Kind) (*estate.Draft, entity.Record, error) {
		found, err := a.estate.Target(ctx, recordsOutage, entity.KindNamed(domain.KindDeployment), in.Deployment, "input.deployment")
		if err != nil {
			return nil, nil, err
		}
		d := found.(*domain.Deployment)
		service, err := a.service(ctx, in)
		if err != nil {
			return nil, nil, err
		}
		es := d.CheckOutage(domain.TimeRange{From: in.StartedAt, To: in.EndedAt}, a.estate.Clock()).Under("input")
		if service.Class != domain.Service {
			es = append(es, domain.Breaks("D11", "input.service", "is of class %s: what is lost is a SERVICE", service.Class))
		}
		if err := es.Err(); err != nil {
			return nil, nil, err
		}
		site, err := a.site(ctx, in)
		if err != nil {
			return nil, nil, err
		}
		return a.record(ctx, in, d, service, site)
	})
}

func (a *Area) service(ctx context.Context, in Record) (*domain.ConfigurationItem, error) {
	found, err := a.estate.Existing(ctx, entity.KindNamed(domain.KindConfigurationItem), in.Service, "input.service")
	if err != nil {
		return nil, err
	}
	return found.(*domain.ConfigurationItem), nil
}

// site is where the service was lost, nil: everywhere. Who operates sites says so of their
// own alone.
func (a *Area) site(ctx context.Context, in Record) (*domain.Site, error) {
	actor := acting.Actor(ctx)
	everywhere := actor.Has(domain.Admin) || actor.Has(domain.DeploymentManager) || actor.Has(domain.ReleaseManager) || actor.Has(domain.OperationsManager) || actor.Has(domain.SupportManager)
	denied := func(of string) error {
		return &domain.Error{Code: domain.Forbidden, Rule: "D11", Field: "input.site", Message: fmt.Sprintf("%s records no outage %s: a SITE_OPERATOR does so for their own sites", actor.Name, of)}
	}
	if in.Site == nil {
		if !everywhere {
			return nil, denied("that was everywhere")
		}
		return nil, nil
	}
	found, err := a.estate.Existing(ctx, entity.KindNamed(domain.KindSite), *in.Site, "input.site")
	if err != nil {
		return nil, err
	}
	site := found.(*domain.Site)
	if !everywhere && domain.CheckAnswersForSite(actor, site) != "" {
		return nil, denied("of " + site.Key)
	}
	return site, nil
}

func (a *Area) record(ctx context.Context, in Record, d *domain.Deployment, service *domain.ConfigurationItem, site *domain.Site) (*estate.Draft, entity.Record, error) {
	counts, err := a.estate.Entire.CountEdges(ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(d.ID)}, Rel: domain.RelLostBy, Direction: store.In})
	if err != nil {
		return nil, nil, refusal.OfStore(err)
	}
	key, err := a.records.FreeKey(ctx, domain.KindOutage, d.Key, "outage", int(counts[0])+1)
	if err != nil {
		return nil, nil, err
	}
	agreements, err := impact.AgreementsOf(ctx, a.estate.Everything(), store.ID(service.ID))
	if err != nil {
		return nil, nil, err
	}
	lost := &domain.Outage{StartedAt: in.StartedAt, EndedAt: in.EndedAt, Comment: in.Comment, RecordedBy: acting.Name(ctx), RecordedAt: a.estate.Clock()}
	lost.Key, lost.Name, lost.Sources = key, service.Key+" lost by "+d.Key, domain.BroughtBy(domain.SourceAPI)
	if es := lost.Check(); len(es) > 0 {
		return nil, nil, es.Under("input").Err()
	}
	draft, _ := a.estate.Creating(lost)
	draft.Known = append(draft.Known, d, service)
	draft.Hold(d, service)
	draft.Join(domain.RelLostBy, lost, store.ID(d.ID))
	draft.Join(domain.RelLostService, lost, store.ID(service.ID))
	if site != nil {
		draft.Known = append(draft.Known, site)
		draft.Hold(site)
		draft.Join(domain.RelLostAt, lost, store.ID(site.ID))
	}
	for _, agreement := range agreements {
		draft.Join(domain.RelCountsAgainst, lost, agreement.ID)
	}
	return draft, lost, nil
}
