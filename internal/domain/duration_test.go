package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
)

func TestDurationsAreReadAsISO8601(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"PT4H": 4 * time.Hour, "P1DT12H": 36 * time.Hour, "P2W": 14 * 24 * time.Hour, "PT90M": 90 * time.Minute,
		"PT0S": 0, "PT1.5S": 1500 * time.Millisecond, "P3D": 72 * time.Hour,
	} {
		got, err := domain.ParseDuration(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "P", "PT", "P1Y", "P1M", "4h", "P1DT", "-PT1H", "PT1H30", "P1WT1H"} {
		_, err := domain.ParseDuration(text)
		require.Error(t, err, text)
	}
}

func TestADurationReadsAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(0, int64(1000*24*time.Hour/time.Microsecond)).Draw(t, "microseconds")) * time.Microsecond
		got, err := domain.ParseDuration(domain.FormatDuration(d))
		require.NoError(t, err)
		require.Equal(t, d, got)
	})
}
