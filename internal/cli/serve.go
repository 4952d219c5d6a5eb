package cli

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/alecthomas/kong"

	"releasegraph/internal/care"
	"releasegraph/internal/pipeline"
	"releasegraph/internal/server"
	"releasegraph/internal/telemetry"
	"releasegraph/resolvers"
)

type serveCmd struct {
	serving
	storeFlags
	policyFlags
	identityFlags
	mediaServing
	mailFlags
	webhookFlags
	streamFlags
	Prometheus  []string      `placeholder:"NAME=URL" help:"A Prometheus server that tests may be measured by, such as prod=https://metrics.example.com:9090; several with commas. No other is asked."`
	KeepHistory span          `placeholder:"DURATION" help:"Forget changes older than this, such as 8760h or P1Y, except what baselines need. Default: forget none."`
	Deployments string        `type:"path" placeholder:"FILE" help:"Who may tell of roll-outs by webhooks (GitHub, GitLab, CDEvents), and which sites environments are, as YAML. Default: roll-outs are told of with a token alone."`
	DDI         bool          `name:"ddi" help:"Speak with devices of sites by Direct Device Integration (hawkBit), as SWUpdate and RAUC do, at /TENANT/controller/v1/SITE. Default: only the agent and people report."`
	DDIPoll     time.Duration `name:"ddi-poll" default:"5m" help:"How long devices are to sleep between two questions. Default: ${default}."`
	Clock       string        `placeholder:"INSTANT" help:"For tests and demos, on loopback alone: begin at an instant such as 2027-01-01T00:00:00Z, or now, and let advanceClock move the clock on. Default: the clock is real."`
	PrintConfig bool          `help:"Print the configuration as YAML, secrets masked, and end."`
	Topology    string        `enum:"on,off" default:"on" help:"Keep the shape of the graph, and its records, in memory, for fast answers: on or off."`
	Memory      *int64        `placeholder:"BYTES" help:"About how much memory the records may take; 0: none are kept there. What does not fit is read from the store. Default: a third of --memory-limit."`
}

// serving are the flags of all commands that serve.
type serving struct {
	Listen           string        `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"The address to listen on, a loopback one unless identities are configured; port 0 picks a free one. Default: ${default}."`
	OperationTimeout time.Duration `default:"30s" help:"End operations that take longer. Default: ${default}."`
	Drain            time.Duration `default:"20s" help:"How long accepted requests may take when the server stops. Default: ${default}."`
	edgeFlags
	mediaLimitFlags
	Config configPath `placeholder:"FILE" help:"A YAML file of flags by name. The command line and the environment win over it."`

	known     *identities      // nil: every caller is believed
	pipelines *pipeline.Config // nil: none
	// devicePoll is how long devices sleep between two questions, 0: none are heard.
	devicePoll time.Duration
	// loopback says that nobody else than this machine is heard.
	loopback bool
}

// Help has the examples.
func (serveCmd) Help() string {
	return `Examples:

    releasegraph
    releasegraph serve --store sqlite:/var/lib/releasegraph/estate.db
    releasegraph serve --keep-history P1Y
    releasegraph serve --config /etc/releasegraph.yaml --print-config
    releasegraph serve --media /var/lib/releasegraph/media
    releasegraph serve --prometheus prod=https://metrics.example.com:9090
    releasegraph serve --deployments deployments.yaml
    releasegraph serve --media /var/lib/releasegraph/media --ddi
    releasegraph serve --clock 2027-01-01T00:00:00Z
    releasegraph serve --smtp smtp://releases@mail.example.org --mail-from releases@example.org
    releasegraph serve --webhook-allow 10.20.0.0/16
    releasegraph serve --nats nats://nats.example.org:4222
    releasegraph serve --kafka kafka-1.example.org:9092,kafka-2.example.org:9092 --kafka-tls
    RELEASEGRAPH_STORE_PASSWORD=… releasegraph serve --store bolt://127.0.0.1:7687 --store-user neo4j

    releasegraph serve --identities identities.yaml --listen 0.0.0.0:8080

Without --identities nobody has to say who they are: the server listens on loopback only, and the header
"Releasegraph-Act-As: alice; roles=REQUESTER,CAB_MEMBER; sites=par-1" names the actor of a request.`
}

// Run serves until it is told to stop.
func (c *serveCmd) Run(r *running, model *kong.Application) error {
	c.settled(c.Identities != "")
	if c.PrintConfig {
		return printConfig(r.Stdout, model, "serve")
	}
	post, err := c.server()
	hooks, hooksErr := c.sender()
	err = errors.Join(err, hooksErr, c.check(), c.checkLibrary())
	if err == nil {
		c.measuring, err = measuring(c.Prometheus)
	}
	if err == nil {
		c.policies, err = c.policyFlags.read()
	}
	if err == nil {
		c.known, err = c.identityFlags.read()
	}
	if err != nil {
		return err
	}
	if c.DDI {
		if c.devicePoll = c.DDIPoll; c.devicePoll < time.Second {
			return usagef("--ddi-poll %s: a device sleeps a second at least", c.DDIPoll)
		}
	}
	if c.pipelines, err = pipelinesOf(c.Deployments); err != nil {
		return err
	}
	if c.Clock != "" {
		if c.clock, err = parseClock(c.Clock); err != nil {
			return err
		}
		c.loopback = true
	}
	if c.known != nil {
		c.exclusive = c.known.mapping.Exclusive
	}
	t, err := c.telemetry(r)
	if err != nil {
		return err
	}
	c.watched = watched(t)
	sender := newCountedSender(mailingSender{hooks, post}, t)
	if c.Topology == "on" {
		c.mirrored = keptRecords(limitMemory(c.MemoryLimit), c.Memory)
	}
	return c.serve(r, t, nil, func(ctx context.Context) (*estate, error) {
		e, err := c.open(ctx, c.Topology == "on")
		if err != nil {
			return nil, err
		}
		if err := c.openMedia(ctx, e); err != nil {
			return nil, errors.Join(err, e.close(ctx))
		}
		if c.KeepHistory > 0 {
			e.until(r, care.Retention{Store: e.store, Keep: time.Duration(c.KeepHistory), Now: time.Now, Log: r.log}.Run)
		}
		e.until(r, e.settle)
		e.app.Webhooks.Sender, e.app.Webhooks.Source = sender, c.EventSource
		e.until(r, newDelivering(e, sender, r.log).Run)
		e.app.Streams.Source, e.app.Streams.CDEvents = c.EventSource, c.CDEvents
		streams, err := c.publishers()
		if err != nil {
			return nil, errors.Join(err, e.close(ctx))
		}
		for _, to := range streams {
			e.until(r, publishing(e, to, r.log).Run)
			e.ending = append(e.ending, to.Close)
		}
		e.until(r, announcing{app: e.app, by: post, log: r.log}.Run)
		e.until(r, rolling{app: e.app, store: e.store, log: r.log, now: c.now()}.Run)
		e.until(r, gating{app: e.app, log: r.log}.Run)
		return e, nil
	})
}

// serve serves what open opens. Greet, when not nil, is called with the
// address once requests are heard.
func (s serving) serve(r *running, t *telemetry.Telemetry, greet func(address string), open func(context.Context) (*estate, error)) (err error) {
	defer func() { err = errors.Join(err, t.Close(r)) }()
	config, err := s.config(r, t)
	if err != nil {
		return err
	}
	config.Pipelines = s.pipelines
	listen := server.Listen
	if s.known != nil {
		if listen = server.ListenAnywhere; s.loopback {
			listen = server.Listen
		}
		config.Identities, config.Recheck = s.known, s.known.recheck
	}
	h, err := server.New(config, sdl())
	if err != nil {
		return err
	}
	end, err := s.debug(r, t)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	l, err := listen(r, s.Listen)
	if err != nil {
		return err
	}
	if greet != nil {
		greet(s.address(l))
	}
	r.log.Info().Str("url", s.address(l)).Msg("listening")
	var opened *estate
	err = h.Serve(r, l, func(ctx context.Context) (*server.Core, error) {
		e, err := open(ctx)
		if err != nil {
			return nil, err
		}
		opened = e
		e.watch(t)
		if s.known != nil {
			s.known.app.Store(e.app)
		}
		return &server.Core{Schema: resolvers.New(e.app, r.log), Calendar: e.app.Feeds, Exporter: e.app.Export, Switches: e.app.Progress, Pipelines: e.app.Pipelines, Devices: e.app.Devices, Media: e.media, Revoked: e.app.Tokens.TokenRevoked, Await: e.app.Await, Checks: e.checks()}, nil
	})
	if opened != nil {
		err = errors.Join(err, opened.close(r))
	}
	r.log.Info().Msg("stopped")
	return err
}

func (s serving) address(l net.Listener) string {
	if s.TLSCert != "" {
		return "https://" + l.Addr().String()
	}
	return "http://" + l.Addr().String()
}
