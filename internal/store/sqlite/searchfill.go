package sqlite

import (
	"context"
	"database/sql/driver"

	"releasegraph/internal/store"
)

// Where many nodes are indexed their words gather in memory in large portions.
const (
	largePortions = `INSERT INTO search_word (search_word, rank) VALUES ('hashsize', 67108864)`
	smallPortions = `INSERT INTO search_word (search_word, rank) VALUES ('hashsize', 1048576)`
)

// They are then merged later, too, rather than again and again.
var (
	searchBulk  = []string{largePortions, `INSERT INTO search_word (search_word, rank) VALUES ('automerge', 0)`}
	searchUsual = []string{smallPortions, `INSERT INTO search_word (search_word, rank) VALUES ('automerge', 4)`}
)

// searchFill indexes all nodes.
type searchFill struct {
	c           *conn
	made        *newSearch
	tell        Progress
	done, total int64
}

func (f *searchFill) fill(ctx context.Context, d *store.Declared, l *layout) error {
	var err error
	if f.total, _, err = f.c.one(ctx, "SELECT count(*) FROM node"); err != nil {
		return err
	}
	if f.total > 0 {
		if err := execAll(f.c, searchBulk); err != nil {
			return err
		}
	}
	for _, k := range d.Schema().Kinds {
		if err := f.kind(ctx, k, l.kinds[k.Name]); err != nil {
			return err
		}
	}
	if err := f.made.write(); err != nil || f.total == 0 {
		return err
	}
	return execAll(f.c, searchUsual)
}

func execAll(c *conn, statements []string) error {
	for _, text := range statements {
		if err := c.exec(text); err != nil {
			return err
		}
	}
	return nil
}

func (f *searchFill) kind(ctx context.Context, k store.KindSchema, t *table) error {
	if _, searched := k.SearchText(nil); !searched {
		return nil
	}
	return f.c.query(ctx, "SELECT "+t.fields("t")+" FROM "+t.name+" t ORDER BY t.n", nil, func(row []driver.Value) error {
		node, err := t.node(row)
		if err != nil {
			return err
		}
		if f.done%tellEvery == 0 {
			f.tell.tell("indexing what is searched", f.done, f.total)
		}
		f.done++
		text, _ := k.SearchText(node.Props)
		return f.made.add(row[0].(int64), node.ID, text)
	})
}

// tellEvery is after how many rows progress is told.
const tellEvery = 1 << 14
