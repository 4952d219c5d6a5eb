package agent

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
)

// A report has the end of a log, in whole lines, as long as it may be, and of no more than
// can be shown.
func TestAReportHasTheEndOfALog_D5(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log")
	require.NoError(t, os.WriteFile(file, []byte(strings.Repeat("é line\r\n", 10_000)+"the \x1b[31mend\xff\u202e\n"), 0o600))
	got := tail(file)
	require.NoError(t, domain.CheckText(got, mostTold+8))
	require.True(t, strings.HasPrefix(got, "…\né line\né line"), got[:20])
	require.True(t, strings.HasSuffix(got, "\nthe [31mend"), got[len(got)-20:])
	require.Empty(t, tail(file+"x"))
}

// The file of a kit part has its key for a name, as far as a name can be so.
func TestAKitPartHasItsKeyForAName(t *testing.T) {
	for key, want := range map[string]string{
		"shop-2.0.0": "shop-2.0.0", "shop/2.0.0": "shop%2F2.0.0", "..": "%2E.", "a b%": "a%20b%25", "é": "%C3%A9",
	} {
		require.Equal(t, want, fileName(key))
	}
	require.Len(t, fileName(strings.Repeat("é", 128)), 64)
}
