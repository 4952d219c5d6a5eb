package media

import (
	"context"
	"fmt"
	"slices"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// Judge says whether a media item meets a criterion of the policy.
type Judge struct {
	Ref       domain.Ref
	Text      string
	Met       bool
	IfVersion *int
}

// JudgeMediaCriterion notes whether a media item in quarantine meets a criterion
// (L1). The criterion is one of the policy's.
func (a *Area) JudgeMediaCriterion(ctx context.Context, in Judge, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: authz.Master, Kind: domain.KindMediaItem, Options: o, Input: []any{"judge", domain.KindMediaItem, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		found, err := a.estate.Seen(ctx, authz.Master, k, in.Ref, in.IfVersion)
		if err != nil {
			return nil, nil, err
		}
		before := found.(*domain.MediaItem)
		f, _, err := a.factsOf(ctx, a.estate.Unnamed(ctx), before)
		if err != nil {
			return nil, nil, err
		}
		if before.Status != domain.MediaQuarantine {
			return nil, nil, domain.Breaks("L1", "input.ref", "%s is %s: criteria are judged in QUARANTINE", before.Key, before.Status)
		}
		if !slices.Contains(f.Criteria, in.Text) {
			return nil, nil, domain.Breaks("L1", "input.text", "is no criterion of the policy, which has %q", f.Criteria)
		}
		after := entity.Clone(before).(*domain.MediaItem)
		after.Criteria = slices.DeleteFunc(slices.Clone(before.Criteria), func(c domain.MediaCriterion) bool { return c.Text == in.Text })
		after.Criteria = append(after.Criteria, domain.MediaCriterion{Text: in.Text, Met: in.Met, By: acting.Name(ctx), At: a.estate.Clock()})
		d := &estate.Draft{}
		d.Decide(before, after)
		return d, after, nil
	})
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
