package match_test

import (
	"strings"
	"testing"

	"github.com/Masterminds/semver/v3"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
)

// What is taken for a range by whoever writes it is one for who compares
// versions, and the other way round.
func TestARangeThatIsTakenIsOneThatVersionsAreComparedWith(t *testing.T) {
	part := rapid.SampledFrom([]string{
		">=", "<", "=", "~", "^", "!=", "~>", "=>", "1", "14.2", "1.2.3", "x", "1.*", "1.2.3-rc.1", "2.0.0+b", "v3", "banana", "1.2.3.4", "&&", "-", ",", "||", " ", " ", " ", "",
	})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(part, 1, 9).Draw(t, "parts"), "")
		ranged := strings.ContainsAny(strings.TrimSpace(text)[:min(1, len(strings.TrimSpace(text)))], "<>=!~^") || strings.Contains(text, "||")
		if !ranged || strings.Contains(text, " - ") {
			t.Skip("a version, or a range by a hyphen")
		}
		_, compared := semver.NewConstraint(text)
		if taken := domain.CheckVersionRange(text); (taken == nil) != (compared == nil) {
			t.Fatalf("%q: taken with %v, compared with %v", text, taken, compared)
		}
	})
}
