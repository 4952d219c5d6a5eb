package change

import (
	"context"
	"strings"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
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
// analysis finds: it stays so when the impact is computed anew (I10). What the
// request itself affects cannot be left out.
func (a *Area) ExcludeFromImpact(ctx context.Context, in Exclude, o *domain.WriteOptions) (*estate.Written, error) {
	e := exclusion{verb: "exclude", in: in, wrong: in.checkReason()}
	return a.exclusion(ctx, e, o, func(d *estate.Draft, key store.EdgeKey) error {
		if err := a.refuseAffected(ctx, d, key); err != nil {
			return err
		}
		link := &domain.Exclusion{Reason: in.Reason, By: acting.Name(ctx), Since: a.estate.Clock()}
		props := entity.RelationshipsNamed(domain.RelExcludes)[0].EncodeLink(link)
		entity.SetSource(props, domain.SourceAPI)
		d.Ops = append(d.Ops, store.PutEdge{EdgeKey: key, Props: props})
		return nil
	})
}

func (e *Exclude) checkReason() error {
	if strings.TrimSpace(e.Reason) == "" {
		return &domain.Error{Code: domain.RuleViolation, Rule: "I10", Field: "input.reason", Message: "is missing: say why it is not impacted"}
	}
	if err := domain.CheckText(e.Reason, domain.MaxText); err != nil {
		return refusal.Wrong("input.reason", "%s", err)
	}
	return nil
}

// refuseAffected refuses to leave out what a request affects itself: the
// analysis begins there. A guard holds that it does not.
func (a *Area) refuseAffected(ctx context.Context, d *estate.Draft, excludes store.EdgeKey) error {
	affects := store.EdgeKey{Rel: domain.RelAffects, From: excludes.From, To: excludes.To}
	edges, err := a.estate.Entire.EdgesBetween(ctx, affects)
	if err != nil {
		return refusal.OfStore(err)
	}
	if _, affected := edges[affects]; affected {
		return &domain.Error{
			Code: domain.RuleViolation, Rule: "I10", Field: "input.item",
			Message: "is what the request itself affects, and so where its impact begins: disconnectAffectedItem takes it out of the request",
		}
	}
	d.Guards = append(d.Guards, store.EdgeAt{EdgeKey: affects})
	return nil
}

// IncludeInImpact takes an exclusion back.
func (a *Area) IncludeInImpact(ctx context.Context, ref, item domain.Ref, o *domain.WriteOptions) (*estate.Written, error) {
	e := exclusion{verb: "include", in: Exclude{Ref: ref, Item: item}}
	return a.exclusion(ctx, e, o, func(d *estate.Draft, key store.EdgeKey) error {
		edges, err := a.estate.Entire.EdgesBetween(ctx, key)
		if err != nil {
			return refusal.OfStore(err)
		}
		if _, ok := edges[key]; !ok {
			return &domain.Error{Code: domain.NotFound, Field: "input.item", Message: "is not excluded"}
		}
		d.Ops = append(d.Ops, store.RemoveEdge{EdgeKey: key})
		return nil
	})
}

// exclusion is what is asked about one exclusion, and what is wrong with it.
type exclusion struct {
	verb  string
	in    Exclude
	wrong error
}

// exclusion writes one exclusion, as long as the request is under review.
func (a *Area) exclusion(ctx context.Context, e exclusion, o *domain.WriteOptions, do func(*estate.Draft, store.EdgeKey) error) (*estate.Written, error) {
	m := estate.Mutation{Action: authz.Assess, Kind: domain.KindChangeRequest, Options: o, Input: []any{e.verb, e.in}}
	return a.estate.Mutate(ctx, m, func(*entity.Kind) (*estate.Draft, entity.Record, error) {
		before, requestErr := a.reviewedRequest(ctx, authz.Assess, e.in.Ref, nil)
		item, itemErr := estate.One[*domain.ConfigurationItem](ctx, a.estate.Today(ctx), e.in.Item, "input.item")
		if err := refusal.Both(requestErr, itemErr, e.wrong); err != nil {
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
		d := draftOf(f, before)
		d.Known = append(d.Known, item)
		key := store.EdgeKey{Rel: domain.RelExcludes, From: store.ID(before.ID), To: store.ID(item.ID)}
		return d, after, do(d, key)
	})
}
