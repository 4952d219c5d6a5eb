package change

import (
	"context"
	"slices"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/store"
)

// CastVote is a vote to cast, for oneself or for a member who is away.
type CastVote struct {
	Ref        domain.Ref
	Verdict    domain.Verdict
	Comment    *string
	OnBehalfOf *string
	IfVersion  *int
}

// CastVote casts a vote on a request that is before its board (H3). The vote
// that completes the quorum authorises the request, one rejection rejects it.
func (a *Area) CastVote(ctx context.Context, in CastVote, o *domain.WriteOptions) (*Reviewed, error) {
	m := estate.Mutation{Action: authz.Vote, Kind: domain.KindChangeRequest, Options: o, Input: []any{"vote", in}}
	return a.review(ctx, m, func() (*estate.Draft, *Reviewed, error) {
		if err := acting.InPerson(ctx); err != nil {
			return nil, nil, err
		}
		if in.Comment != nil {
			if err := domain.CheckText(*in.Comment, domain.MaxText); err != nil {
				return nil, nil, refusal.Wrong("input.comment", "%s", err)
			}
		}
		return a.decideVote(ctx, in)
	})
}

func (a *Area) decideVote(ctx context.Context, in CastVote) (*estate.Draft, *Reviewed, error) {
	before, err := a.reviewedRequest(ctx, authz.Vote, in.Ref, in.IfVersion)
	if err != nil {
		return nil, nil, err
	}
	f, err := a.completeFacts(ctx, before)
	if err != nil {
		return nil, nil, err
	}
	after := entity.Clone(before).(*domain.ChangeRequest)
	f.Request = after
	ballot := domain.Ballot{Voter: acting.Doer(ctx), Verdict: in.Verdict, For: optional.Or(in.OnBehalfOf, ""), Comment: in.Comment, At: a.estate.Clock()}
	if ballot.Delegations, err = (sitting{a}).delegationsTo(ctx, f.Board, ballot.Voter.Name); err != nil {
		return nil, nil, err
	}
	seat, es := domain.CheckBallot(&f.ChangeFacts, ballot)
	if len(es) > 0 {
		return nil, nil, es.Err()
	}
	after.ReviewCount++
	v := newVote(a.estate.NewID(), ballot, seat, f)
	v.Comment, v.Method = in.Comment, acting.Method(ctx)
	if v.Key, err = a.records.FreeKey(ctx, domain.KindVote, after.Key, "vote", len(f.Votes)+1); err != nil {
		return nil, nil, err
	}
	f.Votes = append(f.Votes, v)
	if to := f.Decision(); to != "" {
		if err := moveChange(f, decides[to], to, ballot.At); err != nil {
			return nil, nil, err
		}
	}
	d := draftOf(f, before)
	d.Create(v)
	d.Join(domain.RelCastOn, v, store.ID(after.ID))
	return d, &Reviewed{ChangeRequest: after, Vote: v}, nil
}

// decides are the verbs by which a vote that decides leads on.
var decides = map[domain.ChangeRequestStatus]string{
	domain.ChangeAuthorised: domain.AuthoriseChange, domain.ChangeRejected: domain.VoteOnChange,
}

// moveChange moves a request by a verb, or says why it cannot.
func moveChange(f *changeFacts, verb string, to domain.ChangeRequestStatus, at time.Time) error {
	if es := f.CheckMove(verb, to); len(es) > 0 {
		return es.Under("input").Err()
	}
	f.Request.Move(to, at)
	return nil
}

func newVote(id string, b domain.Ballot, seat string, f *changeFacts) *domain.Vote {
	v := &domain.Vote{
		Voter: b.Voter.Name, Identities: b.Voter.Identities, Seat: seat, Verdict: b.Verdict, CastAt: b.At, Board: f.decider.Key, ContentVersion: f.Request.ContentVersion,
	}
	v.ID, v.Sources = id, domain.BroughtBy(domain.SourceAPI)
	v.Name = string(b.Verdict) + " by " + b.Voter.Name
	return v
}

// delegationsTo returns those by which someone stands in for others: on the
// board, or on every board.
func (a sitting) delegationsTo(ctx context.Context, board *domain.Board, deputy string) ([]*domain.Delegation, error) {
	if board == nil {
		return nil, nil
	}
	list, err := a.findDelegations(ctx, board)
	return slices.DeleteFunc(list, func(d *domain.Delegation) bool { return !domain.SameName(d.Deputy, deputy) }), err
}

func (a sitting) findDelegations(ctx context.Context, board *domain.Board) ([]*domain.Delegation, error) {
	here := store.Related{Rel: domain.RelDelegatesOn, Filter: store.Compare{Property: "id", Op: store.Eq, Value: board.ID}}
	filter := store.Or{here, store.Not{Filter: store.Related{Rel: domain.RelDelegatesOn}}}
	return estate.All[*domain.Delegation](ctx, a.estate.Everything(), store.Query{Filter: filter, Order: []store.Order{{Property: "key"}}})
}
