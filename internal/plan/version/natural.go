package version

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// readNatural cuts a text into runs of digits, runs of letters, and "~" or "-"
// before a letter, which both say that what follows comes before the version
// without it: 1.0-rc1 and 1.0~rc1 are lower than 1.0. All else separates. Case,
// a v before the first digit, and what follows a + count for nothing.
//
// Digits are 0 to 9. Other numerals, and marks that stand on a letter, count as
// letters, or texts that differ in them alone would be one number.
func readNatural(text string) (Version, error) {
	s := strings.TrimSpace(norm.NFC.String(text))
	if len(s) > 1 && (s[0] == 'v' || s[0] == 'V') && isDigit(s[1]) {
		s = s[1:]
	}
	s, _, _ = strings.Cut(s, "+")
	v := Version{text: text}
	runes := []rune(norm.NFC.String(strings.ToLower(s)))
	for i := 0; i < len(runes); {
		switch from := i; {
		case isDigit(runes[i]):
			for i < len(runes) && isDigit(runes[i]) {
				i++
			}
			v.parts = append(v.parts, part{number, digits(string(runes[from:i]))})
		case isLetter(runes[i]):
			for i < len(runes) && (isLetter(runes[i]) || unicode.IsMark(runes[i])) {
				i++
			}
			v.parts = append(v.parts, part{letters, string(runes[from:i])})
		default:
			if (runes[i] == '~' || runes[i] == '-') && i+1 < len(runes) && isLetter(runes[i+1]) {
				v.parts = append(v.parts, part{class: before})
			}
			i++
		}
	}
	if len(v.parts) == 0 {
		return Version{}, fmt.Errorf("%q is no version: it has neither a letter nor a digit before any +", text)
	}
	for _, p := range v.parts {
		if p.class == number && len(v.line) < 2 {
			v.line = append(v.line, p)
		}
	}
	return v, nil
}

func isLetter(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) && !isDigit(r)
}
