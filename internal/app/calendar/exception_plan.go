package calendar

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// exceptionPlans are the plans of the changes for which exceptions are granted:
// when, on which items and at which sites (P7).
type exceptionPlans map[store.ID]domain.ExceptedPlan

// readPlans reads the plans of requests, whatever is hidden from the caller: by
// the hidden part of a plan, too, an exception falls.
func readPlans(ctx context.Context, v estate.View, requests []*domain.ChangeRequest) (exceptionPlans, error) {
	v.Reader, v.Part = v.Entire, nil
	ids := make([]store.ID, len(requests))
	for i, c := range requests {
		ids[i] = store.ID(c.ID)
	}
	items, err := v.Far(ctx, ids, domain.RelAffects, store.Out, domain.KindConfigurationItem)
	if err != nil {
		return nil, err
	}
	sites, err := v.Far(ctx, ids, domain.RelTakesPlaceAt, store.Out, domain.KindSite)
	if err != nil {
		return nil, err
	}
	plans := exceptionPlans{}
	for i, c := range requests {
		plans[ids[i]] = domain.ExceptedPlan{From: c.PlannedFrom, To: c.PlannedTo, Scope: digestOf(items[ids[i]], sites[ids[i]])}
	}
	return plans, nil
}

// digestOf stands for the items and sites of a change.
func digestOf(items, sites []store.Node) string {
	sum := sha256.New()
	for _, list := range [][]store.Node{items, sites} {
		ids := make([]string, len(list))
		for i, n := range list {
			ids[i] = string(n.ID)
		}
		slices.Sort(ids)
		_, _ = sum.Write([]byte(strings.Join(ids, " ") + "\n")) // a digest takes anything
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// readExceptions reads which requests each freeze does not hold: those with an exception
// whose plan is still the one that it was granted for. It returns the exceptions that an
// import brought without a plan, each with the plan that its request has now.
func readExceptions(ctx context.Context, v estate.View, freezes []*Opening) (unplanned map[store.ID]domain.ExceptedPlan, err error) {
	ids := make([]store.ID, len(freezes))
	for i, f := range freezes {
		ids[i] = store.ID(f.Record.Meta().ID)
		f.excepted = map[string]bool{}
	}
	asked, err := estate.Linked[*domain.FreezeException](ctx, v, ids, domain.RelExcepts, store.In)
	if err != nil {
		return nil, err
	}
	granted := map[store.ID]*domain.FreezeException{}
	for _, list := range asked {
		for _, x := range list {
			if x.Status == domain.ExceptionGranted {
				granted[store.ID(x.ID)] = x
			}
		}
	}
	changes, err := estate.Linked[*domain.ChangeRequest](ctx, v, slices.Sorted(maps.Keys(granted)), domain.RelExceptionFor, store.Out)
	if err != nil {
		return nil, err
	}
	var requests []*domain.ChangeRequest
	for _, list := range changes {
		requests = append(requests, list...)
	}
	plans, err := readPlans(ctx, v, requests)
	if err != nil {
		return nil, err
	}
	unplanned = map[store.ID]domain.ExceptedPlan{}
	for i, f := range freezes {
		for _, x := range asked[ids[i]] {
			for _, change := range changes[store.ID(x.ID)] {
				plan := plans[store.ID(change.ID)]
				if x.Unplanned() {
					unplanned[store.ID(x.ID)] = plan
				} else if !x.Holds(plan) {
					continue
				}
				f.excepted[change.Key] = true
			}
		}
	}
	return unplanned, nil
}

// planExceptions lets the change set note, with those of its exceptions that do
// not say for which plan they were granted, the one that there is.
func (h *holding) planExceptions(ctx context.Context, p *estate.Proposal) error {
	maps.DeleteFunc(h.unplanned, func(id store.ID, _ domain.ExceptedPlan) bool { return !h.exceptions[id] })
	found, err := estate.ByID[*domain.FreezeException](ctx, h.view, slices.Sorted(maps.Keys(h.unplanned))...)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(h.unplanned)) {
		exception, ok := found[id]
		if !ok {
			continue
		}
		err := p.Change(h.before(exception), func(x entity.Record) { x.(*domain.FreezeException).Plan(h.unplanned[id]) })
		if err != nil {
			return err
		}
	}
	return nil
}
