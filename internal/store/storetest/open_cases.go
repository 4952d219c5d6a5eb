package storetest

import (
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"releasegraph/internal/store"
)

const ram = "attributes.ram"

// openCases examine the indexes of undeclared properties. None changes what a
// filter answers, so that the model is asked as well.
var openCases = []testCase{
	{"an index of an undeclared property changes no answer, before and after the property changes", func(b *bench) {
		texts := []string{"64", "064", "8", "many", "", "-1", "1e3", strings.Repeat("x", 60_000), strings.Repeat("x", 60_000) + "y", "\ue000", "😀"}
		model := newReference(0, noon)
		put := func(op store.Op) {
			b.Helper()
			b.commit(op)
			if _, err := model.commit(set(op)); err != nil {
				b.Fatal(err)
			}
		}
		for i, text := range texts {
			put(item(store.ID(fmt.Sprintf("i%02d", i)), fmt.Sprint("k", i), store.Props{ram: text, "attributes.RAM": "64"}))
		}
		put(item("none", "none", nil))
		b.openAnswers(model, texts)
		for range 2 {
			b.must(b.IndexOpen(b.ctx, "Item", []string{ram, "attributes.A B.c-d:e/f_1", ram}))
		}
		b.openAnswers(model, texts)
		for i := range texts {
			text := texts[(i+3)%len(texts)]
			put(store.UpdateNode{ID: store.ID(fmt.Sprintf("i%02d", i)), Set: store.Props{ram: text}})
		}
		put(store.UpdateNode{ID: "i00", Set: store.Props{ram: nil}})
		put(store.UpdateNode{ID: "none", Set: store.Props{ram: "64.0"}})
		put(item("new", "new", store.Props{ram: "65"}))
		b.openAnswers(model, texts)
		b.equal(b.node("new").Props, store.Props{"key": "new", ram: "65"})
	}},
	{"what always or never holds may stand beside an indexed comparison", func(b *bench) {
		b.commit(item("i1", "a", store.Props{ram: "64"}))
		b.must(b.IndexOpen(b.ctx, "Item", []string{ram}))
		atLeast := store.Compare{Property: ram, Op: store.Gte, Value: 8.0}
		related := store.Related{Rel: "NEEDS", Direction: store.Out}
		for want, beside := range map[int64][]store.Filter{
			1: {store.And{}, store.Not{Filter: store.Or{}}, store.Or{related, store.And{}}, store.Not{Filter: store.Not{Filter: store.And{}}}},
			0: {
				store.Or{}, store.Not{Filter: store.And{}}, store.Or{store.Or{}, store.Or{}}, store.And{related, store.Or{}},
				store.Compare{Property: "key", Op: store.OneOf, Value: []any{}}, store.Related{Rel: "NEEDS", Filter: store.Or{}},
			},
		} {
			for _, f := range beside {
				n, err := b.Count(b.ctx, "Item", store.And{f, atLeast})
				b.must(err)
				page, err := b.Find(b.ctx, store.Query{Kind: "Item", Filter: store.And{atLeast, f}, Order: []store.Order{{Property: "weight"}}, First: 5})
				b.must(err)
				if n != want || int64(len(page.Nodes)) != want {
					b.Errorf("%#v: %d and %d, want %d", f, n, len(page.Nodes), want)
				}
			}
		}
	}},
	{"an index of an undeclared property that is made while others write holds what they wrote", func(b *bench) {
		var writers sync.WaitGroup
		for w := range 4 {
			writers.Go(func() {
				for i := range 25 {
					id := fmt.Sprintf("w%d-%02d", w, i)
					if _, err := b.Commit(b.ctx, set(item(store.ID(id), id, store.Props{ram: fmt.Sprint(i)}))); err != nil {
						b.Error(err)
					}
				}
			})
		}
		err := b.IndexOpen(b.ctx, "Item", []string{ram})
		writers.Wait()
		b.must(err)
		n, err := b.Count(b.ctx, "Item", store.Compare{Property: ram, Op: store.Gte, Value: 10.0})
		b.must(err)
		b.equal(n, int64(60))
	}},
	{"what cannot be indexed is refused", func(b *bench) {
		for kind, name := range map[string]string{"Ship": ram, "Place": ram, "Item": "rank"} {
			b.invalid(kind+" "+name, b.IndexOpen(b.ctx, kind, []string{name}))
		}
		for _, name := range []string{"attributes.", "attributes.a`b", "attributes.a\"b", "attributes.é", "attributes.a\\u0060"} {
			b.invalid(name, b.IndexOpen(b.ctx, "Item", []string{ram, name}))
		}
	}},
}

// openAnswers asks for each of the texts, and for each as a number, in all ways.
func (b *bench) openAnswers(model *reference, texts []string) {
	b.Helper()
	values := []any{-1.0, 8.0, 64.0, 65.0, 1000.0}
	for _, text := range texts {
		values = append(values, text)
	}
	for _, v := range values {
		ops := []store.Operator{store.Eq, store.Lt, store.Lte, store.Gt, store.Gte}
		if text, isText := v.(string); isText {
			ops = append(ops, store.StartsWith, store.Contains, store.EndsWith)
			for _, op := range []store.Operator{store.Eq, store.StartsWith, store.Contains, store.EndsWith} {
				if utf8.RuneCountInString(text) <= store.MaxFolded {
					b.openAnswer(model, store.Compare{Property: ram, Op: op, Value: v, IgnoringCase: true})
				}
			}
		}
		for _, op := range ops {
			b.openAnswer(model, store.Compare{Property: ram, Op: op, Value: v})
		}
		b.openAnswer(model, store.Not{Filter: store.Compare{Property: ram, Op: store.OneOf, Value: []any{v}}})
	}
}

func (b *bench) openAnswer(model *reference, f store.Filter) {
	b.Helper()
	q := store.Query{Kind: "Item", Filter: f}
	got, err := b.Find(b.ctx, q)
	b.must(err)
	want, _ := model.find(q, window{})
	if g, w := idsOf(got.Nodes), idsOf(want.Nodes); g != w {
		b.Fatalf("%.100v: got %s, want %s", f, g, w)
	}
}

func idsOf(nodes []store.Node) string {
	var ids []string
	for i := range nodes {
		ids = append(ids, string(nodes[i].ID))
	}
	return strings.Join(ids, " ")
}
