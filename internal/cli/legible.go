package cli

import (
	"io"
	"strings"
	"unicode"
)

// legible keeps what is written for people from controlling their terminal, and
// from reading otherwise than it is: old records hold anything. Colours are the
// command's own, and stay. Each Write must hold whole characters.
func legible(w io.Writer) io.Writer { return legibleWriter{w} }

type legibleWriter struct{ to io.Writer }

// Write implements io.Writer.
func (l legibleWriter) Write(text []byte) (int, error) {
	if _, err := io.WriteString(l.to, strings.Map(legibly, string(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}

func legibly(r rune) rune {
	const escape = '\x1b'
	switch {
	case r == '\n', r == '\t', r == '\r', r == escape:
		return r
	case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
		return unicode.ReplacementChar
	}
	return r
}
