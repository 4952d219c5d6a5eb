package sqlite

import (
	"cmp"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"time"

	"releasegraph/internal/store"
	"releasegraph/internal/store/logbody"
)

const (
	headQuery   = "SELECT max(revision) FROM log"
	firstQuery  = "SELECT min(revision) FROM log"
	headColumns = "revision, at, actor, reason, source, key"
	logColumns  = headColumns + ", body"
)

// insertEntry appends the entry of a change, with its packed effects.
func insertEntry(to *conn, c store.Change, body any) error {
	var key any
	if c.Key != "" {
		key = c.Key
	}
	return to.exec("INSERT INTO log ("+logColumns+") VALUES (?, ?, ?, ?, ?, ?, ?)",
		int64(c.Revision), c.At.UnixMicro(), c.Actor, c.Reason, c.Source, key, body)
}

// readEntry reads an entry without its effects.
func readEntry(row []driver.Value) store.Change {
	c := store.Change{
		Revision: store.Revision(row[0].(int64)), At: time.UnixMicro(row[1].(int64)).UTC(),
		Actor: row[2].(string), Reason: row[3].(string), Source: row[4].(string),
	}
	c.Key, _ = row[5].(string)
	return c
}

// decodeEntry reads an entry, and how many bytes its effects have as a text.
func decodeEntry(row []driver.Value, decode func([]byte) ([]store.Effect, error)) (c store.Change, size int, err error) {
	c = readEntry(row)
	body, err := logbody.Unpack(row[6])
	if err == nil {
		c.Effects, err = decode(body)
	}
	if err != nil {
		err = fmt.Errorf("revision %d: %w", c.Revision, err)
	}
	return c, len(body), err
}

// logged finds the change that was committed under a key.
func (s *Store) logged(ctx context.Context, c *conn, key string) (change store.Change, found bool, err error) {
	if key == "" {
		return change, false, nil
	}
	err = c.query(ctx, "SELECT "+logColumns+" FROM log WHERE key = ?", []any{key}, func(row []driver.Value) error {
		found = true
		var err error
		change, _, err = decodeEntry(row, store.DecodeEffects)
		return err
	})
	return change, found, err
}

// head is the end of the log.
type head struct {
	revision store.Revision
	at       time.Time
}

// newest reads the head.
func newest(ctx context.Context, c *conn) (h head, err error) {
	err = c.query(ctx, "SELECT revision, at FROM log ORDER BY revision DESC LIMIT 1", nil, func(row []driver.Value) error {
		h = head{store.Revision(row[0].(int64)), time.UnixMicro(row[1].(int64)).UTC()}
		return nil
	})
	return h, err
}

// Head is the revision of the last committed change set.
func (s *Store) Head(ctx context.Context) (store.Revision, error) {
	var head int64
	err := s.readOne(ctx, func(c *conn) error {
		var err error
		head, _, err = c.one(ctx, headQuery)
		return err
	})
	return store.Revision(head), err
}

// Settled is the head: every read sees one committed state.
func (s *Store) Settled(ctx context.Context) (store.Revision, error) { return s.Head(ctx) }

// Changes returns up to limit committed change sets after a revision.
func (s *Store) Changes(ctx context.Context, after store.Revision, limit int) ([]store.Change, error) {
	return s.entries(ctx, after, limit, entryPart{store.DecodeEffects, store.RunBytes})
}

// Undo returns of the change sets after a revision what undoing them needs.
func (s *Store) Undo(ctx context.Context, after store.Revision, limit int) ([]store.Change, error) {
	return s.entries(ctx, after, limit, entryPart{store.DecodeUndo, store.RunBytes})
}

// Heads returns the change sets after a revision without their effects.
func (s *Store) Heads(ctx context.Context, after store.Revision, limit int) ([]store.Change, error) {
	return s.entries(ctx, after, limit, entryPart{})
}

// Effects returns some of the effects of each change set.
func (s *Store) Effects(ctx context.Context, queries ...store.EffectQuery) ([]store.EffectPage, error) {
	if err := store.CheckEffects(queries); err != nil {
		return nil, err
	}
	pages := make([]store.EffectPage, len(queries))
	err := s.read(ctx, func(c *conn) error {
		for i, q := range queries {
			err := c.query(ctx, "SELECT body FROM log WHERE revision = ?", []any{int64(q.Revision)}, func(row []driver.Value) error {
				body, err := logbody.Unpack(row[0])
				if err == nil {
					pages[i], err = q.Page(body)
				}
				return err
			})
			if err := cmp.Or(err, ctx.Err()); err != nil {
				return err
			}
		}
		return nil
	})
	return pages, err
}

// entryPart is what is read of entries.
type entryPart struct {
	effects func([]byte) ([]store.Effect, error) // nil: none are read
	most    int                                  // about how many bytes of effects; 0: any
}

func (s *Store) entries(ctx context.Context, after store.Revision, limit int, of entryPart) ([]store.Change, error) {
	changes := []store.Change{}
	if limit <= 0 {
		return changes, nil
	}
	err := s.read(ctx, func(c *conn) error {
		if oldest, err := oldest(ctx, c); err != nil || after < oldest {
			return cmp.Or(err, compacted(oldest))
		}
		var err error
		changes, err = entries(ctx, c, after, limit, of)
		return err
	})
	return changes, err
}

// errEnough ends a run of the log that is long enough.
var errEnough = errors.New("enough is read")

// entries reads what was committed after a revision, up to a limit (below 0:
// all).
func entries(ctx context.Context, c *conn, after store.Revision, limit int, of entryPart) ([]store.Change, error) {
	changes := []store.Change{}
	columns := headColumns
	if of.effects != nil {
		columns = logColumns
	}
	find := "SELECT " + columns + " FROM log WHERE revision > ? ORDER BY revision" + limited
	bytes := 0
	err := c.query(ctx, find, []any{int64(after), int64(limit)}, func(row []driver.Value) error {
		if err := ctx.Err(); err != nil { // there may be much in one entry
			return err
		}
		if of.effects == nil {
			changes = append(changes, readEntry(row))
			return nil
		}
		change, size, err := decodeEntry(row, of.effects)
		if err != nil {
			return err
		}
		changes, bytes = append(changes, change), bytes+size
		if of.most > 0 && bytes >= of.most {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return changes, err
}

// pollEvery is how soon another process's commit to the file is seen.
const pollEvery = 200 * time.Millisecond

// Await blocks until the head is beyond the revision.
func (s *Store) Await(ctx context.Context, after store.Revision) (store.Revision, error) {
	timer := time.NewTicker(pollEvery)
	defer timer.Stop()
	looks := false // at the file, where others may have committed
	for {
		bell := s.bells.next()
		if known := store.Revision(s.committed.Load()); known > after {
			return known, ctx.Err()
		} else if known == 0 || looks {
			head, err := s.Head(ctx)
			if err != nil || head > after {
				return head, err
			}
		}
		looks = false
		select {
		case <-bell:
		case <-timer.C:
			looks = true
		case <-s.closing:
			return 0, s.closed()
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// bells wake who waits for a commit of this process.
type bells struct {
	mu   sync.Mutex
	bell chan struct{}
}

// next is closed by the next ring.
func (b *bells) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bell == nil {
		b.bell = make(chan struct{})
	}
	return b.bell
}

func (b *bells) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bell != nil {
		close(b.bell)
		b.bell = nil
	}
}
