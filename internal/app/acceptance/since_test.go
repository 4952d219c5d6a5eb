package acceptance_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/release"
	"releasegraph/internal/domain"
	plan "releasegraph/internal/plan/release"
)

// since is what the notes of R say of the release before it.
func since(f *apptest.Fixture, audience plan.Audience) *plan.Since {
	f.T.Helper()
	n, err := f.Closing.Notes(f.WithLoads(f.Ctx), f.Release("R"), release.NotesAudience(audience))
	require.NoError(f.T, err)
	return n.Since
}

// What the notes say of the difference to the release before is what was accepted,
// whatever the estate becomes (R11).
func TestNotesKeepTheDifferenceThatWasAccepted_R11(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f)
		require.Nil(t, since(f, plan.Technical), "none went live before")
		f.Lines(
			`{"node":"Release","key":"Q","name":"Q","releaseVersion":"1.0.0","type":"MINOR","category":"DELTA","status":"CLOSED","liveAt":"2026-01-01T00:00:00Z"}`,
			`{"edge":"CHANGES","from":"Release:Q","to":"ConfigurationItem:pay-calc","action":"MODIFY","toVersion":"1.0.0"}`,
			`{"edge":"CHANGES","from":"Release:Q","to":"ConfigurationItem:pay-db","action":"MODIFY","toVersion":"14.1"}`,
		)
		f.PassTests("R", "tom")
		f.Deliver("R")
		allSign(f)
		items := []plan.NotedDifference{{Item: "pay-calc", Before: "MODIFY 1.0.0", Now: "MODIFY 1.1.0"}, {Item: "pay-db", Before: "MODIFY 14.1"}}
		require.Equal(t, &plan.Since{Release: "Q", Number: "1.0.0", Items: items}, since(f, plan.Support))
		require.NoError(t, accepts(f, "tom", domain.TestManager))
		kept := &plan.Since{Release: "Q", Number: "1.0.0", Accepted: true, Items: items}
		require.Equal(t, kept, since(f, plan.Support))

		f.Lines(
			`{"node":"Release","key":"Z","name":"Z","releaseVersion":"1.0.5","type":"MINOR","category":"DELTA","status":"CLOSED","liveAt":"2026-02-01T00:00:00Z"}`,
			`{"edge":"CHANGES","from":"Release:Z","to":"ConfigurationItem:pay-calc","action":"MODIFY","toVersion":"1.0.5"}`,
			`{"node":"ReleaseUnit","key":"pay","name":"pay"}`, `{"edge":"GROUPS","from":"ReleaseUnit:pay","to":"ConfigurationItem:pay-calc"}`,
			`{"edge":"GROUPS","from":"ReleaseUnit:pay","to":"ConfigurationItem:pay-db"}`, `{"node":"Release","key":"Q","category":"FULL"}`,
		)
		require.Equal(t, kept, since(f, plan.Technical), "another went live in the meantime, and the unit is another")
		require.Nil(t, since(f, plan.Customers), "who are told no items")
		n, err := f.Closing.Notes(f.WithLoads(f.Ctx), f.Release("R"), release.NotesAudience(plan.Support))
		require.NoError(t, err)
		require.Contains(t, n.Markdown(), "## Since Q 1.0.0\n\n- pay-calc: MODIFY 1.0.0 → MODIFY 1.1.0\n- pay-db: MODIFY 14.1 in the one before alone\n")

		reason := "one more change"
		_, err = f.Releases.UnlockRelease(f.As("mia", domain.ReleaseManager), domain.Verb{Ref: apptest.Key("R"), Reason: &reason}, nil)
		require.NoError(t, err)
		require.Equal(t, "Z", since(f, plan.Support).Release, "which is planned anew beside what is live now")
		require.False(t, f.Linked(domain.RelSucceeds, "R", "Q"))
		require.False(t, f.Linked(domain.RelDiffersIn, "R", "pay-calc"))
	})
}
