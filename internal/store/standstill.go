package store

import (
	"context"
	"sync"
)

// Standstill keeps what the first read of a context saw, for those after it: together they
// see one revision. Only a store that can hold a revision without cost does so.
type Standstill struct {
	mu   sync.Mutex
	seen any
	lost bool
}

// Keep keeps what the first read saw; nil keeps nothing. Reads that begin at once may see
// different revisions: who asks for one has them follow each other.
func (s *Standstill) Keep(seen any) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = seen
}

// Kept returns what is kept, nil for nothing.
func (s *Standstill) Kept() any {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen
}

// Lose tells that a read was of another revision; nil keeps none.
func (s *Standstill) Lose() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost = true
}

// Held reports whether a store holds the revision of all that was read.
func (s *Standstill) Held() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen != nil && !s.lost
}

type standstillKey struct{}

// AtStandstill has the reads of a context see one revision, where the store can hold it: that
// which the first of them sees.
func AtStandstill(ctx context.Context, s *Standstill) context.Context {
	return context.WithValue(ctx, standstillKey{}, s)
}

// StandstillOf returns what keeps the revision of a context's reads, nil where each read
// sees the newest.
func StandstillOf(ctx context.Context) *Standstill {
	s, _ := ctx.Value(standstillKey{}).(*Standstill)
	return s
}
