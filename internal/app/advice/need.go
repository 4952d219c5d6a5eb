package advice

import (
	"cmp"
	"context"
	"slices"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/release"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	plan "releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// Needs is the need BOARD_ADVICE (R19), where the policy asks for it. The guard
// holds who said what of which release.
func (a *Area) Needs(ctx context.Context, s *release.Standing) ([]plan.Lack, []store.Guard, error) {
	if !s.Asks(domain.NeedBoardAdvice) {
		return nil, nil, nil
	}
	since, err := a.estate.Head(ctx)
	if err != nil {
		return nil, nil, err
	}
	last, err := lastAdvice(ctx, s)
	r := s.Release
	return plan.Advised(last, r.ContentVersion, optional.Or(r.PlannedFrom, time.Time{}), optional.Or(r.PlannedTo, time.Time{})),
		[]store.Guard{store.Unchanged{Since: store.Revision(since), Rel: domain.RelRecommends}}, err
}

// lastAdvice is what a board last said of a release, nil for nothing.
func lastAdvice(ctx context.Context, s *release.Standing) (*plan.Advice, error) {
	id := store.ID(s.Release.ID)
	far, err := estate.Linked[*domain.Recommendation](ctx, s.View, []store.ID{id}, domain.RelRecommends, store.In)
	if err != nil || len(far[id]) == 0 {
		return nil, err
	}
	last := slices.MaxFunc(far[id], func(a, b *domain.Recommendation) int {
		return cmp.Or(a.GivenAt.Compare(b.GivenAt), cmp.Compare(a.Key, b.Key))
	})
	at := store.ID(last.ID)
	boards, err := estate.Linked[*domain.Board](ctx, s.View, []store.ID{at}, domain.RelRecommendedBy, store.Out)
	advice := &plan.Advice{
		Board: "a board", Recommends: last.Recommended, ContentVersion: last.ContentVersion,
		From: optional.Or(last.PlannedFrom, time.Time{}), To: optional.Or(last.PlannedTo, time.Time{}),
	}
	for _, b := range boards[at] {
		advice.Board = b.Key
	}
	return advice, err
}
