package sqlite

import (
	"cmp"
	"slices"

	"releasegraph/internal/store"
)

// ledgerRows is how many touches are gathered before they are written.
const ledgerRows = 1 << 22

// ledger fills the table of touches from a whole log. Touches come by revision
// and are kept by node, so they are gathered and sorted: each run then goes
// through the table once, from its beginning to its end, instead of jumping
// about in it for every row.
type ledger struct {
	c       *conn
	kinds   map[string]int64
	alive   map[store.ID]int64 // numbers of the nodes that are there
	gone    map[store.ID]int64 // of those that were removed
	pending map[store.ID][]store.Revision
	next    map[int64]int64 // by kind: the last number given
	rows    []touchRow
}

type touchRow struct {
	n        int64
	revision store.Revision
}

func newLedger(c *conn, kinds map[string]int64, alive map[store.ID]int64) *ledger {
	return &ledger{
		c: c, kinds: kinds, alive: alive,
		gone: map[store.ID]int64{}, pending: map[store.ID][]store.Revision{}, next: map[int64]int64{},
	}
}

// entry notes what an entry of the log touched.
func (l *ledger) entry(revision store.Revision, body []byte) error {
	start := len(l.rows)
	err := store.ScanEffects(body, func(h store.EffectHead) error {
		if h.Node == "" {
			l.touch(h.From, revision)
			l.touch(h.To, revision)
			return nil
		}
		if err := l.know(h.Node, h.Kind); err != nil {
			return err
		}
		l.touch(h.Node, revision)
		return nil
	})
	if err != nil {
		return err
	}
	own := l.rows[start:]
	slices.SortFunc(own, func(a, b touchRow) int { return cmp.Compare(a.n, b.n) })
	l.rows = l.rows[:start+len(slices.Compact(own))]
	if len(l.rows) < ledgerRows {
		return nil
	}
	return l.write()
}

func (l *ledger) touch(id store.ID, revision store.Revision) {
	n, known := l.alive[id]
	if !known {
		n, known = l.gone[id]
	}
	if known {
		l.rows = append(l.rows, touchRow{n, revision})
		return
	}
	// A node whose removal is still to come: its kind, which its number needs,
	// is told there.
	if list := l.pending[id]; len(list) == 0 || list[len(list)-1] != revision {
		l.pending[id] = append(list, revision)
	}
}

// know gives a node that is gone a number, which no other node ever gets.
func (l *ledger) know(id store.ID, kind string) error {
	if _, there := l.alive[id]; there || l.gone[id] != 0 {
		return nil
	}
	number, declared := l.kinds[kind]
	if !declared {
		return nil
	}
	last, begun := l.next[number]
	if !begun {
		var err error
		if last, err = lastNumber(l.c, quote("k_"+kind), number); err != nil {
			return err
		}
	}
	l.next[number] = last + 1
	l.gone[id] = last + 1
	for _, revision := range l.pending[id] {
		l.rows = append(l.rows, touchRow{last + 1, revision})
	}
	delete(l.pending, id)
	return l.c.exec("INSERT INTO gone (n, id) VALUES (?, ?)", last+1, string(id))
}

// write empties what was gathered into the table.
func (l *ledger) write() error {
	slices.SortFunc(l.rows, func(a, b touchRow) int { return cmp.Or(cmp.Compare(a.n, b.n), cmp.Compare(a.revision, b.revision)) })
	for part := range slices.Chunk(slices.Compact(l.rows), touchBulk) {
		args := make([]any, 0, 2*touchBulk)
		for _, r := range part {
			args = append(args, r.n, int64(r.revision))
		}
		text := touchInsert(len(part))
		if err := l.c.exec(text, args...); err != nil {
			return err
		}
	}
	l.rows = l.rows[:0]
	return nil
}
