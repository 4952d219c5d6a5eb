package sqlite

import (
	"cmp"
	"database/sql/driver"
	"slices"
	"strings"

	"releasegraph/internal/store"
)

// scanner is one connection at work on a scan.
type scanner struct {
	*scan
	c     *conn
	rel   string                 // of the edges read last
	known map[string]store.Props // of that relationship, as they are stored
}

// keeps tells whether a property is to be handed over.
func (k *scan) keeps(name string) bool { return k.Keep == nil || slices.Contains(k.Keep, name) }

// kept is the table with only the columns that are to be handed over.
func (k *scan) kept(t *table) (kept *table, open bool) {
	if k.Keep == nil {
		return t, true
	}
	small := *t
	small.columns = nil
	for _, c := range t.columns {
		if k.keeps(c.property.Name) {
			small.columns = append(small.columns, c)
		}
	}
	open = t.open != "" && slices.ContainsFunc(k.Keep, func(name string) bool { return strings.HasPrefix(name, t.open) })
	return &small, open
}

func (k *scanner) readNodes(p *part) error {
	t, open := k.kept(p.table)
	fields := t.fields("t")
	if !open {
		fields = strings.Replace(fields, "t.open", "NULL", 1)
	}
	var batch []store.Node
	text := "SELECT " + fields + " FROM " + t.name + " t WHERE n >= ? AND n < ?"
	err := k.c.query(k.ctx, text, []any{p.from, p.to}, func(row []driver.Value) error {
		n, err := t.node(row)
		if err != nil {
			return err
		}
		k.name(p.table, row[0].(int64), n.ID)
		if open && k.Keep != nil {
			k.dropOthers(n.Props)
		}
		if batch == nil {
			batch = k.spare.ofNodes()
		}
		if batch = append(batch, n); len(batch) < batchSize {
			return nil
		}
		full := batch
		batch = nil
		return p.send(k.ctx, store.Batch{Nodes: full})
	})
	if err != nil {
		return err
	}
	return p.send(k.ctx, store.Batch{Nodes: batch})
}

func (k *scan) dropOthers(props store.Props) {
	for name := range props {
		if !k.keeps(name) {
			delete(props, name)
		}
	}
}

// name remembers a node's id for the edges.
func (k *scan) name(t *table, n int64, id store.ID) { k.ids[t.number][n-t.number<<kindShift] = id }

// readNames reads only the ids of a kind that is not handed over.
func (k *scanner) readNames(p *part) error {
	text := "SELECT n, id FROM " + p.table.name + " WHERE n >= ? AND n < ?"
	return k.c.query(k.ctx, text, []any{p.from, p.to}, func(row []driver.Value) error {
		k.name(p.table, row[0].(int64), store.ID(row[1].(string)))
		return nil
	})
}

func (k *scan) id(n int64) store.ID {
	kind, i := n>>kindShift, n&(1<<kindShift-1)
	if kind >= int64(len(k.ids)) || i >= int64(len(k.ids[kind])) {
		return "" // its kind is declared no more
	}
	return k.ids[kind][i]
}

// knownProps bounds how many different properties of edges a scanner remembers.
const knownProps = 1 << 14

// readEdges hands over the edges that leave a range of nodes. Edges with the
// same properties share them: there are few different ones in most graphs, and
// a batch is not to be changed or kept.
func (k *scanner) readEdges(p *part) error {
	text := "SELECT src, dst, tag, version, " + k.propsColumn(p.rel) + " FROM edge WHERE rel = ? AND src >= ? AND src < ?"
	var batch []store.Edge
	err := k.c.query(k.ctx, text, []any{k.layout.rels[p.rel], p.from, p.to}, func(row []driver.Value) error {
		from, to := k.id(row[0].(int64)), k.id(row[1].(int64))
		if from == "" || to == "" {
			return nil
		}
		props, err := k.edgeProps(p.rel, row[4])
		if err != nil {
			return err
		}
		if batch == nil {
			batch = k.spare.ofEdges()
		}
		key := store.EdgeKey{Rel: p.rel, From: from, To: to, Tag: row[2].(string)}
		if batch = append(batch, store.Edge{EdgeKey: key, Version: row[3].(int64), Props: props}); len(batch) < batchSize {
			return nil
		}
		full := batch
		batch = nil
		return p.send(k.ctx, store.Batch{Edges: full})
	})
	if err != nil {
		return err
	}
	return p.send(k.ctx, store.Batch{Edges: batch})
}

// propsColumn is where the properties of a relationship are read from: nowhere
// when none of those that it declares is to be handed over.
func (k *scan) propsColumn(rel string) string {
	for _, r := range k.declared.Schema().Rels {
		if r.Name == rel && slices.ContainsFunc(r.Properties, func(p store.Property) bool { return k.keeps(p.Name) }) {
			return "props"
		}
	}
	return "NULL"
}

func (k *scanner) edgeProps(rel string, stored driver.Value) (store.Props, error) {
	if k.rel != rel {
		k.rel, k.known = rel, map[string]store.Props{}
	}
	text, _ := stored.(string)
	if props, ok := k.known[text]; ok {
		return props, nil
	}
	props, err := k.decodeEdge(rel, cmp.Or(text, noProps))
	if err != nil {
		return nil, err
	}
	if k.Keep != nil {
		k.dropOthers(props)
	}
	if len(k.known) < knownProps {
		k.known[text] = props
	}
	return props, nil
}
