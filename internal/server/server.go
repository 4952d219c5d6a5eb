package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/go-chi/chi/v5"
	"github.com/klauspost/compress/gzhttp"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"releasegraph/internal/server/budget"
)

// Server answers requests from the moment it listens; until the store can be
// reached it says that it cannot yet.
type Server struct {
	config Config
	sdl    string
	routes http.Handler

	streams   *streams
	rates     *rates
	transfers *transfers

	operations  *operations
	budget      *budget.Budget
	certificate *certificate // nil: no TLS

	mu     sync.Mutex
	served *served // nil: not yet
	why    string  // why it is not ready, empty: it is
}

type served struct {
	core    *Core
	graphql http.Handler
	media   *media // nil: there is no library
}

// unreachable is what callers are told of a store that is tried again; the log
// has the cause.
const unreachable = "the store cannot be reached yet; it is tried again, and the server's log says more"

// New returns a server of the schema.
func New(c Config, sdl string) (*Server, error) {
	s := &Server{config: c.withDefaults(), sdl: sdl, why: "the store is being opened", streams: newStreams(c.Streams), rates: newRates(c.Rate), transfers: newTransfers(c.Media)}
	if c.Identities != nil {
		logins := newLogins(s.config)
		s.config.Identities = logins
		if c.Metrics != nil {
			c.Metrics.MustRegister(logins.refused)
		}
	}
	known, err := c.knownOperations()
	if err != nil {
		return nil, err
	}
	s.budget = budget.New(c.Budget, memory(c.MemoryLimit))
	if c.Metrics != nil {
		c.Metrics.MustRegister(s.budget, s.transfers)
	}
	s.operations = newOperations(s.config, known, s.streams, s.rates.refused)
	if c.TLS != (TLS{}) {
		if s.certificate, err = readCertificate(c.TLS, c.Log); err != nil {
			return nil, err
		}
	}
	routes, err := s.router()
	s.routes = routes
	return s, err
}

// Handler gives all endpoints.
func (s *Server) Handler() http.Handler { return s.routes }

func (s *Server) router() (http.Handler, error) {
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.CompressionLevel(1), gzhttp.ContentTypeFilter(compressible))
	if err != nil {
		return nil, err
	}
	forPages, err := s.config.forPages()
	if err != nil {
		return nil, err
	}
	r := chi.NewRouter()
	r.Use(addresses(s.config.TrustedProxies), requests(s.config.Log), strictTransport, unshared, s.hosts(), forPages,
		func(next http.Handler) http.Handler { return compress(next) })
	r.Get("/healthz", alive)
	r.Get("/readyz", s.ready)
	if s.config.Gather != nil {
		r.Method(http.MethodGet, "/metrics", promhttp.HandlerFor(s.config.Gather, promhttp.HandlerOpts{DisableCompression: true}))
	}
	r.With(unkept, s.config.ownPages, s.actor, s.rates.middleware).HandleFunc("/graphql", s.graphql)
	r.With(s.config.ownPages, s.reader, s.rates.middleware).Get("/calendar.ics", s.calendar)
	r.With(unkept, s.config.ownPages, s.actor, s.rates.middleware).Get(ExportPath, s.export)
	r.With(unkept, s.config.ownPages, s.actor, s.rates.middleware).Post(SwitchesPath, s.allSwitches)
	r.With(unkept, s.config.ownPages, s.actor, s.rates.middleware).Post(SwitchesPath+"/{key}", s.oneSwitch)
	s.deploymentRoutes(r)
	s.mediaRoutes(r)
	s.deviceRoutes(r)
	var failed error
	r.Group(func(r chi.Router) { failed = s.pages(r) })
	return s.traced(r), failed
}

func (s *Server) graphql(w http.ResponseWriter, r *http.Request) {
	served, why := s.state()
	if served == nil {
		w.Header().Set("Retry-After", "1")
		refuse(w, r, http.StatusServiceUnavailable, codeUnavailable, why)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, s.config.MaxBody)
	served.graphql.ServeHTTP(w, r)
}

func (s *Server) state() (*served, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.served, s.why
}

func (s *Server) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// Serve answers on the listener until the context ends; then it finishes what
// it has accepted, for as long as Config.Drain allows. Meanwhile it opens the
// core, again and again while the store cannot be reached; an error that will
// not go away ends the serving. The core's own closing is its opener's.
func (s *Server) Serve(ctx context.Context, l net.Listener, open Open) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	h := &http.Server{
		Handler: s.routes, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute,
		WriteTimeout: s.config.OperationTimeout + time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	opened := make(chan struct{})
	go func() {
		defer close(opened)
		if err := s.open(ctx, open); err != nil {
			stop(err)
		}
	}()
	ended := make(chan error, 1)
	go func() { ended <- s.serve(h, l) }()
	var err error
	select {
	case err = <-ended:
		stop(err)
	case <-ctx.Done():
		err = s.drain(h)
	}
	<-opened
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// serve answers, by TLS where there is a certificate.
func (s *Server) serve(h *http.Server, l net.Listener) error {
	if s.certificate == nil {
		return h.Serve(l)
	}
	h.TLSConfig = s.certificate.config()
	return h.ServeTLS(l, "", "")
}

// open brings the core into service.
func (s *Server) open(ctx context.Context, open Open) error {
	core, err := backoff.Retry(ctx, func() (*Core, error) {
		core, err := open(ctx)
		switch {
		case err == nil:
			return core, nil
		case lasting(err):
			return nil, backoff.Permanent(err)
		}
		s.config.Log.Warn().Err(err).Msg("the store cannot be reached; trying again")
		s.set(func() { s.why = unreachable })
		return nil, err
	}, backoff.WithBackOff(pauses()), backoff.WithMaxElapsedTime(0))
	switch {
	case ctx.Err() != nil && core == nil: // stopped while trying
		return nil
	case err != nil:
		return err
	}
	media, err := s.newMedia(core.Media)
	if err != nil {
		return err
	}
	if media != nil {
		go media.tend(ctx)
	}
	s.set(func() {
		s.served = &served{core: core, graphql: s.newGraphQL(core), media: media}
		s.why = ""
	})
	s.config.Log.Info().Msg("the store is open")
	return nil
}

func pauses() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval = 200*time.Millisecond, 5*time.Second
	return b
}

// drain finishes the accepted requests. Those that are not done in time are
// cut off, and said to be.
func (s *Server) drain(h *http.Server) error {
	s.set(func() { s.why = "the server is stopping" })
	s.config.Log.Info().Dur("drain", s.config.Drain).Msg("finishing the accepted requests")
	ctx, cancel := context.WithTimeout(context.Background(), s.config.Drain)
	defer cancel()
	go s.streams.drain(ctx)
	defer s.streams.drain(ctx)
	if err := h.Shutdown(ctx); err != nil {
		cut := fmt.Errorf("some requests were not finished within %s and were cut off", s.config.Drain)
		return errors.Join(cut, h.Close())
	}
	return nil
}
