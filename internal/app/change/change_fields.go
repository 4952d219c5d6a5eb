package change

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/records"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// ChangeMoves tells where a request can go from where it is, and what each way
// lacks (H2).
func (a *Area) ChangeMoves(ctx context.Context, c *domain.ChangeRequest) ([]domain.ChangeRequestMove, error) {
	cohort := a.estate.CohortOf(ctx, c)
	facts, err := estate.EachOf(cohort, "facts", func(requests []*domain.ChangeRequest) ([]*changeFacts, error) {
		return assessing{a}.factsOfAll(ctx, requests)
	})
	if err != nil {
		return nil, err
	}
	return facts[store.ID(c.ID)].Moves(), nil
}

// factsOfAll reads what the moves of requests depend on.
func (a assessing) factsOfAll(ctx context.Context, requests []*domain.ChangeRequest) ([]*changeFacts, error) {
	list, err := a.allFacts(ctx, requests)
	if err != nil {
		return nil, err
	}
	return list, a.judge(ctx, list...)
}

// CurrentAssessment returns the assessment of a request that counts, nil when
// there is none.
func (a *Area) CurrentAssessment(ctx context.Context, c *domain.ChangeRequest) (*domain.Assessment, error) {
	one := 1
	page, err := a.records.Related(ctx, c, records.Via{Rel: domain.RelAssesses, In: true, Kind: domain.KindAssessment}, listing.List{
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
	cohort := a.estate.CohortOf(ctx, as)
	reasons, err := estate.LoadOf(cohort, "outdated", func() (map[store.ID][]string, error) {
		return assessing{a}.outdatedOfAll(ctx, cohort)
	})
	return reasons[store.ID(as.ID)], err
}

// outdatedOfAll tells why assessments of a cohort no longer hold. Of one the
// request of which the caller may not see it tells nothing.
func (a assessing) outdatedOfAll(ctx context.Context, cohort *estate.Cohort) (map[store.ID][]string, error) {
	var rest []resting
	for _, r := range cohort.Records {
		c, err := a.records.RelatedOne(ctx, r, records.Via{Rel: domain.RelAssesses, Kind: domain.KindChangeRequest}, nil)
		if err != nil {
			return nil, err
		}
		if c != nil {
			rest = append(rest, resting{r.(*domain.Assessment), c.(*domain.ChangeRequest)})
		}
	}
	list, err := a.outdated(ctx, rest)
	if err != nil {
		return nil, err
	}
	reasons := map[store.ID][]string{}
	for i, r := range rest {
		reasons[store.ID(r.assessment.ID)] = append([]string{}, list[i]...)
	}
	return reasons, nil
}

// VoteStands reports whether a vote still counts (H3).
func (a *Area) VoteStands(ctx context.Context, v *domain.Vote) (bool, error) {
	c, err := a.records.RelatedOne(ctx, v, records.Via{Rel: domain.RelCastOn, Kind: domain.KindChangeRequest}, nil)
	if err != nil || c == nil {
		return false, err
	}
	return v.Stands(c.(*domain.ChangeRequest)), nil
}
