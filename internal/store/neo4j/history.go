package neo4j

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/store"
)

// touchedProp holds a word for each node that a change set touched. Ids can
// have any characters, and a full-text index knows words: a word is a hash, so
// what it finds is looked at again.
const touchedProp = "touched"

const touchedIndexName = "Changeset_touched"

var touchedIndex = fmt.Sprintf("CREATE FULLTEXT INDEX %s IF NOT EXISTS FOR (c:Changeset) ON EACH [c.%s] "+
	"OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}}", touchedIndexName, touchedProp)

func word(id store.ID) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id))
	return fmt.Sprintf("%016x", h.Sum64())
}

func touched(effects []store.Effect) string {
	ids := store.Touched(effects)
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = word(id)
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

// historyPage is how many entries are read at once: those of an import are
// large.
const historyPage = 16

// History implements store.Reader.
func (s *Store) History(ctx context.Context, q store.HistoryQuery) (store.HistoryPage, error) {
	if err := q.Check(); err != nil {
		return store.HistoryPage{}, err
	}
	var page store.HistoryPage
	err := s.read(ctx, func(t tx) error {
		revisions, err := t.touching(q)
		if err != nil {
			return err
		}
		var found []store.Change
		for part := range slices.Chunk(revisions, historyPage) {
			if q.First > 0 && len(found) > q.First {
				break
			}
			more, err := t.entriesOf(q.Node, part)
			if err != nil {
				return err
			}
			found = append(found, more...)
		}
		oldest, err := t.oldest()
		page = store.NewHistoryPage(q, found, oldest)
		return err
	})
	return page, err
}

// touching lists the revisions that touched a node, newest first.
func (t tx) touching(q store.HistoryQuery) ([]int64, error) {
	before := int64(q.Before)
	if before == 0 {
		before = 1 << 62
	}
	values, err := t.row("CALL db.index.fulltext.queryNodes($index, $word) YIELD node AS c WHERE c.revision < $before "+
		"WITH c.revision AS r ORDER BY r DESC RETURN collect(r)", params{"index": touchedIndexName, "word": word(q.Node), "before": before})
	if err != nil {
		return nil, err
	}
	found := values[0].([]any)
	list := make([]int64, len(found))
	for i, r := range found {
		list[i] = r.(int64)
	}
	return list, nil
}

// entriesOf reads entries, of each only what concerns the node.
func (t tx) entriesOf(id store.ID, revisions []int64) ([]store.Change, error) {
	values, err := t.row("UNWIND $revisions AS r MATCH (c:Changeset {revision: r}) WITH c ORDER BY c.revision DESC RETURN "+entryColumns,
		params{"revisions": revisions})
	if err != nil {
		return nil, err
	}
	changes, _, err := decodeEntries(values, func(body []byte) ([]store.Effect, error) { return store.DecodeEffectsOf(body, id) })
	return slices.DeleteFunc(changes, func(c store.Change) bool { return len(c.Effects) == 0 }), err
}

// RevisionAt implements store.Reader.
func (s *Store) RevisionAt(ctx context.Context, at time.Time) (store.Revision, error) {
	var last store.Revision
	err := s.read(ctx, func(t tx) error {
		records, err := t.rows("MATCH (c:Changeset) WHERE c.at <= $at AND c.revision IS NOT NULL "+
			"WITH c ORDER BY c.at DESC, c.revision DESC LIMIT 1 RETURN c.revision", params{"at": at})
		last = 0
		for _, r := range records {
			last = store.Revision(r.Values[0].(int64))
		}
		return err
	})
	return last, err
}

// Oldest implements store.Reader.
func (s *Store) Oldest(ctx context.Context) (store.Revision, error) {
	var oldest store.Revision
	err := s.read(ctx, func(t tx) (err error) {
		oldest, err = t.oldest()
		return err
	})
	return oldest, err
}

// oldest is told by the log's first entry: the head's is never forgotten.
func (t tx) oldest() (store.Revision, error) {
	records, err := t.rows("MATCH (c:Changeset) WHERE c.revision > 0 WITH c ORDER BY c.revision LIMIT 1 RETURN c.revision", nil)
	if err != nil || len(records) == 0 {
		return 0, err
	}
	return store.Revision(records[0].Values[0].(int64)) - 1, nil
}

func compacted(oldest store.Revision) error {
	return fmt.Errorf("%w: the log reaches back to revision %d", store.ErrCompacted, oldest)
}
