package advice

import (
	"context"
	"strings"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Recommend is what a board recommends about a release.
type Recommend struct {
	Release     domain.Ref
	Board       domain.Ref
	Recommended bool
	Comment     *string
	IfVersion   *int
}

// RecommendRelease notes what a board recommends about a release, with the content
// and the calendar that it looked at (R19). What it said before stays on record.
func (a *Area) RecommendRelease(ctx context.Context, in Recommend, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: recommends, Kind: domain.KindRecommendation, Options: o.Because(in.Comment), Input: []any{"recommend", domain.KindRecommendation, in}}
	return a.estate.Mutate(ctx, m, func(*entity.Kind) (*estate.Draft, entity.Record, error) {
		if err := acting.InPerson(ctx); err != nil {
			return nil, nil, err
		}
		found, err := a.estate.Existing(ctx, entity.KindNamed(domain.KindRelease), in.Release, "input.release")
		if err != nil {
			return nil, nil, err
		}
		r := found.(*domain.Release)
		if err := refusal.Stale(r, in.IfVersion); err != nil {
			return nil, nil, err
		}
		sits, err := a.estate.Existing(ctx, entity.KindNamed(domain.KindBoard), in.Board, "input.board")
		if err != nil {
			return nil, nil, err
		}
		board := sits.(*domain.Board)
		if err := mayRecommend(ctx, in, r, board); err != nil {
			return nil, nil, err
		}
		return a.recommend(ctx, in, r, board)
	})
}

// mayRecommend says all that stands against a recommendation.
func mayRecommend(ctx context.Context, in Recommend, r *domain.Release, board *domain.Board) error {
	var es domain.Errors
	if e := domain.CheckRecommendable(r); e != nil {
		es = append(es, e)
	}
	if !in.Recommended && (in.Comment == nil || strings.TrimSpace(*in.Comment) == "") {
		es = append(es, refusal.Wrong("input.comment", "is missing: why the board is against it"))
	}
	if err := es.Err(); err != nil {
		return err
	}
	actor := acting.Actor(ctx)
	if !actor.Has(domain.ChangeManager) && !actor.Has(domain.Admin) && !domain.ContainsName(board.Members, actor.Name) {
		return &domain.Error{
			Code: domain.Forbidden, Rule: "R19", Field: "input.board", Message: actor.Name + " does not sit on " + board.Key + ": a member or a CHANGE_MANAGER notes what it recommends",
		}
	}
	return nil
}

func (a *Area) recommend(ctx context.Context, in Recommend, r *domain.Release, board *domain.Board) (*estate.Draft, entity.Record, error) {
	counts, err := a.estate.Entire.CountEdges(ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(r.ID)}, Rel: domain.RelRecommends, Direction: store.In})
	if err != nil {
		return nil, nil, refusal.OfStore(err)
	}
	key, err := a.records.FreeKey(ctx, domain.KindRecommendation, r.Key, "recommendation", int(counts[0])+1)
	if err != nil {
		return nil, nil, err
	}
	said := &domain.Recommendation{
		Recommended: in.Recommended, Comment: in.Comment, ContentVersion: r.ContentVersion, PlannedFrom: r.PlannedFrom, PlannedTo: r.PlannedTo,
		GivenBy: acting.Name(ctx), GivenAt: a.estate.Clock(),
	}
	said.Key, said.Name, said.Sources = key, board.Key+" on "+r.Key, domain.BroughtBy(domain.SourceAPI)
	if es := said.Check(); len(es) > 0 {
		return nil, nil, es.Under("input").Err()
	}
	d, _ := a.estate.Creating(said)
	d.Known = append(d.Known, r, board)
	d.Hold(r, board)
	d.Join(domain.RelRecommends, said, store.ID(r.ID))
	d.Join(domain.RelRecommendedBy, said, store.ID(board.ID))
	return d, said, nil
}
