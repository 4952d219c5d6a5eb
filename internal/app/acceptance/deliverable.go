package acceptance

import (
	"context"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/store"
)

// ApproveDeliverable approves a deliverable whose bytes are known. Who wrote it does
// not (R8, R23).
func (a *Area) ApproveDeliverable(ctx context.Context, in domain.Verb, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: approve, Kind: domain.KindDeliverable, Options: o.Because(in.Reason), Input: []any{"approve", domain.KindDeliverable, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		if err := acting.InPerson(ctx); err != nil {
			return nil, nil, err
		}
		found, err := a.estate.Seen(ctx, approve, k, in.Ref, in.IfVersion)
		if err != nil {
			return nil, nil, err
		}
		before := found.(*domain.Deliverable)
		id := store.ID(before.ID)
		stored, err := estate.Linked[*domain.MediaItem](ctx, a.estate.Everything(), []store.ID{id}, domain.RelStoredAs, store.Out)
		if err != nil {
			return nil, nil, err
		}
		one := &delivered{before, optional.First(stored[id])}
		if es := before.CheckApprove(one.digest(), acting.Doer(ctx)); len(es) > 0 {
			return nil, nil, es.Under("input").Err()
		}
		after := entity.Clone(before).(*domain.Deliverable)
		after.Approve(acting.Name(ctx), a.estate.Clock())
		d := &estate.Draft{}
		d.Decide(before, after)
		if one.stored != nil {
			d.Hold(one.stored)
		}
		return d, after, nil
	})
}

// Defect is a defect of a release to accept.
type Defect struct {
	Release     domain.Ref
	Key         string
	Name        *string
	Symptoms    string
	Workaround  string
	Cause       *string
	Description *string
}

// AcceptDefect accepts a defect of a release in acceptance, as a known error that it
// introduces (R8): a draft until the release goes live (D8). Signatures fall: what
// was signed is another content now.
func (a *Area) AcceptDefect(ctx context.Context, in Defect, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: deliver, Kind: domain.KindKnownError, Options: o, Input: []any{"accept", domain.KindKnownError, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		found, err := a.estate.Existing(ctx, entity.KindNamed(domain.KindRelease), in.Release, "input.release")
		if err != nil {
			return nil, nil, err
		}
		r := found.(*domain.Release)
		var es domain.Errors
		if r.Status != domain.ReleaseInAcceptance {
			es = append(es, domain.Breaks("R8", "input.release", "%s is %s: defects are accepted in acceptance", r.Key, r.Status))
		}
		for _, text := range []struct {
			field string
			value *string
		}{{"input.symptoms", &in.Symptoms}, {"input.workaround", &in.Workaround}} {
			if !said(text.value) {
				es = append(es, domain.Breaks("R8", text.field, "must not be blank: an accepted defect has symptoms and a workaround"))
			}
		}
		values := map[string]any{"key": in.Key, "name": optional.Or(in.Name, in.Key), "symptoms": in.Symptoms, "workaround": in.Workaround}
		for field, text := range map[string]*string{"cause": in.Cause, "description": in.Description} {
			if text != nil {
				values[field] = *text
			}
		}
		made, err := k.New(values, "input")
		if err := refusal.Both(es.Err(), err); err != nil {
			return nil, nil, err
		}
		d, _ := a.estate.Creating(made)
		d.Known = append(d.Known, r)
		d.Hold(r)
		d.Join(domain.RelIntroducedBy, made, store.ID(r.ID))
		return d, made, nil
	})
}
