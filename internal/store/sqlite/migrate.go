package sqlite

import (
	"bytes"
	"context"
	"database/sql/driver"
	"fmt"
	"time"

	"releasegraph/internal/store"
	"releasegraph/internal/store/logbody"
)

// Progress is told how far a long piece of work has come; total is 0 where it
// is not known.
type Progress func(what string, done, total int64)

func (p Progress) tell(what string, done, total int64) {
	if p != nil {
		p(what, done, total)
	}
}

// migration brings a file from one layout to the next.
type migration struct {
	what string
	do   func(context.Context, *conn, *store.Declared, Progress) error
}

// migrations are listed by the layout that they start from. They run in the
// transaction that opens the file, so that a file is never half migrated: cut
// off, it is the old one.
var migrations = []migration{
	1: {"note which changes touched each record", toTouches},
	2: {"drop indexes of what is read from memory", dropIndexes},
}

func migrate(ctx context.Context, c *conn, d *store.Declared, from int64, tell Progress) error {
	for version := from; version < layoutVersion; version++ {
		if err := migrations[version].do(ctx, c, d, tell); err != nil {
			return fmt.Errorf("bringing the file from layout %d to %d: %w", version, version+1, err)
		}
	}
	return c.exec(fmt.Sprintf("PRAGMA user_version=%d", layoutVersion))
}

// toTouches fills the table of touches from the log, gives removed nodes a
// number again, and completes the log: times that fell are raised, and effects
// learn a node's times before them.
func toTouches(ctx context.Context, c *conn, _ *store.Declared, tell Progress) error {
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
	f := &chronicle{c: c, tell: tell, unchanged: map[store.ID]time.Time{}, times: map[store.ID]store.Times{}}
	kinds, alive, err := f.readNodes(ctx)
	if err != nil {
		return err
	}
	f.ledger = newLedger(c, kinds, alive)
	if err := f.follow(ctx); err != nil {
		return err
	}
	return f.ledger.write()
}

// dropIndexes drops those that layout 2 had of properties whose values are not
// unique. From layout 3 on, long entries of the log are packed; those from before
// are read as they are.
func dropIndexes(_ context.Context, c *conn, d *store.Declared, _ Progress) error {
	for _, k := range d.Schema().Kinds {
		for _, p := range k.Properties {
			if one := (column{property: p}); p.Indexed && !p.Unique {
				if err := c.exec("DROP INDEX IF EXISTS " + one.index(k.Name)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// chronicle goes through an old log, from its beginning. Most of it is the
// creation of what never changed, which is not even decoded.
type chronicle struct {
	c         *conn
	tell      Progress
	ledger    *ledger
	unchanged map[store.ID]time.Time   // when nodes were created that were not changed since
	times     map[store.ID]store.Times // of others and of earlier lives, as the log has told so far
	at        time.Time                // of the entry before
}

// readNodes lists the numbers of the kinds and of all nodes.
func (f *chronicle) readNodes(ctx context.Context) (kinds map[string]int64, alive map[store.ID]int64, err error) {
	kinds, alive = map[string]int64{}, map[store.ID]int64{}
	err = f.c.query(ctx, "SELECT name, number FROM kind", nil, func(row []driver.Value) error {
		kinds[row[0].(string)] = row[1].(int64)
		return nil
	})
	for kind := range kinds {
		if err != nil {
			break
		}
		err = f.c.query(ctx, "SELECT n, id, version, created FROM "+quote("k_"+kind), nil, func(row []driver.Value) error {
			id := store.ID(row[1].(string))
			alive[id] = row[0].(int64)
			if row[2].(int64) == 1 {
				f.unchanged[id] = time.UnixMicro(row[3].(int64)).UTC()
			}
			return nil
		})
	}
	return kinds, alive, err
}

// follow reads a few entries at a time: those of an import are large.
func (f *chronicle) follow(ctx context.Context) error {
	const page = 16
	total, _, err := f.c.one(ctx, headQuery)
	if err != nil {
		return err
	}
	for after := int64(0); ; {
		f.tell.tell("reading the log", after, total)
		var entries []store.Logged
		const find = "SELECT " + logColumns + " FROM log WHERE revision > ? ORDER BY revision LIMIT ?"
		err := f.c.query(ctx, find, []any{after, int64(page)}, func(row []driver.Value) error {
			body, err := logbody.Unpack(row[6])
			entries = append(entries, store.Logged{Change: readEntry(row), Body: body})
			return err
		})
		if err != nil || len(entries) == 0 {
			return err
		}
		for i := range entries {
			if err := f.entry(&entries[i]); err != nil {
				return err
			}
		}
		after = int64(entries[len(entries)-1].Revision)
	}
}

func (f *chronicle) entry(e *store.Logged) error {
	if err := f.ledger.entry(e.Revision, e.Body); err != nil {
		return err
	}
	body, err := f.stamp(e)
	if err != nil {
		return err
	}
	raised := e.At.Before(f.at)
	if raised {
		e.At = f.at
	}
	f.at = e.At
	if body == nil && !raised {
		return nil
	}
	if body == nil {
		body = e.Body
	}
	return f.c.exec("UPDATE log SET at = ?, body = ? WHERE revision = ?", e.At.UnixMicro(), string(body), int64(e.Revision))
}

// before stands in every body that changes or removes something.
var before = []byte(`,"before":`)

// stamp gives the effects of an entry the times of nodes before it; nil when it
// needs none. The nodes keep the times that were given, raised or not.
func (f *chronicle) stamp(e *store.Logged) ([]byte, error) {
	if !bytes.Contains(e.Body, before) {
		return nil, store.ScanEffects(e.Body, func(h store.EffectHead) error {
			if h.Node != "" && !f.unchanged[h.Node].Equal(e.At) {
				f.times[h.Node] = store.Times{CreatedAt: e.At, UpdatedAt: e.At}
			}
			return nil
		})
	}
	effects, err := store.DecodeEffects(e.Body)
	if err != nil {
		return nil, err
	}
	for i := range effects {
		f.effect(&effects[i], e.At)
	}
	return store.EncodeEffects(effects)
}

func (f *chronicle) effect(e *store.Effect, at time.Time) {
	if e.Node == "" {
		return
	}
	t, told := f.times[e.Node]
	if !told {
		t = store.Times{CreatedAt: f.unchanged[e.Node], UpdatedAt: f.unchanged[e.Node]}
	}
	switch e.Verb() {
	case store.Created:
		t = store.Times{CreatedAt: at, UpdatedAt: at}
	case store.Updated:
		e.CreatedAt, e.UpdatedAt = t.CreatedAt, t.UpdatedAt
		t.UpdatedAt = at
	case store.Removed:
		e.CreatedAt, e.UpdatedAt = t.CreatedAt, t.UpdatedAt
	}
	f.times[e.Node] = t
}
