package webhook

import (
	"context"
	"sync"
)

// place is that of a receiver among those that are sent to at the same time.
type place struct {
	well, slow chan struct{}
	left       chan struct{} // closed by leave

	mu     sync.Mutex
	held   chan struct{} // where the place is
	moving bool
}

// enter waits for a place: that of a receiver that was slow before is among those that are.
func (p *place) enter(ctx context.Context, slow bool) error {
	p.held = p.well
	if slow {
		p.held, p.moving = p.slow, true
	}
	select {
	case p.held <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// slowly moves the place to those of the slow ones, as soon as one of these is free.
func (p *place) slowly() {
	p.mu.Lock()
	again := p.moving
	p.moving = true
	p.mu.Unlock()
	if again {
		return
	}
	select {
	case p.slow <- struct{}{}:
	case <-p.left:
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held == nil { // it was left meanwhile
		<-p.slow
		return
	}
	<-p.well
	p.held = p.slow
}

// leave gives the place to others.
func (p *place) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.left)
	<-p.held
	p.held = nil
}
