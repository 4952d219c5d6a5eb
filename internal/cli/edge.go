package cli

import (
	"releasegraph/internal/server"
)

// edgeFlags say what strangers may do.
type edgeFlags struct {
	MaxPrice            int      `default:"1000000" placeholder:"N" help:"How many values an operation's answer may hold at most. Default: ${default}."`
	Rate                float64  `placeholder:"N" help:"How many operations a second a caller may send, on average. Default: as many as they like."`
	RateBurst           int      `placeholder:"N" help:"How many operations a caller may send at once. Default: ten seconds' worth."`
	TrustedProxy        []string `placeholder:"NETWORK" help:"Addresses or networks of proxies that are believed when they say where a request comes from (X-Forwarded-For)."`
	Introspection       string   `enum:"on,off" default:"on" help:"Tell clients the schema: on or off."`
	Suggestions         string   `enum:"on,off" default:"on" help:"Name what was perhaps meant, and legal values, in errors: on or off."`
	PersistedOperations string   `placeholder:"FILE" type:"path" help:"Run only the operations in this file: JSON as relay-compiler or Apollo's tools write it."`
}

// config is the server's configuration.
func (s serving) config(r *running) (server.Config, error) {
	c := server.Config{
		Listen: s.Listen, OperationTimeout: s.OperationTimeout, Drain: s.Drain, Log: r.log,
		Limits: server.Limits{Price: s.MaxPrice}, Rate: server.RateLimit{PerSecond: s.Rate, Burst: s.RateBurst},
		HideSchema: s.Introspection == "off", HideSuggestions: s.Suggestions == "off",
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
