package apptest

import (
	"context"

	"releasegraph/internal/app/acting"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/change"
	"releasegraph/internal/domain"
)

// As is the fixture's context with another actor.
func (f *Fixture) As(name string, roles ...domain.Role) context.Context {
	return acting.WithActor(f.WithLoads(f.T.Context()), domain.Actor{Name: name, Roles: roles})
}

// Reviewed is an estate with a shop over a database, and a board of three that
// decides by two votes.
func (f *Fixture) Reviewed() {
	f.T.Helper()
	f.Item("db", Values{"class": "DATABASE", "criticality": 4, "users": 5})
	f.Item("shop", Values{"users": 900})
	f.Item("reports", Values{"class": "APPLICATION"})
	f.Connect(domain.RelDependsOn, "shop", "db", Values{"kind": "USES"})
	f.Connect(domain.RelDependsOn, "reports", "db", Values{"kind": "USES", "impact": "DEGRADED"})
	f.Put(domain.KindBoard, Values{"key": "CAB", "name": "The board", "members": []any{"ann", "bob", "cid"}, "quorum": 2})
}

// Put creates a record of a kind from its values alone.
func (f *Fixture) Put(kind string, in Values) {
	f.T.Helper()
	_, err := f.Records.Create(f.Ctx, kind, in, nil)
	require.NoError(f.T, err)
}

// Request is a draft of rita's with all that a board wants, on the database.
func (f *Fixture) Request(k string, more ...Values) {
	f.T.Helper()
	in := Values{
		"key": k, "name": "Change " + k, "justification": "it is slow", "plan": "a new index", "backOutKind": "FULL", "backOutPlan": "drop it",
	}
	for _, m := range more {
		for name, v := range m {
			in[name] = v
		}
	}
	_, err := f.Records.Create(f.As("rita", domain.Requester), domain.KindChangeRequest, in, nil)
	require.NoError(f.T, err)
	_, err = f.Records.Connect(f.As("rita", domain.Requester), domain.RelAffects, Key(k), Key("db"), nil, nil)
	require.NoError(f.T, err)
}

// Submit hands a request in.
func (f *Fixture) Submit(k string) {
	f.T.Helper()
	_, err := f.Changes.SubmitChangeRequest(f.As("rita", domain.Requester), change.ChangeVerb{Ref: Key(k)}, nil)
	require.NoError(f.T, err)
}

// Assess assesses a request as mia, who leads changes.
func (f *Fixture) Assess(k string) *change.Reviewed {
	f.T.Helper()
	r, err := f.Changes.AssessChangeRequest(f.As("max", domain.ChangeManager), change.Assess{Ref: Key(k)}, nil)
	require.NoError(f.T, err)
	return r
}

// Vote votes on a request in somebody's name.
func (f *Fixture) Vote(voter, k string, verdict domain.Verdict) (*change.Reviewed, error) {
	in := change.CastVote{Ref: Key(k), Verdict: verdict}
	if verdict == domain.Reject {
		in.Comment = Some("too risky")
	}
	return f.Changes.CastVote(f.As(voter, domain.CABMember), in, nil)
}

// Status returns the status of a request.
func (f *Fixture) Status(k string) domain.ChangeRequestStatus {
	f.T.Helper()
	c, err := f.Records.Record(f.Ctx, domain.KindChangeRequest, Key(k), nil)
	require.NoError(f.T, err)
	return c.(*domain.ChangeRequest).Status
}
