package domain

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The longest texts.
const (
	MaxName    = 1_000    // characters of a name
	MaxIndexed = 4 << 10  // bytes of a text that is ordered by
	MaxText    = 64 << 10 // bytes of any other text
)

// CheckName says what is wrong with a record's name.
func CheckName(name string) error {
	if strings.TrimSpace(name) == "" {
		return errors.New("must not be empty")
	}
	if n := utf8.RuneCountInString(name); n > MaxName {
		return fmt.Errorf("is %d characters long, at most %d are allowed", n, MaxName)
	}
	return CheckText(name, MaxIndexed)
}

// CheckText says what is wrong with a text of at most so many bytes. It may
// hold line breaks and tabs, but no other control character, and none that
// turns the direction of writing: a text must read as it is.
func CheckText(s string, most int) error {
	if len(s) > most {
		return fmt.Errorf("is %d bytes long, at most %d are allowed", len(s), most)
	}
	if !utf8.ValidString(s) {
		return errors.New("is not valid UTF-8")
	}
	for i, r := range s {
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' {
			return fmt.Errorf("must not hold control characters (%U at byte %d)", r, i)
		}
		if unicode.Is(unicode.Bidi_Control, r) {
			return fmt.Errorf("must not hold what turns the direction of writing (%U at byte %d)", r, i)
		}
	}
	return nil
}

// invisible reports whether a character leaves no mark on the page, though it
// counts as a letter, a mark or a symbol.
func invisible(r rune) bool {
	return unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) || r == '\u2800'
}
