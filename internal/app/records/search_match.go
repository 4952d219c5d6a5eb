package records

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// SearchMatch shows where words were found.
type SearchMatch struct {
	Field string // the name of the field: "name", "attributes.tier"
	Text  string // its value, or a part of it
	Spans []*TextSpan
}

// TextSpan is a part of a text, in characters.
type TextSpan struct{ Start, Length int }

// The length of a value that is shown, in bytes: a longer one is cut at its
// first match, so many bytes before it.
const (
	shownText   = 160
	shownBefore = 40
)

// Matched shows where the words were found: the field that holds most of them,
// of several the first.
func (h *SearchHit) Matched() *SearchMatch {
	best := &SearchMatch{}
	var spans []store.Word
	most := 0
	for _, f := range searchedFields(h.kind, h.props) {
		found, words := matchedWords(f.text, h.words)
		if words > most {
			most, spans = words, found
			best.Field, best.Text = f.name, f.text
		}
	}
	best.show(spans)
	return best
}

type searchedField struct{ name, text string }

// searchedFields lists the values that a search reads of a record: the fields
// in their order, attributes by name.
func searchedFields(k *entity.Kind, props store.Props) []searchedField {
	var list []searchedField
	for _, f := range k.Fields {
		switch v := props[f.Name].(type) {
		case string:
			if f.Text {
				list = append(list, searchedField{f.Name, v})
			}
		case []string:
			if f.Text {
				list = append(list, searchedField{f.Name, strings.Join(v, ", ")})
			}
		}
		if !f.Map {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(props)) {
			if text, ok := props[name].(string); ok && strings.HasPrefix(name, entity.AttributePrefix) {
				list = append(list, searchedField{name, text})
			}
		}
	}
	return list
}

// matchedWords lists the words of a text that one of those asked for begins,
// and counts those asked for that do.
func matchedWords(text string, asked []string) (found []store.Word, count int) {
	has := map[string]bool{}
	for _, w := range store.Words(text) {
		matched := false
		for _, a := range asked {
			if strings.HasPrefix(w.Text, a) {
				matched, has[a] = true, true
			}
		}
		if matched {
			found = append(found, w)
		}
	}
	return found, len(has)
}

// show cuts a long text around the first match, and counts the spans in
// characters of what remains.
func (m *SearchMatch) show(found []store.Word) {
	text, from, to := m.Text, 0, len(m.Text)
	if len(text) > shownText && len(found) > 0 {
		if from = runeStart(text, found[0].Start-shownBefore); from > 0 {
			from += strings.IndexByte(text[from:found[0].Start], ' ') + 1
		}
		to = runeStart(text, max(from+shownText, found[0].End))
	}
	lead := ""
	if from > 0 {
		lead = "…"
	}
	m.Text = lead + text[from:to]
	if to < len(text) {
		m.Text += "…"
	}
	for _, w := range found {
		if w.End > to {
			break
		}
		m.Spans = append(m.Spans, &TextSpan{
			Start:  utf8.RuneCountInString(lead) + utf8.RuneCountInString(text[from:w.Start]),
			Length: utf8.RuneCountInString(text[w.Start:w.End]),
		})
	}
}

// runeStart returns the start of the character at a place in a text, within it.
func runeStart(text string, at int) int {
	at = min(max(at, 0), len(text))
	for at > 0 && at < len(text) && !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}
