package domain

import (
	"errors"
	"fmt"
	"strings"
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
// hold line breaks and tabs, but no other control character.
func CheckText(s string, most int) error {
	if len(s) > most {
		return fmt.Errorf("is %d bytes long, at most %d are allowed", len(s), most)
	}
	if !utf8.ValidString(s) {
		return errors.New("is not valid UTF-8")
	}
	for i, r := range s {
		if (r < ' ' && r != '\n' && r != '\r' && r != '\t') || r == 0x7f {
			return fmt.Errorf("must not hold control characters (%U at byte %d)", r, i)
		}
	}
	return nil
}
