package server

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// StreamLimits bound what lives longer than a request. Zero values mean the
// defaults named.
type StreamLimits struct {
	InitTimeout time.Duration // 5 s, for a socket's connection_init
	Write       time.Duration // 10 s, for a client to take a message
	Ping        time.Duration // 25 s, between signs of life
	Recheck     time.Duration // 2 s, between looks at who the client is
	Grace       time.Duration // 3 s, for subscribers to reconnect elsewhere when the server stops
	PerClient   int           // 100 sockets and event streams of a caller
	Newcomers   int           // 200 sockets of an address that have not said who they are
	PerSocket   int           // 100 operations at once on a socket
	Total       int           // 20,000 sockets and event streams
	Operations  int           // 50,000 operations at once on all sockets
}

func (l StreamLimits) withDefaults() StreamLimits {
	return StreamLimits{
		InitTimeout: or(l.InitTimeout, 5*time.Second), Write: or(l.Write, 10*time.Second), Ping: or(l.Ping, 25*time.Second),
		Recheck: or(l.Recheck, 2*time.Second), Grace: or(l.Grace, 3*time.Second),
		PerClient: or(l.PerClient, 100), Newcomers: or(l.Newcomers, 200), PerSocket: or(l.PerSocket, 100), Total: or(l.Total, 20_000), Operations: or(l.Operations, 50_000),
	}
}

// streams knows what lives longer than a request: it bounds the number, and
// ends all of it when the server stops.
type streams struct {
	limits StreamLimits

	mu      sync.Mutex
	clients map[string]int
	// newcomers are sockets that have not said who they are, the oldest first, by
	// where they come from.
	newcomers map[string][]*seat
	total     int
	// operations are those in progress on sockets.
	operations int
	stopped    bool
	leaving    chan struct{} // closed when the server begins to stop
	over       chan struct{} // closed when the grace is over
	ended      sync.WaitGroup
}

func newStreams(l StreamLimits) *streams {
	return &streams{limits: l.withDefaults(), clients: map[string]int{}, newcomers: map[string][]*seat{}, leaving: make(chan struct{}), over: make(chan struct{})}
}

var (
	errStopping    = errors.New("the server is stopping: connect again")
	errManyStreams = errors.New("the caller has more sockets and event streams than a caller may have")
	errFull        = errors.New("the server has as many sockets and event streams as it can have: try again later")
)

// seat is the place of one stream among a caller's.
type seat struct {
	streams *streams
	caller  string
	evict   func() // of a newcomer
}

// join counts a stream of a caller, until it leaves its seat.
func (s *streams) join(caller string) (*seat, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.stopped:
		return nil, errStopping
	case s.total >= s.limits.Total:
		return nil, errFull
	}
	if err := s.add(caller); err != nil {
		return nil, err
	}
	s.total++
	s.ended.Add(1)
	return &seat{streams: s, caller: caller}, nil
}

// welcome counts a socket that has yet to say who it is, apart from those that
// have. Where there are too many, the oldest has to go.
func (s *streams) welcome(caller string, evict func()) (*seat, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.stopped:
		return nil, errStopping
	case s.total >= s.limits.Total:
		return nil, errFull
	}
	if waiting := s.newcomers[caller]; len(waiting) >= s.limits.Newcomers {
		waiting[0].evict()
		s.newcomers[caller] = waiting[1:]
	}
	n := &seat{streams: s, caller: caller, evict: evict}
	s.newcomers[caller] = append(s.newcomers[caller], n)
	s.total++
	s.ended.Add(1)
	return n, nil
}

// settle takes a seat out of the newcomers. The lock is held.
func (s *streams) settle(n *seat) {
	n.evict = nil
	rest := slices.DeleteFunc(s.newcomers[n.caller], func(other *seat) bool { return other == n })
	if s.newcomers[n.caller] = rest; len(rest) == 0 {
		delete(s.newcomers, n.caller)
	}
}

// add counts one more stream of a caller. The lock is held.
func (s *streams) add(caller string) error {
	if s.clients[caller] >= s.limits.PerClient {
		return errManyStreams
	}
	s.clients[caller]++
	return nil
}

func (s *streams) remove(caller string) {
	if s.clients[caller]--; s.clients[caller] == 0 {
		delete(s.clients, caller)
	}
}

// take counts a newcomer among a caller's from now on: whose a socket is may be
// said in its first message only, and until then it is its address's, which may
// be that of a whole company.
func (s *seat) take(caller string) error {
	s.streams.mu.Lock()
	defer s.streams.mu.Unlock()
	if err := s.streams.add(caller); err != nil {
		return err
	}
	s.streams.settle(s)
	s.caller = caller
	return nil
}

func (s *seat) leave() {
	s.streams.mu.Lock()
	defer s.streams.mu.Unlock()
	s.streams.total--
	if s.evict != nil {
		s.streams.settle(s)
	} else {
		s.streams.remove(s.caller)
	}
	s.streams.ended.Done()
}

// begin counts an operation on a socket, until end does; it reports whether there is room
// for one more. A socket may have many, and there may be many sockets: what all of them
// take together is bounded by this.
func (s *streams) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.operations >= s.limits.Operations {
		return false
	}
	s.operations++
	return true
}

func (s *streams) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.operations--
}

// open is how many there are.
func (s *streams) open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total
}

// drain tells all streams that the server stops, ends them after the grace, and
// waits for their end as long as the context lasts.
func (s *streams) drain(ctx context.Context) {
	s.mu.Lock()
	first := !s.stopped
	s.stopped = true
	s.mu.Unlock()
	if !first {
		return
	}
	close(s.leaving)
	ended := make(chan struct{})
	go func() {
		s.ended.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
	case <-time.After(s.limits.Grace):
	}
	close(s.over)
	select {
	case <-ended:
	case <-ctx.Done():
	}
}
