// Package bytecache keeps what was used last, within a number of bytes.
package bytecache

import (
	"context"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Cache keeps what was used last, within a number of bytes: a cache that
// counts entries is as large as those who fill it like.
type Cache[T any] struct {
	weigh func(key string, v T) int
	max   int

	mu    sync.Mutex
	kept  *simplelru.LRU[string, T]
	bytes int
}

// New makes a cache of at most max bytes, as weigh tells them.
func New[T any](max int, weigh func(string, T) int) *Cache[T] {
	c := &Cache[T]{weigh: weigh, max: max}
	// The number of entries is bounded by their least weight; an error is only
	// made for a size below one.
	c.kept, _ = simplelru.NewLRU(max/entryWeight+1, func(key string, v T) { c.bytes -= c.weight(key, v) })
	return c
}

// entryWeight is what an entry takes besides its value.
const entryWeight = 128

func (c *Cache[T]) weight(key string, v T) int { return entryWeight + len(key) + c.weigh(key, v) }

// Get finds what is kept under a key.
func (c *Cache[T]) Get(_ context.Context, key string) (T, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept.Get(key)
}

// Add keeps a value, unless it would push out most of the others.
func (c *Cache[T]) Add(_ context.Context, key string, v T) {
	weight := c.weight(key, v)
	if weight > c.max/8 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept.Contains(key) {
		return
	}
	for c.bytes+weight > c.max {
		c.kept.RemoveOldest()
	}
	c.kept.Add(key, v)
	c.bytes += weight
}
