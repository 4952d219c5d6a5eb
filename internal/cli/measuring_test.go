package cli

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPrometheusServersAreNamedByFlags(t *testing.T) {
	s, err := measuring([]string{"prod=https://metrics.example.com:9090/a?b=c", "acc=http://127.0.0.1:9090"})
	require.NoError(t, err)
	require.Equal(t, []string{"acc", "prod"}, s.Names())
	for flag, told := range map[string]string{
		"http://ann:secret@metrics.example.com": "write NAME=URL", "prod=metrics:9090": "must be http://HOST:PORT", "=http://metrics": "the name of the Prometheus server",
	} {
		_, err := measuring([]string{flag})
		require.ErrorContains(t, err, told)
		require.NotContains(t, err.Error(), "secret")
	}
	_, err = measuring([]string{"prod=http://a", "prod=http://b"})
	require.ErrorContains(t, err, "names prod twice")
	require.Equal(t, "prod=http://ann:********@metrics.example.com", shownNamed("prometheus", "prod=http://ann:secret@metrics.example.com"))
	require.Equal(t, "plain", shownNamed("tag", "plain"))
}
