package neo4j

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"releasegraph/internal/store"
)

// scanPage is how many nodes, or nodes with their outgoing edges, are read at
// once.
const scanPage = 5_000

// Scan implements store.Reader. It reads pages by id, each in a transaction of
// its own, and rewinds what was committed meanwhile: after each page it waits
// until no commit is half applied, reads the log up to there, and hands over
// everything as it was at the head from which the scan began.
func (s *Store) Scan(ctx context.Context, sc store.Scan, yield func(store.Batch) error) (store.Revision, error) {
	if err := s.catalog.CheckScan(sc); err != nil {
		return 0, err
	}
	head, err := s.Settled(ctx)
	if err != nil {
		return 0, err
	}
	kinds, rels := sc.Kinds, sc.Rels
	if kinds == nil {
		kinds = s.catalog.kindNames()
	}
	if rels == nil {
		rels = s.catalog.relNames()
	}
	run := &scanner{store: s, keep: sc.Keep, kinds: kinds, rels: rels, rewind: newRewind(head), yield: yield}
	for i := range kinds {
		run.phase = i
		if err := run.nodes(ctx, kinds[i]); err != nil {
			return 0, err
		}
	}
	for i := range rels {
		run.phase = len(kinds) + i
		if err := run.edges(ctx, rels[i]); err != nil {
			return 0, err
		}
	}
	return head, nil
}

type scanner struct {
	store  *Store
	keep   []string
	kinds  []string
	rels   []string
	phase  int    // position in kinds, then in rels
	cursor string // the last id of the pages before the current one
	rewind *rewind
	yield  func(store.Batch) error
}

// catchUp has the rewind follow the log to where the last page may have seen it.
func (r *scanner) catchUp(ctx context.Context) error {
	head, err := r.store.Settled(ctx)
	if err != nil {
		return err
	}
	for r.rewind.seen < head {
		entries, err := r.store.Changes(ctx, r.rewind.seen, 1000)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			return fmt.Errorf("%w: the log ends before its head at revision %d", store.ErrUnavailable, head)
		}
		for _, e := range entries {
			r.rewind.follow(e, r.passed)
		}
	}
	return nil
}

// passed tells whether what an effect is about was handed over with an earlier
// page, or is of no concern.
func (r *scanner) passed(e *store.Effect) bool {
	at, id := slices.Index(r.kinds, e.Kind), string(e.Node)
	if e.Node == "" {
		at, id = slices.Index(r.rels, e.Edge.Rel), string(e.Edge.From)
		if at >= 0 {
			at += len(r.kinds)
		}
	}
	return at < r.phase || at == r.phase && id <= r.cursor
}

func (r *scanner) nodes(ctx context.Context, kind string) error {
	cypher := fmt.Sprintf("MATCH (n:%s) WHERE n.id > $after WITH n ORDER BY n.id LIMIT $limit RETURN collect(%s)", quote(kind), r.projection(kind))
	return scanPages(ctx, r, scanned[any]{
		read: func(t tx, p params) ([]any, error) {
			values, err := t.row(cypher, p)
			if err != nil {
				return nil, err
			}
			return values[0].([]any), nil
		},
		id: func(v any) string {
			id, _ := v.(map[string]any)[idProp].(string)
			return id // none of what was deleted while it was read: the log tells what it was
		},
		add: func(b *store.Batch, v any) {
			n := nodeOf(kind, v.(map[string]any))
			if n.ID == "" {
				return
			}
			if n, was := r.rewind.node(n); was {
				b.Nodes = append(b.Nodes, n)
			}
		},
		lost: func(b *store.Batch) { b.Nodes = append(b.Nodes, r.rewind.lostNodes(kind)...) },
	})
}

// edges reads those of each node in the order of ids. The server knows at once how many of a
// relationship there are: of few it finds the nodes, and need not look at every one.
func (r *scanner) edges(ctx context.Context, rel string) error {
	near := quote(commonLabel)
	if froms := r.store.catalog.FarKinds(rel, "", store.In); len(froms) == 1 {
		near = quote(froms[0])
	}
	const answer = " RETURN a.id, collect(b.id), collect(properties(r))"
	counted := fmt.Sprintf("MATCH ()-[r:%s]->() RETURN count(r)", quote(rel))
	few := fmt.Sprintf("MATCH (a:%s)-[r:%s]->(b:Node) WHERE a.id > $after"+answer, commonLabel, quote(rel))
	many := fmt.Sprintf("MATCH (a:%s) WHERE a.id > $after WITH a ORDER BY a.id LIMIT $limit OPTIONAL MATCH (a)-[r:%s]->(b:Node)"+answer, near, quote(rel))
	return scanPages(ctx, r, scanned[*neo4j.Record]{
		read: func(t tx, p params) ([]*neo4j.Record, error) {
			count, err := t.row(counted, nil)
			if err != nil || count[0] == int64(0) {
				return nil, err
			}
			cypher := many
			if count[0].(int64) < scanPage {
				cypher = few
			}
			return evenRows(t.rows(cypher, p))
		},
		id: func(record *neo4j.Record) string { return record.Values[0].(string) },
		add: func(b *store.Batch, record *neo4j.Record) {
			b.Edges = r.edgesOf(b.Edges, rel, record.Values[0].(string), record.Values[1].([]any), record.Values[2].([]any))
		},
		lost: func(b *store.Batch) { b.Edges = append(b.Edges, r.rewind.lostEdges(rel)...) },
	})
}

// evenRows are rows of an id and lists, none of which lacks what was deleted meanwhile.
func evenRows(records []*neo4j.Record, err error) ([]*neo4j.Record, error) {
	for _, record := range records {
		if _, uneven := even(record.Values[1:]); record.Values[0] == nil || uneven != nil {
			return nil, errVanished
		}
	}
	return records, err
}

// scanned is how the nodes of a kind are read, or the edges of a relationship: R
// is what one id has.
type scanned[R any] struct {
	read func(tx, params) ([]R, error)
	id   func(R) string
	// add puts what was there at the head from which the scan began into the batch.
	add func(*store.Batch, R)
	// lost adds what was there then, and is not read because it is gone.
	lost func(*store.Batch)
}

// scanPages reads page after page, and hands each over. The server reads the next one
// meanwhile: the log is followed once more before that is handed over in its turn.
func scanPages[R any](ctx context.Context, r *scanner, s scanned[R]) error {
	ctx, stop := context.WithCancel(ctx)
	ahead := &reader[R]{store: r.store, read: s.read}
	defer func() { _, _ = ahead.wait() }()
	defer stop()
	r.cursor = ""
	ahead.begin(ctx, r.cursor)
	for {
		page, err := ahead.wait()
		if err != nil {
			return err
		}
		next := r.cursor
		for _, one := range page {
			next = max(next, s.id(one))
		}
		last := len(page) < scanPage
		if !last {
			ahead.begin(ctx, next)
		}
		if err := r.catchUp(ctx); err != nil {
			return err
		}
		batch := store.Batch{}
		for _, one := range page {
			s.add(&batch, one)
		}
		r.cursor = next
		if last {
			s.lost(&batch)
		}
		if err := r.hand(batch); err != nil || last {
			return err
		}
	}
}

// reader reads a page while the one before it is worked on.
type reader[R any] struct {
	store *Store
	read  func(tx, params) ([]R, error)
	done  chan struct{} // nil: nothing is being read
	page  []R
	err   error
}

func (r *reader[R]) begin(ctx context.Context, after string) {
	r.done = make(chan struct{})
	go func() {
		defer close(r.done)
		r.err = r.store.read(ctx, func(t tx) (err error) {
			r.page, err = r.read(t, params{"after": after, "limit": int64(scanPage)})
			return err
		})
	}()
}

// wait returns the page that is being read, none where none is.
func (r *reader[R]) wait() ([]R, error) {
	if r.done == nil {
		return nil, nil
	}
	<-r.done
	page, err := r.page, r.err
	r.done, r.page, r.err = nil, nil, nil
	return page, err
}

func (r *scanner) edgesOf(list []store.Edge, rel, from string, tos, props []any) []store.Edge {
	for i, to := range tos {
		e := edgeOf(rel, store.ID(from), store.ID(to.(string)), props[i].(map[string]any))
		if e, was := r.rewind.edge(e); was {
			list = append(list, e)
		}
	}
	return list
}

// hand hands a batch over, with the properties that were asked for.
func (r *scanner) hand(b store.Batch) error {
	if len(b.Nodes)+len(b.Edges) == 0 {
		return nil
	}
	for i := range b.Nodes {
		b.Nodes[i].Props = r.kept(b.Nodes[i].Props)
	}
	for i := range b.Edges {
		b.Edges[i].Props = r.kept(b.Edges[i].Props)
	}
	return r.yield(b)
}

// projection asks for the properties to keep, where all of them are declared:
// only those names may stand in a query.
func (r *scanner) projection(kind string) string {
	if r.keep == nil {
		return "properties(n)"
	}
	k, _ := r.store.catalog.Kind(kind)
	parts := []string{".id", "." + versionProp, ".createdAt", ".updatedAt"}
	for _, name := range r.keep {
		if k.OpenPrefix != "" && strings.HasPrefix(name, k.OpenPrefix) {
			return "properties(n)"
		}
		if slices.ContainsFunc(k.Properties, func(p store.Property) bool { return p.Name == name }) {
			parts = append(parts, "."+quote(name))
		}
	}
	// A projection answers null for what is absent.
	return "n {" + strings.Join(parts, ", ") + "}"
}

// kept leaves only what was asked for.
func (r *scanner) kept(props store.Props) store.Props {
	if r.keep == nil {
		return props
	}
	for name, v := range props {
		if v == nil || !slices.Contains(r.keep, name) {
			delete(props, name)
		}
	}
	return props
}
