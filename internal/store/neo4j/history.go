package neo4j

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/store"
)

// A change set leads to its entry from each node that it touched. Where those
// are few, each has a Touch node, found by a range index. Where they are many,
// in an import, that would be as much as the graph itself: the entry's touched
// has a word for each, in a full-text index, which takes little room but costs
// a commit some milliseconds. Ids can have any characters, and a full-text
// index knows words: both hold a hash of the id, so what is found by it is
// looked at again.
const (
	touchLabel       = "Touch"
	touchedProp      = "touched"
	touchedIndexName = "Changeset_touched"
	fewTouches       = 100
)

var touchedIndex = fmt.Sprintf("CREATE FULLTEXT INDEX %s IF NOT EXISTS FOR (c:Changeset) ON EACH [c.%s] "+
	"OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}}", touchedIndexName, touchedProp)

func hash(id store.ID) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id))
	return int64(h.Sum64())
}

func word(hash int64) string { return fmt.Sprintf("%016x", uint64(hash)) }

// touched gives the hashes of the nodes that effects touched, if they are few,
// or their words.
func touched(effects []store.Effect) (few []int64, many any) { return leads(store.Touched(effects)) }

func leads(ids []store.ID) (few []int64, many any) {
	few = make([]int64, len(ids))
	for i, id := range ids {
		few[i] = hash(id)
	}
	slices.Sort(few)
	if few = slices.Compact(few); len(few) <= fewTouches {
		return few, nil
	}
	words := make([]string, len(few))
	for i, h := range few {
		words[i] = word(h)
	}
	return nil, strings.Join(words, " ")
}

// historyPage is how many entries are read at once: those of an import are
// large.
const historyPage = 16

// History implements store.Reader.
func (s *Store) History(ctx context.Context, q store.HistoryQuery) ([]store.HistoryPage, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	pages := make([]store.HistoryPage, len(q.Nodes))
	err := s.read(ctx, func(t tx) error {
		oldest, err := t.oldest()
		if err != nil {
			return err
		}
		for i, id := range q.Nodes {
			found, err := t.history(id, q)
			if err != nil {
				return err
			}
			pages[i] = q.Page(id, found, oldest)
		}
		return nil
	})
	return pages, err
}

// history reads the entries of a node until there is one more than asked for.
func (t tx) history(id store.ID, q store.HistoryQuery) ([]store.Change, error) {
	before := int64(q.Before)
	if before == 0 {
		before = math.MaxInt64
	}
	var found []store.Change
	for {
		revisions, err := t.touching(hash(id), before)
		if err != nil || len(revisions) == 0 {
			return found, err
		}
		more, err := t.entriesOf(id, revisions)
		if err != nil {
			return nil, err
		}
		if found = append(found, more...); q.First > 0 && len(found) > q.First {
			return found[:q.First+1], nil
		}
		before = revisions[len(revisions)-1]
	}
}

// touching lists revisions that touched a node with the hash, newest first, a
// page of them.
func (t tx) touching(hash, before int64) ([]int64, error) {
	p := params{"hash": hash, "index": touchedIndexName, "word": word(hash), "before": before, "limit": int64(historyPage)}
	var revisions []int64
	for _, source := range []string{
		"MATCH (t:" + touchLabel + ") WHERE t.hash = $hash AND t.revision < $before WITH t.hash AS h, t.revision AS r ORDER BY h DESC, r DESC LIMIT $limit RETURN collect(r)",
		"CALL db.index.fulltext.queryNodes($index, $word) YIELD node AS c WITH c.revision AS r WHERE r < $before WITH r ORDER BY r DESC LIMIT $limit RETURN collect(r)",
	} {
		values, err := t.row(source, p)
		if err != nil {
			return nil, err
		}
		for _, r := range values[0].([]any) {
			revisions = append(revisions, r.(int64))
		}
	}
	slices.Sort(revisions)
	slices.Reverse(revisions)
	return revisions[:min(len(revisions), historyPage)], nil
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
