package change

import (
	"context"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Assess says which request to assess, and what the assessor adds.
type Assess struct {
	Ref       domain.Ref
	Comment   *string
	IfVersion *int
}

// AssessChangeRequest finds out what a request hurts, and keeps it as a
// snapshot (I1). A request that was submitted or backed out becomes ASSESSED;
// one that is ASSESSED stays so, and its votes fall when the findings differ.
func (a *Area) AssessChangeRequest(ctx context.Context, in Assess, o *domain.WriteOptions) (*Reviewed, error) {
	m := estate.Mutation{Action: authz.Assess, Kind: domain.KindChangeRequest, Options: o, Input: []any{"assess", in}}
	return a.review(ctx, m, func() (*estate.Draft, *Reviewed, error) { return a.decideAssessment(ctx, in) })
}

func (a *Area) decideAssessment(ctx context.Context, in Assess) (*estate.Draft, *Reviewed, error) {
	before, err := a.reviewedRequest(ctx, authz.Assess, in.Ref, in.IfVersion)
	if err != nil {
		return nil, nil, err
	}
	f, err := a.changeFacts(ctx, before)
	if err != nil {
		return nil, nil, err
	}
	after := entity.Clone(before).(*domain.ChangeRequest)
	f.Request = after
	now := a.estate.Clock()
	if err := moveChange(f, domain.AssessChange, domain.ChangeAssessed, now); err != nil {
		return nil, nil, err
	}
	as, err := assessing{a}.snapshot(ctx, after)
	if err != nil {
		return nil, nil, err
	}
	assessing{a}.complete(ctx, as, f, in, now)
	if f.assessment != nil && f.assessment.Findings != as.Findings {
		after.ContentVersion++ // the board decides on other findings now
	}
	if as.Key, err = a.records.FreeKey(ctx, domain.KindAssessment, after.Key, "assessment", as.Ordinal); err != nil {
		return nil, nil, err
	}
	d := draftOf(f, before)
	d.Create(as)
	d.Join(domain.RelAssesses, as, store.ID(after.ID))
	return d, &Reviewed{ChangeRequest: after, Assessment: as}, nil
}

// assessing finds out what a request hurts, and whether what was found still holds.
type assessing struct{ *Area }

// complete says whose assessment it is, and which.
func (a assessing) complete(ctx context.Context, as *domain.Assessment, f *changeFacts, in Assess, now time.Time) {
	c := f.Request
	c.ReviewCount++
	as.ID, as.Sources = a.estate.NewID(), domain.BroughtBy(domain.SourceAPI)
	who := acting.Doer(ctx)
	as.Assessor, as.Identities, as.Method = who.Name, who.Identities, acting.Method(ctx)
	if as.Ordinal = 1; f.assessment != nil {
		as.Ordinal = f.assessment.Ordinal + 1
	}
	as.AssessedAt, as.Comment = now, in.Comment
	as.Name = "Assessment of " + c.Key
	c.Risk = &as.Risk
}
