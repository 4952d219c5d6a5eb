package app

import (
	"context"
	"fmt"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// RequestFreezeException asks that a freeze not hold one change.
func (a *App) RequestFreezeException(ctx context.Context, in domain.NewException, o *domain.WriteOptions) (*Written, error) {
	m := mutation{authz.Create, domain.KindFreezeException, o, []any{"request", domain.KindFreezeException, in}}
	return a.mutate(ctx, m, func(k *entity.Kind) (*draft, entity.Record, error) {
		var freeze, change store.Node
		r := &refs{view: a.today(ctx)}
		r.want(domain.KindFreeze, *in.Freeze, "input.freeze", &freeze)
		r.want(domain.KindChangeRequest, *in.ChangeRequest, "input.changeRequest", &change)
		refErr := r.resolve(ctx)
		values := in.Values()
		if in.Name == nil {
			values["name"] = fmt.Sprintf("%v despite %v", change.Props["key"], freeze.Props["key"])
		}
		record, newErr := k.New(values, "input")
		x := record.(*domain.FreezeException)
		if err := both(newErr, refErr, reasoned(x.Reason)); err != nil {
			return nil, nil, err
		}
		x.Sources = domain.BroughtBy(domain.SourceAPI)
		who := doer(ctx)
		x.RequestedBy, x.RequesterIdentities = &who.Name, who.Identities
		d, _ := a.creating(x)
		d.join(domain.RelExcepts, x, freeze.ID)
		d.join(domain.RelExceptionFor, x, change.ID)
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
func (a *App) DecideFreezeException(ctx context.Context, ref domain.Ref, verdict domain.ExceptionVerdict, comment *string, ifVersion *int, o *domain.WriteOptions) (*Written, error) {
	m := mutation{authz.Move, domain.KindFreezeException, o, []any{"decide", domain.KindFreezeException, ref, verdict, comment, ifVersion}}
	return a.mutate(ctx, m, func(k *entity.Kind) (*draft, entity.Record, error) {
		if err := inPerson(ctx); err != nil {
			return nil, nil, err
		}
		before, err := a.existing(ctx, k, ref, "input.ref")
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
		decideErr := prefixed("input", after.Decide(verdict, ends, change, doer(ctx), a.clock(), comment))
		if err := both(checkVersion(before, ifVersion), decideErr); err != nil {
			return nil, nil, err
		}
		if plan != nil && verdict == domain.GrantException {
			after.Plan(*plan)
		}
		d := &draft{explain: a.explainTaken("input"), guards: guards}
		d.update(before, after)
		return d, after, nil
	})
}

// prefixed puts the fields of errors under a path.
func prefixed(path string, err error) error {
	list := domain.ErrorsOf(err)
	errs := make(domain.Errors, len(list))
	for i, e := range list {
		located := *e
		located.Field = fieldAt(path, e.Field)
		errs[i] = &located
	}
	return errs.Err()
}

// exceptionFor is the change that an exception is for, nil when it names none.
func (a *App) exceptionFor(ctx context.Context, x *domain.FreezeException) (*domain.ChangeRequest, error) {
	r := &factReader{ctx: ctx, app: a, id: store.ID(x.ID)}
	list := related[*domain.ChangeRequest](r, domain.RelExceptionFor, store.Out, domain.KindChangeRequest)
	return only1(list), storeError(r.err)
}

// exceptionEnds tells whether an exception names a freeze and a change.
func (a *App) exceptionEnds(ctx context.Context, x *domain.FreezeException) (bool, error) {
	for _, rel := range []string{domain.RelExcepts, domain.RelExceptionFor} {
		counts, err := a.entire.CountEdges(ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(x.ID)}, Rel: rel})
		if err != nil || counts[0] == 0 {
			return false, storeError(err)
		}
	}
	return true, nil
}

// ExceptionMoves tells what can be decided of an exception, and what each decision
// lacks.
func (a *App) ExceptionMoves(ctx context.Context, x *domain.FreezeException) ([]domain.ExceptionMove, error) {
	ends, err := a.exceptionEnds(ctx, x)
	if err != nil {
		return nil, err
	}
	return domain.ExceptionLife.From(x.Status, domain.ExceptionFacts{Reason: x.Reason, Ends: ends}), nil
}
