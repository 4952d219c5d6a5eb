package bench

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// cpuMetric is the usual name of the time that processors worked for a process.
const cpuMetric = "process_cpu_seconds_total"

// cpu is how long processors have worked for the server so far; below 0 where it
// does not tell.
func (s Server) cpu(ctx context.Context) time.Duration {
	if s.Metrics == "" {
		return -1
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Metrics, nil)
	if err != nil {
		return -1
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return -1
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return -1
	}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(answer.Body)
	if family := families[cpuMetric]; err == nil && len(family.GetMetric()) == 1 {
		m := family.GetMetric()[0]
		return time.Duration((m.GetCounter().GetValue() + m.GetUntyped().GetValue()) * float64(time.Second))
	}
	return -1
}
