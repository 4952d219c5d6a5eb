package neo4j

import (
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

// logged is a change as the log has it, with what the port's Change lacks.
type logged struct {
	store.Change
	stamps []int64
}

// columns of an entry: answered as lists, which is much faster than rows.
const entryColumns = "collect(c.revision), collect(c.at), collect(c.actor), collect(coalesce(c.reason, '')), collect(coalesce(c.source, '')), " +
	"collect(CASE WHEN c.madeUpKey THEN '' ELSE c.key END), collect(c.body), collect(coalesce(c.stamps, [])), collect(c.key)"

// Changes implements store.Store. What follows a gap is left for later, though
// none was ever seen.
func (s *Store) Changes(ctx context.Context, after store.Revision, limit int) ([]store.Change, error) {
	entries, err := s.entries(ctx, after, limit)
	changes := make([]store.Change, len(entries))
	for i, e := range entries {
		changes[i] = e.Change
	}
	return changes, err
}

func (s *Store) entries(ctx context.Context, after store.Revision, limit int) ([]logged, error) {
	if limit <= 0 {
		return nil, ctx.Err()
	}
	var list []logged
	err := s.read(ctx, func(t tx) error {
		values, err := t.row("MATCH (c:Changeset) WHERE c.revision > $after WITH c ORDER BY c.revision LIMIT $limit RETURN "+entryColumns,
			params{"after": int64(after), "limit": int64(limit)})
		if err != nil {
			return err
		}
		list, _, err = decodeEntries(values)
		return err
	})
	for i, e := range list {
		if e.Revision != after+store.Revision(i)+1 {
			return list[:i], err
		}
	}
	return list, err
}

// decodeEntries also returns the keys as stored.
func decodeEntries(columns []any) ([]logged, []string, error) {
	column := func(i int) []any { return columns[i].([]any) }
	list := make([]logged, len(column(0)))
	keys := make([]string, len(list))
	for i := range list {
		e := &list[i]
		e.Revision = store.Revision(column(0)[i].(int64))
		e.At = instant(column(1)[i])
		e.Actor = column(2)[i].(string)
		e.Reason = column(3)[i].(string)
		e.Source = column(4)[i].(string)
		e.Key = column(5)[i].(string)
		var err error
		if e.Effects, err = store.DecodeEffects([]byte(column(6)[i].(string))); err != nil {
			return nil, nil, fmt.Errorf("revision %d: %w", e.Revision, err)
		}
		for _, stamp := range column(7)[i].([]any) {
			e.stamps = append(e.stamps, stamp.(int64))
		}
		keys[i] = column(8)[i].(string)
	}
	return list, keys, nil
}
