package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"releasegraph/internal/store"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/storetest"
)

func found(t testing.TB, s *sqlite.Store, q store.Search) []string {
	t.Helper()
	page, err := s.Search(t.Context(), q)
	if err != nil {
		t.Fatalf("%q: %v", q.Text, err)
	}
	var list []string
	for _, h := range page.Hits {
		list = append(list, fmt.Sprintf("%s/%d", h.Node.ID, h.Rank))
	}
	return list
}

func TestASearchReadInOrderFindsWhatASortedOneFinds(t *testing.T) {
	storetest.RunSearch(t, func(t *testing.T, schema store.Schema) store.Store {
		s := open(t, sqlite.Memory, schema)
		s.ReadDenseSearchesInOrder(0)
		return s
	})
}

func TestASearchWhoseHitsStandFarBehindFindsThemAll(t *testing.T) {
	s := open(t, sqlite.Memory, storetest.Schema())
	s.ReadDenseSearchesInOrder(3)
	var ops []store.Op
	for i := range store.DenseSearchReads + 100 {
		ops = append(ops, store.CreateNode{ID: store.ID(fmt.Sprintf("a%06d", i)), Kind: "Item", Props: store.Props{"key": fmt.Sprintf("a%06d", i)}})
	}
	var want []string
	for i := range 9 {
		id := fmt.Sprintf("z%d", i)
		ops = append(ops, store.CreateNode{ID: store.ID(id), Kind: "Item", Props: store.Props{"key": id, "name": "needle"}})
		want = append(want, id+"/2")
	}
	fill(t, s, ops)
	if got := found(t, s, store.Search{Text: "needle", First: 50}); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Error(got)
	}
}

func TestAFileFromBeforeIsIndexedWhenItIsOpened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "graph.db")
	s := open(t, path, storetest.Schema())
	fill(t, s, graph(20))
	before := found(t, s, store.Search{Text: "item-1", First: 100})
	if len(before) < 11 {
		t.Fatal(before)
	}
	s.ForgetSearch(t)
	_ = s.Close(t.Context())
	s = open(t, path, storetest.Schema())
	if after := found(t, s, store.Search{Text: "item-1", First: 100}); strings.Join(after, " ") != strings.Join(before, " ") {
		t.Error(after)
	}
	_ = s.Close(t.Context())
	other := storetest.Schema()
	other.Kinds[0].Text = []string{"key", "serial"}
	s = open(t, path, other)
	if after := found(t, s, store.Search{Text: "benchmark", First: 100}); after != nil {
		t.Errorf("a property that is read no more is still found: %v", after)
	}
}

func TestASearchThatIsCutOffEndsWithItsContext(t *testing.T) {
	s := open(t, sqlite.Memory, storetest.Schema())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Search(ctx, store.Search{Text: "a", First: 1}); !errors.Is(err, ctx.Err()) {
		t.Error(err)
	}
}

// FuzzSearchTakesAnyText holds that no text is syntax: a node whose name is the
// text is found by it, and what no word of the text begins is not.
func FuzzSearchTakesAnyText(f *testing.F) {
	for _, seed := range []string{"web shop", `"`, `a" OR names : b*`, "NEAR(a b)", "^a", "a NOT b", "{names} : a", "*", "-a +b", "a\x00b", "数据🔥", "İẞ", "%' --", "a.b:c"} {
		f.Add(seed)
	}
	s, err := sqlite.Open(f.Context(), sqlite.Memory, storetest.Schema(), sqlite.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = s.Close(f.Context()) })
	fill(f, s, []store.Op{
		store.CreateNode{ID: "named", Kind: "Item", Props: store.Props{"key": "0"}},
		store.CreateNode{ID: "bystander", Kind: "Item", Props: store.Props{"key": "\u2c3f", "note": "\u2c3e"}},
	})
	f.Fuzz(func(t *testing.T, text string) {
		cs := bulk([]store.Op{store.UpdateNode{ID: "named", Set: store.Props{"name": text}}})
		if _, err := s.Commit(t.Context(), cs); err != nil {
			return // it cannot be a name
		}
		page, err := s.Search(t.Context(), store.Search{Text: text, First: 10})
		if err != nil {
			if !errors.Is(err, store.ErrInvalid) || strings.TrimSpace(text) != "" && len(text) < 50 {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		named, words := false, store.Words(text)
		for _, h := range page.Hits {
			named = named || h.Node.ID == "named"
			if h.Node.ID == "bystander" && !strings.ContainsAny(text, "\u2c0e\u2c0f\u2c3e\u2c3f") {
				t.Fatalf("%q finds the bystander", text)
			}
		}
		if named != (len(words) > 0) {
			t.Fatalf("%q, with the words %v, finds what has its name: %v", text, words, named)
		}
	})
}
