package store

import (
	"context"
	"slices"
	"sync"
)

// Explained tells how a page of nodes was found.
type Explained struct {
	Kind string `json:"kind"`
	// By is "memory", or "store" where the records in memory do not have what was asked.
	By string `json:"by"`
	// Filter are the comparisons and relationships in the order in which they narrowed the
	// nodes, each with how many were left.
	Filter []string `json:"filter,omitempty"`
	// Matched of Of nodes of the kind are in the list.
	Matched uint64 `json:"matched"`
	Of      uint64 `json:"of"`
	// Page tells how the page was cut out of the list.
	Page string `json:"page,omitempty"`
}

// mostExplained is how many reads of an operation are explained.
const mostExplained = 100

// Explanation gathers how the reads of an operation were answered. Several may tell it at
// once; nil gathers nothing.
type Explanation struct {
	mu   sync.Mutex
	list []Explained
}

// Add tells of a read.
func (e *Explanation) Add(one Explained) {
	if e == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.list) < mostExplained {
		e.list = append(e.list, one)
	}
}

// Reads are those that were told of, the first hundred.
func (e *Explanation) Reads() []Explained {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.list)
}

type explanationKey struct{}

// WithExplanation has the reads of a context explained.
func WithExplanation(ctx context.Context, e *Explanation) context.Context {
	return context.WithValue(ctx, explanationKey{}, e)
}

// ExplanationOf returns what gathers how reads are answered, nil where nobody asks.
func ExplanationOf(ctx context.Context) *Explanation {
	e, _ := ctx.Value(explanationKey{}).(*Explanation)
	return e
}
