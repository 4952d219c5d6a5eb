package domain_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"releasegraph/internal/domain"
)

// No run of events and moves brings a request to AUTHORISED with something
// missing (H3). What is missing is looked for here by the words of the rule,
// not by the code under test.
func TestNoRunOfMovesAuthorisesWithSomethingMissing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newChangeRun(t)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			before := r.f.Request.Status
			r.step(t)
			if r.f.Request.Status == domain.ChangeAuthorised && before != domain.ChangeAuthorised {
				if missing := r.missing(); missing != "" {
					t.Fatalf("AUTHORISED without %s", missing)
				}
			}
		}
	})
}

// changeRun is a request that things happen to.
type changeRun struct {
	f        *domain.ChangeFacts
	assessed int // the state of the items that was assessed
	items    int // counts their changes
	clock    time.Time
}

func newChangeRun(t *rapid.T) *changeRun {
	of := rapid.SampledFrom(domain.ChangeRequestTypes).Draw(t, "type")
	f := ready(of, domain.ChangeDraft)
	f.Assessed, f.Votes, f.Released = false, nil, false
	for need, take := range withouts {
		if need != domain.NeedAssessment && need != domain.NeedVotes && rapid.IntRange(0, 3).Draw(t, string(need)) == 0 && len(f.Items) > 0 {
			take(f)
		}
	}
	return &changeRun{f: f, clock: noon}
}

func (r *changeRun) step(t *rapid.T) {
	c := r.f.Request
	switch what := rapid.IntRange(0, 9).Draw(t, "what"); what {
	case 0: // someone edits what is decided on
		c.Plan = rapid.SampledFrom([]*string{nil, some("a plan"), some("another")}).Draw(t, "plan")
		c.ContentVersion++
	case 1:
		c.BackOutKind = rapid.SampledFrom([]*domain.BackOutKind{nil, some(domain.BackOutFull), some(domain.BackOutNone)}).Draw(t, "kind")
		c.ContentVersion++
	case 2: // an item comes, goes or changes
		r.items++
		r.f.Outdated = []string{"db-1 changed"}
		if len(r.f.Items) > 0 {
			r.f.Items[0].Status = rapid.SampledFrom([]domain.ItemStatus{domain.ItemLive, domain.ItemWithdrawn}).Draw(t, "status")
		}
	case 3:
		r.f.Items = rapid.SampledFrom([][]*domain.ConfigurationItem{nil, ready(c.Type, c.Status).Items}).Draw(t, "items")
		c.ContentVersion++
		r.items++
		r.f.Outdated = []string{"it affects other items"}
	case 4: // the impact is assessed
		if r.move("assessChangeRequest", domain.ChangeAssessed) {
			r.f.Assessed, r.f.Outdated, r.assessed = true, nil, r.items
		}
	case 5, 6, 7: // someone votes, and what is decided by it happens
		r.clock = r.clock.Add(time.Minute)
		r.vote(t)
	default:
		r.move(rapid.SampledFrom(verbsOfAChange).Draw(t, "verb"), rapid.SampledFrom(domain.ChangeRequestStatuses).Draw(t, "to"))
	}
}

func (r *changeRun) vote(t *rapid.T) {
	b := domain.Ballot{
		Voter:   domain.Doer{Name: rapid.SampledFrom([]string{"ann", "bob", "cid", "dora", "rita", "zoe"}).Draw(t, "voter")},
		Verdict: rapid.SampledFrom([]domain.Verdict{domain.Approve, domain.Approve, domain.Approve, domain.Reject}).Draw(t, "verdict"),
		At:      r.clock, Comment: some("as it is"), Delegations: []*domain.Delegation{{Absent: "dora", Deputy: "zoe", From: noon, ConfirmedAt: &noon}, {Absent: "cid", Deputy: "ann", From: noon, ConfirmedAt: &noon}},
		For: rapid.SampledFrom([]string{"", "", "dora", "cid"}).Draw(t, "for"),
	}
	seat, es := domain.CheckBallot(r.f, b)
	if len(es) > 0 {
		return
	}
	r.f.Votes = append(r.f.Votes, &domain.Vote{
		Voter: b.Voter.Name, Seat: seat, Verdict: b.Verdict, Board: r.f.Board.Key, CastAt: b.At, ContentVersion: r.f.Request.ContentVersion,
	})
	if to := r.f.Decision(); to != "" {
		r.move(map[domain.ChangeRequestStatus]string{domain.ChangeAuthorised: "authoriseChangeRequest", domain.ChangeRejected: "castVote"}[to], to)
	}
}

func (r *changeRun) move(verb string, to domain.ChangeRequestStatus) bool {
	if len(r.f.CheckMove(verb, to)) > 0 {
		return false
	}
	r.f.Request.Status = to
	return true
}

// missing is what H3, R10 and H7 want of an authorised request, put plainly.
func (r *changeRun) missing() string {
	c := r.f.Request
	switch {
	case len(r.f.Items) == 0:
		return "affected items"
	case r.f.Items[0].Status == domain.ItemWithdrawn:
		return "items in use"
	case c.Plan == nil:
		return "a plan"
	case c.BackOutKind == nil || *c.BackOutKind == domain.BackOutNone && c.Mitigation == nil || *c.BackOutKind != domain.BackOutNone && c.BackOutPlan == nil:
		return "a back-out plan"
	}
	if len(r.f.Votes) == 0 && c.Type == domain.StandardChange {
		if !slices.Contains(r.f.Model.Classes, "DATABASE") {
			return "a model for the item"
		}
		return ""
	}
	if r.assessed != r.items || !r.f.Assessed {
		return "an assessment that is no older than the last change"
	}
	voters, seats := map[string]bool{}, map[string]bool{}
	for _, v := range r.f.Votes {
		if v.ContentVersion != c.ContentVersion {
			continue
		}
		if v.Verdict == domain.Reject || v.Voter == "rita" || voters[v.Voter] || seats[v.Seat] {
			return fmt.Sprintf("fair votes: %+v", v)
		}
		voters[v.Voter], seats[v.Seat] = true, true
	}
	if len(seats) < 2 {
		return "the quorum"
	}
	return ""
}
