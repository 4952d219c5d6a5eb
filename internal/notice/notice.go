// Package notice writes events for people to read: as messages of chats, and as digests, in
// the languages that it knows (E3). It is pure.
package notice

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/happening"
)

const (
	// maxChanges is how many fields of an event are told, and maxValue how many
	// characters of each value.
	maxChanges, maxValue = 10, 200
	// maxReason is how many characters of a reason are told.
	maxReason = 500
)

// title says what happened to what.
func title(e *happening.Event) string {
	text := e.Type + ": " + named(e.Subject)
	if e.To != nil {
		text += " → " + named(*e.To)
	}
	return text
}

func named(n happening.Named) string { return short(n.Kind+" "+cmp.Or(n.Key, n.ID), maxValue) }

// changes are the fields that differ, by name, and how many of them are not told.
func changes(e *happening.Event) (list []string, more int) {
	names := slices.Sorted(maps.Keys(e.Changes))
	for _, name := range names[:min(len(names), maxChanges)] {
		d := e.Changes[name]
		list = append(list, line(name)+": "+value(d.Before)+" → "+value(d.After))
	}
	return list, max(0, len(names)-maxChanges)
}

// value is a value of a field as people read it; – stands for none.
func value(v any) string {
	switch v := v.(type) {
	case nil:
		return "–"
	case time.Time:
		return v.UTC().Format(time.RFC3339)
	case json.RawMessage:
		return short(string(v), maxValue)
	}
	return short(fmt.Sprint(v), maxValue)
}

// line keeps what records say from breaking lines.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }

func short(s string, most int) string {
	if r := []rune(line(s)); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return line(s)
}
