package cli

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	hook "releasegraph/internal/app/webhook"
)

// worst is how many webhooks are named in metrics: those that are furthest behind. However
// many there are, the metrics do not grow with them.
const worst = 10

// webhookMetrics show how webhooks do.
type webhookMetrics struct {
	webhooks *hook.Area
	now      func() time.Time
}

var (
	webhooksDesc  = prometheus.NewDesc("releasegraph_webhooks", "How many webhooks there are, by status.", []string{"status"}, nil)
	revisionsDesc = prometheus.NewDesc("releasegraph_webhook_behind_revisions", "How many revisions a webhook is behind the log, of the ten worst.", []string{"webhook", "id"}, nil)
	secondsDesc   = prometheus.NewDesc("releasegraph_webhook_behind_seconds", "How long ago the first of them was committed.", []string{"webhook", "id"}, nil)
)

// Describe implements prometheus.Collector.
func (webhookMetrics) Describe(c chan<- *prometheus.Desc) {
	c <- webhooksDesc
	c <- revisionsDesc
	c <- secondsDesc
}

// Collect implements prometheus.Collector. While the store cannot be reached there is
// nothing to show.
func (m webhookMetrics) Collect(c chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	health, err := m.webhooks.Health(ctx, worst)
	if err != nil {
		return
	}
	for status, n := range health.Statuses {
		c <- prometheus.MustNewConstMetric(webhooksDesc, prometheus.GaugeValue, float64(n), string(status))
	}
	for _, b := range health.Behind {
		c <- prometheus.MustNewConstMetric(revisionsDesc, prometheus.GaugeValue, float64(b.Revisions), b.Name, b.ID)
		if !b.Since.IsZero() {
			c <- prometheus.MustNewConstMetric(secondsDesc, prometheus.GaugeValue, m.now().Sub(b.Since).Seconds(), b.Name, b.ID)
		}
	}
}
