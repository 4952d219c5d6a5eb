package problem

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/match"
	"releasegraph/internal/store"
)

// KnownErrorMatches are the known errors that fit a problem.
type KnownErrorMatches struct {
	Nodes []*KnownErrorMatch
	// TotalCount counts all that fit, Candidates those that were compared.
	TotalCount, Candidates int
}

// KnownErrorMatch is a known error that fits, and how well.
type KnownErrorMatch struct {
	KnownError *domain.KnownError
	Score      int
	Parts      []domain.MatchPart
	Item       *domain.ConfigurationItem // nil: it fits by its symptoms alone
}

// maxMatches is how many matches are handed out at most.
const maxMatches = 100

// shown is what a problem shows.
type shown struct {
	items    []store.ID
	version  *string
	symptoms string
}

// KnownErrorMatches finds the known errors that fit a stored problem or a
// draft, best first. The cost grows with those that are compared: known errors
// of the items and of what these depend on, and those that share a telling word.
func (a *Area) KnownErrorMatches(ctx context.Context, problem *domain.Ref, d *domain.ProblemDraft, first int) (*KnownErrorMatches, error) {
	if err := a.estate.May(ctx, authz.Read, domain.KindKnownError); err != nil {
		return nil, err
	}
	if (problem == nil) == (d == nil) {
		return nil, refusal.Wrong("problem", "give either a problem or a draft")
	}
	var s *shown
	var err error
	if problem != nil {
		s, err = a.shownBy(ctx, *problem)
	} else {
		s, err = a.shownByDraft(ctx, d)
	}
	if err != nil {
		return nil, err
	}
	return a.matches(ctx, s, first)
}

func (a *Area) shownBy(ctx context.Context, ref domain.Ref) (*shown, error) {
	if err := a.estate.May(ctx, authz.Read, domain.KindProblem); err != nil {
		return nil, err
	}
	v := a.estate.Today(ctx)
	p, err := estate.One[*domain.Problem](ctx, v, ref, "problem")
	if err != nil {
		return nil, err
	}
	id := store.ID(p.ID)
	items, err := v.Far(ctx, []store.ID{id}, domain.RelConcerns, store.Out, domain.KindConfigurationItem)
	if err != nil {
		return nil, err
	}
	return &shown{items: store.DistinctIDs(items[id]), symptoms: symptomsOf(p)}, nil
}

func (a *Area) shownByDraft(ctx context.Context, d *domain.ProblemDraft) (*shown, error) {
	r := &estate.Refs{View: a.estate.Today(ctx)}
	items := r.WantAll(domain.KindConfigurationItem, d.Items, "draft.items")
	s := &shown{version: d.Version, symptoms: optional.Or(d.Symptoms, "")}
	if err := domain.CheckText(s.symptoms, domain.MaxText); err != nil {
		r.Errs = append(r.Errs, refusal.Wrong("draft.symptoms", "%s", err))
	}
	if err := r.Resolve(ctx); err != nil {
		return nil, err
	}
	s.items = store.DistinctIDs(items)
	return s, nil
}

// symptomsOf returns what a problem shows, in words.
func symptomsOf(p *domain.Problem) string { return p.Name + "\n" + optional.Or(p.Symptoms, "") }

// matches compares what a problem shows with the candidates.
func (a *Area) matches(ctx context.Context, s *shown, first int) (*KnownErrorMatches, error) {
	if first < 0 || first > maxMatches {
		return nil, refusal.Wrong("first", "must be from 0 to %d, not %d", maxMatches, first)
	}
	c := &candidates{view: a.estate.Today(ctx), shown: s, words: tellingWords(s.symptoms)}
	if err := c.find(ctx); err != nil {
		return nil, err
	}
	list := c.list()
	ranked, err := match.Rank(ctx, match.Sought{Items: c.places, Words: c.words}, list)
	if err != nil {
		return nil, err
	}
	out := &KnownErrorMatches{TotalCount: len(ranked), Candidates: len(list), Nodes: []*KnownErrorMatch{}}
	return out, a.fillMatches(ctx, c, out, ranked[:min(first, len(ranked))])
}

// fillMatches makes records of what is handed out, each kind a cohort.
func (a *Area) fillMatches(ctx context.Context, c *candidates, out *KnownErrorMatches, ranked []match.Match) error {
	var ids []string
	for _, m := range ranked {
		if m.Item != "" {
			ids = append(ids, m.Item)
		}
	}
	records, err := a.estate.Today(ctx).Records(ctx, ids)
	if err != nil {
		return err
	}
	items := map[string]*domain.ConfigurationItem{}
	for i, id := range ids {
		if items[id] == nil {
			items[id], _ = records[i].(*domain.ConfigurationItem)
		}
	}
	nodes := make([]store.Node, len(ranked))
	for i, m := range ranked {
		nodes[i] = c.found[store.ID(m.ID)]
	}
	for i, known := range estate.Decoded[*domain.KnownError](ctx, a.estate.Today(ctx), nodes) {
		m := ranked[i]
		out.Nodes = append(out.Nodes, &KnownErrorMatch{KnownError: known, Score: m.Score, Parts: m.Parts, Item: items[m.Item]})
	}
	return nil
}
