package store

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxFolded is how many characters a value may have that is compared ignoring
// case.
const MaxFolded = 1000

// FoldCase makes texts equal that differ by case alone: of all the letters that
// are one by Unicode's simple case folding it takes the first. It goes letter by
// letter, so that what a text contains, its folded form contains; accents and
// spellings (ß, ss) stay apart, other than in a search.
func FoldCase(text string) string { return strings.Map(foldRune, text) }

func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}
	first := r
	for s := unicode.SimpleFold(r); s != r; s = unicode.SimpleFold(s) {
		first = min(first, s)
	}
	return first
}

// Cases lists a letter in all its cases, itself first.
func Cases(r rune) []rune {
	list := []rune{r}
	for s := unicode.SimpleFold(r); s != r; s = unicode.SimpleFold(s) {
		list = append(list, s)
	}
	return list
}

// Folded is the comparison that is to be made with folded texts; the same where
// case counts.
func (c Compare) Folded() Compare {
	if !c.IgnoringCase {
		return c
	}
	switch v := c.Value.(type) {
	case string:
		c.Value = FoldCase(v)
	case []any:
		list := make([]any, len(v))
		for i, one := range v {
			text, _ := one.(string)
			list[i] = FoldCase(text)
		}
		c.Value = list
	}
	return c
}
