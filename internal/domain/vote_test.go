package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// before is a request that waits for its first vote.
func before(votes ...*domain.Vote) *domain.ChangeFacts {
	f := ready(domain.NormalChange, domain.ChangeAssessed)
	f.Votes = votes
	return f
}

func approves(voter string) domain.Ballot {
	return domain.Ballot{Voter: domain.Doer{Name: voter}, Verdict: domain.Approve, At: noon}
}

func TestMembersOfTheBoardVote(t *testing.T) { // H3
	seat, es := domain.CheckBallot(before(), approves("ann"))
	require.Empty(t, es)
	require.Equal(t, "ann", seat)
	_, es = domain.CheckBallot(before(), approves("zoe"))
	require.ErrorContains(t, es, "of which zoe is no member: ann, bob, cid, dora are")
}

func TestNobodyVotesTwice(t *testing.T) { // H3
	_, es := domain.CheckBallot(before(vote("ann", domain.Approve)), approves("ann"))
	require.ErrorContains(t, es, "ann voted APPROVE already: nobody votes twice")
}

func TestAVoteFallsWhenTheContentChangesAfterIt(t *testing.T) { // H3
	f := before(vote("ann", domain.Approve), vote("bob", domain.Approve))
	require.Equal(t, domain.ChangeAuthorised, f.Decision())
	f.Request.ContentVersion++
	require.Empty(t, f.Decision())
	_, es := domain.CheckBallot(f, approves("ann"))
	require.Empty(t, es, "who has voted on other content votes again")
}

func TestOneRejectionRejects(t *testing.T) { // H3
	f := before(vote("ann", domain.Approve), vote("bob", domain.Approve), vote("cid", domain.Reject))
	require.Equal(t, domain.ChangeRejected, f.Decision())
	require.ErrorContains(t, f.CheckMove("authoriseChangeRequest", domain.ChangeAuthorised), "one rejection rejects")
}

func TestNobodyVotesOnTheirOwnRequest(t *testing.T) { // H3
	f := before()
	f.Request.Requester = some("ann")
	_, es := domain.CheckBallot(f, approves("ann"))
	require.ErrorContains(t, es, "nobody votes on their own request")
	b := approves("zoe")
	b.Delegations = []*domain.Delegation{{Absent: "ann", Deputy: "zoe", From: noon.Add(-time.Hour), ConfirmedAt: &noon}}
	_, es = domain.CheckBallot(f, b)
	require.ErrorContains(t, es, "nobody votes on their own request, nor lets others")
}

func TestADeputyVotesForWhoIsAway(t *testing.T) { // H3
	end := noon.Add(time.Hour)
	b := approves("zoe")
	b.Delegations = []*domain.Delegation{{Absent: "ann", Deputy: "zoe", From: noon, ConfirmedAt: &noon, Until: &end}}
	seat, es := domain.CheckBallot(before(), b)
	require.Empty(t, es)
	require.Equal(t, "ann", seat)

	b.At = end
	_, es = domain.CheckBallot(before(), b)
	require.ErrorContains(t, es, "zoe is no member", "a delegation that has ended lets nobody vote")

	b.At, b.For = noon, "bob"
	_, es = domain.CheckBallot(before(), b)
	require.ErrorContains(t, es, "zoe does not stand in for bob")

	b.For = ""
	b.Delegations = append(b.Delegations, &domain.Delegation{Absent: "bob", Deputy: "zoe", From: noon, ConfirmedAt: &noon})
	_, es = domain.CheckBallot(before(), b)
	require.ErrorContains(t, es, "zoe stands in for ann and bob: say for whom")
}

func TestASeatVotesOnceWhoeverVotesForIt(t *testing.T) { // H3
	stand := vote("zoe", domain.Approve)
	stand.Seat = "ann"
	_, es := domain.CheckBallot(before(stand), approves("ann"))
	require.ErrorContains(t, es, "zoe voted APPROVE for ann already")
	b := approves("bob")
	b.For, b.Delegations = "cid", []*domain.Delegation{{Absent: "cid", Deputy: "bob", From: noon, ConfirmedAt: &noon}}
	_, es = domain.CheckBallot(before(vote("bob", domain.Approve)), b)
	require.ErrorContains(t, es, "bob voted APPROVE already")
}

func TestAVoteAfterTheDecisionIsRefused(t *testing.T) { // H2
	f := before()
	f.Request.Status = domain.ChangeAuthorised
	_, es := domain.CheckBallot(f, approves("ann"))
	require.ErrorContains(t, es, "RFC-1 is AUTHORISED, of type NORMAL, from where castVote does not lead on; legal now: by itself (to IN_RELEASE), implementChangeRequest")
}

func TestNobodyApprovesWhatTheyCouldNotKnow(t *testing.T) { // H3
	f := before()
	f.Outdated, f.Request.Plan = []string{"db-1 changed"}, nil
	_, es := domain.CheckBallot(f, approves("ann"))
	require.ErrorContains(t, es, "a plan")
	require.ErrorContains(t, es, "an assessment that still holds")
	b := approves("ann")
	b.Verdict = domain.Reject
	_, es = domain.CheckBallot(f, b)
	require.Len(t, es, 1)
	require.Equal(t, "input.comment", es[0].Field, "a rejection says why")
	b.Comment = some("too risky")
	_, es = domain.CheckBallot(f, b)
	require.Empty(t, es, "a rejection needs no more")
}

func TestABoardThatCanNeverDecideIsRefused(t *testing.T) {
	b := &domain.Board{Record: domain.Record{Key: "CAB", Name: "CAB"}, Members: []string{"ann", "ann"}, Quorum: 3}
	require.ErrorContains(t, b.Check(), `members.1: "ann" is a member already`)
	require.ErrorContains(t, b.Check(), "quorum: is 3, which 2 members can never reach")
}
