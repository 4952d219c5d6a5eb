package store_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"releasegraph/internal/store"
)

func words(text string) string {
	var list []string
	for _, w := range store.Words(text) {
		list = append(list, w.Text)
	}
	return strings.Join(list, " ")
}

func TestWordsAreFolded(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "",
		"Web-Shop_2.0":             "web shop 2 0",
		"ÀÉÎÕÜ çñÿ":                "aeiou cny",
		"e\u0301te\u0301":          "ete",
		"Straße STRAẞE":            "strasse strasse",
		"Ægir œuvre Ørsted Łódź Đ": "aegir oeuvre orsted lodz d",
		"Þórr ıI İ":                "thorr ii i",
		"ﬁn ²½ Ｑ５ ™ ①":             "fin 21 2 q5 tm 1",
		"ΟΔΟΣ οδός":                "οδοσ οδοσ",
		"Ёлка й":                   "елка и",
		"שָׁלוֹם مُحَمَّد":         "שלום محمد",
		"हिन्दी ไทยนี้":            "हिन्दी ไทยนี้",
		"数据中心 カタカナー ひら":            "数 据 中 心 カ タ カ ナー ひ ら",
		"a🔥b🧑\u200d🚒":              "a 🔥 b 🧑 🚒",
		"\ue000\u0378 \x00 !?*'\"": "",
	} {
		if got := words(text); got != words(want) || got != strings.Join(strings.Fields(got), " ") {
			t.Errorf("%q folds to %q, not %q", text, got, want)
		}
	}
	if got := words("ÀÉ Straße ﬁ½"); got != "ae strasse fi1 2" {
		t.Errorf("folded to %q", got)
	}
}

func TestAWordTellsWhereItStands(t *testing.T) {
	text := "Die Größe: e\u0301té数据"
	var list []string
	for _, w := range store.Words(text) {
		list = append(list, text[w.Start:w.End])
	}
	if want := []string{"Die", "Größe", "e\u0301té", "数", "据"}; !slices.Equal(list, want) {
		t.Errorf("%q, not %q", list, want)
	}
}

func FuzzWordsHoldNothingThatSeparatesOrIsSyntax(f *testing.F) {
	for _, seed := range []string{"Web-Shop", "a AND b*", `"x" OR (y:z)`, "İ ẞ ﷺ ½ ㎢", "数据🔥", "\xff\x00", "Å̈", "ᄀ각"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		start := 0
		for _, w := range store.Words(text) {
			if w.Start < start || w.End <= w.Start || w.End > len(text) {
				t.Fatalf("%q: %+v after %d", text, w, start)
			}
			start = w.Start
			if !utf8.ValidString(w.Text) || w.Text == "" || utf8.RuneCountInString(w.Text) > 100 {
				t.Fatalf("%q: word %q", text, w.Text)
			}
			for _, r := range w.Text {
				plain := 'a' <= r && r <= 'z' || '0' <= r && r <= '9'
				if r < utf8.RuneSelf && !plain || unicode.IsSpace(r) || unicode.IsPunct(r) {
					t.Fatalf("%q: %q in %q", text, r, w.Text)
				}
			}
			if again := store.Words(w.Text); len(again) != 1 || again[0].Text != w.Text {
				t.Fatalf("%q: %q folds to %q", text, w.Text, words(w.Text))
			}
		}
	})
}
