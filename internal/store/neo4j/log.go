package neo4j

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"releasegraph/internal/store"
	"releasegraph/internal/store/logbody"
)

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
const (
	entryColumns = entryStart + "collect(c.body)" + entryEnd
	headColumns  = entryStart + "collect('')" + entryEnd
	entryStart   = "collect(c.revision), collect(c.at), collect(c.actor), collect(coalesce(c.reason, '')), collect(coalesce(c.source, '')), " +
		"collect(CASE WHEN c.madeUpKey THEN '' ELSE c.key END), "
	entryEnd = ", collect(c.key)"
)

// entryPart is what is read of an entry.
type entryPart struct {
	columns string
	effects func([]byte) ([]store.Effect, error)
}

var (
	wholePart = entryPart{entryColumns, store.DecodeEffects}
	undoPart  = entryPart{entryColumns, store.DecodeUndo}
	headPart  = entryPart{headColumns, func([]byte) ([]store.Effect, error) { return nil, nil }}
)

// Changes implements store.Store.
func (s *Store) Changes(ctx context.Context, after store.Revision, limit int) ([]store.Change, error) {
	return s.entries(ctx, after, limit, wholePart)
}

// Undo implements store.Store.
func (s *Store) Undo(ctx context.Context, after store.Revision, limit int) ([]store.Change, error) {
	return s.entries(ctx, after, limit, undoPart)
}

// Heads implements store.Store.
func (s *Store) Heads(ctx context.Context, after store.Revision, limit int) ([]store.Change, error) {
	return s.entries(ctx, after, limit, headPart)
}

// effectsAtOnce is of how many change sets the effects are read at once.
const effectsAtOnce = 8

// Effects implements store.Store.
func (s *Store) Effects(ctx context.Context, queries ...store.EffectQuery) ([]store.EffectPage, error) {
	if err := store.CheckEffects(queries); err != nil {
		return nil, err
	}
	pages := make([]store.EffectPage, 0, len(queries))
	for some := range slices.Chunk(queries, effectsAtOnce) {
		var more []store.EffectPage
		err := s.ask(ctx, func(t tx) (err error) {
			more, err = t.effects(some)
			return err
		})
		if err != nil {
			return nil, err
		}
		pages = append(pages, more...)
	}
	return pages, nil
}

func (t tx) effects(queries []store.EffectQuery) ([]store.EffectPage, error) {
	revisions := make([]int64, len(queries))
	for i, q := range queries {
		revisions[i] = int64(q.Revision)
	}
	values, err := t.row("UNWIND $revisions AS r MATCH (c:Changeset {revision: r}) RETURN collect(c.revision), collect(c.body)",
		params{"revisions": revisions})
	if err != nil {
		return nil, err
	}
	columns, err := even(values)
	if err != nil {
		return nil, err
	}
	bodies := make(map[int64]any, len(queries))
	for i, r := range columns[0] {
		bodies[r.(int64)] = columns[1][i]
	}
	pages := make([]store.EffectPage, len(queries))
	for i, q := range queries {
		stored, found := bodies[revisions[i]]
		if !found {
			continue
		}
		body, err := logbody.Unpack(stored)
		if err == nil {
			pages[i], err = q.Page(body)
		}
		if err != nil {
			return nil, err
		}
	}
	return pages, nil
}

// entries reads a part of what follows a revision. What follows a gap is left
// for later, though none was ever seen.
func (s *Store) entries(ctx context.Context, after store.Revision, limit int, of entryPart) ([]store.Change, error) {
	if limit <= 0 {
		return nil, ctx.Err()
	}
	var list []store.Change
	err := s.ask(ctx, func(t tx) error {
		var err error
		if list, err = t.runEntries(after, limit, of); err != nil {
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

// fewEntries is how many entries are read first: there may be much in each.
const fewEntries = 2

// runEntries reads entries, ever more at once while they are short.
func (t tx) runEntries(after store.Revision, limit int, of entryPart) (list []store.Change, err error) {
	bytes, decode := 0, of.effects
	of.effects = func(b []byte) ([]store.Effect, error) {
		bytes += len(b)
		return decode(b)
	}
	for some := min(fewEntries, limit); len(list) < limit && bytes < store.RunBytes; {
		before := bytes
		more, err := t.entries(after, some, of)
		if err != nil || len(more) == 0 {
			return list, err
		}
		list, after = append(list, more...), more[len(more)-1].Revision
		if len(more) < some {
			return list, nil
		}
		fit := (store.RunBytes - bytes) * some / max(bytes-before, 1)
		some = max(1, min(limit-len(list), fit))
	}
	return list, nil
}

// entries reads what was committed after a revision, up to a limit.
func (t tx) entries(after store.Revision, limit int, of entryPart) ([]store.Change, error) {
	values, err := t.row("MATCH (c:Changeset) WHERE c.revision > $after WITH c ORDER BY c.revision LIMIT $limit RETURN "+of.columns,
		params{"after": int64(after), "limit": int64(limit)})
	if err != nil {
		return nil, err
	}
	list, _, err := decodeEntries(values, of.effects)
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
		body, err := logbody.Unpack(columns[6][i])
		if err == nil {
			e.Effects, err = effects(body)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("revision %d: %w", e.Revision, err)
		}
		keys[i] = columns[7][i].(string)
	}
	return list, keys, nil
}
