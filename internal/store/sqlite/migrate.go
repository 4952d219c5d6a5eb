package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"time"

	"releasegraph/internal/store"
)

// migrations bring a file from the layout of their index to the next one, all
// in the transaction that opens it: a file is never half migrated.
var migrations = []func(context.Context, *conn) error{
	1: toTouches,
}

func migrate(ctx context.Context, c *conn, from int64) error {
	for version := from; version < layoutVersion; version++ {
		if err := migrations[version](ctx, c); err != nil {
			return fmt.Errorf("bringing the file from layout %d to %d: %w", version, version+1, err)
		}
	}
	return c.exec(fmt.Sprintf("PRAGMA user_version=%d", layoutVersion))
}

// toTouches fills the table of touches from the log, gives removed nodes a
// number again, and completes the log: times that fell are raised, and effects
// learn a node's times before them.
func toTouches(ctx context.Context, c *conn) error {
	for _, text := range []string{
		`CREATE INDEX log_at ON log (at)`,
		`CREATE TABLE touch (n INTEGER NOT NULL, revision INTEGER NOT NULL, PRIMARY KEY (n, revision)) WITHOUT ROWID`,
		`CREATE TABLE gone (n INTEGER PRIMARY KEY, id TEXT NOT NULL)`,
		`CREATE INDEX gone_id ON gone (id)`,
	} {
		if err := c.exec(text); err != nil {
			return err
		}
	}
	f := &chronicle{c: c, kinds: map[string]int64{}, lives: map[store.ID]*life{}}
	err := c.query(ctx, "SELECT name, number FROM kind", nil, func(row []driver.Value) error {
		f.kinds[row[0].(string)] = row[1].(int64)
		return nil
	})
	if err != nil {
		return err
	}
	return f.follow(ctx)
}

// chronicle goes through an old log, from its beginning.
type chronicle struct {
	c     *conn
	kinds map[string]int64
	lives map[store.ID]*life
	at    time.Time // of the entry before
}

// life is what the log has told so far of a node.
type life struct {
	n int64
	store.Times
}

// follow reads a few entries at a time: those of an import are large.
func (f *chronicle) follow(ctx context.Context) error {
	const page = 16
	for after := int64(0); ; {
		var changes []store.Change
		const find = "SELECT " + logColumns + " FROM log WHERE revision > ? ORDER BY revision LIMIT ?"
		err := f.c.query(ctx, find, []any{after, int64(page)}, func(row []driver.Value) error {
			change, err := readChange(row)
			changes = append(changes, change)
			return err
		})
		if err != nil || len(changes) == 0 {
			return err
		}
		for i := range changes {
			if err := f.entry(ctx, &changes[i]); err != nil {
				return err
			}
		}
		after = int64(changes[len(changes)-1].Revision)
	}
}

func (f *chronicle) entry(ctx context.Context, change *store.Change) error {
	for i := range change.Effects { // the nodes keep the time that was given
		if err := f.effect(ctx, &change.Effects[i], change.At); err != nil {
			return err
		}
	}
	if change.At.Before(f.at) {
		change.At = f.at
	}
	f.at = change.At
	var numbers []int64
	for _, id := range store.Touched(change.Effects) {
		if l := f.lives[id]; l != nil {
			numbers = append(numbers, l.n)
		}
	}
	if err := touchAll(f.c, change.Revision, numbers); err != nil {
		return err
	}
	body, err := store.EncodeEffects(change.Effects)
	if err != nil {
		return err
	}
	return f.c.exec("UPDATE log SET at = ?, body = ? WHERE revision = ?", change.At.UnixMicro(), string(body), int64(change.Revision))
}

func (f *chronicle) effect(ctx context.Context, e *store.Effect, at time.Time) error {
	if e.Node == "" {
		return nil
	}
	l := f.lives[e.Node]
	if e.Verb() == store.Created || l == nil {
		n, err := f.number(ctx, e)
		if err != nil {
			return err
		}
		l = &life{n: n}
		f.lives[e.Node] = l
	}
	if e.Verb() == store.Created {
		l.Times = store.Times{CreatedAt: at, UpdatedAt: at}
		return nil
	}
	e.CreatedAt, e.UpdatedAt = l.CreatedAt, l.UpdatedAt
	l.UpdatedAt = at
	return nil
}

// number is that of the node, if it lives, or one among those that are gone.
func (f *chronicle) number(ctx context.Context, e *store.Effect) (int64, error) {
	kind := f.kinds[e.Kind]
	n, alive, err := f.c.one(ctx, "SELECT n FROM node WHERE id = ?", string(e.Node))
	if err != nil || alive && n>>kindShift == kind {
		return n, err
	}
	const known = "SELECT n FROM gone WHERE id = ? AND n BETWEEN ? AND ?"
	n, found, err := f.c.one(ctx, known, string(e.Node), kind<<kindShift, (kind+1)<<kindShift-1)
	if err != nil || found {
		return n, err
	}
	last, err := lastNumber(f.c, quote("k_"+e.Kind), kind)
	if err != nil {
		return 0, err
	}
	return last + 1, f.c.exec("INSERT INTO gone (n, id) VALUES (?, ?)", last+1, string(e.Node))
}
