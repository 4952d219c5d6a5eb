package running_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/registered"
	"releasegraph/internal/domain"
)

// registration is what Acme rolled out of R at some sites.
func registration(outcome registered.Outcome, sites ...string) registered.Register {
	in := registered.Register{
		Release: apptest.Key("R"), CarriedOutBy: "Acme", Outcome: outcome,
		From: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 2, 1, 4, 0, 0, 0, time.UTC),
	}
	for _, s := range sites {
		in.Sites = append(in.Sites, apptest.Key(s))
	}
	return in
}

// registers registers what must be taken.
func registers(f *apptest.Fixture, in registered.Register) *play {
	f.T.Helper()
	out, err := f.Running.RegisterDeployment(f.WithLoads(f.Ctx), in, nil)
	require.NoError(f.T, err)
	return &play{f, out.Deployment.Key}
}

// What others rolled out is on record with what it left installed, and the release goes
// with it: it is DEPLOYING while sites lack it, and CLOSED when none does.
func TestWhatOthersRolledOutIsRegistered_D9(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(base...)
		in := registration(registered.Succeeded, "c")
		p := registers(f, in)
		require.Equal(t, "CLOSED DEPLOYING | SUCCEEDED c:VERIFIED", p.stands())
		require.Equal(t, "db 2.0.0/2.0.0", p.installed("c"))
		require.Equal(t, in.From, f.Release("R").PublishedFrom.UTC())
		p = registers(f, registration(registered.Failed, "a"))
		require.Equal(t, "ABORTED DEPLOYING | FAILED a:FAILED", p.stands())
		p = registers(f, registration(registered.Succeeded, "a", "b"))
		require.Equal(t, "CLOSED CLOSED | SUCCEEDED a:VERIFIED b:VERIFIED", p.stands())
		require.Equal(t, "app 2.0.0/2.0.0", p.installed("a"))
		require.NotNil(t, f.Release("R").LiveAt)
		in.To = time.Date(2027, 2, 1, 4, 0, 0, 0, time.UTC)
		_, err := f.Running.RegisterDeployment(f.WithLoads(f.Ctx), in, nil)
		apptest.Refused(t, err, domain.RuleViolation, "input.to")
	})
}

// A release that was rolled out here, too, is closed by its own roll-out.
func TestARollOutOfOthersDoesNotCloseWhatGoesOn_R4_D9(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		started(f)
		p := registers(f, registration(registered.Succeeded))
		require.Equal(t, "CLOSED DEPLOYING | SUCCEEDED a:VERIFIED b:VERIFIED c:VERIFIED", p.stands())
	})
}

// What was registered as PLANNED comes to its end by the same key; the same again, or what
// comes late, changes nothing.
func TestWhatOthersPlanComesToItsEnd_D9(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(base...)
		in := registration(registered.Planned)
		in.Key = apptest.Some("acme-7")
		in.From, in.To = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		p := registers(f, in)
		require.Equal(t, "PLANNED ACCEPTED | PENDING a:PENDING b:PENDING c:PENDING", p.stands())
		head := f.Head()
		in.To = in.To.Add(time.Hour)
		registers(f, in)
		require.Equal(t, in.To, p.deployment().FinishBy.UTC())
		require.Greater(t, f.Head(), head)

		p.passes(6 * time.Hour)
		in.Outcome = registered.Succeeded
		registers(f, in)
		require.Equal(t, "CLOSED CLOSED | SUCCEEDED a:VERIFIED b:VERIFIED c:VERIFIED", p.stands())
		require.Equal(t, "db 2.0.0/2.0.0", p.installed("c"))
		head = f.Head()
		registers(f, in)
		in.Outcome, in.To = registered.Planned, in.To.Add(24*time.Hour)
		registers(f, in)
		require.Equal(t, head, f.Head())
		in.Outcome, in.To = registered.Failed, in.To.Add(-24*time.Hour)
		_, err := f.Running.RegisterDeployment(f.WithLoads(f.Ctx), in, nil)
		apptest.Refused(t, err, domain.Conflict, "input.key")
		in.CarriedOutBy = "Bolt"
		_, err = f.Running.RegisterDeployment(f.WithLoads(f.Ctx), in, nil)
		require.Error(t, err, "the key is that of another party")
	})
}

// What was done without a request for change is told, and a draft of one is made, once for
// the release; with one that was authorised nothing is odd.
func TestWhatWasDoneWithoutARequestIsAFinding_D9_H8(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(base...)
		p := registers(f, registration(registered.Succeeded, "c"))
		require.Contains(t, *p.deployment().Finding, "without a request for change")
		request := f.Read(domain.KindChangeRequest, "R/done-without-request").(*domain.ChangeRequest)
		require.Equal(t, domain.ChangeDraft, request.Status)
		require.Contains(t, *request.Description, "R was rolled out by Acme from 2026-02-01 00:00 UTC")
		require.NotEmpty(t, *request.Requester)
		registers(f, registration(registered.Failed, "a"))
	})
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(base...)
		f.Brings(`{"node":"ChangeRequest","key":"RFC","name":"RFC","type":"NORMAL","status":"IN_RELEASE","requester":"ada"}`, `{"edge":"IMPLEMENTS","from":"Release:R","to":"ChangeRequest:RFC"}`)
		p := registers(f, registration(registered.Succeeded))
		require.Nil(t, p.deployment().Finding)
		require.Equal(t, "CLOSED CLOSED | SUCCEEDED a:VERIFIED b:VERIFIED c:VERIFIED", p.stands())
		require.Equal(t, domain.ChangeClosed, f.Read(domain.KindChangeRequest, "RFC").(*domain.ChangeRequest).Status)
	})
}
