package calendar

import (
	"context"
	"fmt"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// RequestFreezeException asks that a freeze not hold one change.
func (a *Area) RequestFreezeException(ctx context.Context, in domain.NewException, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: authz.Create, Kind: domain.KindFreezeException, Options: o, Input: []any{"request", domain.KindFreezeException, in}}
	return a.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		var freeze, change store.Node
		r := &estate.Refs{View: a.Today(ctx)}
		r.Want(domain.KindFreeze, *in.Freeze, "input.freeze", &freeze)
		r.Want(domain.KindChangeRequest, *in.ChangeRequest, "input.changeRequest", &change)
		refErr := r.Resolve(ctx)
		values := in.Values()
		if in.Name == nil {
			values["name"] = fmt.Sprintf("%v despite %v", change.Props["key"], freeze.Props["key"])
		}
		record, newErr := k.New(values, "input")
		x := record.(*domain.FreezeException)
		if err := estate.Both(newErr, refErr, reasoned(x.Reason)); err != nil {
			return nil, nil, err
		}
		x.Sources = domain.BroughtBy(domain.SourceAPI)
		who := estate.Doer(ctx)
		x.RequestedBy, x.RequesterIdentities = &who.Name, who.Identities
		d, _ := a.Creating(x)
		d.Join(domain.RelExcepts, x, freeze.ID)
		d.Join(domain.RelExceptionFor, x, change.ID)
		return d, x, nil
	})
}

func reasoned(reason *string) error {
	if deref(reason) == "" {
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
	return a.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		if err := estate.InPerson(ctx); err != nil {
			return nil, nil, err
		}
		before, err := a.Existing(ctx, k, ref, "input.ref")
		if err != nil {
			return nil, nil, err
		}
		after := entity.Clone(before).(*domain.FreezeException)
		ends, err := a.exceptionEnds(ctx, after)
		if err != nil {
			return nil, nil, err
		}
		plan, guards, err := a.planOf(ctx, after)
		if err != nil {
			return nil, nil, err
		}
		change, err := a.exceptionFor(ctx, after)
		if err != nil {
			return nil, nil, err
		}
		decideErr := prefixed("input", after.Decide(verdict, ends, change, estate.Doer(ctx), a.Clock(), comment))
		if err := estate.Both(estate.CheckVersion(before, ifVersion), decideErr); err != nil {
			return nil, nil, err
		}
		if plan != nil && verdict == domain.GrantException {
			after.Plan(*plan)
		}
		d := &estate.Draft{Explain: a.ExplainTaken("input"), Guards: guards}
		d.Update(before, after)
		return d, after, nil
	})
}

// prefixed puts the fields of errors under a path.
func prefixed(path string, err error) error {
	list := domain.ErrorsOf(err)
	errs := make(domain.Errors, len(list))
	for i, e := range list {
		located := *e
		located.Field = estate.FieldAt(path, e.Field)
		errs[i] = &located
	}
	return errs.Err()
}

// exceptionFor is the change that an exception is for, nil when it names none.
func (a *Area) exceptionFor(ctx context.Context, x *domain.FreezeException) (*domain.ChangeRequest, error) {
	r := &estate.FactReader{Ctx: ctx, App: a.Estate, ID: store.ID(x.ID)}
	list := estate.Related[*domain.ChangeRequest](r, domain.RelExceptionFor, store.Out, domain.KindChangeRequest)
	return estate.OnlyOne(list), estate.StoreError(r.Err)
}

// exceptionEnds tells whether an exception names a freeze and a change.
func (a *Area) exceptionEnds(ctx context.Context, x *domain.FreezeException) (bool, error) {
	for _, rel := range []string{domain.RelExcepts, domain.RelExceptionFor} {
		counts, err := a.Entire.CountEdges(ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(x.ID)}, Rel: rel})
		if err != nil || counts[0] == 0 {
			return false, estate.StoreError(err)
		}
	}
	return true, nil
}

// ExceptionMoves tells what can be decided of an exception, and what each decision
// lacks.
func (a *Area) ExceptionMoves(ctx context.Context, x *domain.FreezeException) ([]domain.ExceptionMove, error) {
	ends, err := a.exceptionEnds(ctx, x)
	if err != nil {
		return nil, err
	}
	return domain.ExceptionLife.From(x.Status, domain.ExceptionFacts{Reason: x.Reason, Ends: ends}), nil
}
