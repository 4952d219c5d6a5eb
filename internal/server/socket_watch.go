package server

import (
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// watch looks whether the clients of sockets are still who they were, and tells them when
// the server stops: one goroutine for all sockets, as long as there are any.
type watch struct {
	runs    runs
	streams *streams

	mu      sync.Mutex
	sockets map[*socket]struct{}
	quit    chan struct{} // closed with the last socket; nil without any
	// leaving and over say that the sockets were told that the server stops, and that they
	// were closed: those that come after are told apart.
	leaving, over bool
}

func newWatch(r runs, s *streams) *watch {
	return &watch{runs: r, streams: s, sockets: map[*socket]struct{}{}}
}

// join watches a socket until it leaves.
func (w *watch) join(s *socket) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sockets[s] = struct{}{}
	switch {
	case w.over:
		go s.stopping()
	case w.leaving:
		go s.leave()
	case w.quit == nil:
		w.quit = make(chan struct{})
		go w.run(w.quit)
	}
}

func (w *watch) leave(s *socket) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.sockets, s)
	if len(w.sockets) == 0 && w.quit != nil {
		close(w.quit)
		w.quit = nil
	}
}

func (w *watch) all() []*socket {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Collect(maps.Keys(w.sockets))
}

func (w *watch) run(quit chan struct{}) {
	recheck := time.NewTicker(w.streams.limits.Recheck)
	defer recheck.Stop()
	leaving, revocation := w.streams.leaving, w.runs.revocation()
	for {
		select {
		case <-quit:
			return
		case <-revocation:
			revocation = w.runs.revocation()
			w.recheck()
		case <-recheck.C:
			w.recheck()
		case <-leaving:
			leaving = nil
			w.tell(&w.leaving, (*socket).leave)
		case <-w.streams.over:
			w.tell(&w.over, (*socket).stopping)
			return
		}
	}
}

func (w *watch) recheck() {
	for _, s := range w.all() {
		if err := w.runs.config.recheck(s.client()); err != nil && s.ctx.Err() == nil {
			go s.forbid(err)
		}
	}
}

// tell has all sockets do something, and notes that for those that come after.
func (w *watch) tell(noted *bool, do func(*socket)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	*noted = true
	for s := range w.sockets {
		go do(s)
	}
}

// forbid ends a socket whose client is nobody any more.
func (s *socket) forbid(err error) {
	s.stopAll()
	s.close(closeForbidden, "Forbidden: "+err.Error())
}

// leave tells the client that the server stops.
func (s *socket) leave() {
	if s.idle() {
		s.stopping()
		return
	}
	// A ping may carry anything; clients that do not know this answer it.
	_ = s.send(message{Type: "ping", Payload: json.RawMessage(`{"message":"the server is stopping: connect again","reconnect":true}`)})
}

// stopping ends the socket since the server stops.
func (s *socket) stopping() { s.close(websocket.StatusGoingAway, errStopping.Error()) }
