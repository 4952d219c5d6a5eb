package acceptance_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/acceptance"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
	"releasegraph/internal/store/mirror"
)

// The dossier as it is printed has each section, and what records say is text.
func TestADossierIsPrinted_R8(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f)
		f.Lines(`{"node":"Vote","key":"V","name":"v","voter":"erin","seat":"erin","verdict":"APPROVE","castAt":"2026-01-01T00:00:00Z","board":"CAB","contentVersion":1}`, `{"edge":"CAST_ON","from":"Vote:V","to":"ChangeRequest:C-1"}`)
		f.PassTests("R", "tom", domain.BackOutTest)
		f.Deliver("R")
		require.NoError(t, signs(f, "olaf", domain.OperationsManager, acceptance.Sign{Column: domain.SignSupported}))
		require.NoError(t, err2(f.Acceptance.AcceptDefect(f.As("tom", domain.TestManager), acceptance.Defect{Release: apptest.Key("R"), Key: "KE-1", Symptoms: "<b>it blinks</b>", Workaround: "look | away"}, nil)))
		d, err := f.Acceptance.Dossier(f.WithLoads(f.Ctx), f.Release("R"))
		require.NoError(t, err)
		text := d.Markdown()
		for _, wanted := range []string{
			"R is IN_ACCEPTANCE, round 1, content ", "## What is missing", "TESTS (R8): a run of R-BACKOUT", "MODIFY pay-calc: 1.0.0 → 1.1.0", "C-1 Round right: APPROVE by erin",
			"| R-FUNCTIONAL/run-1 | PASS | 1 | TEST | tom |", "&lt;b>it blinks", `look \| away`, "## Back-out: FULL", "| R-TRAINING\\_PLAN Record R-TRAINING\\_PLAN | TRAINING\\_PLAN | APPROVED |", "| FALLEN |", "## Kit", "- all `" + d.Digest + "`",
		} {
			require.Contains(t, text, wanted)
		}
		html, err := d.HTML()
		require.NoError(t, err)
		require.NotContains(t, html, "<b>")
		require.Equal(t, 5, strings.Count(html, "<table>"))

		past, err := f.Records.Record(f.WithLoads(f.Ctx), domain.KindRelease, apptest.Key("R"), &domain.AsOf{Revision: apptest.Some(f.Head())})
		require.NoError(t, err)
		again, err := f.Acceptance.Dossier(f.WithLoads(f.Ctx), past.(*domain.Release))
		require.NoError(t, err)
		require.Equal(t, d.Digest, again.Digest, "as it was at a moment")
	})
}

// What prepares the release before it is accepted led there; what is due later did
// not, so that the digest that was kept can be worked out again.
func TestADossierTellsWhatWasPrepared_R12(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f)
		digest := func() (keys []string, digest string) {
			d, err := f.Acceptance.Dossier(f.WithLoads(f.Ctx), f.Release("R"))
			require.NoError(t, err)
			for _, task := range d.Tasks {
				keys = append(keys, task.Key)
			}
			return keys, d.Digest
		}
		keys, before := digest()
		require.Equal(t, []string{"R-QUALITY_PLAN", "R-RESOURCE"}, keys)
		f.Lines(`{"node":"Task","key":"course","name":"Course","kind":"TRAINING"}`, `{"edge":"PREPARES","from":"Task:course","to":"Release:R"}`)
		keys, after := digest()
		require.Len(t, keys, 2, "training is due before DEPLOYING")
		require.Equal(t, before, after)
	})
}

// Of two who do at once what one person may not do both, one is told.
func TestTwoDeedsAtOnceDoNotMissEachOther_R7(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f)
		f.Store.BeforeNext(func() { require.NoError(t, f.Runs("R-FUNCTIONAL", domain.TestPassed, "pam")) })
		err := signs(f, "pam", domain.Viewer, acceptance.Sign{Column: domain.SignDelivered})
		require.ErrorContains(t, err, "pam tested (TestRun R-FUNCTIONAL/run-1) and would sign as delivering (SignOff R/signature-1)")

		f.PassTests("R", "tom")
		f.Deliver("R")
		f.Lines(`{"node":"Party","key":"pat","name":"Pat","type":"PERSON","roleNames":["project manager"]}`)
		require.NoError(t, signs(f, "pat", domain.Viewer, acceptance.Sign{Column: domain.SignDelivered}))
		allSign(f, domain.SignDelivered)
		require.Empty(t, lacks(f))
		f.Store.BeforeNext(func() { require.NoError(t, f.Runs("R-TECHNICAL", domain.TestInconclusive, "tess")) })
		require.ErrorContains(t, accepts(f, "tom", domain.TestManager), "of R-TECHNICAL is INCONCLUSIVE")
		require.Equal(t, domain.ReleaseInAcceptance, f.Release("R").Status)
	})
}

// Who makes a part of a package does not judge the package, nor the other way.
func TestAPackageIsSeparatedFromItsParts_R7(t *testing.T) {
	onStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f)
		require.NoError(t, f.Runs("R-FUNCTIONAL", domain.TestPassed, "tess"))
		f.Create(domain.KindRelease, "P", apptest.Values{"releaseVersion": "2027.01", "type": "MINOR", "category": "PACKAGE"})
		f.Connect(domain.RelBundles, "P", "R", nil)
		_, err := f.Records.Update(f.Ctx, domain.KindRelease, apptest.Key("P"), apptest.Values{"testManager": "bea"}, nil, nil)
		require.ErrorContains(t, err, "bea built (Release R) and would manage the tests (Release P)")
		_, err = f.Records.Update(f.Ctx, domain.KindRelease, apptest.Key("P"), apptest.Values{"manager": "tess"}, nil, nil)
		require.ErrorContains(t, err, "tess tested (TestRun R-FUNCTIONAL/run-1) and would manage (Release P)")
		require.NoError(t, err2(f.Records.Update(f.Ctx, domain.KindRelease, apptest.Key("P"), apptest.Values{"manager": "max"}, nil, nil)))
		require.ErrorContains(t, f.Runs("R-TECHNICAL", domain.TestPassed, "max"), "max manages (Release P) and would test (TestRun R-TECHNICAL/run-1)")
	})
}

// A large release has 200 requests and 500 tests, each of them run.
func BenchmarkADossierOf200ChangesAnd500Tests(b *testing.B) {
	b.Run("store", func(b *testing.B) { benchmarkDossier(b, apptest.OpenSQLite(b)) })
	b.Run("memory", func(b *testing.B) {
		inMemory := mirror.Open(b.Context(), apptest.OpenSQLite(b), mirror.Options{})
		require.NoError(b, inMemory.Loaded(b.Context()))
		benchmarkDossier(b, inMemory)
	})
}

func benchmarkDossier(b *testing.B, s store.Store) {
	f := apptest.NewFixture(b, s)
	f.Lines(paying...)
	f.Lines(`{"node":"Release","key":"R","name":"r","releaseVersion":"1.1.0","type":"MINOR","category":"DELTA","status":"IN_ACCEPTANCE","round":1,"approach":"PHASED"}`)
	lines := []string{}
	for i := range 200 {
		lines = append(lines,
			fmt.Sprintf(`{"node":"ConfigurationItem","key":"i-%d","name":"i","class":"PROGRAM","productVersion":"1.0.0"}`, i),
			fmt.Sprintf(`{"edge":"CHANGES","from":"Release:R","to":"ConfigurationItem:i-%d","action":"MODIFY","fromVersion":"1.0.0","toVersion":"1.1.0"}`, i),
			fmt.Sprintf(`{"node":"ChangeRequest","key":"X-%d","name":"x","type":"NORMAL","status":"IN_RELEASE","requester":"rita","plan":"do","backOutKind":"FULL","backOutPlan":"undo"}`, i),
			fmt.Sprintf(`{"edge":"IMPLEMENTS","from":"Release:R","to":"ChangeRequest:X-%d"}`, i), fmt.Sprintf(`{"edge":"AFFECTS","from":"ChangeRequest:X-%d","to":"ConfigurationItem:i-%d"}`, i, i))
	}
	for i := range 500 {
		lines = append(lines,
			fmt.Sprintf(`{"node":"AcceptanceTest","key":"T-%d","name":"t","kind":"FUNCTIONAL","criteria":"c","environment":"TEST","required":true}`, i),
			fmt.Sprintf(`{"edge":"TESTS","from":"AcceptanceTest:T-%d","to":"Release:R"}`, i),
			fmt.Sprintf(`{"node":"TestRun","key":"T-%d/run-1","name":"r","verdict":"PASS","round":1,"kitDigest":%q,"environment":"TEST","startedAt":"2026-01-01T00:00:00Z","endedAt":"2026-01-01T01:00:00Z","tester":"tom"}`, i, digest),
			fmt.Sprintf(`{"edge":"RUN_OF","from":"TestRun:T-%d/run-1","to":"AcceptanceTest:T-%d"}`, i, i))
	}
	for len(lines) > 0 {
		n := min(500, len(lines))
		f.Lines(lines[:n]...)
		lines = lines[n:]
	}
	r := f.Release("R")
	b.ResetTimer()
	for b.Loop() {
		begin := time.Now()
		d, err := f.Acceptance.Dossier(f.WithLoads(f.Ctx), r)
		require.NoError(b, err)
		require.Len(b, d.Runs, 500)
		require.Less(b, time.Since(begin), 5*time.Second)
	}
}
