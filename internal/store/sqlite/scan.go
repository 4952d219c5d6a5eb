package sqlite

import (
	"context"
	"database/sql/driver"
	"slices"

	"releasegraph/internal/store"
)

// batchSize is how many nodes or edges a Scan hands over at a time.
const batchSize = 4096

// scanner runs one Scan on one connection.
type scanner struct {
	*Store
	ctx   context.Context
	c     *conn
	scan  store.Scan
	yield func(store.Batch) error
	ids   map[*table][]store.ID // by number within the table
	batch store.Batch
}

// Scan hands over the whole graph as of one revision.
func (s *Store) Scan(ctx context.Context, scan store.Scan, yield func(store.Batch) error) (store.Revision, error) {
	if err := s.declared.CheckScan(scan); err != nil {
		return 0, err
	}
	var head int64
	err := s.read(ctx, func(c *conn) error {
		var err error
		if head, _, err = c.one(ctx, headQuery); err != nil {
			return err
		}
		k := &scanner{Store: s, ctx: ctx, c: c, scan: scan, yield: yield, ids: map[*table][]store.ID{}}
		return k.run()
	})
	return store.Revision(head), err
}

func (k *scanner) run() error {
	for _, kind := range k.declared.Schema().Kinds {
		if err := k.kind(k.layout.kinds[kind.Name]); err != nil {
			return err
		}
	}
	done := map[string]bool{}
	for _, rel := range k.declared.Schema().Rels {
		if done[rel.Name] || k.scan.Rels != nil && !slices.Contains(k.scan.Rels, rel.Name) {
			continue
		}
		done[rel.Name] = true
		if err := k.rel(rel.Name); err != nil {
			return err
		}
	}
	return nil
}

func (k *scanner) flush() error {
	b := k.batch
	k.batch = store.Batch{}
	if len(b.Nodes)+len(b.Edges) == 0 {
		return nil
	}
	return k.yield(b)
}

func (k *scanner) kind(t *table) error {
	if k.scan.Kinds != nil && !slices.Contains(k.scan.Kinds, t.kind) {
		return k.names(t)
	}
	err := k.c.query(k.ctx, "SELECT "+t.fields("t")+" FROM "+t.name+" t ORDER BY n", nil, func(row []driver.Value) error {
		n, err := t.node(row)
		if err != nil {
			return err
		}
		k.name(t, row[0].(int64), n.ID)
		k.keep(n.Props)
		k.batch.Nodes = append(k.batch.Nodes, n)
		if len(k.batch.Nodes) >= batchSize {
			return k.flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return k.flush()
}

func (k *scanner) keep(props store.Props) {
	if k.scan.Keep == nil {
		return
	}
	for name := range props {
		if !slices.Contains(k.scan.Keep, name) {
			delete(props, name)
		}
	}
}

// name remembers a node's id for the edges.
func (k *scanner) name(t *table, n int64, id store.ID) {
	i := int(n - t.number<<kindShift)
	ids := k.ids[t]
	if i >= len(ids) {
		ids = append(ids, make([]store.ID, i+1-len(ids))...)
		k.ids[t] = ids
	}
	ids[i] = id
}

// names reads only the ids of a kind that is not handed over.
func (k *scanner) names(t *table) error {
	return k.c.query(k.ctx, "SELECT n, id FROM "+t.name+" ORDER BY n", nil, func(row []driver.Value) error {
		k.name(t, row[0].(int64), store.ID(row[1].(string)))
		return nil
	})
}

func (k *scanner) id(n int64) (store.ID, bool) {
	t := k.layout.byNumber[n>>kindShift]
	i := n & (1<<kindShift - 1)
	if t == nil || i >= int64(len(k.ids[t])) {
		return "", false
	}
	return k.ids[t][i], true
}

func (k *scanner) rel(rel string) error {
	const all = "SELECT src, dst, tag, version, props FROM edge WHERE rel = ?"
	err := k.c.query(k.ctx, all, []any{k.layout.rels[rel]}, func(row []driver.Value) error {
		from, ok1 := k.id(row[0].(int64))
		to, ok2 := k.id(row[1].(int64))
		if !ok1 || !ok2 {
			return nil // an end's kind is declared no more
		}
		props, err := k.decodeEdge(rel, row[4].(string))
		if err != nil {
			return err
		}
		k.keep(props)
		key := store.EdgeKey{Rel: rel, From: from, To: to, Tag: row[2].(string)}
		k.batch.Edges = append(k.batch.Edges, store.Edge{EdgeKey: key, Version: row[3].(int64), Props: props})
		if len(k.batch.Edges) >= batchSize {
			return k.flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return k.flush()
}
