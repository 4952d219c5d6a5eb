package care_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"releasegraph/internal/care"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func openFile(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	return s
}

func commit(t *testing.T, s store.Store, ops ...store.Op) {
	t.Helper()
	if _, err := s.Commit(t.Context(), store.Changeset{Ops: ops, Actor: "ann", Source: "test", At: noon}); err != nil {
		t.Fatal(err)
	}
}

func site(key string) store.CreateNode {
	return store.CreateNode{ID: store.ID(key), Kind: "Site", Props: store.Props{"key": key, "name": key, "ring": "GENERAL"}}
}

func item(key, class string) store.CreateNode {
	return store.CreateNode{ID: store.ID(key), Kind: "ConfigurationItem", Props: store.Props{
		"key": key, "name": key, "class": class, "status": "LIVE", "environment": "LIVE"}}
}

func edge(rel, from, to, tag string, props store.Props) store.PutEdge {
	return store.PutEdge{EdgeKey: store.EdgeKey{Rel: rel, From: store.ID(from), To: store.ID(to), Tag: tag}, Props: props}
}

var needsProps = store.Props{"kind": "USES", "impact": "FULL"}

// sound fills a store with what breaks no rule.
func sound(t *testing.T, s store.Store) {
	t.Helper()
	commit(t, s, site("par"), site("emea"), item("shop", "SERVICE"), item("db", "DATABASE"), edge("PART_OF", "par", "emea", "", nil))
	commit(t, s, edge("DEPENDS_ON", "shop", "db", "USES", needsProps))
	commit(t, s, store.UpdateNode{ID: "db", Set: store.Props{"name": "Database"}}, site("gone"))
	commit(t, s, store.RemoveNode{ID: "gone"})
}

func check(t *testing.T, s store.Store) *care.Checked {
	t.Helper()
	done, err := care.Check(t.Context(), s, care.CheckOptions{Most: 100})
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func TestNothingIsFoundInASoundStore(t *testing.T) {
	s := openFile(t, filepath.Join(t.TempDir(), "graph.db"))
	sound(t, s)
	done := check(t, s)
	if done.Problems != 0 || done.Records != 4 || done.Relationships != 2 || done.Changes != 4 || len(done.Skipped) != 0 {
		t.Errorf("%+v", done)
	}
	if err := s.Compact(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	if done = check(t, s); done.Problems != 0 || len(done.Skipped) != 1 {
		t.Errorf("%+v", done)
	}
}

// TestABreachOfARuleIsFound writes past the rules, as a store that was filled
// by an older program or another tool may be.
func TestABreachOfARuleIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		ops  []store.Op
		want []string
	}{
		"a required field": {[]store.Op{store.UpdateNode{ID: "par", Set: store.Props{"name": nil}}},
			[]string{"records: Site:par: name is missing, which is required"}},
		"an enumeration": {[]store.Op{store.UpdateNode{ID: "db", Set: store.Props{"class": "DRAGON"}}},
			[]string{`records: ConfigurationItem:db: class is "DRAGON", which is none of`}},
		"a rule of the domain": {[]store.Op{store.UpdateNode{ID: "db", Set: store.Props{"criticality": int64(9)}}},
			[]string{"records: ConfigurationItem:db: criticality: must be from 1 to 5, not 9"}},
		"a rule of a link (I5)": {[]store.Op{edge("DEPENDS_ON", "shop", "db", "USES", store.Props{"kind": "USES", "impact": "FULL", "minimum": int64(1)})},
			[]string{"relationships: DEPENDS_ON ConfigurationItem:shop → ConfigurationItem:db (USES): minimum: ", "(I5)"}},
		"a second parent": {[]store.Op{site("apac"), edge("PART_OF", "par", "apac", "", nil)},
			[]string{"is the second of which there can be one only"}},
		"a circle": {[]store.Op{edge("PART_OF", "emea", "par", "", nil)},
			[]string{"PART_OF Site:emea → Site:par → Site:emea: must be a tree"}},
		"a dependency on itself": {[]store.Op{edge("DEPENDS_ON", "db", "db", "USES", needsProps)},
			[]string{"leads from a record to itself"}},
		"a customer of no service": {[]store.Op{store.CreateNode{ID: "p", Kind: "Party", Props: store.Props{"key": "p", "name": "p", "type": "CUSTOMER"}}, edge("SERVES", "db", "p", "", nil)},
			[]string{"leads from an item that is no service"}},
		"a tag": {[]store.Op{edge("DEPENDS_ON", "shop", "db", "x", needsProps)},
			[]string{`is filed under "x", but its fields say "USES"`}},
	} {
		t.Run(name, func(t *testing.T) {
			s := openFile(t, filepath.Join(t.TempDir(), "graph.db"))
			sound(t, s)
			commit(t, s, c.ops...)
			found(t, s, c.want...)
		})
	}
}

// found wants all problems to be among those that a check finds.
func found(t *testing.T, s store.Store, want ...string) {
	t.Helper()
	done := check(t, s)
	var list strings.Builder
	for _, f := range done.Findings {
		fmt.Fprintf(&list, "%s: %s: %s\n", f.Check, f.Subject, f.Problem)
	}
	for _, w := range want {
		if !strings.Contains(list.String(), w) {
			t.Errorf("%q is missing in\n%s", w, list.String())
		}
	}
	if done.Problems == 0 {
		t.Error("nothing was found")
	}
}

// TestDamageBehindTheStoresBackIsFound changes the file itself.
func TestDamageBehindTheStoresBackIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		sql  string
		want []string
	}{
		"a name":             {`UPDATE k_Site SET p_name = 'other' WHERE id = 'par'`, []string{`state: Site:par: name is "other", but the log says "par"`}},
		"a version":          {`UPDATE k_Site SET version = 7 WHERE id = 'par'`, []string{"its version is 7, but the log says 1"}},
		"a time":             {`UPDATE k_Site SET updated = updated + 1 WHERE id = 'par'`, []string{"its time of change is"}},
		"a lost edge":        {`DELETE FROM edge WHERE tag = 'USES'`, []string{"is not there, but the log has it"}},
		"a lost record":      {`DELETE FROM k_Site WHERE id = 'emea'`, []string{"files: Site: emea has no record", "has no record at its end"}},
		"a double key":       {`UPDATE k_Site SET p_key = 'par' WHERE id = 'emea'`, []string{`unique: Site:par: key "par" is held by 2 records`}},
		"a gap in the log":   {`DELETE FROM log WHERE revision = 2`, []string{"log: the log: after revision 1 comes 3"}},
		"a time that fell":   {`UPDATE log SET at = at - 1 WHERE revision = 3`, []string{"revision 3 is earlier than the one before"}},
		"a search that lost": {`DELETE FROM search_key WHERE id = 'par'`, []string{"par is not in the index of searches"}},
		"an odd touch":       {`INSERT INTO touch (n, revision) VALUES (1, 99)`, []string{"it leads to revision 99, beyond the log"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "graph.db")
			s := openFile(t, path)
			sound(t, s)
			db, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.Exec(c.sql); err != nil {
				t.Fatal(err)
			}
			found(t, s, c.want...)
		})
	}
}
