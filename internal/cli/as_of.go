package cli

import (
	"strconv"
	"time"
)

// asOfInput reads a moment as people write it: a revision, a date or time, or
// else the key of a baseline. A date stands for its first instant in UTC.
func asOfInput(text string) map[string]any {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return map[string]any{"revision": text}
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return map[string]any{"time": t.UTC().Format(time.RFC3339Nano)}
		}
	}
	return map[string]any{"baseline": text}
}
