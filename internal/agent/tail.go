package agent

import (
	"errors"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostTold is how much of a log a report has.
const mostTold = 4 << 10

// tail is the end of a log, as a report may have it: whole lines where there are some, and
// nothing that cannot be shown.
func tail(name string) string {
	f, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	text := make([]byte, mostTold)
	from := int64(0)
	if info, err := f.Stat(); err == nil {
		from = max(0, info.Size()-mostTold)
	}
	n, err := f.ReadAt(text, from)
	if err != nil && !errors.Is(err, io.EOF) {
		return ""
	}
	return shown(string(text[:n]), from > 0)
}

// shown is a text without what a report may not hold. One that was cut begins with its
// first whole line.
func shown(text string, cut bool) string {
	if _, whole, has := strings.Cut(text, "\n"); cut && has {
		text = "…\n" + whole
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, text)
	return strings.TrimSpace(text)
}

// told is what a report says of a script: words, and the end of its log.
func told(words, log string) string {
	if end := tail(log); end != "" {
		return strings.TrimSpace(words + "\n" + end)
	}
	return words
}
