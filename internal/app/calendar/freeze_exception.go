package calendar

import (
	"context"
	"fmt"
	"strings"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/store"
)

// RequestFreezeException asks that a freeze not hold one change.
func (a *Area) RequestFreezeException(ctx context.Context, in domain.NewException, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: authz.Create, Kind: domain.KindFreezeException, Options: o, Input: []any{"request", domain.KindFreezeException, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		var freeze, change store.Node
		r := &estate.Refs{View: a.estate.Today(ctx)}
		r.Want(domain.KindFreeze, *in.Freeze, "input.freeze", &freeze)
		r.Want(domain.KindChangeRequest, *in.ChangeRequest, "input.changeRequest", &change)
		refErr := r.Resolve(ctx)
		values := in.Values()
		if in.Name == nil {
			values["name"] = fmt.Sprintf("%v despite %v", change.Props["key"], freeze.Props["key"])
		}
		record, newErr := k.New(values, "input")
		x := record.(*domain.FreezeException)
		if err := refusal.Both(newErr, refErr, reasoned(x.Reason)); err != nil {
			return nil, nil, err
		}
		x.Sources = domain.BroughtBy(domain.SourceAPI)
		who := acting.Doer(ctx)
		x.RequestedBy, x.RequesterIdentities = &who.Name, who.Identities
		d, _ := a.estate.Creating(x)
		d.Join(domain.RelExcepts, x, freeze.ID)
		d.Join(domain.RelExceptionFor, x, change.ID)
		return d, x, nil
	})
}

func reasoned(reason *string) error {
	if strings.TrimSpace(optional.Or(reason, "")) == "" {
		return &domain.Error{
			Code: domain.RuleViolation, Rule: domain.RuleFreezeException, Field: "input.reason", Message: "must say why the change cannot wait",
		}
	}
	return nil
}

// DecideFreezeException grants or refuses an exception; a granted one releases
// its change from the freeze in the same change set.
func (a *Area) DecideFreezeException(ctx context.Context, ref domain.Ref, verdict domain.ExceptionVerdict, comment *string, ifVersion *int, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: authz.Move, Kind: domain.KindFreezeException, Options: o, Input: []any{"decide", domain.KindFreezeException, ref, verdict, comment, ifVersion}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		if err := acting.InPerson(ctx); err != nil {
			return nil, nil, err
		}
		before, err := a.estate.Existing(ctx, k, ref, "input.ref")
		if err != nil {
			return nil, nil, err
		}
		after := entity.Clone(before).(*domain.FreezeException)
		facts, err := a.exceptionFacts(ctx, after)
		if err != nil {
			return nil, nil, err
		}
		f := facts[0]
		decideErr := domain.ErrorsOf(after.Decide(verdict, f.ends, f.change, acting.Doer(ctx), a.estate.Clock(), comment)).Under("input").Err()
		if err := refusal.Both(refusal.Stale(before, ifVersion), decideErr); err != nil {
			return nil, nil, err
		}
		if f.change != nil && verdict == domain.GrantException {
			after.Plan(f.plan)
		}
		d := &estate.Draft{Explain: a.estate.ExplainTaken("input"), Guards: f.guards()}
		d.Update(before, after)
		return d, after, nil
	})
}
