package domain_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
)

// A reference leads to one place, by a plain path, and what is in a registry is pinned.
func TestAReferenceHasAPlainPath_L1(t *testing.T) {
	digest := strings.Repeat("ab", 32)
	for _, right := range []string{"sha256/" + digest, "file:///kits/pay-1.1.0.tar", "s3://kits/pay/1.1.0.tar", "oci://registry.example/pay@sha256:" + digest, "file:///kits/v..1"} {
		require.NoError(t, domain.CheckMediaLocation(right), right)
	}
	for wrong, why := range map[string]string{
		"file:///kits/../../etc/passwd": `must not hold ".."`, "s3://kits/..": `must not hold ".."`, "file:///kits/%2e%2e/secret": `must not hold ".."`,
		"oci://registry.example/../pay@sha256:" + digest: `must not hold ".."`, "oci://registry.example/pay:1.1.0": "pinned to a digest",
		"sha256/../../etc/passwd": "64", "sha256/" + digest[1:]: "64", "/etc/passwd": "is none of", "https://example.org/kit": "is none of", "": "is none of",
	} {
		require.ErrorContains(t, domain.CheckMediaLocation(wrong), why, wrong)
	}
}
