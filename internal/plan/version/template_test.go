package version_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/plan/version"
)

func TestAPackageIsNumberedByItsMonth_R3(t *testing.T) {
	p, err := version.ParseTemplate("{year}.{month:02}", version.PackageFields)
	require.NoError(t, err)
	require.Equal(t, "2026.03", p.Expand(version.DateValues(time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC))))
}

func TestAReleaseIsNamedByItsTemplate_R3(t *testing.T) {
	p, err := version.ParseTemplate("{name} {releaseVersion} {{{type:03}}}", version.NameFields)
	require.NoError(t, err)
	require.Equal(t, "Pay 1.1.0 {MINOR}", p.Expand(map[string]string{"name": "Pay", "releaseVersion": "1.1.0", "type": "MINOR"}))
}

func TestFaultyTemplatesAreRefused_R3(t *testing.T) {
	for text, why := range map[string]string{
		"":           "must not be empty",
		"{yer}":      "has the field {yer}, which is none of year, month, day",
		"{year":      "without its other half",
		"year}":      "without its other half",
		"{year:2}":   "which is no field such as {year} or {year:02}",
		"{}":         "which is no field",
		"{year:020}": "which is no field",
	} {
		_, err := version.ParseTemplate(text, version.PackageFields)
		require.ErrorContains(t, err, why, text)
	}
}

func FuzzTemplate(f *testing.F) {
	f.Add("{year}.{month:02}{{x}}")
	f.Add("}{")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := version.ParseTemplate(text, version.PackageFields)
		if err != nil {
			return
		}
		if !strings.ContainsAny(text, "{}") {
			require.Equal(t, text, p.Expand(nil))
		}
		p.Expand(version.DateValues(time.Unix(0, 0)))
	})
}
