package event

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"golang.org/x/sync/singleflight"

	"releasegraph/internal/bytecache"
)

// sharedTime is how long something may take that is worked out for several. The end of
// none of them cuts it short.
const sharedTime = 30 * time.Second

// shared is what is worked out once for all who ask for it, and kept for those who ask
// soon after.
type shared[V any] struct {
	works singleflight.Group
	kept  *bytecache.Cache[V]
}

// newShared keeps what has so many bytes together, as weigh tells them.
func newShared[V any](bytes int, weigh func(V) int) *shared[V] {
	return &shared[V]{kept: bytecache.New(bytes, func(_ string, v V) int { return weigh(v) })}
}

// get returns what a key names. It is worked out in a context of its own, which does not
// end with that of whoever asked first.
func (s *shared[V]) get(ctx context.Context, key string, work func(context.Context) (V, error)) (v V, err error) {
	if v, ok := s.kept.Get(ctx, key); ok {
		return v, nil
	}
	done := s.works.DoChan(key, func() (any, error) { return s.work(ctx, key, work) })
	select {
	case r := <-done:
		v, _ = r.Val.(V)
		return v, r.Err
	case <-ctx.Done():
		return v, ctx.Err()
	}
}

func (s *shared[V]) work(ctx context.Context, key string, work func(context.Context) (V, error)) (v V, err error) {
	defer func() { // nobody else would
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sharedTime)
	defer cancel()
	if v, ok := s.kept.Get(ctx, key); ok { // just now
		return v, nil
	}
	if v, err = work(ctx); err == nil {
		s.kept.Add(ctx, key, v)
	}
	return v, err
}
