package prometheus_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/measure"
	"releasegraph/internal/prometheus"
)

// requireServer, set to 1, makes a missing server a failure; otherwise the test is
// skipped.
const requireServer = "RELEASEGRAPH_REQUIRE_PROMETHEUS"

// startServer starts a real Prometheus that has kept some series, and returns its
// address.
func startServer(t *testing.T, lines string) string {
	t.Helper()
	for _, program := range []string{"prometheus", "promtool"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv(requireServer) == "1" {
				t.Fatalf("%s=1, and there is no %s", requireServer, program)
			}
			t.Skipf("there is no %s", program)
		}
	}
	dir := t.TempDir()
	config, text, data := filepath.Join(dir, "prometheus.yml"), filepath.Join(dir, "metrics.txt"), filepath.Join(dir, "data")
	require.NoError(t, os.WriteFile(config, nil, 0o600))
	require.NoError(t, os.WriteFile(text, []byte(lines+"# EOF\n"), 0o600))
	out, err := exec.CommandContext(t.Context(), "promtool", "tsdb", "create-blocks-from", "openmetrics", text, data).CombinedOutput()
	require.NoError(t, err, "%s", out)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())
	server := exec.CommandContext(t.Context(), "prometheus", "--config.file="+config, "--storage.tsdb.path="+data, "--storage.tsdb.retention.time=50y", "--web.listen-address="+address, "--log.level=error")
	require.NoError(t, server.Start())
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	require.Eventually(t, func() bool {
		r, err := http.Get("http://" + address + "/-/ready")
		if err != nil {
			return false
		}
		_ = r.Body.Close()
		return r.StatusCode == http.StatusOK
	}, time.Minute, 100*time.Millisecond)
	return "http://" + address
}

// kept is six measurements of each series, ten minutes apart; longer than Prometheus
// takes an older number for the present one.
func kept() string {
	var b strings.Builder
	at := func(n int) int64 { return began.Add(time.Duration(n) * 10 * time.Minute).Unix() }
	write := func(name string, values ...string) {
		fmt.Fprintf(&b, "# TYPE %s gauge\n", name)
		for n, v := range values {
			if v != "" {
				fmt.Fprintf(&b, "%s{job=\"shop\"} %s %d\n", name, v, at(n))
			}
		}
	}
	write("steady", "0.99", "0.98", "1", "0.97", "0.99", "1")
	write("dips", "0.99", "0.5", "1", "0.4", "0.99", "1")
	write("gaps", "0.99", "", "", "0.97", "0.99", "1")
	write("zero", "0", "0", "0", "0", "0", "0")
	fmt.Fprintf(&b, "# TYPE twice gauge\ntwice{job=\"a\"} 1 %d\ntwice{job=\"b\"} 1 %d\n", at(0), at(0))
	return b.String()
}

func TestARealPrometheusIsMeasured_R7(t *testing.T) {
	s, err := prometheus.New(map[string]string{"prod": startServer(t, kept())})
	require.NoError(t, err)
	some := func(n int) *int { return &n }
	for _, c := range []struct {
		query        string
		failures     *int
		inconclusive *int
		verdict      domain.TestVerdict
		reason       string
	}{
		{"steady", nil, nil, domain.TestPassed, "6 of 6 measurements succeeded, 0 failed, 0 say nothing"},
		{`avg(steady{job="shop"})`, nil, nil, domain.TestPassed, "6 of 6 measurements succeeded, 0 failed, 0 say nothing"},
		{"dips", nil, nil, domain.TestFailed, "2 of 6 measurements failed, and 0 may"},
		{"dips", some(2), nil, domain.TestPassed, "4 of 6 measurements succeeded, 2 failed, 0 say nothing"},
		{"gaps", nil, nil, domain.TestInconclusive, "2 of 6 measurements say nothing, and 0 may"},
		{"gaps", nil, some(2), domain.TestPassed, "4 of 6 measurements succeeded, 0 failed, 2 say nothing"},
		{"zero / zero", nil, nil, domain.TestInconclusive, "6 of 6 measurements say nothing, and 0 may"},
		{"1 / zero", nil, nil, domain.TestInconclusive, "6 of 6 measurements say nothing, and 0 may"},
		{"absent_metric", nil, some(6), domain.TestInconclusive, "the query selects nothing"},
		{"twice", nil, some(6), domain.TestInconclusive, "the query selects 2 series, and must select one"},
		{"vector(1)", nil, nil, domain.TestPassed, "6 of 6 measurements succeeded, 0 failed, 0 say nothing"},
		{"0.5", nil, nil, domain.TestFailed, "6 of 6 measurements failed, and 0 may"},
		{`"up"`, nil, nil, domain.TestInconclusive, "prod refused: bad_data: "},
		{"steady[5m]", nil, nil, domain.TestInconclusive, "prod refused: bad_data: "},
		{"sum(", nil, nil, domain.TestInconclusive, "prod refused: bad_data: "},
	} {
		t.Run(c.query, func(t *testing.T) {
			a := measure.Asked{
				Measure: domain.TestMeasure{Source: "prod", Interval: "PT10M", Success: &domain.MeasureLimit{Is: domain.AtLeast, Value: 0.95}, FailureLimit: c.failures, InconclusiveLimit: c.inconclusive},
				Query:   c.query, Over: domain.TimeRange{From: began, To: began.Add(50 * time.Minute)},
			}
			answer, err := s.Ask(t.Context(), a)
			require.NoError(t, err)
			verdict, m := measure.Judge(a, answer)
			require.Equal(t, c.verdict, verdict, "%v", m.Reasons)
			require.Contains(t, m.Reasons[0], c.reason)
		})
	}
}
