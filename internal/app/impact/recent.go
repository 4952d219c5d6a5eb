package impact

import (
	"context"
	"fmt"
	"sync"

	"releasegraph/internal/plan/impact"
)

// recent keeps the last analyses of one graph: who reads an answer page by page,
// or asks the same as another, has it analysed once. Same graph and query give
// the same answer. The zero value is empty.
type recent struct {
	mu    sync.Mutex
	graph *impact.Graph
	found map[string]*impact.Result
	hits  int
}

// mostHits bounds what is kept: some 20 bytes for each.
const mostHits = 500_000

// analyse answers from what is kept, or makes the analysis. What the caller may
// see of it is part of the query, and not kept.
func (r *recent) analyse(ctx context.Context, g *impact.Graph, q impact.Query) (*impact.Result, error) {
	if q.Sees != nil {
		return impact.Analyse(ctx, g, q)
	}
	key := fmt.Sprint(q.Sources, q.Dependencies, q.IgnoreRedundancy, q.Kinds, q.Environment, q.StopAt, q.Excluded, q.MaxDepth, q.Sites == nil, q.Sites)
	if found := r.known(g, key); found != nil {
		return found, nil
	}
	found, err := impact.Analyse(ctx, g, q)
	if err == nil {
		r.keep(g, key, found)
	}
	return found, err
}

func (r *recent) known(g *impact.Graph, key string) *impact.Result {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.graph != g {
		return nil
	}
	return r.found[key]
}

// keep keeps an analysis of the newest graph, and lets those of an earlier one go.
func (r *recent) keep(g *impact.Graph, key string, found *impact.Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	newer := r.graph == nil || g.Revision() > r.graph.Revision()
	switch size := found.Len(); {
	case size > mostHits/4 || r.graph != g && !newer:
		return
	case r.graph != g || r.hits+size > mostHits:
		r.graph, r.found, r.hits = g, map[string]*impact.Result{}, 0
		fallthrough
	default:
		r.found[key] = found
		r.hits += size
	}
}
