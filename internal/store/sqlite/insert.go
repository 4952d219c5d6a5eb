package sqlite

import (
	"strings"

	"releasegraph/internal/store"
)

// insertRows and insertValues are how many rows, and values, a statement inserts
// at most. Within one, SQLite goes on in a table and its indexes where it has put
// the row before; the driver takes the square of the values to bind them.
const (
	insertRows   = 32
	insertValues = 160
)

// inserts are rows that go into one table together.
type inserts struct {
	c    *conn
	head string // of the statement, up to the rows
	row  string // a place for each value
	args []any
	rows int
	most int // rows of a statement
}

// intoTable returns an empty set of rows for a table's columns.
func intoTable(c *conn, table string, columns ...string) *inserts {
	return &inserts{
		c: c, most: max(1, min(insertRows, insertValues/len(columns))),
		// A failure ends the transaction: SQLite needs no note of how to undo the
		// statement alone.
		head: "INSERT OR FAIL INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES ",
		row:  "(?" + strings.Repeat(", ?", len(columns)-1) + ")",
	}
}

// add adds a row.
func (i *inserts) add(values ...any) error {
	i.args = append(i.args, values...)
	if i.rows++; i.rows < i.most {
		return nil
	}
	return i.write()
}

// write inserts the rows that wait.
func (i *inserts) write() error {
	if i.rows == 0 {
		return nil
	}
	text := i.head + i.row + strings.Repeat(", "+i.row, i.rows-1)
	err := i.c.exec(text, i.args...)
	clear(i.args)
	i.args, i.rows = i.args[:0], 0
	return err
}

// newRecords are the rows of nodes and edges that are inserted.
type newRecords struct {
	c     *conn
	nodes *inserts // into the table of all nodes
	of    map[*table]*inserts
	edges *inserts
}

func recordsInto(c *conn) *newRecords {
	return &newRecords{
		c: c, nodes: intoTable(c, "node", "id", "n"), of: map[*table]*inserts{},
		edges: intoTable(c, "edge", "rel", "src", "dst", "tag", "version", "props"),
	}
}

func (r *newRecords) node(t *table, number int64, n *store.Node) error {
	row, err := t.row(number, n)
	if err != nil {
		return err
	}
	if err := r.nodes.add(string(n.ID), number); err != nil {
		return err
	}
	if r.of[t] == nil {
		r.of[t] = intoTable(r.c, t.name, t.names...)
	}
	return r.of[t].add(row...)
}

// write inserts what waits.
func (r *newRecords) write() error {
	if err := r.nodes.write(); err != nil {
		return err
	}
	for _, rows := range r.of {
		if err := rows.write(); err != nil {
			return err
		}
	}
	return r.edges.write()
}
