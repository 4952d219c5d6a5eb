package problem

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Rules returns the rules of problems and known errors.
func (a *Area) Rules() []estate.Rule {
	return []estate.Rule{
		{
			Name: "diagnosed problems have a cause", Binds: estate.ByMutation | estate.ByImport,
			Minds: estate.Interest{Kinds: []string{domain.KindProblem, domain.KindKnownError}, Rels: []string{domain.RelDiagnoses}}, Check: a.staysDiagnosed,
		},
	}
}

// Consequences returns what follows for problems and known errors.
func (a *Area) Consequences() []estate.Consequence {
	releases := estate.Interest{Kinds: []string{domain.KindRelease}}
	return []estate.Consequence{
		{
			Name: "D8 problems follow their release", Binds: estate.ByVerb | estate.ByImport, Minds: releases,
			Owns: []string{"Problem.status", "Problem.statusSince", "Problem.resolution"}, Follow: a.problemsFollow,
		},
		{
			Name: "D8 accepted defects are published", Binds: estate.ByVerb | estate.ByImport, Minds: releases,
			Owns: []string{"KnownError.status"}, Follow: a.defectsFollow,
		},
		{
			Name: "since when a known error has its status", Binds: estate.ByMutation | estate.ByVerb, Minds: estate.Interest{Kinds: []string{domain.KindKnownError}},
			Owns: []string{"KnownError.statusSince"}, Follow: sinceMoved,
		},
	}
}

// sinceMoved notes since when a known error has its status, where that is not said.
func sinceMoved(_ context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		now, ok := c.After.(*domain.KnownError)
		was, had := c.Before.(*domain.KnownError)
		if !ok || had && (was.Status == now.Status || was.StatusSince != now.StatusSince) || !had && now.StatusSince != nil {
			continue
		}
		at := p.Now()
		if err := p.Amend(c, func() { now.StatusSince = &at }); err != nil {
			return err
		}
	}
	return nil
}

// staysDiagnosed refuses what takes the last that a diagnosed problem has: its
// cause, unless a known error diagnoses it, or its last known error, unless it
// says a cause.
func (a *Area) staysDiagnosed(ctx context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		var err error
		switch was := c.Before.(type) {
		case *domain.Problem:
			err = a.keepsCause(ctx, p, c, was)
		case *domain.KnownError:
			err = a.leavesProblems(ctx, p, c, was)
		}
		if err != nil {
			return err
		}
	}
	if err := p.Ends(ctx); err != nil {
		return err
	}
	for _, l := range p.Links {
		problem, ok := l.To.(*domain.Problem)
		if !l.Goes || !ok {
			continue
		}
		left, err := a.leftWithoutCause(ctx, p, problem, l.Key)
		if err != nil {
			return err
		}
		if left {
			p.Refuse(l, domain.LeftWithoutCause(problem, "to"))
		}
	}
	return nil
}

// keepsCause refuses to empty the cause of a problem that counts as diagnosed,
// unless a known error diagnoses it. A guard holds that one does.
func (a *Area) keepsCause(ctx context.Context, p *estate.Proposal, c *estate.RecordChange, was *domain.Problem) error {
	if c.Gone() || was.Status == domain.ProblemOpen || !was.StaysDiagnosed(0) || c.After.(*domain.Problem).StaysDiagnosed(0) {
		return nil
	}
	links, err := a.diagnoses(ctx, was)
	if err != nil {
		return err
	}
	if len(links) == 0 {
		p.Refuse(c, domain.LeftWithoutCause(c.After.(*domain.Problem), "cause"))
		return nil
	}
	p.Guard(store.EdgeAt{EdgeKey: links[0].EdgeKey, Version: links[0].Version})
	return nil
}

// leavesProblems refuses to remove a known error that is all that some diagnosed
// problem has.
func (a *Area) leavesProblems(ctx context.Context, p *estate.Proposal, c *estate.RecordChange, was *domain.KnownError) error {
	if !c.Gone() {
		return nil
	}
	pages, err := a.estate.Entire.Edges(ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(was.ID)}, Rel: domain.RelDiagnoses, Direction: store.Out, Kind: domain.KindProblem})
	if err != nil {
		return refusal.OfStore(err)
	}
	for i, problem := range estate.Decoded[*domain.Problem](ctx, a.estate.Everything(), pages[0].Nodes) {
		left, err := a.leftWithoutCause(ctx, p, problem, pages[0].Edges[i].EdgeKey)
		if err != nil {
			return err
		}
		if left {
			p.Refuse(c, domain.LeftWithoutCause(problem, ""))
			return nil
		}
	}
	return nil
}

// leftWithoutCause reports whether a problem that counts as diagnosed has
// nothing else that diagnoses it than a link that goes. Guards hold that it
// says a cause, or that another known error stays.
func (a *Area) leftWithoutCause(ctx context.Context, p *estate.Proposal, problem *domain.Problem, gone store.EdgeKey) (bool, error) {
	p.Keep(problem)
	if problem.StaysDiagnosed(0) {
		return false, nil
	}
	links, err := a.diagnoses(ctx, problem)
	if err != nil {
		return false, err
	}
	for _, e := range links {
		if e.EdgeKey != gone {
			p.Guard(store.EdgeAt{EdgeKey: e.EdgeKey, Version: e.Version})
			return false, nil
		}
	}
	return true, nil
}

// diagnoses reads by what a problem is diagnosed.
func (a *Area) diagnoses(ctx context.Context, p *domain.Problem) ([]store.Edge, error) {
	pages, err := a.estate.Entire.Edges(ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(p.ID)}, Rel: domain.RelDiagnoses, Direction: store.In})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	return pages[0].Edges, nil
}
