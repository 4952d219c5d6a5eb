package neo4j_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
	"releasegraph/internal/store/neo4j"
	"releasegraph/internal/store/storetest"
)

func TestASearchReadInOrderFindsWhatASortedOneFinds(t *testing.T) {
	storetest.RunSearch(t, func(t *testing.T, schema store.Schema) store.Store {
		uri, user, password := neo4jtest.Emptied(t)
		s, err := neo4j.Open(t.Context(), uri, neo4j.Options{User: user, Password: password}, schema)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close(context.Background()) })
		s.ReadDenseSearchesInOrder(0)
		return s
	})
}

func TestADatabaseIsIndexedAnewWhenOtherPropertiesAreSearched(t *testing.T) {
	s := open(t)
	fill(t, s, 2_500, 0)
	if got := ids(t, s, "item 2499"); got != "" {
		t.Fatalf("%s is found by what is not searched", got)
	}
	uri, user, password := neo4jtest.Address(t)
	other := estate
	other.Kinds = slices.Clone(estate.Kinds)
	other.Kinds[0].Text = []string{"key", "name"}
	again, err := neo4j.Open(t.Context(), uri, neo4j.Options{User: user, Password: password}, other)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Close(context.Background()) })
	if got := ids(t, again, "item 2499"); got != id(2499) {
		t.Errorf("found %q", got)
	}
}

func ids(t *testing.T, s store.Store, text string) string {
	t.Helper()
	page, err := s.Search(t.Context(), store.Search{Text: text, First: 10})
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, h := range page.Hits {
		list = append(list, fmt.Sprint(h.Node.ID))
	}
	return strings.Join(list, " ")
}
