package domain

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxKey is the longest key, in bytes.
const MaxKey = 256

// CheckKey says what is wrong with a record's key (C1), or with the name of an
// attribute: it is any printable text that can stand in a line, and that
// people can tell from another by looking at it, so that blanks at its ends
// are refused, and what cannot be seen. Keys are told apart in NFC (NormalKey).
func CheckKey(key string) error {
	switch {
	case key == "":
		return errors.New("must not be empty")
	case len(key) > MaxKey:
		return fmt.Errorf("is %d bytes long, at most %d are allowed", len(key), MaxKey)
	case !utf8.ValidString(key):
		return errors.New("is not valid UTF-8")
	case strings.TrimSpace(key) != key:
		return errors.New("must not begin or end with a blank")
	}
	for i, r := range key {
		switch {
		case r > ' ' && r < unicode.MaxASCII: // seen, and no blank
		case unicode.Is(unicode.Cf, r), invisible(r):
			return fmt.Errorf("must not hold what cannot be seen (%U at byte %d)", r, i)
		case unicode.Is(unicode.Zs, r) && r != ' ' && r != '\u3000':
			return fmt.Errorf("must hold no other blank than the space (%U at byte %d)", r, i)
		case !unicode.IsPrint(r) && r != '\u3000':
			return fmt.Errorf("must not hold control characters (%U at byte %d)", r, i)
		}
	}
	return nil
}

// NormalKey is how a key is kept: an é is one character, however it was typed
// (C1).
func NormalKey(key string) string { return norm.NFC.String(key) }

// SpellingsOfKey are those under which a record may be kept that a caller names
// by the key: as it was typed, first, and as keys are kept today (C1).
func SpellingsOfKey(key string) []string {
	if normal := NormalKey(key); normal != key {
		return []string{key, normal}
	}
	return []string{key}
}
