package sqlite_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"releasegraph/internal/store"
	"releasegraph/internal/store/asof"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/storetest"
)

// lived fills a store with nodes that were changed, removed and brought back.
func lived(t *testing.T, s store.Store) {
	t.Helper()
	sets := [][]store.Op{
		{store.CreateNode{ID: "a", Kind: "Item", Props: store.Props{"key": "a"}}, store.CreateNode{ID: "b", Kind: "Item"}},
		{store.PutEdge{EdgeKey: store.EdgeKey{Rel: "NEEDS", From: "a", To: "b"}}},
		{store.UpdateNode{ID: "a", Set: store.Props{"name": "x"}}},
		{store.RemoveNode{ID: "a"}},
		{store.CreateNode{ID: "c", Kind: "Item"}},
		{store.CreateNode{ID: "a", Kind: "Place"}},
		{store.UpdateNode{ID: "c", Set: store.Props{"name": "y"}}, store.RemoveNode{ID: "b"}},
	}
	for i, ops := range sets {
		cs := bulk(ops)
		cs.At = at.Add(time.Duration(i) * time.Hour)
		if _, err := s.Commit(t.Context(), cs); err != nil {
			t.Fatal(err)
		}
	}
}

// told is all that a store tells of its past.
func told(t *testing.T, s store.Store) string {
	t.Helper()
	var lines []string
	for _, id := range []store.ID{"a", "b", "c"} {
		pages, err := s.History(t.Context(), store.HistoryQuery{Nodes: []store.ID{id}})
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%s: %+v", id, pages[0]))
	}
	for r := range store.Revision(8) {
		nodes, err := asof.At(s, r).Nodes(t.Context(), "a", "b", "c")
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("as of %d: %+v", r, nodes))
		found, err := s.RevisionAt(t.Context(), at.Add(time.Duration(r)*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("hour %d: %d", r, found))
	}
	return strings.Join(lines, "\n")
}

// aged makes a file of layout 1 of one of today's: without touches, and with a
// log that lacks the times of nodes.
func aged(t *testing.T, path string) {
	t.Helper()
	onFile(t, path, func(db *sql.DB) {
		bodies := withoutTimes(t, db)
		for revision, body := range bodies {
			run(t, db, "UPDATE log SET body = ? WHERE revision = ?", body, revision)
		}
		for _, text := range []string{"DROP INDEX log_at", "DROP TABLE touch", "DROP TABLE gone", "PRAGMA user_version=1"} {
			run(t, db, text)
		}
	})
}

// withoutTimes gives the bodies of the log as layout 1 had them.
func withoutTimes(t *testing.T, db *sql.DB) map[int64]string {
	t.Helper()
	rows, err := db.Query("SELECT revision, body FROM log")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	bodies := map[int64]string{}
	for rows.Next() {
		var revision int64
		var body string
		if err := rows.Scan(&revision, &body); err != nil {
			t.Fatal(err)
		}
		effects, err := store.DecodeEffects([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		for i := range effects {
			effects[i].CreatedAt, effects[i].UpdatedAt = time.Time{}, time.Time{}
		}
		b, err := store.EncodeEffects(effects)
		if err != nil {
			t.Fatal(err)
		}
		bodies[revision] = string(b)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return bodies
}

func onFile(t *testing.T, path string, work func(db *sql.DB)) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	work(db)
}

func run(t *testing.T, db *sql.DB, text string, args ...any) {
	t.Helper()
	if _, err := db.Exec(text, args...); err != nil {
		t.Fatal(text, err)
	}
}

func TestAFileOfAnOlderLayoutIsBroughtForward(t *testing.T) {
	path := filepath.Join(t.TempDir(), "graph.db")
	s := open(t, path, storetest.Schema())
	lived(t, s)
	want := told(t, s)
	_ = s.Close(t.Context())
	aged(t, path)
	s = open(t, path, storetest.Schema())
	if got := told(t, s); got != want {
		t.Fatalf("got\n%s\nwant\n%s", got, want)
	}
	// Numbers of removed nodes stay theirs.
	if _, err := s.Commit(t.Context(), bulk([]store.Op{store.CreateNode{ID: "d", Kind: "Item"}, store.CreateNode{ID: "b", Kind: "Item"}})); err != nil {
		t.Fatal(err)
	}
	for id, revisions := range map[store.ID][]store.Revision{"d": {8}, "b": {8, 7, 4, 2, 1}} {
		pages, err := s.History(t.Context(), store.HistoryQuery{Nodes: []store.ID{id}})
		if err != nil {
			t.Fatal(err)
		}
		var got []store.Revision
		for _, c := range pages[0].Changes {
			got = append(got, c.Revision)
		}
		if !slices.Equal(got, revisions) {
			t.Fatalf("%s: %v, want %v", id, got, revisions)
		}
	}
}

func TestAFileOfLayout2LosesIndexesThatNoReadNeedsAndItsLogIsReadAsItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "graph.db")
	s := open(t, path, storetest.Schema())
	lived(t, s)
	fill(t, s, graph(200)) // a long entry
	want := storetest.Picture(t, s)
	changes, err := s.Changes(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	_ = s.Close(t.Context())
	onFile(t, path, func(db *sql.DB) {
		for _, c := range changes {
			body, err := store.EncodeEffects(c.Effects)
			if err != nil {
				t.Fatal(err)
			}
			run(t, db, "UPDATE log SET body = ? WHERE revision = ?", string(body), int64(c.Revision))
		}
		run(t, db, `CREATE INDEX "i_Item_name" ON "k_Item" ("p_name", id)`)
		run(t, db, "PRAGMA user_version=2")
	})
	s = open(t, path, storetest.Schema())
	if got := storetest.Picture(t, s); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	_ = s.Close(t.Context())
	onFile(t, path, func(db *sql.DB) {
		var list string
		if err := db.QueryRow(`SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'k_Item' ORDER BY name)`).Scan(&list); err != nil {
			t.Fatal(err)
		}
		if want := "i_Item,i_Item_key,i_Item_serial"; list != want {
			t.Errorf("%s, want %s", list, want)
		}
	})
}

func TestTimesThatFellAreRaisedInAnOlderLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "graph.db")
	s := open(t, path, storetest.Schema())
	lived(t, s)
	_ = s.Close(t.Context())
	aged(t, path)
	onFile(t, path, func(db *sql.DB) { run(t, db, "UPDATE log SET at = at - 7200000000 WHERE revision = 5") })
	s = open(t, path, storetest.Schema())
	for hour, want := range map[int]store.Revision{2: 3, 3: 5, 4: 5, 5: 6} {
		got, err := s.RevisionAt(t.Context(), at.Add(time.Duration(hour)*time.Hour))
		if err != nil || got != want {
			t.Fatalf("hour %d: %d, want %d (%v)", hour, got, want, err)
		}
	}
}

func TestAMigrationThatFailsLeavesTheFileAsItWas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "graph.db")
	s := open(t, path, storetest.Schema())
	lived(t, s)
	want := told(t, s)
	_ = s.Close(t.Context())
	aged(t, path)
	var body string
	onFile(t, path, func(db *sql.DB) {
		if err := db.QueryRow("SELECT body FROM log WHERE revision = 7").Scan(&body); err != nil {
			t.Fatal(err)
		}
		run(t, db, "UPDATE log SET body = 'torn' WHERE revision = 7")
	})
	if _, err := sqlite.Open(t.Context(), path, storetest.Schema(), sqlite.Options{}); !errors.Is(err, store.ErrUnavailable) {
		t.Fatal(err)
	}
	onFile(t, path, func(db *sql.DB) {
		var version, tables int
		if err := db.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
			t.Fatal(err)
		}
		if err := db.QueryRow("SELECT count(*) FROM sqlite_schema WHERE name IN ('touch', 'gone')").Scan(&tables); err != nil {
			t.Fatal(err)
		}
		if version != 1 || tables != 0 {
			t.Fatalf("layout %d, %d new tables", version, tables)
		}
		run(t, db, "UPDATE log SET body = ? WHERE revision = 7", body)
	})
	if got := told(t, open(t, path, storetest.Schema())); got != want {
		t.Fatalf("got\n%s\nwant\n%s", got, want)
	}
}
