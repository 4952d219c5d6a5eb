package change

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
)

// ChangeMoves tells where a request can go from where it is, and what each way
// lacks (H2).
func (a *Area) ChangeMoves(ctx context.Context, c *domain.ChangeRequest) ([]domain.ChangeRequestMove, error) {
	f, err := a.completeFacts(ctx, c)
	if err != nil {
		return nil, err
	}
	return f.Moves(), nil
}

// CurrentAssessment is the assessment of a request that counts, nil when there
// is none.
func (a *Area) CurrentAssessment(ctx context.Context, c *domain.ChangeRequest) (*domain.Assessment, error) {
	one := 1
	page, err := a.records.Related(ctx, c, estate.Via{Rel: domain.RelAssesses, In: true, Kind: domain.KindAssessment}, estate.List{
		First: &one, OrderBy: []map[string]any{{"field": "ORDINAL", "direction": "DESC"}},
	})
	if err != nil || len(page.Items) == 0 {
		return nil, err
	}
	return page.Items[0].Record.(*domain.Assessment), nil
}

// AssessmentOutdated tells why an assessment no longer holds: nothing while it
// does (H3).
func (a *Area) AssessmentOutdated(ctx context.Context, as *domain.Assessment) ([]string, error) {
	c, err := a.records.RelatedOne(ctx, as, estate.Via{Rel: domain.RelAssesses, Kind: domain.KindChangeRequest}, nil)
	if err != nil || c == nil {
		return nil, err
	}
	reasons, err := assessing{a}.outdated(ctx, as, c.(*domain.ChangeRequest))
	if reasons == nil {
		reasons = []string{}
	}
	return reasons, err
}

// VoteStands tells whether a vote still counts (H3).
func (a *Area) VoteStands(ctx context.Context, v *domain.Vote) (bool, error) {
	c, err := a.records.RelatedOne(ctx, v, estate.Via{Rel: domain.RelCastOn, Kind: domain.KindChangeRequest}, nil)
	if err != nil || c == nil {
		return false, err
	}
	return v.Stands(c.(*domain.ChangeRequest)), nil
}
