package sqlite

import (
	"context"
	"database/sql/driver"
	"testing"

	"releasegraph/internal/store"
)

// LimitPages lets the file grow by a few pages only, as a full disk does.
func (s *Store) LimitPages(t *testing.T) {
	t.Helper()
	pages, _, err := s.writer.one(context.Background(), "PRAGMA page_count")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.writer.one(context.Background(), "PRAGMA max_page_count="+itoa(pages+20)); err != nil {
		t.Fatal(err)
	}
}

func itoa(n int64) string {
	text, _ := list([]int64{n})
	return text[1 : len(text)-1]
}

// Plans runs a query and tells how SQLite carries out each statement of it.
func (s *Store) Plans(t *testing.T, q store.Query) []string {
	t.Helper()
	for _, other := range s.all {
		other.forget()
	}
	if _, err := s.Find(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	var plans []string
	for _, ran := range s.all {
		for text := range ran.stmts {
			err := s.writer.query(t.Context(), "EXPLAIN QUERY PLAN "+text, nulls(text), func(row []driver.Value) error {
				plans = append(plans, row[3].(string))
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(plans) == 0 {
		t.Fatal("no plan was seen")
	}
	return plans
}

func nulls(text string) []any {
	var args []any
	for _, c := range text {
		if c == '?' {
			args = append(args, nil)
		}
	}
	return args
}

// ReadDenseSearchesInOrder has a search that finds more than so many nodes read
// them in order.
func (s *Store) ReadDenseSearchesInOrder(moreThan int) { s.denseSearch = moreThan }

// ForgetSearch makes the file one that never had an index to search.
func (s *Store) ForgetSearch(t *testing.T) {
	t.Helper()
	for _, table := range []string{"search_word", "search_key", "search_print"} {
		if err := s.writer.exec("DROP TABLE " + table); err != nil {
			t.Fatal(err)
		}
	}
}
