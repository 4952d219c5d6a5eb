package neo4j

import (
	"cmp"
	"context"
	"fmt"

	"releasegraph/internal/store"
)

// Head implements store.Store.
func (s *Store) Head(ctx context.Context) (store.Revision, error) {
	var head store.Revision
	err := s.read(ctx, func(t tx) (err error) {
		head, err = t.head()
		return err
	})
	return head, err
}

func (t tx) head() (store.Revision, error) {
	values, err := t.row("MATCH (h:LogHead {id: 'log'}) RETURN h.revision", nil)
	if err != nil {
		return 0, err
	}
	return store.Revision(values[0].(int64)), nil
}

// Settled implements store.Store: the head at a moment when no commit is under
// way, since a commit holds the head's lock until all that it wrote can be
// read. Without the lock a part of it could be read before the head tells.
func (s *Store) Settled(ctx context.Context) (store.Revision, error) {
	var head store.Revision
	err := s.write(ctx, func(t tx) (err error) {
		head, err = t.lockHead()
		return err
	})
	return head, err
}

func (t tx) lockHead() (store.Revision, error) {
	values, err := t.row("MATCH (h:LogHead {id: 'log'}) SET h."+lockProp+" = 0 REMOVE h."+lockProp+" RETURN h.revision", nil)
	if err != nil {
		return 0, err
	}
	return store.Revision(values[0].(int64)), nil
}

// columns of an entry: answered as lists, which is much faster than rows.
const entryColumns = "collect(c.revision), collect(c.at), collect(c.actor), collect(coalesce(c.reason, '')), collect(coalesce(c.source, '')), " +
	"collect(CASE WHEN c.madeUpKey THEN '' ELSE c.key END), collect(c.body), collect(c.key)"

// Changes implements store.Store. What follows a gap is left for later, though
// none was ever seen.
func (s *Store) Changes(ctx context.Context, after store.Revision, limit int) ([]store.Change, error) {
	if limit <= 0 {
		return nil, ctx.Err()
	}
	var list []store.Change
	err := s.read(ctx, func(t tx) error {
		var err error
		if list, err = t.entries(after, limit); err != nil {
			return err
		}
		oldest, err := t.oldest()
		if after < oldest {
			return cmp.Or(err, compacted(oldest))
		}
		return err
	})
	for i, e := range list {
		if e.Revision != after+store.Revision(i)+1 {
			return list[:i], err
		}
	}
	return list, err
}

// entries reads what was committed after a revision, up to a limit.
func (t tx) entries(after store.Revision, limit int) ([]store.Change, error) {
	values, err := t.row("MATCH (c:Changeset) WHERE c.revision > $after WITH c ORDER BY c.revision LIMIT $limit RETURN "+entryColumns,
		params{"after": int64(after), "limit": int64(limit)})
	if err != nil {
		return nil, err
	}
	list, _, err := decodeEntries(values, store.DecodeEffects)
	return list, err
}

// decodeEntries also returns the keys as stored.
func decodeEntries(lists []any, effects func([]byte) ([]store.Effect, error)) ([]store.Change, []string, error) {
	columns, err := even(lists)
	if err != nil {
		return nil, nil, err
	}
	list := make([]store.Change, len(columns[0]))
	keys := make([]string, len(list))
	for i := range list {
		e := &list[i]
		e.Revision = store.Revision(columns[0][i].(int64))
		e.At = instant(columns[1][i])
		e.Actor = columns[2][i].(string)
		e.Reason = columns[3][i].(string)
		e.Source = columns[4][i].(string)
		e.Key = columns[5][i].(string)
		if e.Effects, err = effects([]byte(columns[6][i].(string))); err != nil {
			return nil, nil, fmt.Errorf("revision %d: %w", e.Revision, err)
		}
		keys[i] = columns[7][i].(string)
	}
	return list, keys, nil
}
