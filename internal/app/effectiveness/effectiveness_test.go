package effectiveness_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/effectiveness"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/domain"
)

// rolled is a release that one site has and another one has not yet, under way.
var rolled = []string{
	`{"node":"Site","key":"par","name":"Paris"}`, `{"node":"Site","key":"lyo","name":"Lyon"}`, `{"node":"Site","key":"nyc","name":"New York"}`,
	`{"node":"ConfigurationItem","key":"pay","name":"pay","class":"PROGRAM","productVersion":"1.0.0"}`,
	`{"node":"Release","key":"R","releaseVersion":"1.1.0","type":"MINOR","category":"DELTA","status":"DEPLOYING"}`,
	`{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:pay","action":"MODIFY","fromVersion":"1.0.0","toVersion":"1.1.0"}`,
	`{"node":"Deployment","key":"D","name":"D","status":"RUNNING","startedAt":"2026-01-03T00:00:00Z"}`, `{"edge":"DEPLOYS","from":"Deployment:D","to":"Release:R"}`,
	`{"node":"Wave","key":"D-1","name":"All","ordinal":1,"status":"RUNNING"}`, `{"edge":"HAS_WAVE","from":"Deployment:D","to":"Wave:D-1"}`,
	`{"node":"SiteRollout","key":"D-par","name":"Paris","status":"VERIFIED","installedAt":"2026-01-10T00:00:00Z"}`,
	`{"node":"SiteRollout","key":"D-lyo","name":"Lyon","status":"SKIPPED"}`,
	`{"edge":"TARGETS","from":"Wave:D-1","to":"SiteRollout:D-par"}`, `{"edge":"TARGETS","from":"SiteRollout:D-par","to":"Site:par"}`,
	`{"edge":"TARGETS","from":"Wave:D-1","to":"SiteRollout:D-lyo"}`, `{"edge":"TARGETS","from":"SiteRollout:D-lyo","to":"Site:lyo"}`,
}

// Once a release is live the service desk and the sites that have it are asked how well it
// went; what they and the problems since say is kept with it.
func TestHowWellAReleaseWentIsAskedOnceItIsLive_R17(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(rolled...)
		says := func(who domain.Actor, site string, verdict domain.ReleaseEffect, comment *string) error {
			in := effectiveness.Review{Release: apptest.Key("R"), Verdict: verdict, Comment: comment}
			if site != "" {
				at := apptest.Key(site)
				in.Site = &at
			}
			_, err := f.Effectiveness.ReviewRelease(as(f, who), in, nil)
			return err
		}
		desk := domain.Actor{Name: "sue", Roles: []domain.Role{domain.SupportManager}}
		paris := domain.Actor{Name: "otto", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"par", "lyo"}}
		tells := func() *effectiveness.Effectiveness {
			e, err := f.Effectiveness.Effectiveness(f.WithLoads(f.Ctx), f.Release("R"))
			require.NoError(t, err)
			return e
		}
		require.Nil(t, tells())
		require.ErrorContains(t, says(desk, "", domain.Effective, nil), "R is DEPLOYING: how well it went is said once it is live")

		f.Lines(`{"node":"Deployment","key":"D","name":"D","status":"VERIFYING","startedAt":"2026-01-03T00:00:00Z","verifyingAt":"2026-01-11T00:00:00Z"}`,
			`{"node":"Wave","key":"D-1","name":"All","ordinal":1,"status":"SUCCEEDED"}`,
			`{"node":"Release","key":"R","releaseVersion":"1.1.0","type":"MINOR","category":"DELTA","status":"VERIFYING","liveAt":"2026-01-11T00:00:00Z"}`)
		e := tells()
		require.NotNil(t, e.AskedAt)
		require.Nil(t, e.Verdict)
		require.Equal(t, 2, e.Unanswered(), "the service desk and Paris; Lyon was left out")
		require.Equal(t, "par", e.Asked[1].Site.Key)
		require.Equal(t, 1, waiting(t, f, desk, domain.WorkReviewDesk))
		require.Equal(t, 1, waiting(t, f, paris, domain.WorkReviewSite))

		why := "tills are slow"
		require.ErrorContains(t, says(desk, "par", domain.Effective, nil), "does not speak for par")
		require.ErrorContains(t, says(paris, "", domain.Effective, nil), "does not speak for the service desk")
		require.ErrorContains(t, says(paris, "lyo", domain.Effective, nil), "R did not come there")
		require.ErrorContains(t, says(paris, "par", domain.PartlyEffective, nil), "why it is PARTLY_EFFECTIVE")
		require.Error(t, says(domain.Actor{Name: "vera", Roles: []domain.Role{domain.Viewer}}, "", domain.Effective, nil))
		require.NoError(t, says(desk, "", domain.Effective, nil))
		require.NoError(t, says(paris, "par", domain.Ineffective, &why))
		require.Equal(t, domain.Ineffective, *tells().Verdict, "the gravest counts")
		require.NoError(t, says(paris, "par", domain.Effective, nil))
		require.Equal(t, domain.Effective, *tells().Verdict, "the last of each counts")
		require.Zero(t, tells().Unanswered())
		require.Zero(t, waiting(t, f, desk, domain.WorkReviewDesk))
		require.Zero(t, waiting(t, f, paris, domain.WorkReviewSite))

		f.Lines(
			`{"node":"Problem","key":"P","name":"P","openedAt":"2026-01-12T00:00:00Z"}`, `{"edge":"CAUSED_BY","from":"Problem:P","to":"Deployment:D"}`,
			`{"edge":"CONCERNS","from":"Problem:P","to":"ConfigurationItem:pay"}`,
			`{"node":"Problem","key":"Q","name":"Q","openedAt":"2026-01-12T00:00:00Z"}`, `{"edge":"CONCERNS","from":"Problem:Q","to":"ConfigurationItem:pay"}`,
			`{"node":"Problem","key":"old","name":"old","openedAt":"2026-01-10T00:00:00Z"}`, `{"edge":"CONCERNS","from":"Problem:old","to":"ConfigurationItem:pay"}`,
		)
		e = tells()
		require.Equal(t, domain.PartlyEffective, *e.Verdict, "it caused a problem")
		require.Len(t, e.ProblemsCaused, 1)
		require.Equal(t, "P", e.ProblemsCaused[0].Key)
		require.Len(t, e.ProblemsSince, 1)
		require.Equal(t, "Q", e.ProblemsSince[0].Key)
		require.Equal(t, 3, reviews(t, f), "what was said before stays")
	})
}

// A release that was brought as VERIFYING tells that nobody was asked; it is asked as it is
// closed.
func TestAReleaseIsAskedForByItsEnd_R17(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(`{"node":"Release","key":"R","releaseVersion":"1.1.0","type":"MINOR","category":"DELTA","status":"VERIFYING"}`)
		require.Equal(t, []domain.MoveNeed{domain.NeedEffectiveness}, toClose(t, f))
		f.Lines(`{"node":"Release","key":"R","releaseVersion":"1.1.0","type":"MINOR","category":"DELTA","status":"CLOSED"}`)
		require.NotNil(t, f.Release("R").EffectivenessAskedAt)
	})
}

// toClose is what R lacks to be closed.
func toClose(t *testing.T, f *apptest.Fixture) (needs []domain.MoveNeed) {
	moves, err := f.Releases.Moves(f.Ctx, f.Release("R"))
	require.NoError(t, err)
	for _, m := range moves {
		for _, lack := range m.Lacks {
			if m.To == domain.ReleaseClosed {
				needs = append(needs, lack.Need)
			}
		}
	}
	return needs
}

func as(f *apptest.Fixture, who domain.Actor) context.Context {
	return acting.WithActor(f.WithLoads(f.T.Context()), who)
}

// reviews is how many reviews there are.
func reviews(t *testing.T, f *apptest.Fixture) int {
	zero := 0
	page, err := f.Records.Records(f.Ctx, domain.KindReleaseReview, listing.List{First: &zero})
	require.NoError(t, err)
	n, err := page.Total(f.Ctx)
	require.NoError(t, err)
	return n
}

// waiting is how many releases wait for somebody for a reason.
func waiting(t *testing.T, f *apptest.Fixture, who domain.Actor, why domain.WorkReason) (n int) {
	page, err := f.Work.MyWork(as(f, who), nil, nil)
	require.NoError(t, err)
	for _, w := range page.Nodes {
		if w.Why == why {
			n++
		}
	}
	return n
}
