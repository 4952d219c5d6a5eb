package cli

import (
	"time"

	"releasegraph/internal/server"
	"releasegraph/internal/server/budget"
	"releasegraph/internal/telemetry"
)

// edgeFlags say what strangers may do, and what is shown of it.
type edgeFlags struct {
	MaxPrice            int           `default:"500000" placeholder:"N" help:"What an operation may cost: the values that its answer can hold, and work. Default: ${default}."`
	MaxRunning          int           `default:"1000000" placeholder:"N" help:"What all operations that run at the same time may cost together. Default: ${default}."`
	MaxRunningCaller    int           `placeholder:"N" help:"What those of one caller may cost together. Default: half of that."`
	MaxWait             time.Duration `default:"5s" help:"How long an operation stands in line for its turn before it is refused. Default: ${default}."`
	MaxAnswer           int64         `default:"33554432" placeholder:"BYTES" help:"How long an answer may be. Default: ${default}."`
	MemoryLimit         *int64        `placeholder:"BYTES" help:"How much memory the server is to use: near it no dear operation begins; 0: no limit. Default: 70 % of what the machine, or the container, has."`
	Rate                *float64      `placeholder:"N" help:"How many operations a second a caller may send, on average; 0: as many as they like. Default: 50 with --identities, else 0."`
	RateBurst           int           `placeholder:"N" help:"How many operations a caller may send at once. Default: ten seconds' worth."`
	TrustedProxy        []string      `placeholder:"NETWORK" help:"Addresses or networks of proxies that are believed when they say where a request comes from (X-Forwarded-For)."`
	Introspection       string        `enum:"on,off" default:"on" help:"Tell clients the schema: on or off."`
	Suggestions         string        `enum:"on,off" default:"on" help:"Name what was perhaps meant, and legal values, in errors: on or off."`
	PersistedOperations string        `placeholder:"FILE" type:"path" help:"Run only the operations in this file: JSON as relay-compiler or Apollo's tools write it."`

	Origin  []string `placeholder:"ORIGIN" help:"Other sites whose pages may use the API, such as https://portal.example.com. Default: none."`
	TLSCert string   `placeholder:"FILE" type:"path" help:"A certificate with its chain (PEM), to speak TLS. It is read again when it has changed."`
	TLSKey  string   `placeholder:"FILE" type:"path" help:"The certificate's key (PEM)."`

	Grace         time.Duration `default:"3s" help:"How long subscribers have to connect elsewhere when the server stops. Default: ${default}."`
	SlowOperation time.Duration `default:"1s" help:"Log operations that take this long. Default: ${default}."`
	DebugListen   string        `placeholder:"HOST:PORT" help:"A loopback address for /metrics and profiles (/debug/pprof/). Default: /metrics at the API's address, and no profiles."`
	Traces        string        `placeholder:"URL" help:"An OpenTelemetry collector (OTLP over HTTP) that traces are sent to, such as http://127.0.0.1:4318."`
	TraceSample   float64       `default:"1" placeholder:"PART" help:"The part of requests that is traced, from 0 to 1. Default: ${default}."`
}

// settled gives the rate its default, which depends on whether callers are
// known.
func (f *edgeFlags) settled(known bool) *float64 {
	if f.Rate == nil {
		f.Rate = new(float64)
		if known {
			*f.Rate = server.DefaultRate
		}
	}
	return f.Rate
}

// config is the server's configuration.
func (s serving) config(r *running, t *telemetry.Telemetry) (server.Config, error) {
	c := server.Config{
		Listen: s.Listen, OperationTimeout: s.OperationTimeout, Drain: s.Drain, Log: r.log,
		Limits: server.Limits{Price: s.MaxPrice}, Rate: server.RateLimit{PerSecond: *s.settled(s.known != nil), Burst: s.RateBurst},
		Budget: budget.Limits{Running: s.MaxRunning, PerCaller: s.MaxRunningCaller, Wait: s.MaxWait}, MaxAnswer: s.MaxAnswer, MemoryLimit: limitMemory(s.MemoryLimit),
		HideSchema: s.Introspection == "off", HideSuggestions: s.Suggestions == "off",
		Media: s.mediaLimitFlags.limits(), Origins: s.Origin, Streams: server.StreamLimits{Grace: s.Grace}, Slow: s.SlowOperation, Metrics: t.Registry,
		DevicePoll: s.devicePoll,
	}
	if (s.TLSCert == "") != (s.TLSKey == "") {
		return c, usagef("--tls-cert and --tls-key: give both or none")
	}
	c.TLS = server.TLS{Cert: s.TLSCert, Key: s.TLSKey}
	if s.DebugListen == "" {
		c.Gather = t.Registry
	}
	if t.Tracing {
		c.Tracer = t.Provider
	}
	var err error
	if c.TrustedProxies, err = server.ParseProxies(s.TrustedProxy); err != nil {
		return c, usageError{err}
	}
	if s.PersistedOperations != "" {
		if c.Persisted, err = server.ReadPersistedOperations(s.PersistedOperations); err != nil {
			return c, err
		}
	}
	return c, nil
}
