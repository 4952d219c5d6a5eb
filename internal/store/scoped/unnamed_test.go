package scoped_test

import (
	"testing"

	"releasegraph/internal/store/scoped"
)

// An alias that was cut in two says nothing of what it stands for either.
func TestPlainTakesTheMarksOfAliasesAway(t *testing.T) {
	const m = "\u2063"
	for text, want := range map[string]string{
		"":         "",
		"as it is": "as it is",
		"the end of …" + m + "id" + m + ", now":   "the end of …, now",
		"…" + m + "a" + m + "…" + m + "b" + m:     "……",
		"cut …" + m + "ab":                        "cut …",
		"its own" + m + " mark, and what follows": "its own" + m + " mark, and what follows",
	} {
		if got := scoped.Plain(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
