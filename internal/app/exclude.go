package app

import (
	"context"
	"strings"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Exclude says that an item is not impacted by a request, and why (I10).
type Exclude struct {
	Ref    domain.Ref
	Item   domain.Ref
	Reason string
}

// ExcludeFromImpact marks an item as not impacted by a request, whatever the
// analysis finds: it stays so when the impact is computed anew (I10).
func (a *App) ExcludeFromImpact(ctx context.Context, in Exclude, o *domain.WriteOptions) (*Written, error) {
	return a.exclusion(ctx, "exclude", in, o, func(d *draft, key store.EdgeKey) error {
		if strings.TrimSpace(in.Reason) == "" {
			return &domain.Error{Code: domain.RuleViolation, Rule: "I10", Field: "input.reason", Message: "is missing: say why it is not impacted"}
		}
		if err := domain.CheckText(in.Reason, domain.MaxText); err != nil {
			return wrong("input.reason", "%s", err)
		}
		link := &domain.Exclusion{Reason: in.Reason, By: actorName(ctx), Since: a.clock()}
		props := entity.RelationshipsNamed(domain.RelExcludes)[0].EncodeLink(link)
		entity.SetSource(props, domain.SourceAPI)
		d.ops = append(d.ops, store.PutEdge{EdgeKey: key, Props: props})
		return nil
	})
}

// IncludeInImpact takes an exclusion back.
func (a *App) IncludeInImpact(ctx context.Context, ref, item domain.Ref, o *domain.WriteOptions) (*Written, error) {
	in := Exclude{Ref: ref, Item: item}
	return a.exclusion(ctx, "include", in, o, func(d *draft, key store.EdgeKey) error {
		edges, err := a.entire.EdgesBetween(ctx, key)
		if err != nil {
			return storeError(err)
		}
		if _, ok := edges[key]; !ok {
			return &domain.Error{Code: domain.NotFound, Field: "input.item", Message: "is not excluded"}
		}
		d.ops = append(d.ops, store.RemoveEdge{EdgeKey: key})
		return nil
	})
}

// exclusion writes one exclusion, as long as the request is under review.
func (a *App) exclusion(ctx context.Context, verb string, in Exclude, o *domain.WriteOptions, do func(*draft, store.EdgeKey) error) (*Written, error) {
	m := mutation{authz.Assess, domain.KindChangeRequest, o, []any{verb, in}}
	return a.mutate(ctx, m, func(*entity.Kind) (*draft, entity.Record, error) {
		before, requestErr := a.reviewedRequest(ctx, authz.Assess, in.Ref, nil)
		item, itemErr := a.existing(ctx, entity.KindNamed(domain.KindConfigurationItem), in.Item, "input.item")
		if err := both(requestErr, itemErr); err != nil {
			return nil, nil, err
		}
		if es := before.CheckContentOpen(); len(es) > 0 {
			es[0].Field = "input.ref"
			return nil, nil, es.Err()
		}
		after := entity.Clone(before).(*domain.ChangeRequest)
		after.ReviewCount++
		f := &changeFacts{ChangeFacts: domain.ChangeFacts{Request: after}}
		f.guard(before)
		d := a.draftOf(f, before)
		d.known = append(d.known, item)
		key := store.EdgeKey{Rel: domain.RelExcludes, From: store.ID(before.ID), To: store.ID(item.Meta().ID)}
		return d, after, do(d, key)
	})
}
