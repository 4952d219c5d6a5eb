package sqlite

import (
	"context"
	"database/sql/driver"

	"releasegraph/internal/store"
)

// number gives a new node of the table its number: the one it had before, or
// one more than any that was ever given. That is found out before a former one
// is taken back: its row may wait for others.
func (w *writer) number(t *table, id store.ID) (int64, error) {
	last, known := w.tip.numbers[t]
	if !known {
		var err error
		if last, err = lastNumber(w.c, t.name, t.number); err != nil {
			return 0, err
		}
		w.tip.numbers[t] = last
	}
	for _, n := range w.former[id] {
		if n>>kindShift == t.number {
			return n, w.c.exec("DELETE FROM gone WHERE n = ?", n)
		}
	}
	w.tip.numbers[t] = last + 1
	return last + 1, nil
}

// lastNumber is the highest number that a node of the kind has, or had before
// it was removed.
func lastNumber(c *conn, table string, kind int64) (int64, error) {
	highest := "SELECT max(ifnull((SELECT max(n) FROM " + table + "), 0), " +
		"ifnull((SELECT max(n) FROM gone WHERE n BETWEEN ?1 AND ?2), 0), ?1)"
	last, _, err := c.one(background, highest, kind<<kindShift, (kind+1)<<kindShift-1)
	return last, err
}

// findFormer looks for numbers of nodes that the effects bring back.
func (w *writer) findFormer(effects []store.Effect) error {
	any, _, err := w.c.one(background, "SELECT EXISTS (SELECT 1 FROM gone)")
	if err != nil || any == 0 {
		return err
	}
	var created []store.ID
	for i := range effects {
		if e := &effects[i]; e.Node != "" && e.Verb() == store.Created {
			created = append(created, e.Node)
		}
	}
	if len(created) == 0 {
		return nil
	}
	w.former, err = formerNumbers(background, w.c, created)
	return err
}

// formerNumbers finds the numbers under which nodes were removed: one for each
// kind that the id has stood for.
func formerNumbers(ctx context.Context, c *conn, ids []store.ID) (map[store.ID][]int64, error) {
	wanted, err := list(ids)
	if err != nil {
		return nil, err
	}
	found := map[store.ID][]int64{}
	const find = "SELECT gone.id, gone.n FROM json_each(?) j CROSS JOIN gone ON gone.id = j.value"
	err = c.query(ctx, find, []any{wanted}, func(row []driver.Value) error {
		id := store.ID(row[0].(string))
		found[id] = append(found[id], row[1].(int64))
		return nil
	})
	return found, err
}
