package cli

import (
	"context"
	"errors"
	"time"

	"releasegraph/internal/server"
	"releasegraph/internal/store"
	"releasegraph/internal/store/observed"
	"releasegraph/internal/telemetry"
)

func (s serving) telemetry(r *running) (*telemetry.Telemetry, error) {
	if s.TraceSample < 0 || s.TraceSample > 1 {
		return nil, usagef("--trace-sample %g: it runs from 0 to 1", s.TraceSample)
	}
	return telemetry.New(r, telemetry.Options{Traces: s.Traces, Sample: s.TraceSample, Version: builtVersion().Version})
}

// debug serves metrics and profiles, where they have an address of their own,
// until the returned function is called.
func (s serving) debug(r *running, t *telemetry.Telemetry) (end func() error, err error) {
	if s.DebugListen == "" {
		return func() error { return nil }, nil
	}
	l, err := server.Listen(r, s.DebugListen)
	if err != nil {
		return nil, errors.Join(errors.New("--debug-listen"), err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(r))
	done := make(chan error, 1)
	go func() { done <- server.ServeDebug(ctx, l, t.Registry) }()
	r.log.Info().Str("url", "http://"+l.Addr().String()+"/metrics").Msg("metrics and profiles")
	return func() error {
		cancel()
		return <-done
	}, nil
}

// watched observes the calls to a store.
func watched(t *telemetry.Telemetry) func(store.Store) store.Store {
	calls := t.NewStoreCalls()
	return func(s store.Store) store.Store { return observed.New(s, calls) }
}

// watch shows how the estate is.
func (e *estate) watch(t *telemetry.Telemetry) {
	t.Gauge("log_head", "The revision of the last change set; -1 while the store cannot be reached.", func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		head, err := e.store.Head(ctx)
		if err != nil {
			return -1
		}
		return float64(head)
	})
	t.Gauge("subscribers", "How many follow the log.", func() float64 { return float64(e.app.Events.Subscribers()) })
	t.Gauge("webhook_waiting", "How many events wait to be sent to webhooks again; -1 while the store cannot be reached.", func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		n, err := e.app.Webhooks.Backlog(ctx)
		if err != nil {
			return -1
		}
		return float64(n)
	})
	t.Registry.MustRegister(webhookMetrics{e.app.Webhooks, time.Now})
	if e.mirror != nil {
		t.Gauge("mirror_lag_revisions", "How many change sets the records in memory are behind.", func() float64 { return float64(e.mirror.Status().Lag()) })
		t.Gauge("mirror_bytes", "About how much memory the records take; 0 until they are loaded.", func() float64 { return float64(e.mirror.Status().Bytes) })
	}
	if e.topology == nil {
		return
	}
	t.Gauge("topology_lag_revisions", "How many change sets the graph in memory is behind.", func() float64 { return float64(e.topology.Status().Lag()) })
	t.Gauge("topology_loaded", "Whether the graph is in memory.", func() float64 {
		if e.topology.Status().Loaded {
			return 1
		}
		return 0
	})
}
