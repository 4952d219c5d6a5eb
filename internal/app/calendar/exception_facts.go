package calendar

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// exceptionFacts is what is decided about an exception by.
type exceptionFacts struct {
	ends   bool                  // it names a freeze and a change
	change *domain.ChangeRequest // nil: it names none
	plan   domain.ExceptedPlan   // of the change
}

// guards hold the change as it was read.
func (f *exceptionFacts) guards() []store.Guard {
	if f.change == nil {
		return nil
	}
	return []store.Guard{store.NodeAt{ID: store.ID(f.change.ID), Version: int64(f.change.Version)}}
}

// exceptionFacts reads the facts of some exceptions, of all at once.
func (a *Area) exceptionFacts(ctx context.Context, exceptions ...*domain.FreezeException) ([]*exceptionFacts, error) {
	v, ids := a.estate.Everything(), make([]store.ID, len(exceptions))
	for i, x := range exceptions {
		ids[i] = store.ID(x.ID)
	}
	freezes, err := v.Far(ctx, ids, domain.RelExcepts, store.Out, domain.KindFreeze)
	if err != nil {
		return nil, err
	}
	changes, err := estate.Linked[*domain.ChangeRequest](ctx, v, ids, domain.RelExceptionFor, store.Out)
	if err != nil {
		return nil, err
	}
	list := make([]*exceptionFacts, len(exceptions))
	var requests []*domain.ChangeRequest
	for i, id := range ids {
		list[i] = &exceptionFacts{}
		if len(changes[id]) > 0 {
			list[i].change, list[i].ends = changes[id][0], len(freezes[id]) > 0
			requests = append(requests, list[i].change)
		}
	}
	plans, err := readPlans(ctx, v, requests)
	if err != nil {
		return nil, err
	}
	for _, f := range list {
		if f.change != nil {
			f.plan = plans[store.ID(f.change.ID)]
		}
	}
	return list, nil
}

// factsOf returns the facts of an exception, which are read for its whole
// cohort.
func (a *Area) factsOf(ctx context.Context, x *domain.FreezeException) (*exceptionFacts, error) {
	cohort := a.estate.CohortOf(ctx, x)
	facts, err := estate.EachOf(cohort, "facts", func(list []*domain.FreezeException) ([]*exceptionFacts, error) {
		return a.exceptionFacts(ctx, list...)
	})
	return facts[store.ID(x.ID)], err
}

// ExceptionStands reports whether an exception is granted for the plan that its
// change has (P7).
func (a *Area) ExceptionStands(ctx context.Context, x *domain.FreezeException) (bool, error) {
	if err := a.estate.May(ctx, authz.Read, domain.KindFreezeException); err != nil {
		return false, err
	}
	f, err := a.factsOf(ctx, x)
	if err != nil || f.change == nil {
		return false, err
	}
	return x.Status == domain.ExceptionGranted && (x.Unplanned() || x.Holds(f.plan)), nil
}

// ExceptionMoves tells what can be decided of an exception, and what each decision
// lacks.
func (a *Area) ExceptionMoves(ctx context.Context, x *domain.FreezeException) ([]domain.ExceptionMove, error) {
	f, err := a.factsOf(ctx, x)
	if err != nil {
		return nil, err
	}
	return domain.ExceptionLife.From(x.Status, domain.ExceptionFacts{Reason: x.Reason, Ends: f.ends}), nil
}
