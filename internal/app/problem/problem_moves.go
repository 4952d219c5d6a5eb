package problem

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// DiagnoseProblem moves a problem to DIAGNOSED, by a cause or a known error.
func (a *Area) DiagnoseProblem(ctx context.Context, ref domain.Ref, cause *string, ifVersion *int, o *domain.WriteOptions) (*estate.Written, error) {
	return a.moveProblem(ctx, problemMove{verb: domain.DiagnoseProblem, ref: ref, cause: cause, ifVersion: ifVersion}, o)
}

// ResolveProblem moves a problem to RESOLVED, by a change or in words.
func (a *Area) ResolveProblem(ctx context.Context, ref domain.Ref, resolution *string, ifVersion *int, o *domain.WriteOptions) (*estate.Written, error) {
	return a.moveProblem(ctx, problemMove{verb: domain.ResolveProblem, ref: ref, resolution: resolution, ifVersion: ifVersion}, o)
}

// CloseProblem moves a problem to CLOSED.
func (a *Area) CloseProblem(ctx context.Context, ref domain.Ref, ifVersion *int, o *domain.WriteOptions) (*estate.Written, error) {
	return a.moveProblem(ctx, problemMove{verb: domain.CloseProblem, ref: ref, ifVersion: ifVersion}, o)
}

// ReopenProblem moves a problem back to OPEN. The reason is that of the change.
func (a *Area) ReopenProblem(ctx context.Context, ref domain.Ref, reason string, ifVersion *int, o *domain.WriteOptions) (*estate.Written, error) {
	return a.moveProblem(ctx, problemMove{verb: domain.ReopenProblem, ref: ref, reason: &reason, ifVersion: ifVersion}, o)
}

// problemMove is a move of a problem, with what it may bring.
type problemMove struct {
	verb                      string
	ref                       domain.Ref
	cause, resolution, reason *string
	ifVersion                 *int
}

// options returns those of the mutation, with the reason that the move itself
// has.
func (m *problemMove) options(o *domain.WriteOptions) (*domain.WriteOptions, error) {
	if m.reason == nil {
		return o, nil
	}
	var with domain.WriteOptions
	if o != nil {
		with = *o
	}
	if with.Reason != nil && *with.Reason != *m.reason {
		return nil, refusal.Wrong("options.reason", "cannot be given beside input.reason, which is the reason of the change")
	}
	with.Reason = m.reason
	return &with, nil
}

func (a *Area) moveProblem(ctx context.Context, m problemMove, o *domain.WriteOptions) (*estate.Written, error) {
	if err := a.estate.May(ctx, authz.Move, domain.KindProblem); err != nil {
		return nil, err
	}
	o, err := m.options(o)
	if err != nil {
		return nil, err
	}
	input := []any{m.verb, domain.KindProblem, m.ref, m.cause, m.resolution, m.reason, m.ifVersion}
	return a.estate.Mutate(ctx, estate.Mutation{Action: authz.Move, Kind: domain.KindProblem, Options: o, Input: input}, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		before, err := a.estate.Seen(ctx, authz.Move, k, m.ref, m.ifVersion)
		if err != nil {
			return nil, nil, err
		}
		return a.decideProblem(ctx, k, before.(*domain.Problem), m)
	})
}

func (a *Area) decideProblem(ctx context.Context, k *entity.Kind, p *domain.Problem, m problemMove) (*estate.Draft, entity.Record, error) {
	list, err := a.problemFacts(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	facts, set := list[0], map[string]any{}
	if m.verb == domain.ReopenProblem {
		set["resolution"] = nil
	}
	if m.cause != nil {
		facts.Cause, set["cause"] = m.cause, *m.cause
	}
	if m.resolution != nil {
		facts.Resolution, set["resolution"] = m.resolution, *m.resolution
	}
	to, errs := domain.ProblemLife.Check(p.Key, m.verb, p.Status, facts.ProblemFacts)
	if m.reason != nil {
		errs = append(errs, domain.CheckReopening(*m.reason)...)
	}
	return a.moved(k, p, to, set, errs.Under("input"), facts.guards)
}

// problemFacts is what the moves of a problem look at. Guards hold that it stays
// so.
type problemFacts struct {
	domain.ProblemFacts
	guards []store.Guard
}

// problemFacts reads what the moves of some problems look at, of all at once.
func (a *Area) problemFacts(ctx context.Context, problems ...*domain.Problem) ([]*problemFacts, error) {
	ids, list := make([]store.ID, len(problems)), make([]*problemFacts, len(problems))
	for i, p := range problems {
		ids[i] = store.ID(p.ID)
		list[i] = &problemFacts{ProblemFacts: domain.ProblemFacts{Cause: p.Cause, Resolution: p.Resolution}}
	}
	causes, err := a.estate.Entire.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: domain.RelDiagnoses, Direction: store.In, Kind: domain.KindKnownError})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	changes, err := a.estate.Entire.Edges(ctx, store.EdgeQuery{Nodes: ids, Rel: domain.RelResolves, Direction: store.In, Kind: domain.KindChangeRequest})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	var underway []store.Node
	ends := make([]int, len(list)) // of those underway for each problem
	for i, f := range list {
		if f.Diagnoses = len(causes[i].Edges); f.Diagnoses > 0 {
			e := causes[i].Edges[0]
			f.guards = append(f.guards, store.EdgeAt{EdgeKey: e.EdgeKey, Version: e.Version})
		}
		requests := estate.Decoded[*domain.ChangeRequest](ctx, a.estate.Everything(), changes[i].Nodes)
		underway = append(underway, f.resolvedBy(&changes[i], requests)...)
		ends[i] = len(underway)
	}
	keys, err := a.estate.Today(ctx).KeysSeen(ctx, underway)
	if err != nil {
		return nil, err
	}
	from := 0
	for i, f := range list {
		f.Underway, from = keys[from:ends[i]:ends[i]], ends[i]
	}
	return list, nil
}

// resolvedBy counts the requests that resolve the problem and are done, and lists
// those that are underway.
func (f *problemFacts) resolvedBy(page *store.EdgePage, requests []*domain.ChangeRequest) (underway []store.Node) {
	for i, c := range requests {
		n, e := page.Nodes[i], page.Edges[i]
		f.guards = append(f.guards, store.NodeAt{ID: n.ID, Version: n.Version}, store.EdgeAt{EdgeKey: e.EdgeKey, Version: e.Version})
		switch {
		case c.Succeeded():
			f.Done++
		case domain.ChangeInFlight(c.Status):
			underway = append(underway, n)
		}
	}
	return underway
}

// ProblemMoves tells where a problem can go from where it is, and what each way
// lacks.
func (a *Area) ProblemMoves(ctx context.Context, p *domain.Problem) ([]domain.ProblemMove, error) {
	cohort := a.estate.CohortOf(ctx, p)
	facts, err := estate.EachOf(cohort, "facts", func(list []*domain.Problem) ([]*problemFacts, error) {
		return a.problemFacts(ctx, list...)
	})
	if err != nil {
		return nil, err
	}
	return domain.ProblemLife.From(p.Status, facts[store.ID(p.ID)].ProblemFacts), nil
}

// KnownErrorMoves tells where a known error can go from where it is, and what
// each way lacks.
func KnownErrorMoves(k *domain.KnownError) []domain.KnownErrorMove {
	return domain.KnownErrorLife.From(k.Status, k)
}

// PublishKnownError moves a known error to PUBLISHED.
func (a *Area) PublishKnownError(ctx context.Context, ref domain.Ref, ifVersion *int, o *domain.WriteOptions) (*estate.Written, error) {
	return a.moveKnownError(ctx, domain.PublishKnownError, ref, ifVersion, o)
}

// RetireKnownError moves a known error to RETIRED.
func (a *Area) RetireKnownError(ctx context.Context, ref domain.Ref, ifVersion *int, o *domain.WriteOptions) (*estate.Written, error) {
	return a.moveKnownError(ctx, domain.RetireKnownError, ref, ifVersion, o)
}

func (a *Area) moveKnownError(ctx context.Context, verb string, ref domain.Ref, ifVersion *int, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: authz.Move, Kind: domain.KindKnownError, Options: o, Input: []any{verb, domain.KindKnownError, ref, ifVersion}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		before, err := a.estate.Seen(ctx, authz.Move, k, ref, ifVersion)
		if err != nil {
			return nil, nil, err
		}
		known := before.(*domain.KnownError)
		to, errs := domain.KnownErrorLife.Check(known.Key, verb, known.Status, known)
		return a.moved(k, known, to, map[string]any{}, errs.Under("input"), nil)
	})
}

// moved returns the draft of a move, unless something speaks against it.
func (a *Area) moved(k *entity.Kind, before entity.Record, to any, set map[string]any, errs domain.Errors, guards []store.Guard) (*estate.Draft, entity.Record, error) {
	set["status"], set["statusSince"] = to, a.estate.Clock()
	after, err := k.BringPatch(before, set, "input")
	if len(errs) > 0 {
		return nil, nil, errs.Err()
	}
	if err != nil {
		return nil, nil, err
	}
	id := store.ID(before.Meta().ID)
	d := &estate.Draft{}
	d.Change(before, after)
	d.Ops = []store.Op{store.UpdateNode{ID: id, Set: entity.OwnedDifference(k, before, after)}}
	d.Guards = append(guards, store.NodeAt{ID: id, Version: int64(before.Meta().Version)})
	d.Known = []entity.Record{after}
	return d, after, nil
}
