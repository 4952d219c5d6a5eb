package domain_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
)

// TestAQuorumIsOfThatManyPersonsHoweverTheyAreSpelt draws actors under any
// spelling, boards as old stores have them, delegations and votes that an import
// brought. Persons are told apart by the names from which the spellings were
// made, which the rules do not see.
func TestAQuorumIsOfThatManyPersonsHoweverTheyAreSpelt(t *testing.T) { // H3
	rapid.Check(t, func(t *rapid.T) {
		of := map[string]string{} // persons by spelling
		spelt := func(label string) string {
			person := rapid.SampledFrom(people).Draw(t, label)
			s := spelling(t, person)
			of[s] = person
			return s
		}
		f := ready(domain.NormalChange, domain.ChangeAssessed)
		f.Votes, f.Board.Members, f.Board.Quorum = nil, nil, rapid.IntRange(1, 3).Draw(t, "quorum")
		for range rapid.IntRange(1, 6).Draw(t, "seats") {
			f.Board.Members = append(f.Board.Members, spelt("member"))
		}
		f.Request.Requester = some(spelt("requester"))
		var delegations []*domain.Delegation
		for range rapid.IntRange(0, 4).Draw(t, "delegations") {
			delegations = append(delegations, &domain.Delegation{Absent: spelt("absent"), Deputy: spelt("deputy"), From: noon, ConfirmedAt: &noon})
		}
		for n := range rapid.IntRange(0, 12).Draw(t, "votes") {
			ballot(t, f, delegations, spelt, n)
		}
		if f.Decision() != domain.ChangeAuthorised {
			return
		}
		voters, seats := map[string]bool{}, map[string]bool{}
		for _, v := range f.Votes {
			if v.Verdict != domain.Approve {
				continue
			}
			if asker := of[*f.Request.Requester]; of[v.Voter] != asker && of[v.Seat] != asker {
				voters[of[v.Voter]], seats[of[v.Seat]] = true, true
			}
		}
		require.GreaterOrEqual(t, len(voters), f.Board.Quorum, "as many persons as the quorum, none of them the requester")
		require.GreaterOrEqual(t, len(seats), f.Board.Quorum)
	})
}

// ballot casts a vote by the rules, or brings one as an import does.
func ballot(t *rapid.T, f *domain.ChangeFacts, delegations []*domain.Delegation, spelt func(string) string, n int) {
	b := domain.Ballot{Voter: domain.Doer{Name: spelt("voter")}, Verdict: domain.Approve, At: noon.Add(time.Duration(n) * time.Minute), Delegations: delegations}
	if rapid.Bool().Draw(t, "for another") {
		b.For = spelt("for")
	}
	seat, es := domain.CheckBallot(f, b)
	if brought := rapid.IntRange(0, 3).Draw(t, "brought") == 0; brought {
		seat, es = spelt("seat"), nil
	}
	if len(es) > 0 {
		return
	}
	f.Votes = append(f.Votes, &domain.Vote{
		Record: domain.Record{Key: fmt.Sprint(n)}, Voter: b.Voter.Name, Seat: seat, Verdict: b.Verdict, Board: f.Board.Key, CastAt: b.At,
		ContentVersion: f.Request.ContentVersion,
	})
}

func TestAVoteOfAFormerMemberDoesNotCount(t *testing.T) { // H3
	f := before(vote("ann", domain.Approve), vote("bob", domain.Approve))
	f.Board.Members = []string{"bob", "cid", "dora"}
	require.Empty(t, f.Decision())
	f.Votes = append(f.Votes, vote("cid", domain.Approve))
	require.Equal(t, domain.ChangeAuthorised, f.Decision())
}

func TestNobodyVotesTwiceUnderAnotherSpellingOrForAnotherSeat(t *testing.T) { // H3
	f := before(vote("ann", domain.Approve))
	f.Board.Members = []string{"ann", "ANN", "bob", "cid"} // as an old store may have it
	_, es := domain.CheckBallot(f, approves("ANN"))
	require.ErrorContains(t, es, "nobody votes twice")

	b := approves(" Ann")
	b.For, b.Delegations = "bob", []*domain.Delegation{{Absent: "Bob", Deputy: "ann", From: noon, ConfirmedAt: &noon}}
	_, es = domain.CheckBallot(f, b)
	require.ErrorContains(t, es, "nobody votes twice")

	twice := vote("ann", domain.Approve)
	twice.Seat, twice.Voter = "bob", "Ann"
	f.Votes = append(f.Votes, twice)
	require.Empty(t, f.Decision(), "nor by an import")
}

func TestOneIdentityVotesOnceUnderTwoNames(t *testing.T) { // H3
	ann := vote("ann", domain.Approve)
	ann.Identities = []string{"https://login.example.com#7"}
	f := before(ann)
	b := approves("bob")
	b.Voter.Identities = ann.Identities
	_, es := domain.CheckBallot(f, b)
	require.ErrorContains(t, es, "nobody votes twice")
	f.Votes, f.Request.RequesterIdentities = nil, ann.Identities
	_, es = domain.CheckBallot(f, b)
	require.ErrorContains(t, es, "nobody votes on their own request")
}

func TestABoardListsNobodyTwice(t *testing.T) {
	for other, why := range map[string]string{
		"Ann": `is a member already, spelt "ann"`, "ａｎｎ": "is a member already", "аnn": "cannot be told", "token:ci": "names API tokens",
	} {
		b := &domain.Board{Record: domain.Record{Key: "CAB", Name: "CAB"}, Members: []string{"ann", other}, Quorum: 1}
		require.ErrorContains(t, b.Check(), why)
	}
}
