package history

import (
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/wording"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/pace"
	"releasegraph/internal/store"
	"releasegraph/internal/store/asof"
)

// Diff tells what is different between two moments (C4): To nil stands for now.
// Its cost grows with what changed between them.
func (a *Area) Diff(ctx context.Context, from domain.AsOf, to *domain.AsOf, scope *domain.DiffScope) (*GraphDiff, error) {
	if err := a.estate.May(ctx, authz.Read, authz.KindChangeSet); err != nil {
		return nil, err
	}
	start, fromErr := a.estate.Moment(ctx, &from, "from")
	end, toErr := a.until(ctx, to)
	wanted, scopeErr := a.readScope(ctx, scope)
	if err := refusal.Both(fromErr, toErr, scopeErr); err != nil {
		return nil, err
	}
	found, err := a.estate.Past.Diff(ctx, start, end)
	if err != nil {
		return nil, refusal.Compacted(err, "from")
	}
	named, err := a.baselinesOf(ctx, &from, to)
	if err != nil {
		return nil, err
	}
	d := &GraphDiff{From: int64(start), To: int64(end), names: wording.NewNames(a.estate.Entire), found: found}
	steps := pace.Of(ctx)
	for i := range found.Len() {
		if err := steps.Step(); err != nil {
			return nil, err
		}
		if e := found.Head(i); !named[e.Node] && wanted.holds(&e) {
			d.order = append(d.order, int32(i))
		}
	}
	if d.order, err = a.seenDiff(ctx, d); err != nil {
		return nil, err
	}
	slices.SortStableFunc(d.order, func(x, y int32) int { return found.Compare(int(x), int(y)) })
	return d, nil
}

// baselinesOf returns the baselines by which moments are named: that one was
// laid is no difference between them.
func (a *Area) baselinesOf(ctx context.Context, moments ...*domain.AsOf) (map[store.ID]bool, error) {
	named := map[store.ID]bool{}
	for _, m := range moments {
		if m == nil || m.Baseline == nil {
			continue
		}
		found, err := a.estate.Entire.Lookup(ctx, domain.KindBaseline, "key", *m.Baseline)
		if err != nil {
			return nil, refusal.OfStore(err)
		}
		for _, n := range found {
			named[n.ID] = true
		}
	}
	return named, nil
}

func (a *Area) until(ctx context.Context, to *domain.AsOf) (store.Revision, error) {
	if to != nil {
		return a.estate.Moment(ctx, to, "to")
	}
	head, err := a.estate.Store.Head(ctx)
	return head, refusal.OfStore(err)
}

// GraphDiff is what is different between two revisions.
type GraphDiff struct {
	From, To int64

	names *wording.Names
	found *asof.Difference // others answer with the same
	order []int32          // places in there
}

// Summary counts the differences by kind of record and by relationship.
func (d *GraphDiff) Summary() []*domain.DiffTotal {
	list := []*domain.DiffTotal{}
	for _, i := range d.order {
		e := d.found.Head(int(i))
		kind := e.Kind + e.Edge.Rel // one of them is empty
		if n := len(list); n == 0 || list[n-1].Kind != kind {
			list = append(list, &domain.DiffTotal{Kind: kind})
		}
		list[len(list)-1].Count(domain.ChangeType(e.Verb()))
	}
	return list
}

// Changes returns a page of the differences: records by kind, then
// relationships; those of some types only, if any are named.
func (d *GraphDiff) Changes(ctx context.Context, types []domain.ChangeType, first *int, after *string) (*ChangePage, error) {
	order := d.order
	if len(types) > 0 {
		order = slices.DeleteFunc(slices.Clone(order), func(i int32) bool {
			return !slices.Contains(types, domain.ChangeType(d.found.Verb(int(i))))
		})
	}
	page := func(ctx context.Context, from, first int) (store.EffectPage, error) {
		from = min(from, len(order))
		list, err := d.found.Effects(ctx, order[from:min(from+first, len(order))])
		return store.EffectPage{Effects: list, Total: len(order)}, refusal.Compacted(err, "from")
	}
	return changePage(ctx, d.names, page, first, after)
}

// unknownKinds says which names are neither of a kind nor of a relationship.
func unknownKinds(field string, names []string) (errs domain.Errors) {
	for i, name := range names {
		if entity.KindNamed(name) == nil && len(entity.RelationshipsNamed(name)) == 0 {
			errs = append(errs, refusal.Wrong(refusal.Element(field, i), "%q is neither a kind of record nor a relationship", name))
		}
	}
	return errs
}

// scope is a DiffScope whose references are resolved. An empty part wants all.
type scope struct {
	kinds   []string
	records map[store.ID]bool
}

func (a *Area) readScope(ctx context.Context, in *domain.DiffScope) (*scope, error) {
	s := &scope{}
	if in == nil {
		return s, nil
	}
	s.kinds = in.Kinds
	errs := unknownKinds("scope.kinds", in.Kinds)
	if len(in.Items) == 0 {
		return s, errs.Err()
	}
	r := &estate.Refs{View: a.estate.Today(ctx), Errs: errs}
	found := r.WantAll(domain.KindConfigurationItem, in.Items, "scope.items")
	if err := r.Resolve(ctx); err != nil {
		return nil, err
	}
	s.records = map[store.ID]bool{}
	for _, n := range found {
		s.records[n.ID] = true
	}
	return s, nil
}

func (s *scope) holds(e *store.Effect) bool {
	if len(s.kinds) > 0 && !slices.Contains(s.kinds, e.Kind+e.Edge.Rel) {
		return false
	}
	return s.records == nil || s.records[e.Node] || s.records[e.Edge.From] || s.records[e.Edge.To]
}
