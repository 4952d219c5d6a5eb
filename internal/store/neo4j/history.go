package neo4j

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"maps"
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

var touchedIndex = words(touchedIndexName, "Changeset", touchedProp)

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

// History implements store.Reader. However many nodes are asked for, it asks for
// what touched them all at once, and then for the entries that are needed, each
// once: many nodes came by the same import.
func (s *Store) History(ctx context.Context, q store.HistoryQuery) ([]store.HistoryPage, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	if len(q.Nodes) == 0 {
		return []store.HistoryPage{}, ctx.Err()
	}
	var pages []store.HistoryPage
	err := s.read(ctx, func(t tx) (err error) {
		pages, err = t.history(q)
		return err
	})
	return pages, err
}

func (t tx) history(q store.HistoryQuery) ([]store.HistoryPage, error) {
	oldest, err := t.oldest()
	if err != nil {
		return nil, err
	}
	nodes := make([]*nodeHistory, len(q.Nodes))
	for i, id := range q.Nodes {
		nodes[i] = newNodeHistory(id, q)
	}
	for open := nodes; len(open) > 0; {
		if err := t.touching(open); err != nil {
			return nil, err
		}
		if err := t.readEntries(open); err != nil {
			return nil, err
		}
		open = slices.DeleteFunc(slices.Clone(open), (*nodeHistory).complete)
	}
	pages := make([]store.HistoryPage, len(nodes))
	for i, n := range nodes {
		pages[i] = q.Page(n.id, n.found, oldest)
	}
	return pages, nil
}

// nodeHistory collects the entries of one node, one more than asked for.
type nodeHistory struct {
	id     store.ID
	before int64 // only revisions below are still to be looked for
	limit  int64 // how many entries at most
	found  []store.Change
	latest []int64 // revisions found last, newest first
}

func newNodeHistory(id store.ID, q store.HistoryQuery) *nodeHistory {
	n := &nodeHistory{id: id, before: math.MaxInt64, limit: math.MaxInt64}
	if q.Before > 0 {
		n.before = int64(q.Before)
	}
	if q.First > 0 {
		n.limit = int64(q.First) + 1
	}
	return n
}

// complete tells whether nothing is left to be found. Where an entry turned out
// not to concern the node, whose hash another has too, there may be.
func (n *nodeHistory) complete() bool {
	return int64(len(n.latest)) < n.limit || int64(len(n.found)) >= n.limit
}

// touching looks for the newest revisions that touched a node with the hash of
// each of these.
func (t tx) touching(nodes []*nodeHistory) error {
	rows := make([]any, len(nodes))
	for i, n := range nodes {
		h := hash(n.id)
		rows[i] = []any{h, word(h), n.before}
	}
	records, err := t.rows("UNWIND range(0, size($rows) - 1) AS i WITH i, $rows[i][0] AS hash, $rows[i][1] AS word, $rows[i][2] AS before "+
		"CALL (hash, before) { MATCH (t:"+touchLabel+") WHERE t.hash = hash AND t.revision < before "+
		"WITH t.hash AS h, t.revision AS r ORDER BY h DESC, r DESC LIMIT $limit RETURN collect(r) AS few } "+
		"CALL (word, before) { CALL db.index.fulltext.queryNodes($index, word) YIELD node AS c WITH c.revision AS r WHERE r < before "+
		"WITH r ORDER BY r DESC LIMIT $limit RETURN collect(r) AS many } WITH i, few + many AS revisions ORDER BY i RETURN revisions",
		params{"rows": rows, "index": touchedIndexName, "limit": nodes[0].limit})
	if err != nil {
		return err
	}
	for i, n := range nodes {
		n.latest = nil
		for _, r := range records[i].Values[0].([]any) {
			n.latest = append(n.latest, r.(int64))
		}
		slices.Sort(n.latest)
		slices.Reverse(n.latest)
		n.latest = n.latest[:min(int64(len(n.latest)), n.limit)]
		if len(n.latest) > 0 {
			n.before = n.latest[len(n.latest)-1]
		}
	}
	return nil
}

const (
	// historyPage is how many entries are read first: those of an import are large.
	historyPage = 16
	// historyBytes is about how much is read at once after that.
	historyBytes = 16 << 20
)

// readEntries reads the entries of the revisions found last, each once.
func (t tx) readEntries(nodes []*nodeHistory) error {
	asking := map[int64][]*nodeHistory{}
	for _, n := range nodes {
		for _, r := range n.latest {
			asking[r] = append(asking[r], n)
		}
	}
	revisions := slices.SortedFunc(maps.Keys(asking), func(a, b int64) int { return cmp.Compare(b, a) })
	for size := historyPage; len(revisions) > 0; {
		some := revisions[:min(size, len(revisions))]
		bytes, err := t.readSome(some, asking)
		if err != nil {
			return err
		}
		revisions = revisions[len(some):]
		size = max(historyPage, historyBytes/(bytes/len(some)+1))
	}
	return nil
}

// readSome reads entries, and gives each node what concerns it of those that it
// asked for. It tells how many bytes it read.
func (t tx) readSome(revisions []int64, asking map[int64][]*nodeHistory) (read int, err error) {
	values, err := t.row("UNWIND $revisions AS r MATCH (c:Changeset {revision: r}) WITH c ORDER BY c.revision DESC RETURN "+entryColumns,
		params{"revisions": revisions})
	if err != nil {
		return 0, err
	}
	var bodies [][]byte
	entries, _, err := decodeEntries(values, func(body []byte) ([]store.Effect, error) {
		bodies = append(bodies, body)
		return nil, nil
	})
	if err != nil {
		return 0, err
	}
	for i, entry := range entries {
		read += len(bodies[i])
		if err := share(entry, bodies[i], asking[int64(entry.Revision)]); err != nil {
			return 0, err
		}
	}
	return read, nil
}

// share gives nodes what concerns them of an entry. One that several ask for is
// looked through once.
func share(entry store.Change, body []byte, nodes []*nodeHistory) error {
	const several = 4
	of := func(id store.ID) ([]store.Effect, error) { return store.DecodeEffectsOf(body, id) }
	if len(nodes) >= several {
		index, err := store.IndexEffects(body)
		if err != nil {
			return err
		}
		of = index.Of
	}
	for _, n := range nodes {
		var err error
		if entry.Effects, err = of(n.id); err != nil {
			return fmt.Errorf("revision %d: %w", entry.Revision, err)
		}
		if len(entry.Effects) > 0 {
			n.found = append(n.found, entry)
		}
	}
	return nil
}

// RevisionAt implements store.Reader.
func (s *Store) RevisionAt(ctx context.Context, at time.Time) (store.Revision, error) {
	var last store.Revision
	err := s.ask(ctx, func(t tx) error {
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
	err := s.ask(ctx, func(t tx) (err error) {
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
