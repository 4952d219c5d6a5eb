package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"

	"releasegraph/internal/store"
)

// layoutVersion is kept in the file's user_version. An older file is brought
// forward by the migrations as it opens.
const layoutVersion = 3

// kindShift splits a node's number: the kind's number is above it, so that a
// number tells which table holds the node.
const kindShift = 40

var baseLayout = []string{
	`CREATE TABLE kind (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)`,
	`CREATE TABLE property (kind TEXT NOT NULL, name TEXT NOT NULL, type INTEGER NOT NULL, PRIMARY KEY (kind, name)) WITHOUT ROWID`,
	`CREATE TABLE rel (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)`,
	`CREATE TABLE node (id TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID`,
	`CREATE TABLE edge (rel INTEGER NOT NULL, src INTEGER NOT NULL, dst INTEGER NOT NULL, tag TEXT NOT NULL,
		version INTEGER NOT NULL, props TEXT NOT NULL, PRIMARY KEY (rel, src, dst, tag)) WITHOUT ROWID`,
	`CREATE INDEX edge_in ON edge (rel, dst, src, tag)`,
	`CREATE TABLE log (revision INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, reason TEXT NOT NULL,
		source TEXT NOT NULL, key TEXT, body TEXT NOT NULL)`,
	`CREATE UNIQUE INDEX log_key ON log (key) WHERE key IS NOT NULL`,
	`CREATE INDEX log_at ON log (at)`,
	// Which change sets touched a node, its edges included; and the numbers of
	// nodes that are gone, which no other node ever gets.
	`CREATE TABLE touch (n INTEGER NOT NULL, revision INTEGER NOT NULL, PRIMARY KEY (n, revision)) WITHOUT ROWID`,
	`CREATE TABLE gone (n INTEGER PRIMARY KEY, id TEXT NOT NULL)`,
	`CREATE INDEX gone_id ON gone (id)`,
	// What the planner must know of the edges, whose primary key it would
	// otherwise search by rel alone, which is as good as reading them all:
	// millions of edges, a fifth of them in a relationship, a few at a node.
	`ANALYZE`, edgeStatistics,
}

const edgeStatistics = `INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
	('edge', 'edge', '5000000 1000000 5 1 1'), ('edge', 'edge_in', '5000000 1000000 5 1 1')`

// layout knows the tables of the schema's kinds and the numbers of its names.
type layout struct {
	kinds    map[string]*table
	byNumber map[int64]*table
	rels     map[string]int64
	relNames map[int64]string
}

// kindsEnd is one more than the highest number of a kind.
func (l *layout) kindsEnd() int64 {
	var end int64
	for number := range l.byNumber {
		end = max(end, number+1)
	}
	return end
}

// table holds the nodes of a kind.
type table struct {
	kind    string
	number  int64
	name    string // quoted
	columns []column
	open    string   // prefix of undeclared properties
	names   []string // of the columns of a row of fields
	named   map[string]*column
}

// column holds a property.
type column struct {
	property store.Property
	name     string // quoted
}

func quote(name string) string { return `"` + name + `"` }

func prepareLayout(ctx context.Context, c *conn, d *store.Declared, tell Progress) (*layout, error) {
	if err := c.begin("BEGIN IMMEDIATE"); err != nil {
		return nil, err
	}
	l, err := growLayout(ctx, c, d, tell)
	if err := c.end(err); err != nil {
		return nil, err
	}
	c.forget()
	// Other connections read the statistics as they open.
	return l, c.exec("ANALYZE sqlite_schema")
}

func growLayout(ctx context.Context, c *conn, d *store.Declared, tell Progress) (*layout, error) {
	if err := createBase(ctx, c, d, tell); err != nil {
		return nil, err
	}
	l, err := growKinds(ctx, c, d)
	if err != nil {
		return nil, err
	}
	return l, growSearch(ctx, c, d, l, tell)
}

func growKinds(ctx context.Context, c *conn, d *store.Declared) (*layout, error) {
	l := &layout{map[string]*table{}, map[int64]*table{}, map[string]int64{}, map[int64]string{}}
	for _, k := range d.Schema().Kinds {
		t, err := growKind(ctx, c, k)
		if err != nil {
			return nil, err
		}
		l.kinds[k.Name], l.byNumber[t.number] = t, t
	}
	for _, r := range d.Schema().Rels {
		number, err := number(ctx, c, "rel", r.Name)
		if err != nil {
			return nil, err
		}
		l.rels[r.Name], l.relNames[number] = number, r.Name
	}
	return l, nil
}

func createBase(ctx context.Context, c *conn, d *store.Declared, tell Progress) error {
	version, _, err := c.one(ctx, "PRAGMA user_version")
	if err != nil {
		return err
	}
	switch {
	case version == layoutVersion:
		return nil
	case version > layoutVersion:
		return fmt.Errorf("%w: the file has layout %d, this program knows %d; use the newer program that wrote it",
			store.ErrUnavailable, version, layoutVersion)
	}
	if version > 0 {
		return migrate(ctx, c, d, version, tell)
	}
	tables, _, err := c.one(ctx, "SELECT count(*) FROM sqlite_schema")
	if err != nil {
		return err
	}
	if tables > 0 {
		return fmt.Errorf("%w: the file is an SQLite database of another program", store.ErrUnavailable)
	}
	for _, text := range baseLayout {
		if err := c.exec(text); err != nil {
			return err
		}
	}
	return c.exec(fmt.Sprintf("PRAGMA user_version=%d", layoutVersion))
}

// number finds or gives the number of a kind or relationship.
func number(ctx context.Context, c *conn, in, name string) (int64, error) {
	find := "SELECT number FROM " + in + " WHERE name = ?"
	n, ok, err := c.one(ctx, find, name)
	if ok || err != nil {
		return n, err
	}
	if err := c.exec("INSERT INTO "+in+" (name) VALUES (?)", name); err != nil {
		return 0, err
	}
	n, _, err = c.one(ctx, find, name)
	return n, err
}

func growKind(ctx context.Context, c *conn, k store.KindSchema) (*table, error) {
	n, err := number(ctx, c, "kind", k.Name)
	if err != nil {
		return nil, err
	}
	t := newTable(k, n)
	types, err := knownTypes(ctx, c, k.Name)
	if err != nil {
		return nil, err
	}
	missing, err := t.missing(types)
	if err != nil {
		return nil, err
	}
	if err := t.growColumns(ctx, c, missing); err != nil {
		return nil, err
	}
	return t, t.growIndexes(c)
}

func newTable(k store.KindSchema, number int64) *table {
	t := &table{kind: k.Name, number: number, name: quote("k_" + k.Name), open: k.OpenPrefix, named: map[string]*column{}}
	t.names = []string{"n", "id", "version", "created", "updated", "open"}
	for _, p := range k.Properties {
		t.columns = append(t.columns, column{property: p, name: quote("p_" + p.Name)})
	}
	for i := range t.columns {
		t.names = append(t.names, t.columns[i].name)
		t.named[t.columns[i].property.Name] = &t.columns[i]
	}
	return t
}

func knownTypes(ctx context.Context, c *conn, kind string) (map[string]store.Type, error) {
	types := map[string]store.Type{}
	err := c.query(ctx, "SELECT name, type FROM property WHERE kind = ?", []any{kind}, func(row []driver.Value) error {
		types[row[0].(string)] = store.Type(row[1].(int64))
		return nil
	})
	return types, err
}

// missing returns the columns of the properties that the file does not have
// yet, whose types it adds to those that are known.
func (t *table) missing(types map[string]store.Type) ([]column, error) {
	var missing []column
	for _, col := range t.columns {
		p := col.property
		known, ok := types[p.Name]
		if ok && known != p.Type {
			return nil, fmt.Errorf("%w: %s.%s is a %s, but the file holds a %s", store.ErrInvalid, t.kind, p.Name, p.Type, known)
		}
		for name := range types {
			if name != p.Name && strings.EqualFold(name, p.Name) {
				return nil, fmt.Errorf("%w: %s has properties %q and %q, which differ in case only", store.ErrInvalid, t.kind, name, p.Name)
			}
		}
		if !ok {
			types[p.Name] = p.Type
			missing = append(missing, col)
		}
	}
	return missing, nil
}

// growColumns adds columns to the table. A new table is created with them:
// after each ALTER TABLE SQLite parses the whole schema again.
func (t *table) growColumns(ctx context.Context, c *conn, missing []column) error {
	exists, _, err := c.one(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?", "k_"+t.kind)
	if err != nil {
		return err
	}
	create := `CREATE TABLE ` + t.name + ` (n INTEGER PRIMARY KEY, id TEXT NOT NULL, version INTEGER NOT NULL,
		created INTEGER NOT NULL, updated INTEGER NOT NULL, open TEXT`
	for _, col := range missing {
		definition := col.name + " " + affinity(col.property.Type)
		create += ", " + definition
		if exists > 0 {
			if err := c.exec("ALTER TABLE " + t.name + " ADD COLUMN " + definition); err != nil {
				return err
			}
		}
		if err := c.exec("INSERT INTO property (kind, name, type) VALUES (?, ?, ?)", t.kind, col.property.Name, int64(col.property.Type)); err != nil {
			return err
		}
	}
	if exists > 0 {
		return nil
	}
	return c.exec(create + ")")
}

// growIndexes adds the indexes that the table does not have yet: of the ids,
// and of each property whose values are unique. Others are read from memory:
// what their indexes cost is most of what an import costs.
func (t *table) growIndexes(c *conn) error {
	if err := c.exec("CREATE UNIQUE INDEX IF NOT EXISTS " + quote("i_"+t.kind) + " ON " + t.name + " (id)"); err != nil {
		return err
	}
	for _, col := range t.columns {
		if !col.property.Unique {
			continue
		}
		// The id ends the index, so that pages in this order need no sorting. A
		// unique value is looked up here before each write, under the writer's lock.
		if err := c.exec("CREATE INDEX IF NOT EXISTS " + col.index(t.kind) + " ON " + t.name + " (" + col.name + ", id)"); err != nil {
			return err
		}
	}
	return nil
}

// index is the name of a property's index.
func (c *column) index(kind string) string { return quote("i_" + kind + "_" + c.property.Name) }

func affinity(t store.Type) string {
	switch t {
	case store.Bool, store.Int, store.Time:
		return "INTEGER"
	case store.Float:
		return "REAL"
	}
	return "TEXT"
}
