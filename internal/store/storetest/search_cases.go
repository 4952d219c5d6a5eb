package storetest

import (
	"errors"
	"fmt"
	"strings"

	"releasegraph/internal/store"
)

var searchCases = []testCase{
	{"a search finds what begins with each of its words, whatever their case and accents", searchFolds},
	{"a search reads keys, names, other texts, lists and attributes, and nothing else", searchReads},
	{"the whole key comes first, then keys that begin so, then names, then all else, each by key and id", searchRanks},
	{"pages of a search hold each node once, in order, though nodes come and go between them", searchPages},
	{"a search follows changes, renames and removals", searchFollows},
	{"a search is limited to kinds", searchKinds},
	{"what looks like query syntax only separates words", searchSyntax},
	{"symbols, Chinese and Japanese characters are found one by one", searchSymbols},
	{"of very long words and keys the beginning counts", searchLong},
	{"a search without words, or out of bounds, says what is wrong", searchRefuses},
}

// found searches, and lists the ids of the hits with their ranks.
func (b *bench) found(text string, kinds ...string) string {
	b.Helper()
	q := store.Search{Text: text, Kinds: kinds, First: store.MaxSearchPage}
	page, err := b.Search(b.ctx, q)
	b.must(err)
	count, err := b.CountSearch(b.ctx, q)
	b.must(err)
	if int(count) != len(page.Hits) || page.HasNext || page.HasPrevious {
		b.Fatalf("%q: %d counted, %d found, next %v, previous %v", text, count, len(page.Hits), page.HasNext, page.HasPrevious)
	}
	return ranks(page)
}

func ranks(page store.SearchPage) string {
	list := make([]string, len(page.Hits))
	for i, h := range page.Hits {
		list[i] = fmt.Sprintf("%s/%d", h.Node.ID, h.Rank)
	}
	return strings.Join(list, " ")
}

func (b *bench) finds(text, want string, kinds ...string) {
	b.Helper()
	if got := b.found(text, kinds...); got != want {
		b.Errorf("%q finds %s, not %s", text, got, want)
	}
}

func searchFolds(b *bench) {
	b.commit(
		item("a", "cafe", store.Props{"name": "Café Zürich, Łódź"}),
		item("b", "strasse", store.Props{"name": "Große Straße"}),
		item("c", "office", store.Props{"name": "Oﬃce № ２, Åse Ærø"}),
		item("d", "greek", store.Props{"name": "ΟΔΟΣ οδός"}),
	)
	for text, want := range map[string]string{
		"zurich": "a/2", "ZÜRICH": "a/2", "zu\u0308rich": "a/2", "lodz": "a/2", "CAFÉ": "a/0", "caf": "a/1", "afe": "",
		"strasse grosse": "b/2", "STRAẞE": "b/0", "gro stra": "b/2", "gros x": "",
		"office": "c/0", "office no 2": "c/2", "ase aero": "c/2", "ase aer": "c/2", "aro": "", "οδοσ": "d/2", "ΟΔΌΣ": "d/2",
	} {
		b.finds(text, want)
	}
}

func searchReads(b *bench) {
	b.commit(
		item("a", "k-1", store.Props{
			"name": "first", "note": "described at length", "tags": []string{"red hot", "blue"}, "serial": "hidden",
			"rank": int64(77), "attributes.tier": "gold", "attributes.own": "ann",
		}),
		place("p", "k-1"), store.UpdateNode{ID: "p", Set: store.Props{"name": "unread"}},
		store.CreateNode{ID: "l", Kind: "Label", Props: store.Props{"name": "first"}},
	)
	for text, want := range map[string]string{
		"k-1": "a/0 p/0", "first": "a/2", "leng desc": "a/3", "hot": "a/3", "blue red": "a/3", "gold": "a/3", "ann": "a/3",
		"first gold": "a/3", "k first": "a/2", "hidden": "", "77": "", "tier": "", "attributes": "", "unread": "",
	} {
		b.finds(text, want)
	}
}

func searchRanks(b *bench) {
	b.commit(
		item("z", "db", store.Props{"name": "z"}),
		item("y", "db-1", nil),
		item("x", "DB", nil),
		item("w", "db-10", nil),
		item("v", "big-db", nil),
		item("u", "u", store.Props{"name": "The dB of all"}),
		item("t", "t", store.Props{"note": "uses db"}),
		item("s", "a", store.Props{"attributes.engine": "DB"}),
		place("d", "db-1"),
		store.CreateNode{ID: "r", Kind: "Item", Props: store.Props{"name": "db without a key"}},
	)
	b.finds("db", "x/0 z/0 d/1 y/1 w/1 r/2 v/2 u/2 s/3 t/3")
	b.finds("db-1", "d/0 y/0 w/1")
	b.finds("1 db", "d/2 y/2 w/2")
	b.finds("db db", "r/2 v/2 x/2 z/2 d/2 y/2 w/2 u/2 s/3 t/3")
}

func searchPages(b *bench) {
	var ops []store.Op
	for i := range 9 {
		ops = append(ops, item(store.ID(fmt.Sprint("k", i)), fmt.Sprint("word-", i), nil))
		ops = append(ops, item(store.ID(fmt.Sprint("n", i)), fmt.Sprint("é", i), store.Props{"name": "Word"}))
		ops = append(ops, item(store.ID(fmt.Sprint("r", i)), fmt.Sprint("r", i), store.Props{"note": "a word"}))
	}
	b.commit(ops...)
	whole := strings.Fields(b.found("word"))
	if len(whole) != 27 {
		b.Fatalf("%d found", len(whole))
	}
	for _, size := range []int{1, 4, 9, 27} {
		var all []string
		q := store.Search{Text: "word", First: size}
		for more := true; more; {
			page, err := b.Search(b.ctx, q)
			b.must(err)
			if len(page.Hits) == 0 || page.HasPrevious != (q.After != "") {
				b.Fatalf("%d hits, previous %v", len(page.Hits), page.HasPrevious)
			}
			all = append(all, strings.Fields(ranks(page))...)
			q.After, more = page.Hits[len(page.Hits)-1].Cursor, page.HasNext
		}
		b.equal(strings.Join(all, " "), strings.Join(whole, " "))
	}
	page, err := b.Search(b.ctx, store.Search{Text: "word", First: 10})
	b.must(err)
	last := page.Hits[9]
	b.commit(store.RemoveNode{ID: last.Node.ID}, item("zero", "é00", store.Props{"name": "word"}), item("late", "é77", store.Props{"name": "word"}))
	page, err = b.Search(b.ctx, store.Search{Text: "word", First: 50, After: last.Cursor})
	b.must(err)
	b.equal(ranks(page), "zero/2 n1/2 n2/2 n3/2 n4/2 n5/2 n6/2 n7/2 late/2 n8/2 "+strings.Join(whole[18:], " "))
	for _, q := range []store.Search{
		{Text: "words", First: 1, After: last.Cursor}, {Text: "word", Kinds: []string{"Item"}, First: 1, After: last.Cursor}, {Text: "word", First: 1, After: "x"},
	} {
		if _, err := b.Search(b.ctx, q); !errors.Is(err, store.ErrInvalid) {
			b.Errorf("%+v: %v", q, err)
		}
	}
}

func searchFollows(b *bench) {
	b.commit(item("a", "old", store.Props{"name": "first", "note": "x"}), item("b", "other", nil))
	b.commit(store.UpdateNode{ID: "a", Set: store.Props{"key": "new", "name": nil, "attributes.mood": "fine"}})
	b.finds("old", "")
	b.finds("first", "")
	b.finds("new x fine", "a/3")
	b.commit(store.UpdateNode{ID: "a", Set: store.Props{"rank": int64(2)}})
	b.finds("new", "a/0")
	b.commit(store.UpdateNode{ID: "a", Set: store.Props{"attributes.mood": nil}})
	b.finds("fine", "")
	_, err := b.Preview(b.ctx, set(item("c", "never", nil)))
	b.must(err)
	_, err = b.Commit(b.ctx, set(item("c", "never", nil), store.RemoveNode{ID: "missing"}))
	if !errors.Is(err, store.ErrNotFound) {
		b.Fatal(err)
	}
	b.finds("never", "")
	b.commit(store.RemoveNode{ID: "b"}, item("d", "other", nil))
	b.finds("other", "d/0")
	b.commit(store.RemoveNode{ID: "d"})
	b.commit(item("e", "next", nil))
	b.finds("other", "")
	b.finds("next", "e/0")
	keyed := set(store.UpdateNode{ID: "e", Set: store.Props{"key": "twice"}})
	keyed.Key = "once"
	b.commitSet(keyed)
	b.commit(store.UpdateNode{ID: "e", Set: store.Props{"key": "thrice"}})
	b.commitSet(keyed)
	b.finds("t", "e/1")
	b.finds("thrice", "e/0")
}

func searchKinds(b *bench) {
	b.commit(item("a", "hub", nil), place("b", "hub"), item("c", "x", store.Props{"name": "hub"}), place("d", "hub-2"))
	b.finds("hub", "a/0 b/0 d/1 c/2")
	b.finds("hub", "a/0 c/2", "Item")
	b.finds("hub", "b/0 d/1", "Place")
	b.finds("hub", "a/0 b/0 d/1 c/2", "Place", "Item", "Place")
	b.finds("hub", "a/0 c/2", "Label", "Item")
	b.finds("hub", "", "Label")
	page, err := b.Search(b.ctx, store.Search{Text: "hub", Kinds: []string{}, First: 5})
	b.must(err)
	b.equal(ranks(page), "")
	if _, err := b.Search(b.ctx, store.Search{Text: "hub", Kinds: []string{"Ship"}, First: 5}); !errors.Is(err, store.ErrInvalid) || !strings.Contains(err.Error(), "Ship") {
		b.Errorf("an unknown kind: %v", err)
	}
}

func searchSyntax(b *bench) {
	b.commit(
		item("a", "and", store.Props{"name": "near not or"}),
		item("b", "b", store.Props{"name": `it's "quoted" *starred* (x) a:b {c} [d] ^e ~f \g`}),
		item("c", "names", store.Props{"note": "c rest"}),
	)
	for text, want := range map[string]string{
		"AND": "a/0", "and OR near NOT": "a/2", "NOT missing": "", "NEAR(near not, 2)": "", "AND AND": "a/2",
		`"quoted"`: "b/2", `"quo`: "b/2", "quo*": "b/2", "*": "", "*uoted": "", `it's`: "b/2", "(x)": "b/2", "a:b": "b/2", "names:c": "c/3", "_text:c": "",
		"names : rest": "c/3", "x^2": "", "x~": "b/2", `\g`: "b/2", "-b": "b/0", "+b": "b/0", "b - x": "b/2", "%": "", "_": "", "b OR 1=1; --": "",
		"/b/": "b/0", "[a TO z]": "", "{c}": "b/2 c/3", "b\x00": "b/0", "'": "", `\`: "", "?": "", "!b": "b/0", "b && x || c": "b/2",
	} {
		b.finds(text, want)
	}
}

func searchSymbols(b *bench) {
	b.commit(
		item("a", "a", store.Props{"name": "🔥hot❤️fix"}),
		item("b", "b", store.Props{"name": "数据库服务器"}),
		item("c", "c", store.Props{"name": "データサーバー"}),
		item("d", "d", store.Props{"name": "데이터 서버"}),
		item("e", "e", store.Props{"name": "ฐานข้อมูล 𝒳𝓎"}),
	)
	for text, want := range map[string]string{
		"🔥": "a/2", "❤": "a/2", "❤️": "a/2", "hot 🔥": "a/2", "🔥fix": "a/2", "🧊": "", "服务": "b/2", "数据库": "b/2", "库房": "",
		"サーバ": "c/2", "ｻｰﾊﾞｰ": "c/2", "데이": "d/2", "서버": "d/2", "버": "", "ฐาน": "e/2", "xy": "e/2",
	} {
		b.finds(text, want)
	}
}

func searchLong(b *bench) {
	long := strings.Repeat("x", 100)
	key := strings.Repeat("é-", 1200)
	b.commit(
		item("a", "a", store.Props{"name": long + "y", "note": strings.Repeat(long, 400) + " tail"}),
		item("b", key+"1", nil), item("c", key+"0", nil),
	)
	b.finds(long, "a/2")
	b.finds(long+"z", "a/2")
	b.finds(long[1:]+"y", "")
	b.finds("tail", "a/3")
	b.finds("e", "b/1 c/1")
	b.finds("e e e e 0", "c/2")
}

func searchRefuses(b *bench) {
	for what, q := range map[string]store.Search{
		"text: is empty": {First: 1}, "text: is empty; give": {Text: " \t\n", First: 1}, "text: ": {Text: "a\xff", First: 1},
		"at most 1000": {Text: strings.Repeat("abc ", 300), First: 1}, "first: ": {Text: "a"}, "not 1001": {Text: "a", First: 1001}, "1 to 1000": {Text: "a", First: -1},
	} {
		if _, err := b.Search(b.ctx, q); !errors.Is(err, store.ErrInvalid) || !strings.Contains(err.Error(), what) {
			b.Errorf("%+v: %v, want %q", q, err, what)
		}
	}
	if _, err := b.CountSearch(b.ctx, store.Search{}); !errors.Is(err, store.ErrInvalid) {
		b.Errorf("a count of nothing: %v", err)
	}
	b.finds("!?", "")
	b.finds("\ue000", "")
	b.commit(item("a", strings.Repeat("ab ", 300), nil))
	b.finds(strings.Repeat("ab ", 300), "a/0")
	b.finds(strings.Repeat("ab ", 333), "a/2")
	b.finds(strings.Repeat("ab ", 300)+"zz", "")
}
