package library_test

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/digest"
	"releasegraph/internal/library"
)

// However often it is looked and however long a look takes, each content is
// compared in each period, and no more than once in an hour of its own.
func TestEachContentHasItsTurnInAPeriod_L6(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hours := rapid.IntRange(1, 200).Draw(t, "hours")
		every := time.Duration(hours) * time.Hour
		start := time.Date(2027, 3, 28, rapid.IntRange(0, 23).Draw(t, "hour"), 30, 0, 0, time.UTC)
		d := digest.SHA256(sha256.Sum256([]byte(rapid.String().Draw(t, "content"))))
		turns, from := 0, start
		for from.Before(start.Add(every)) {
			until := from.Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "took")) * time.Hour)
			if end := start.Add(every - time.Hour); until.After(end) {
				until = end
			}
			if (library.Turn{Every: every, From: from, Until: until}).Has(d) {
				turns++
			}
			from = until.Add(time.Hour)
		}
		require.Equal(t, 1, turns)
	})
}

// The contents of a library are spread over the hours.
func TestTurnsAreSpreadOverAPeriod_L6(t *testing.T) {
	now, most := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), 0
	for h := range 168 {
		at, n := now.Add(time.Duration(h)*time.Hour), 0
		for i := range 1680 {
			d := digest.SHA256(sha256.Sum256(fmt.Append(nil, i)))
			if (library.Turn{Every: 168 * time.Hour, From: at, Until: at}).Has(d) {
				n++
			}
		}
		most = max(most, n)
	}
	require.Less(t, most, 30, "ten in each hour")
}
