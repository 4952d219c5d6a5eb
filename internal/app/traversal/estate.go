package traversal

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/shape"
	"releasegraph/internal/store"
)

// patience is how long a traversal waits for the graph in memory before it
// reads what it needs from the store.
const patience = 250 * time.Millisecond

// Survey says which part of the estate a traversal can touch.
type Survey struct {
	// Named are records that must be in the graph, with their dependencies.
	Named []store.Node
	// Roots are where the dependencies are followed from.
	Roots     []store.Node
	Direction store.Direction
	// StartSites' items are roots as well; sites must be in the graph with
	// their parts and what is installed there.
	StartSites []store.Node
	Sites      []store.Node
	// Outcomes asks for all that redundancy and totals need.
	Outcomes bool
	// Around asks for all that the sites are part of, and those where the items
	// are installed. It needs outcomes.
	Around bool
}

// Graph returns the graph for a traversal: the whole estate in memory, or, where
// there is none, the part that the traversal can touch, read from the store.
// Both give the same answers.
func (a *Area) Graph(ctx context.Context, v estate.View, s Survey) (*shape.Graph, error) {
	if a.estate.Graphs != nil {
		g, err := a.Whole(ctx, v)
		if g != nil || err != nil {
			return g, err
		}
	}
	return a.part(ctx, v, s)
}

// Whole returns the graph in memory, as new as the store or of the moment asked
// for; nil when it is not there in time.
func (a *Area) Whole(ctx context.Context, v estate.View) (*shape.Graph, error) {
	head, err := a.estate.Store.Head(ctx)
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	g, err := a.estate.Graphs.Graph(waiting, head)
	if v.Past && err == nil {
		g, err = a.estate.Graphs.GraphAt(ctx, v.At)
	}
	switch {
	case err == nil:
		return g, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		return nil, nil
	}
	return nil, refusal.OfStore(err)
}

// partAttempts is how often a part is read anew because the estate changed
// while it was read.
const partAttempts = 5

// part reads a part of the estate, as of one revision.
func (a *Area) part(ctx context.Context, v estate.View, s Survey) (*shape.Graph, error) {
	if v.Past { // which does not change any more
		r := NewPartReader(ctx, v.Entire)
		if err := r.Read(s); err != nil {
			return nil, refusal.OfStore(err)
		}
		return r.B.Graph(int64(v.At)), nil
	}
	for range partAttempts {
		before, err := a.estate.Store.Head(ctx)
		if err != nil {
			return nil, refusal.OfStore(err)
		}
		r := NewPartReader(ctx, a.estate.Entire)
		if err := r.Read(s); err != nil {
			return nil, refusal.OfStore(err)
		}
		after, err := a.estate.Store.Head(ctx)
		if err != nil {
			return nil, refusal.OfStore(err)
		}
		if before == after {
			return r.B.Graph(int64(before)), nil
		}
	}
	return nil, &domain.Error{
		Code:    domain.Unavailable,
		Message: "the estate keeps changing while it is read and the topology is not at hand; try again shortly",
	}
}

// partReader collects nodes and edges as they are read.
type partReader struct {
	ctx   context.Context
	store store.Reader
	codec entity.TopologyCodec
	B     *adjacency.Builder[domain.Facts, domain.Link]
	nodes map[store.ID]bool
	edges map[store.EdgeKey]store.Edge
}

// NewPartReader reads a part of the estate into a graph.
func NewPartReader(ctx context.Context, s store.Reader) *partReader {
	return &partReader{
		ctx: ctx, store: s, B: adjacency.NewBuilder[domain.Facts, domain.Link](),
		nodes: map[store.ID]bool{}, edges: map[store.EdgeKey]store.Edge{},
	}
}

func (r *partReader) Read(s Survey) error {
	for _, list := range [][]store.Node{s.Named, s.Roots, s.Sites, s.StartSites} {
		r.add(list...)
	}
	roots := store.IDsOf(s.Roots)
	if sites := slices.Concat(s.Sites, s.StartSites); len(sites) > 0 {
		started, err := r.readSites(store.IDsOf(sites), store.IDsOf(s.StartSites))
		if err != nil {
			return err
		}
		roots = append(roots, started...)
	}
	reached, err := r.walk(roots, domain.RelDependsOn, s.Direction)
	if err != nil {
		return err
	}
	if s.Outcomes {
		at, err := r.readOutcomes(reached, store.IDsOf(s.Named), s.Direction)
		if err != nil {
			return err
		}
		if s.Around {
			if _, err := r.walk(append(at, store.IDsOf(s.Sites)...), domain.RelPartOf, store.Out); err != nil {
				return err
			}
		}
	}
	return r.finish()
}

// readSites reads sites with their parts and installations, and returns the
// items at those where an analysis starts.
func (r *partReader) readSites(sites, start []store.ID) ([]store.ID, error) {
	if _, err := r.walk(sites, domain.RelPartOf, store.In); err != nil {
		return nil, err
	}
	started, err := r.walk(start, domain.RelPartOf, store.In)
	if err != nil {
		return nil, err
	}
	return r.step(started, domain.RelInstalledAt, store.In)
}

// readOutcomes reads what strengths and totals depend on beyond the spread
// itself: all stand-ins, what the named items need (an assumption may take it
// away), and where the items are installed, which it lists.
func (r *partReader) readOutcomes(reached, named []store.ID, direction store.Direction) ([]store.ID, error) {
	all := slices.Concat(reached, named)
	needing := named
	if direction == store.In {
		needing = all
	}
	if _, err := r.step(needing, domain.RelDependsOn, store.Out); err != nil {
		return nil, err
	}
	return r.step(all, domain.RelInstalledAt, store.Out)
}

// walk reads what can be reached, and lists it, the roots included.
func (r *partReader) walk(roots []store.ID, rel string, direction store.Direction) ([]store.ID, error) {
	return r.reach(store.Walk{Roots: roots, Rels: []string{rel}, Direction: direction}, 0)
}

// step reads the edges of some nodes, and lists their other ends. The nodes
// there are left to finish, which reads each but once: many share their ends.
func (r *partReader) step(near []store.ID, rel string, direction store.Direction) ([]store.ID, error) {
	return r.reach(store.Walk{Roots: near, Rels: []string{rel}, Direction: direction, Depth: 1}, 1)
}

// reach keeps the edges of a walk, and lists what lies at least so deep.
func (r *partReader) reach(w store.Walk, depth int) ([]store.ID, error) {
	found, err := r.store.Walk(r.ctx, w)
	if err != nil {
		return nil, err
	}
	for _, e := range found.Edges {
		r.edges[e.EdgeKey] = e
	}
	ids := make([]store.ID, 0, len(found.Hits))
	for _, h := range found.Hits {
		if h.Depth >= depth {
			ids = append(ids, h.ID)
		}
	}
	return ids, nil
}

// finish reads the nodes that are known by their edges only, and then puts all
// edges in.
func (r *partReader) finish() error {
	missing := map[store.ID]bool{}
	for key := range r.edges {
		for _, id := range []store.ID{key.From, key.To} {
			if !r.nodes[id] {
				missing[id] = true
			}
		}
	}
	for chunk := range slices.Chunk(slices.Sorted(maps.Keys(missing)), listing.MaxPage) {
		found, err := r.store.Nodes(r.ctx, chunk...)
		if err != nil {
			return err
		}
		for _, n := range found {
			r.add(n)
		}
	}
	for key, e := range r.edges {
		from, ok := r.B.Lookup(string(key.From))
		to, ok2 := r.B.Lookup(string(key.To))
		if ok && ok2 {
			r.B.AddArc(from, to, r.codec.Edge(key.Rel, key.Tag, e.Props))
		}
	}
	return nil
}

func (r *partReader) add(nodes ...store.Node) {
	for _, n := range nodes {
		if !r.nodes[n.ID] {
			r.nodes[n.ID] = true
			key, facts := r.codec.Node(n.Kind, n.Props)
			r.B.AddNode(string(n.ID), key, facts)
		}
	}
}
