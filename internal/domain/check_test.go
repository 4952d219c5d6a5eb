package domain_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
)

func TestAKeyIsPrintableTextInOneLine(t *testing.T) { // C1
	for _, good := range []string{"shop", "a b", "Gerät 1", "🚀", "node:1/2", `"quoted"`, strings.Repeat("x", 256)} {
		require.NoError(t, domain.CheckKey(good), good)
	}
	for _, bad := range []string{"", " a", "a ", "a\nb", "a\x00", "\xff", "a\u0085b", strings.Repeat("x", 257)} {
		require.Error(t, domain.CheckKey(bad), "%q", bad)
	}
}

func TestANameMayHoldQuotesLineBreaksAndEmoji(t *testing.T) {
	require.NoError(t, domain.CheckName("the \"shop\"\n🚀"))
	require.NoError(t, domain.CheckName(strings.Repeat("🚀", 1000)))
	for _, bad := range []string{"", "  ", "a\x00b", "\xff", strings.Repeat("x", 1001)} {
		require.Error(t, domain.CheckName(bad), "%q", bad)
	}
}

func TestATimeZoneIsAnIANAName(t *testing.T) { // P7
	for _, good := range []string{"Europe/Paris", "UTC", "America/Argentina/Ushuaia"} {
		require.NoError(t, domain.CheckTimeZone(good))
		require.NoError(t, domain.CheckTimeZone(good), "asked again")
	}
	for _, bad := range []string{"", "Local", "Europe/Atlantis", "+02:00", "../etc/passwd"} {
		require.Error(t, domain.CheckTimeZone(bad), bad)
	}
}

func TestNothingIsLinkedToItself(t *testing.T) {
	require.Nil(t, domain.CheckEnds(domain.RelDependsOn, "a", "b"))
	require.Equal(t, "an item cannot depend on itself", domain.CheckEnds(domain.RelDependsOn, "a", "a").Message)
	require.NotNil(t, domain.CheckEnds("OTHER", "a", "a"))
}

func TestSeveralErrorsReadAsOneLineEach(t *testing.T) {
	es := domain.Errors{{Field: "key", Message: "is missing"}, {Message: "no"}}
	require.EqualError(t, es.Err(), "key: is missing; no")
	require.NoError(t, domain.Errors{}.Err())
	require.Equal(t, es[0], es[:1].Err())
}
