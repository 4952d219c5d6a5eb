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
	k, err := a.allowedKind(ctx, authz.Create, domain.KindFreezeException)
	if err != nil {
		return nil, err
	}
	w, err := a.begin(ctx, o, "request", k.Name, in)
	if err != nil {
		return nil, err
	}
	if w.earlier != nil {
		return w.again(ctx, k, w.earlier)
	}
	r := &refs{view: a.today(ctx)}
	ends := make([]store.Node, 2)
	r.want(domain.KindFreeze, *in.Freeze, "input.freeze", &ends[0])
	r.want(domain.KindChangeRequest, *in.ChangeRequest, "input.changeRequest", &ends[1])
	refErr := r.resolve(ctx)
	values := in.Values()
	if in.Name == nil {
		values["name"] = fmt.Sprintf("%v despite %v", ends[1].Props["key"], ends[0].Props["key"])
	}
	record, newErr := k.New(values, "input")
	x := record.(*domain.FreezeException)
	if err := both(newErr, refErr, reasoned(x.Reason)); err != nil {
		return nil, err
	}
	x.ID, x.Sources = a.newID(), domain.BroughtBy(domain.SourceAPI)
	sign(ctx, x)
	return w.record(ctx, k, func() (*draft, entity.Record, error) {
		d := &draft{
			ops:     []store.Op{store.CreateNode{ID: store.ID(x.ID), Kind: k.Name, Props: k.Encode(x)}},
			known:   []entity.Record{x},
			explain: a.explainTaken("input"),
		}
		for i, rel := range []string{domain.RelExcepts, domain.RelExceptionFor} {
			props := store.Props{}
			entity.SetSource(props, domain.SourceAPI)
			d.ops = append(d.ops, store.PutEdge{EdgeKey: store.EdgeKey{Rel: rel, From: store.ID(x.ID), To: ends[i].ID}, Props: props})
		}
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
func (a *App) DecideFreezeException(ctx context.Context, ref domain.Ref, verdict domain.ExceptionStatus, comment *string, ifVersion *int, o *domain.WriteOptions) (*Written, error) {
	k, err := a.allowedKind(ctx, authz.Move, domain.KindFreezeException)
	if err != nil {
		return nil, err
	}
	w, err := a.begin(ctx, o, "decide", k.Name, ref, verdict, comment, ifVersion)
	if err != nil {
		return nil, err
	}
	if w.earlier != nil {
		return w.again(ctx, k, w.earlier)
	}
	return w.record(ctx, k, func() (*draft, entity.Record, error) {
		before, err := a.existing(ctx, k, ref, "input.ref")
		if err != nil {
			return nil, nil, err
		}
		after := entity.Clone(before).(*domain.FreezeException)
		freeze, change, endsErr := a.exceptionEnds(ctx, after)
		decideErr := prefixed("input", after.Decide(verdict, actorName(ctx), a.clock(), comment))
		if err := both(checkVersion(before, ifVersion), decideErr, endsErr); err != nil {
			return nil, nil, err
		}
		d := &draft{explain: a.explainTaken("input")}
		d.update(k, before, after)
		if verdict == domain.ExceptionGranted {
			_, err = a.release(ctx, d, freeze.Key, change)
		}
		return d, after, err
	})
}

// prefixed puts the fields of errors under a path.
func prefixed(path string, err error) error {
	list := errorList(err)
	errs := make(domain.Errors, len(list))
	for i, e := range list {
		located := *e
		located.Field = fieldAt(path, e.Field)
		errs[i] = &located
	}
	return errs.Err()
}

// exceptionEnds finds the freeze and the change of an exception.
func (a *App) exceptionEnds(ctx context.Context, x *domain.FreezeException) (*domain.Freeze, *domain.ChangeRequest, error) {
	v, id := a.everything(), store.ID(x.ID)
	freezes, err := farNodes(ctx, v, []store.ID{id}, domain.RelExcepts, store.Out, domain.KindFreeze)
	if err != nil {
		return nil, nil, err
	}
	changes, err := farNodes(ctx, v, []store.ID{id}, domain.RelExceptionFor, store.Out, domain.KindChangeRequest)
	if err != nil {
		return nil, nil, err
	}
	if len(freezes[id]) == 0 || len(changes[id]) == 0 {
		return nil, nil, &domain.Error{
			Code: domain.RuleViolation, Rule: domain.RuleFreezeException, Field: "input.ref", Message: "names no freeze or no change: connect both first",
		}
	}
	f := entity.KindNamed(domain.KindFreeze).Decode(freezes[id][0]).(*domain.Freeze)
	c := entity.KindNamed(domain.KindChangeRequest).Decode(changes[id][0]).(*domain.ChangeRequest)
	return f, c, nil
}
