package cli

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// legible keeps what is written for people from controlling their terminal, and
// from reading otherwise than it is: old records and foreign servers hold
// anything. Each Write must hold whole characters.
func legible(w io.Writer) io.Writer { return legibleWriter{w} }

type legibleWriter struct{ to io.Writer }

// Write implements io.Writer.
func (l legibleWriter) Write(text []byte) (int, error) {
	if _, err := io.WriteString(l.to, legibleText(string(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// legibleText is a text that controls no terminal.
func legibleText(text string) string { return strings.Map(legibly, text) }

func legibly(r rune) rune {
	switch {
	case r == '\n', r == '\t':
		return r
	case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
		return unicode.ReplacementChar
	}
	return r
}

// say tells people something beside the data.
func (r *running) say(format string, args ...any) {
	fmt.Fprintf(legible(r.Stderr), format, args...)
}
