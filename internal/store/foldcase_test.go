package store_test

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"releasegraph/internal/store"
)

func TestTextsThatDifferByCaseAloneFoldAlike(t *testing.T) {
	for _, same := range [][]string{{"Web-Shop", "WEB-SHOP", "web-shop"}, {"ΣΊΣΥΦΟΣ", "σίσυφος"}, {"ſtraße", "STRAẞE"}, {"Ⅷ", "ⅷ"}, {"Kelvin", "kelvin"}} {
		for _, text := range same {
			if store.FoldCase(text) != store.FoldCase(same[0]) {
				t.Errorf("%q and %q differ", text, same[0])
			}
		}
	}
	for _, other := range [][2]string{{"ß", "ss"}, {"é", "e"}, {"İ", "i"}, {"ı", "i"}} {
		if store.FoldCase(other[0]) == store.FoldCase(other[1]) {
			t.Errorf("%q and %q are one", other[0], other[1])
		}
	}
}

// strings.EqualFold is the reference.
func TestFoldingAgreesWithTheStandardLibrary(t *testing.T) {
	letter := rapid.OneOf(rapid.RuneFrom([]rune("aAkK\u212asS\u017fßẞσςΣéÉǅǆ0 ")), rapid.RuneFrom(nil, unicode.Letter))
	texts := rapid.StringOfN(letter, 0, 6, -1)
	rapid.Check(t, func(t *rapid.T) {
		a := texts.Draw(t, "a")
		b := rapid.OneOf(texts, rapid.Just(strings.ToUpper(a)), rapid.Just(strings.ToTitle(a))).Draw(t, "b")
		if strings.EqualFold(a, b) != (store.FoldCase(a) == store.FoldCase(b)) {
			t.Fatalf("%q, %q", a, b)
		}
		for _, r := range a {
			for _, s := range store.Cases(r) {
				if store.FoldCase(string(r)) != store.FoldCase(string(s)) {
					t.Fatalf("%q is no case of %q", s, r)
				}
			}
		}
	})
}
