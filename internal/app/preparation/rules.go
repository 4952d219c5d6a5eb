package preparation

import (
	"context"
	"strings"

	"releasegraph/internal/app/acyclic"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/preparation"
	"releasegraph/internal/store"
)

// Rules are the rules of what is prepared.
func (a *Area) Rules() []estate.Rule {
	const mutationOrImport = estate.ByMutation | estate.ByImport
	tasks, blocked := []string{domain.KindTask}, []string{domain.RelBlockedBy}
	return []estate.Rule{
		{Name: "R12 a task prepares one thing", Binds: mutationOrImport, Minds: estate.Interest{Rels: []string{domain.RelPrepares}}, Check: rules{a}.preparesOne},
		acyclic.Along{Estate: a.estate, Rule: "R12", Kind: domain.KindTask, Rels: blocked}.Named("R12 tasks wait for one another in no circle"),
		{Name: "R12 what blocks a task is done first", Binds: estate.ByMutation, Minds: estate.Interest{Kinds: tasks, Rels: blocked}, Check: rules{a}.doneInOrder},
		{Name: "R12 one currency", Binds: estate.ByMutation, Minds: estate.Interest{Kinds: append(tasks, domain.KindRelease), Rels: []string{domain.RelPrepares}}, Check: rules{a}.oneCurrency},
	}
}

// preparesOne keeps a task from preparing a release and a request for change at
// once.
func (a rules) preparesOne(ctx context.Context, p *estate.Proposal) error {
	prepared, err := a.prepared(ctx, p)
	if err != nil {
		return err
	}
	for _, l := range p.Links {
		if !l.Goes && !l.Stays && len(prepared[l.Key.From]) > 1 {
			p.Refuse(l, domain.Breaks("R12", "from", "would prepare both a RELEASE and a CHANGE_REQUEST, and a task prepares one thing: disconnect the other first"))
		}
	}
	return nil
}

// prepared returns the kinds of what each task that is joined would prepare. Guards
// hold that nobody else joins one that prepares nothing yet.
func (a rules) prepared(ctx context.Context, p *estate.Proposal) (map[store.ID]map[string]bool, error) {
	kinds, goes := map[store.ID]map[string]bool{}, map[store.EdgeKey]bool{}
	var tasks []store.ID
	for _, l := range p.Links {
		switch {
		case l.Goes:
			goes[l.Key] = true
		case kinds[l.Key.From] == nil:
			tasks, kinds[l.Key.From] = append(tasks, l.Key.From), map[string]bool{l.Rel.To: true}
		default:
			kinds[l.Key.From][l.Rel.To] = true
		}
	}
	if len(tasks) == 0 {
		return kinds, nil
	}
	pages, err := a.estate.Entire.Edges(ctx, store.EdgeQuery{Nodes: tasks, Rel: domain.RelPrepares, Direction: store.Out})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	for i, page := range pages {
		if len(page.Edges) == 0 {
			p.Guard(store.NoEdges{ID: tasks[i], Rel: domain.RelPrepares, Direction: store.Out})
		}
		for j, e := range page.Edges {
			if !goes[e.EdgeKey] {
				kinds[tasks[i]][page.Nodes[j].Kind] = true
			}
		}
	}
	return kinds, nil
}

// doneInOrder refuses that a task is done before those that block it, or without
// what its kind needs. A guard holds that nobody says meanwhile that it waits for
// another one.
func (a rules) doneInOrder(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	since, err := a.estate.Head(ctx)
	if err != nil {
		return err
	}
	for _, c := range p.Records {
		now, ok := c.After.(*domain.Task)
		if !ok || !now.Done {
			continue
		}
		p.Refuse(c, now.CheckDone()...)
		if was, had := c.Before.(*domain.Task); !had || was.Done {
			continue
		}
		open, err := a.blockers(ctx, p, now)
		if err != nil {
			return err
		}
		if len(open) > 0 {
			p.Refuse(c, domain.Breaks("R12", "done", "waits for %s", strings.Join(open, ", ")))
		}
		p.Guard(store.Unchanged{Since: store.Revision(since), Rel: domain.RelBlockedBy})
	}
	for _, l := range p.Links {
		from, ok := l.From.(*domain.Task)
		to, is := l.To.(*domain.Task)
		if !ok || !is || l.Goes || l.Stays {
			continue
		}
		if from.Done && !to.Done {
			p.Refuse(l, domain.Breaks("R12", "to", "%s is open, and %s is done: it cannot have waited for it", to.Key, from.Key))
		}
		p.Keep(from)
		p.Keep(to)
	}
	return nil
}

// blockers returns the keys of the open tasks that block one. Guards hold all that
// block it as they were read.
func (a rules) blockers(ctx context.Context, p *estate.Proposal, t *domain.Task) (open []string, err error) {
	id := store.ID(t.ID)
	far, err := estate.Linked[*domain.Task](ctx, a.estate.Unnamed(ctx), []store.ID{id}, domain.RelBlockedBy, store.Out)
	for _, by := range far[id] {
		p.Keep(by)
		if !by.Done {
			open = append(open, by.Key)
		}
	}
	return open, err
}

// oneCurrency keeps the costs of a release in one currency.
func (a rules) oneCurrency(ctx context.Context, p *estate.Proposal) error {
	if err := p.Ends(ctx); err != nil {
		return err
	}
	for _, c := range p.Records {
		switch now := c.After.(type) {
		case *domain.Task:
			if err := a.currencyOfTask(ctx, p, c, now); err != nil {
				return err
			}
		case *domain.Release:
			if err := a.currencyOfRelease(ctx, p, c, now); err != nil {
				return err
			}
		}
	}
	for _, l := range p.Links {
		t, ok := l.From.(*domain.Task)
		r, is := l.To.(*domain.Release)
		if !ok || !is || l.Goes || l.Stays {
			continue
		}
		if err := a.currencyWith(ctx, p, l, r, t); err != nil {
			return err
		}
	}
	return nil
}

func (a rules) currencyOfTask(ctx context.Context, p *estate.Proposal, at estate.Placed, t *domain.Task) error {
	if t.Currency == nil || t.Version == 0 {
		return nil
	}
	id := store.ID(t.ID)
	far, err := estate.Linked[*domain.Release](ctx, a.estate.Unnamed(ctx), []store.ID{id}, domain.RelPrepares, store.Out)
	if err != nil || len(far[id]) == 0 {
		return err
	}
	return a.currencyWith(ctx, p, at, far[id][0], t)
}

func (a rules) currencyWith(ctx context.Context, p *estate.Proposal, at estate.Placed, r *domain.Release, t *domain.Task) error {
	others, err := a.others(ctx, r, t)
	if err != nil {
		return err
	}
	if e := preparation.CheckCurrency(r, others, t); e != nil {
		p.Refuse(at, e)
	}
	return nil
}

// currencyOfRelease refuses a currency of a release that its tasks are not in.
func (a rules) currencyOfRelease(ctx context.Context, p *estate.Proposal, c *estate.RecordChange, r *domain.Release) error {
	if r.Currency == nil || r.Version == 0 {
		return nil
	}
	tasks, err := a.others(ctx, r, nil)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		if e := preparation.CheckCurrency(r, nil, t); e != nil {
			p.Refuse(c, domain.Breaks("R12", "currency", "is %s: the task %s is in %s", *r.Currency, t.Key, *t.Currency))
			break
		}
	}
	return nil
}

// others are the tasks of a release but for one.
func (a rules) others(ctx context.Context, r *domain.Release, but *domain.Task) (list []*domain.Task, err error) {
	if r.Version == 0 {
		return nil, nil
	}
	tasks, err := a.tasksOf(ctx, a.estate.Unnamed(ctx), r)
	for _, t := range tasks {
		if but == nil || t.ID != but.ID {
			list = append(list, t)
		}
	}
	return list, err
}
