package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"time"

	"releasegraph/internal/store"
	"releasegraph/internal/store/logbody"
)

// touch notes which nodes a change touched. Numbers in order are neighbours in
// the table, so that a bulk of them costs little.
func (w *writer) touch(c store.Change) error {
	ids := store.Touched(c.Effects)
	numbers := make([]int64, len(ids))
	for i, id := range ids {
		numbers[i] = w.t.numbers[id]
	}
	return touchAll(w.c, c.Revision, numbers)
}

func touchAll(c *conn, revision store.Revision, numbers []int64) error {
	const few = 8
	if len(numbers) == 0 {
		return nil
	}
	if len(numbers) <= few {
		args := make([]any, 0, 2*few)
		for _, n := range numbers {
			args = append(args, n, int64(revision))
		}
		return c.exec(touchInsert(len(numbers)), args...)
	}
	slices.Sort(numbers)
	all, err := list(numbers)
	if err != nil {
		return err
	}
	return c.exec("INSERT INTO touch (n, revision) SELECT value, ? FROM json_each(?)", int64(revision), all)
}

// History returns the change sets that touched each node, newest first.
func (s *Store) History(ctx context.Context, q store.HistoryQuery) ([]store.HistoryPage, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	pages := make([]store.HistoryPage, len(q.Nodes))
	err := s.read(ctx, func(c *conn) error {
		oldest, err := oldest(ctx, c)
		if err != nil {
			return err
		}
		read := entriesRead{}
		for i, id := range q.Nodes {
			revisions, err := touchedAt(ctx, c, id, q)
			if err != nil {
				return err
			}
			changes, err := read.of(ctx, c, id, revisions)
			if err != nil {
				return err
			}
			pages[i] = q.Page(id, changes, oldest)
		}
		return nil
	})
	return pages, err
}

// touchedAt lists the revisions that touched a node, newest first: one more
// than asked for, where there are more.
func touchedAt(ctx context.Context, c *conn, id store.ID, q store.HistoryQuery) ([]int64, error) {
	numbers, err := c.all(ctx, "SELECT n FROM node WHERE id = ?1 UNION ALL SELECT n FROM gone WHERE id = ?1", string(id))
	if err != nil {
		return nil, err
	}
	limit := int64(-1)
	if q.First > 0 {
		limit = int64(q.First) + 1
	}
	before := int64(q.Before)
	if before == 0 {
		before = 1 << 62
	}
	var revisions []int64
	for _, n := range numbers {
		const find = "SELECT revision FROM touch WHERE n = ? AND revision < ? ORDER BY revision DESC" + limited
		more, err := c.all(ctx, find, n, before, limit)
		if err != nil {
			return nil, err
		}
		revisions = append(revisions, more...)
	}
	slices.Sort(revisions)
	revisions = slices.Compact(revisions)
	slices.Reverse(revisions)
	if limit >= 0 {
		revisions = revisions[:min(len(revisions), int(limit))]
	}
	return revisions, nil
}

// entriesRead are entries of the log as they were read last: many nodes of a
// page came by the same import, whose entry is long.
type entriesRead struct {
	known map[int64]*entryRead
	bytes int
}

type entryRead struct {
	store.Change
	body  []byte
	nodes int // asked for so far
	index *store.EffectIndex
}

// effectsOf reads what concerns a node. An entry that several ask for is looked
// through once.
func (e *entryRead) effectsOf(id store.ID) (effects []store.Effect, err error) {
	const several = 4
	if e.nodes++; e.nodes < several {
		return store.DecodeEffectsOf(e.body, id)
	}
	if e.index == nil {
		if e.index, err = store.IndexEffects(e.body); err != nil {
			return nil, err
		}
	}
	return e.index.Of(id)
}

// maxEntriesRead is how many bytes of entries are kept for the next node.
const maxEntriesRead = 48 << 20

// of reads entries of the log, of each only what concerns the node. A revision
// that was compacted meanwhile has none.
func (e *entriesRead) of(ctx context.Context, c *conn, id store.ID, revisions []int64) ([]store.Change, error) {
	changes := make([]store.Change, 0, len(revisions))
	for _, r := range revisions {
		entry, found, err := e.entry(ctx, c, r)
		if err != nil {
			return nil, err
		}
		if !found {
			continue
		}
		change := entry.Change
		if change.Effects, err = entry.effectsOf(id); err != nil {
			return nil, err
		}
		changes = append(changes, change)
	}
	return changes, nil
}

func (e *entriesRead) entry(ctx context.Context, c *conn, revision int64) (entry *entryRead, found bool, err error) {
	if entry, found = e.known[revision]; found {
		return entry, true, ctx.Err()
	}
	err = c.query(ctx, "SELECT "+logColumns+" FROM log WHERE revision = ?", []any{revision}, func(row []driver.Value) error {
		body, err := logbody.Unpack(row[6])
		entry, found = &entryRead{Change: readEntry(row), body: body}, true
		return err
	})
	if !found || err != nil {
		return nil, false, err
	}
	if e.bytes += len(entry.body); e.known == nil || e.bytes > maxEntriesRead {
		e.known, e.bytes = map[int64]*entryRead{}, len(entry.body)
	}
	e.known[revision] = entry
	return entry, true, nil
}

// RevisionAt is the last revision committed at or before a time.
func (s *Store) RevisionAt(ctx context.Context, t time.Time) (store.Revision, error) {
	var last int64
	err := s.read(ctx, func(c *conn) error {
		var err error
		last, _, err = c.one(ctx, "SELECT revision FROM log WHERE at <= ? ORDER BY at DESC, revision DESC LIMIT 1", t.UnixMicro())
		return err
	})
	return store.Revision(last), err
}

// Oldest is the oldest revision that the graph can be read as of.
func (s *Store) Oldest(ctx context.Context) (store.Revision, error) {
	var revision store.Revision
	err := s.read(ctx, func(c *conn) error {
		var err error
		revision, err = oldest(ctx, c)
		return err
	})
	return revision, err
}

// oldest is told by the log's first entry: the head's is never forgotten.
func oldest(ctx context.Context, c *conn) (store.Revision, error) {
	first, any, err := c.one(ctx, firstQuery)
	if !any || err != nil {
		return 0, err
	}
	return store.Revision(first) - 1, nil
}

func compacted(oldest store.Revision) error {
	return fmt.Errorf("%w: the log reaches back to revision %d", store.ErrCompacted, oldest)
}
