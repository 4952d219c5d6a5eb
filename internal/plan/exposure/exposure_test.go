package exposure_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/plan/exposure"
)

// Who has it keeps it when the share grows, and at all everybody has it.
func TestWhoHasItKeepsItWhenTheShareGrows_P6(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		release, key := rapid.String().Draw(t, "release"), rapid.String().Draw(t, "key")
		had := false
		for percent := range 101 {
			has := exposure.Has(release, key, percent)
			require.False(t, had && !has, "lost at %d", percent)
			had = has
		}
		require.True(t, had)
		require.False(t, exposure.Has(release, key, 0))
	})
}

// A share of many is about that share, and another one for another release.
func TestAShareIsAboutThatShare_P6(t *testing.T) {
	in, both := 0, 0
	for i := range 20_000 {
		key := fmt.Sprintf("user-%d", i)
		if exposure.Has("R", key, 10) {
			in++
			if exposure.Has("Q", key, 10) {
				both++
			}
		}
	}
	require.InDelta(t, 2_000, in, 150)
	require.InDelta(t, 200, both, 60)
}

// Shares rise, up to all.
func TestSharesRiseUpToAll_P6(t *testing.T) {
	require.Empty(t, exposure.CheckShares([]int{1, 10, 100}))
	for _, shares := range [][]int{nil, {50}, {50, 10, 100}, {0, 100}, {100, 101}, {100, 100}} {
		require.NotEmpty(t, exposure.CheckShares(shares), "%v", shares)
	}
}
