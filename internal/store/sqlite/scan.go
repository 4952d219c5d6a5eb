package sqlite

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"

	"releasegraph/internal/store"
)

const (
	batchSize = 4096
	// A part of a scan is so many numbers of nodes, or the edges that leave so
	// many. Its batches fit the channel, so that the next part can be read while
	// this one is handed over.
	nodePart   = 1 << 15
	edgePart   = 1 << 13
	partBuffer = 16
	// scanners is how many connections one Scan uses at most.
	scanners = 4
)

// scan is one Scan: parts in the order in which they are handed over, read by
// several connections that see the same revision.
type scan struct {
	*Store
	store.Scan
	ctx   context.Context
	parts []*part
	ids   [][]store.ID   // by number of the table and within it
	nodes sync.WaitGroup // parts of nodes that are not read yet
	spare spares
}

// part reads a range of numbers and hands over batches.
type part struct {
	read    func(*scanner, *part) error
	table   *table
	rel     string // empty for nodes
	from    int64  // first number
	to      int64  // the one after the last
	batches chan store.Batch
	err     error
}

// Scan hands over the whole graph as of one revision.
func (s *Store) Scan(ctx context.Context, what store.Scan, yield func(store.Batch) error) (store.Revision, error) {
	if err := s.declared.CheckScan(what); err != nil {
		return 0, err
	}
	var stopped error
	head, err := s.scan(ctx, what, func(b store.Batch) error {
		stopped = yield(b)
		return stopped
	})
	if stopped != nil {
		err = stopped // as it is: it is not ours
	}
	return head, err
}

func (s *Store) scan(ctx context.Context, what store.Scan, yield func(store.Batch) error) (store.Revision, error) {
	if s.memory {
		return s.scanMemory(ctx, what, yield)
	}
	var head int64
	err := s.read(ctx, func(c *conn) error {
		var err error
		if head, _, err = c.one(ctx, headQuery); err != nil {
			return err
		}
		helpers := s.helpers(ctx, head)
		defer s.dismiss(helpers)
		return s.scanWith(ctx, append(helpers, c), what, yield)
	})
	return store.Revision(head), err
}

// scanMemory reads all before it hands over anything: in memory a reader keeps
// writers out, and yield may wish to write.
func (s *Store) scanMemory(ctx context.Context, what store.Scan, yield func(store.Batch) error) (store.Revision, error) {
	var head int64
	var batches []store.Batch
	err := s.read(ctx, func(c *conn) error {
		var err error
		if head, _, err = c.one(ctx, headQuery); err != nil {
			return err
		}
		return s.scanWith(ctx, []*conn{c}, what, func(b store.Batch) error {
			batches = append(batches, b)
			return nil
		})
	})
	for i := 0; i < len(batches) && err == nil; i++ {
		err = yield(batches[i])
		batches[i] = store.Batch{}
	}
	return store.Revision(head), err
}

// helpers finds further readers that are idle now and begin at the same
// revision.
func (s *Store) helpers(ctx context.Context, head int64) []*conn {
	var list []*conn
	for range min(scanners, runtime.GOMAXPROCS(0)) - 1 {
		select {
		case c := <-s.readers:
			err := c.begin("BEGIN")
			at, _, err2 := c.one(ctx, headQuery)
			if err != nil || err2 != nil || at != head {
				s.dismiss([]*conn{c})
				return list
			}
			list = append(list, c)
		default:
			return list
		}
	}
	return list
}

func (s *Store) dismiss(helpers []*conn) {
	for _, c := range helpers {
		_ = c.end(nil)
		s.giveBack(c)
	}
}

func (s *Store) scanWith(ctx context.Context, conns []*conn, what store.Scan, yield func(store.Batch) error) error {
	ctx, cancel := context.WithCancel(ctx)
	k := &scan{Store: s, Scan: what, ctx: ctx, ids: make([][]store.ID, s.layout.kindsEnd())}
	if err := k.divide(conns[0]); err != nil {
		cancel()
		return err
	}
	next := make(chan *part, len(k.parts))
	for _, p := range k.parts {
		next <- p
	}
	close(next)
	var workers sync.WaitGroup
	for _, c := range conns {
		workers.Go(func() { (&scanner{scan: k, c: c}).work(next) })
	}
	defer workers.Wait()
	defer cancel()
	return k.handOver(yield)
}

// divide lists the parts, nodes first.
func (k *scan) divide(c *conn) error {
	for _, kind := range k.declared.Schema().Kinds {
		t := k.layout.kinds[kind.Name]
		last, any, err := c.one(k.ctx, "SELECT max(n) FROM "+t.name)
		if err != nil {
			return err
		}
		if !any {
			last = t.number << kindShift
		}
		k.ids[t.number] = make([]store.ID, last-t.number<<kindShift+1)
		read := (*scanner).readNodes
		if k.Kinds != nil && !slices.Contains(k.Kinds, t.kind) {
			read = (*scanner).readNames
		}
		k.add(part{read: read, table: t}, nodePart)
	}
	done := map[[2]string]bool{}
	for _, r := range k.declared.Schema().Rels {
		if k.Rels == nil || slices.Contains(k.Rels, r.Name) {
			k.addRel(r.Name, done)
		}
	}
	return nil
}

// addRel lists the parts of a relationship, for each kind that it leaves.
func (k *scan) addRel(rel string, done map[[2]string]bool) {
	for _, r := range k.declared.Schema().Rels {
		name := [2]string{rel, r.From}
		if r.Name == rel && !done[name] {
			done[name] = true
			k.add(part{read: (*scanner).readEdges, table: k.layout.kinds[r.From], rel: rel}, edgePart)
		}
	}
}

func (k *scan) add(p part, size int64) {
	base := p.table.number << kindShift
	end := base + int64(len(k.ids[p.table.number]))
	for from := base; from < end; from += size {
		one := p
		one.from, one.to, one.batches = from, min(from+size, end), make(chan store.Batch, partBuffer)
		if one.rel == "" {
			k.nodes.Add(1)
		}
		k.parts = append(k.parts, &one)
	}
}

// work reads parts in their order. Edges wait for the names of all nodes.
func (k *scanner) work(next <-chan *part) {
	for p := range next {
		if p.rel != "" {
			k.nodes.Wait()
		}
		if p.err = k.ctx.Err(); p.err == nil {
			p.err = p.read(k, p)
		}
		if p.rel == "" {
			k.nodes.Done()
		}
		close(p.batches)
	}
}

func (k *scan) handOver(yield func(store.Batch) error) error {
	for _, p := range k.parts {
		for b := range p.batches {
			if err := yield(b); err != nil {
				return err
			}
			if !k.memory { // there all batches are kept until the reading has ended
				k.spare.put(b)
			}
		}
		if p.err != nil {
			return p.err
		}
	}
	return k.ctx.Err()
}

// spares are batches that were handed over, to be filled anew: a large graph
// would else leave gigabytes to be collected while it is read.
type spares struct{ nodes, edges sync.Pool }

func (s *spares) put(b store.Batch) {
	if b.Nodes != nil {
		s.nodes.Put(&b.Nodes)
	}
	if b.Edges != nil {
		s.edges.Put(&b.Edges)
	}
}

func (s *spares) ofNodes() []store.Node {
	if old, ok := s.nodes.Get().(*[]store.Node); ok {
		return (*old)[:0]
	}
	return make([]store.Node, 0, batchSize)
}

func (s *spares) ofEdges() []store.Edge {
	if old, ok := s.edges.Get().(*[]store.Edge); ok {
		return (*old)[:0]
	}
	return make([]store.Edge, 0, batchSize)
}

var errStopped = errors.New("scan stopped")

// send hands a batch to who hands it over, unless that one has stopped.
func (p *part) send(ctx context.Context, b store.Batch) error {
	if len(b.Nodes)+len(b.Edges) == 0 {
		return nil
	}
	select {
	case p.batches <- b:
		return nil
	case <-ctx.Done():
		return errors.Join(errStopped, ctx.Err())
	}
}
