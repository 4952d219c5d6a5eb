package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	lib "modernc.org/sqlite/lib"

	"releasegraph/internal/store"
)

var _ store.RowScanner = (*Store)(nil)

// rowScan is one ScanRows: parts that several connections, which see the same
// revision, read at the same time.
type rowScan struct {
	*Store
	store.Scan
	ctx    context.Context
	to     store.Rows
	conns  []*raw
	labels []map[string]map[string]uint32 // by connection and relationship: what the connection knows of numbers of labels
	first  []int                          // by number of the table: the place of its number 0, below 0 where there is no table
	places int                            // how many there are
	ends   []int64
}

// ScanRows hands over the whole graph as of one revision. In memory it keeps
// writers out until it is over.
func (s *Store) ScanRows(ctx context.Context, what store.Scan, to store.Rows) (store.Revision, error) {
	if err := s.declared.CheckScan(what); err != nil {
		return 0, err
	}
	var head int64
	err := s.read(ctx, func(*conn) error { // it is not closed before this is over
		conns, at, err := s.openRaws()
		if err != nil {
			return err
		}
		defer func() {
			for _, c := range conns {
				c.close()
			}
		}()
		head = at
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		k := &rowScan{Store: s, Scan: what, ctx: ctx, to: to, conns: conns}
		for range conns {
			k.labels = append(k.labels, map[string]map[string]uint32{})
		}
		return k.all(stop)
	})
	return store.Revision(head), err
}

// openRaws opens connections that begin at the same revision: one at least.
func (s *Store) openRaws() (list []*raw, head int64, err error) {
	for range min(scanners, runtime.GOMAXPROCS(0)) {
		c, err := openRaw(s.dsn)
		if err != nil {
			break
		}
		at, err := c.head()
		if err == nil && (len(list) == 0 || at == head) {
			list, head = append(list, c), at
			continue
		}
		c.close()
		if err != nil {
			break
		}
	}
	if len(list) == 0 {
		return nil, 0, err
	}
	return list, head, nil
}

// all hands over nodes, and then edges.
func (k *rowScan) all(stop func()) error {
	if err := k.number(); err != nil {
		return err
	}
	var parts []rowPart
	for _, kind := range k.declared.Schema().Kinds {
		if k.Kinds == nil || slices.Contains(k.Kinds, kind.Name) {
			t := k.layout.kinds[kind.Name]
			parts = k.divide(parts, t, nodePart, func() partReader { return newNodeReader(k, t, k.to.Nodes(t.kind)) })
		}
	}
	if err := k.read(parts, stop); err != nil {
		return err
	}
	if err := k.to.NodesTaken(k.places); err != nil {
		return err
	}
	parts = parts[:0]
	done := map[[2]string]bool{}
	for _, r := range k.declared.Schema().Rels {
		name := [2]string{r.Name, r.From}
		if !done[name] && (k.Rels == nil || slices.Contains(k.Rels, r.Name)) {
			done[name] = true
			parts = k.divide(parts, k.layout.kinds[r.From], edgePart, func() partReader { return newEdgeReader(k, r.Name, k.to.Edges(r.Name)) })
		}
	}
	return k.read(parts, stop)
}

// number gives each node a place: those of a kind lie together, by their numbers.
func (k *rowScan) number() error {
	k.ends = make([]int64, k.layout.kindsEnd())
	k.first = slices.Repeat([]int{-1}, len(k.ends))
	for _, kind := range k.declared.Schema().Kinds {
		t := k.layout.kinds[kind.Name]
		k.first[t.number] = k.places
		err := k.conns[0].each("SELECT max(n) FROM "+t.name, nil, func(row rawRow) error {
			if row.is(0) == lib.SQLITE_INTEGER {
				k.ends[t.number] = row.integer(0) + 1
				k.places += int(row.integer(0)-t.number<<kindShift) + 1
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// place is that of a node's number, false where its kind is declared no more.
func (k *rowScan) place(n int64) (int, bool) {
	table := n >> kindShift
	if table >= int64(len(k.first)) || k.first[table] < 0 {
		return 0, false
	}
	return k.first[table] + int(n&(1<<kindShift-1)), true
}

// rowPart is what one connection reads at once: what has a number of a node in a
// range.
type rowPart struct {
	partReader
	from, to int64
}

// partReader hands over the rows of a part.
type partReader interface {
	query() string // of two bounds
	begin(conn int)
	row(row rawRow) error
	End() error
}

// divide appends the parts of a table.
func (k *rowScan) divide(parts []rowPart, t *table, size int64, reader func() partReader) []rowPart {
	for from := t.number << kindShift; from < k.ends[t.number]; from += size {
		parts = append(parts, rowPart{reader(), from, min(from+size, k.ends[t.number])})
	}
	return parts
}

// read reads parts over all connections. The first error stops it.
func (k *rowScan) read(parts []rowPart, stop func()) error {
	next := make(chan rowPart, len(parts))
	for _, p := range parts {
		next <- p
	}
	close(next)
	errs := make([]error, len(k.conns))
	var workers sync.WaitGroup
	for i, c := range k.conns {
		workers.Go(func() {
			for p := range next {
				p.begin(i)
				if errs[i] = k.readPart(c, p); errs[i] != nil {
					stop()
					return
				}
			}
		})
	}
	workers.Wait()
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) { // what stopped the others
			return err
		}
	}
	return errors.Join(errs...)
}

func (k *rowScan) readPart(c *raw, p rowPart) error {
	rows := 0
	err := c.each(p.query(), []int64{p.from, p.to}, func(row rawRow) error {
		if rows++; rows%256 == 0 && k.ctx.Err() != nil {
			return k.ctx.Err()
		}
		return p.row(row)
	})
	if err != nil {
		return err
	}
	return cmp.Or(p.End(), k.ctx.Err())
}

// nodeReader hands over the nodes of a table.
type nodeReader struct {
	store.NodeRows
	scan    *rowScan
	table   *table
	columns []int // the properties that are handed over
	open    bool
}

func newNodeReader(k *rowScan, t *table, to store.NodeRows) *nodeReader {
	r := &nodeReader{NodeRows: to, scan: k, table: t}
	for i, c := range t.columns {
		if k.keeps(c.property.Name) {
			r.columns = append(r.columns, i)
		}
	}
	r.open = t.open != "" && (k.Keep == nil || slices.ContainsFunc(k.Keep, func(name string) bool { return strings.HasPrefix(name, t.open) }))
	return r
}

func (k *rowScan) keeps(name string) bool { return k.Keep == nil || slices.Contains(k.Keep, name) }

func (r *nodeReader) begin(int) {}

func (r *nodeReader) query() string {
	text := "SELECT n, id, version, created, updated"
	if r.open {
		text += ", open"
	} else {
		text += ", NULL"
	}
	for _, i := range r.columns {
		text += ", " + r.table.columns[i].name
	}
	return text + " FROM " + r.table.name + " WHERE n >= ? AND n < ?"
}

func (r *nodeReader) row(row rawRow) error {
	place, _ := r.scan.place(row.integer(0))
	r.Node(place, row.text(1), row.integer(2), row.integer(3), row.integer(4))
	for i, number := range r.columns {
		if err := r.value(row, fixedColumns+i, number); err != nil {
			return err
		}
	}
	if r.open && row.is(5) == lib.SQLITE_TEXT {
		if err := r.openProps(row.text(5)); err != nil {
			return err
		}
	}
	return r.EndNode()
}

// value hands over a property.
func (r *nodeReader) value(row rawRow, column, number int) error {
	is, of := row.is(column), r.table.columns[number].property.Type
	switch {
	case is == lib.SQLITE_NULL:
	case is == lib.SQLITE_TEXT && of == store.String:
		r.Text(number, row.text(column))
	case is == lib.SQLITE_INTEGER && (of == store.Int || of == store.Bool || of == store.Time):
		r.Int(number, row.integer(column))
	case (is == lib.SQLITE_INTEGER || is == lib.SQLITE_FLOAT) && of == store.Float:
		r.Float(number, row.float(column))
	case is == lib.SQLITE_TEXT && of == store.Strings:
		list := []string{}
		if err := json.Unmarshal([]byte(row.text(column)), &list); err != nil {
			return err
		}
		r.List(number, list)
	default:
		return fmt.Errorf("%s: the file holds SQLite's type %d for a %s", r.table.columns[number].property.Name, is, of)
	}
	return nil
}

// openProps hands over the undeclared properties: texts, and most without a mark
// that JSON escapes.
func (r *nodeReader) openProps(text string) error {
	if strings.IndexByte(text, '\\') < 0 {
		for rest := text; ; {
			name, after, ok := between(rest)
			value, last, both := between(after)
			if !ok || !both {
				return nil
			}
			if r.scan.keeps(name) {
				r.Open(name, value)
			}
			rest = last
		}
	}
	props := store.Props{}
	if err := decodeOpen(text, props); err != nil {
		return err
	}
	for name := range props {
		if r.scan.keeps(name) {
			r.Open(name, props.Text(name))
		}
	}
	return nil
}

// between cuts out what stands between the next two quotation marks.
func between(text string) (inside, after string, found bool) {
	_, after, found = strings.Cut(text, `"`)
	if !found {
		return "", "", false
	}
	return strings.Cut(after, `"`)
}

// knownLabels bounds how many labels of a relationship a connection remembers.
const knownLabels = 1 << 16

// edgeReader hands over the edges of a relationship.
type edgeReader struct {
	store.EdgeRows
	scan   *rowScan
	rel    string
	key    []byte // of the label of the edge at hand
	last   []byte // of the one before: those with equal ones often come in a row
	number uint32 // of that label
	conn   int
}

func newEdgeReader(k *rowScan, rel string, to store.EdgeRows) *edgeReader {
	return &edgeReader{EdgeRows: to, scan: k, rel: rel}
}

func (r *edgeReader) begin(conn int) { r.conn = conn }

func (r *edgeReader) query() string {
	return fmt.Sprintf("SELECT src, dst, version, tag, props FROM edge WHERE rel = %d AND src >= ? AND src < ?", r.scan.layout.rels[r.rel])
}

func (r *edgeReader) row(row rawRow) error {
	from, ok := r.scan.place(row.integer(0))
	to, both := r.scan.place(row.integer(1))
	if !ok || !both {
		return nil
	}
	label, err := r.label(row)
	if err != nil {
		return err
	}
	return r.Edge(from, to, label)
}

// label is the number of the label of an edge.
func (r *edgeReader) label(row rawRow) (uint32, error) {
	version, tag := row.integer(2), row.text(3)
	r.key = binary.AppendVarint(r.key[:0], version)
	r.key = append(binary.AppendUvarint(r.key, uint64(len(tag))), tag...)
	r.key = append(r.key, row.text(4)...)
	if len(r.last) > 0 && bytes.Equal(r.key, r.last) {
		return r.number, nil
	}
	labels := r.scan.labels[r.conn]
	number, known := labels[r.rel][string(r.key)]
	if !known {
		props, err := r.scan.edgeProps(r.rel, row.text(4))
		if err != nil {
			return 0, err
		}
		e := store.Edge{EdgeKey: store.EdgeKey{Rel: r.rel, Tag: strings.Clone(tag)}, Version: version, Props: props}
		if number, err = r.Label(&e); err != nil {
			return 0, err
		}
		if labels[r.rel] == nil || len(labels[r.rel]) >= knownLabels {
			labels[r.rel] = map[string]uint32{}
		}
		labels[r.rel][string(r.key)] = number
	}
	r.last = append(r.last[:0], r.key...)
	r.number = number
	return number, nil
}

// edgeProps are the properties of an edge that are handed over.
func (k *rowScan) edgeProps(rel, stored string) (store.Props, error) {
	props, err := k.decodeEdge(rel, strings.Clone(stored))
	if err != nil {
		return nil, err
	}
	for name := range props {
		if !k.keeps(name) {
			delete(props, name)
		}
	}
	return props, nil
}
