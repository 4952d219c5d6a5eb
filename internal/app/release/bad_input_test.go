package release_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
)

// planned creates a release of a category.
func planned(f *apptest.Fixture, k string, category domain.ReleaseCategory) {
	f.T.Helper()
	f.Create(domain.KindRelease, k, apptest.Values{"releaseVersion": "1.0.0", "type": "MINOR", "category": string(category)})
}

func TestReleasesNeitherRequireNorBundleThemselvesInACircle_R2(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		for _, k := range []string{"P", "Q"} {
			planned(f, k, domain.PackageRelease)
		}
		planned(f, "R", domain.DeltaRelease)
		f.Connect(domain.RelBundles, "P", "Q", nil)
		f.Connect(domain.RelBundles, "Q", "R", nil)
		circle := func(rel, from, to string) {
			t.Helper()
			_, err := f.Records.Connect(f.Ctx, rel, apptest.Key(from), apptest.Key(to), nil, nil)
			require.Equal(t, "R2", apptest.Refused(t, err, domain.RuleViolation, "input.to").Rule)
			got, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: []string{edge(rel, "Release:"+from, "Release:"+to, "")}}, nil)
			require.NoError(t, err)
			require.Len(t, got.Wrong, 1)
			require.Equal(t, "R2", got.Wrong[0].Rule)
		}
		circle(domain.RelBundles, "Q", "P")
		circle(domain.RelRequires, "R", "P") // what it is bundled by
	})
}

func TestAVersionThatCannotBeReadIsRefused_R3(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(paying...)
		planned(f, "R", domain.DeltaRelease)
		_, err := f.Records.Connect(f.Ctx, domain.RelChanges, apptest.Key("R"), apptest.Key("pay-calc"), apptest.Values{"action": "ADD", "toVersion": "…"}, nil)
		require.Equal(t, "R3", apptest.Refused(t, err, domain.RuleViolation, "input.toVersion").Rule)
		f.Connect(domain.RelChanges, "R", "pay-calc", apptest.Values{"action": "MODIFY", "fromVersion": "1.0.0", "toVersion": "1.1.0"})
		_, err = f.Records.Update(f.Ctx, domain.KindRelease, apptest.Key("R"), apptest.Values{"releaseVersion": "one"}, nil, nil)
		require.Equal(t, "R3", apptest.Refused(t, err, domain.RuleViolation, "input.patch.releaseVersion").Rule)
	})
}

// A unit without items is held by nothing, and an item that leaves its unit is one
// of its own.
func TestAUnitWithoutItemsIsHeldByNoRelease_R2(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(paying...)
		f.Create(domain.KindReleaseUnit, "empty", nil)
		delta(f)
		for _, item := range []string{"pay-calc", "pay-ui"} {
			_, err := f.Records.Disconnect(f.Ctx, domain.RelGroups, apptest.Key("pay"), apptest.Key(item), nil, nil)
			require.NoError(t, err)
		}
		c, err := f.Releases.Contents(f.Ctx, f.Release("R"))
		require.NoError(t, err)
		require.Empty(t, c.Units)
		require.Empty(t, c.LeftOut)
		require.Len(t, c.Nodes, 1)
		m, err := f.Variants.VersionMatrix(f.Ctx, apptest.Key("empty"), nil)
		require.NoError(t, err)
		require.Empty(t, m.Rows)
	})
}

// Of those who unlock and reject at once one does it, and the others are told.
func TestOfThoseWhoUnlockAndRejectAtOnceOneDoes_R6_R8(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f)
		var all sync.WaitGroup
		results := make([]error, 3)
		all.Go(func() {
			_, results[0] = f.Releases.UnlockRelease(f.As("mia", domain.ReleaseManager), apptest.OfRelease("R"), nil)
		})
		all.Go(func() {
			_, results[1] = f.Releases.RejectRelease(f.As("tom", domain.TestManager), apptest.OfRelease("R"), nil)
		})
		all.Go(func() {
			_, results[2] = f.Releases.UnlockRelease(f.As("max", domain.ReleaseManager), apptest.OfRelease("R"), nil)
		})
		all.Wait()
		done := 0
		for _, err := range results {
			if err == nil {
				done++
			}
		}
		require.Equal(t, 1, done, "%v", results)
		want := domain.ReleasePlanned
		if results[1] == nil {
			want = domain.ReleaseRejected
		}
		require.Equal(t, want, f.Release("R").Status)
	})
}

// What is handed in is 1 byte at least, and what releases are about stays.
func TestAKitOfNoBytesAndRemovalsOfWhatIsInUseAreRefused_L1_C3(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Lines(paying...)
		delta(f)
		_, err := f.Records.Create(f.Ctx, domain.KindMediaItem, apptest.Values{"key": "none", "name": "n", "productVersion": "1", "sha256": digest, "size": 0}, nil)
		fields := []string{}
		for _, e := range domain.ErrorsOf(err) {
			fields = append(fields, e.Field)
		}
		require.Equal(t, []string{"input.size"}, slices.Compact(fields))
		for kind, k := range map[string]string{domain.KindConfigurationItem: "pay-calc", domain.KindChangeRequest: "C-1", domain.KindMediaItem: "pay-calc-1.1.0"} {
			_, err := f.Records.Remove(f.Ctx, kind, apptest.Key(k), nil, nil)
			require.Error(t, err, "%s is in use", k)
		}
		require.ErrorContains(t, f.Media.Stored(f.As("vera", domain.Viewer), "pay-install", digest, 3, "main"), "may not")
	})
}
