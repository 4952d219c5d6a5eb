package neo4j

import (
	"fmt"
	"strings"

	"releasegraph/internal/store"
)

// ignoringCase compares by a pattern that lists each letter in all its cases:
// the server's own functions fold by tables of another version of Unicode.
func (b *builder) ignoringCase(at string, c store.Compare) string {
	if list, ok := c.Value.([]any); ok {
		patterns := make([]any, len(list))
		for i, v := range list {
			patterns[i] = anyCase(v.(string))
		}
		each := b.name("v")
		return fmt.Sprintf("any(%[1]s IN %[2]s WHERE %[3]s =~ %[1]s)", each, b.param(patterns), at)
	}
	pattern := anyCase(c.Value.(string))
	if c.Op == store.Contains || c.Op == store.EndsWith {
		pattern = anything + pattern
	}
	if c.Op == store.Contains || c.Op == store.StartsWith {
		pattern += anything
	}
	return at + " =~ " + b.param(pattern)
}

// anything matches any text, line breaks included.
const anything = "(?s:.*)"

// anyCase is a pattern of Java's for a text in whatever case. All characters are
// written as numbers, so that none means anything else.
func anyCase(text string) string {
	var p strings.Builder
	for _, r := range text {
		p.WriteByte('[')
		for _, s := range store.Cases(r) {
			fmt.Fprintf(&p, `\x{%x}`, s)
		}
		p.WriteByte(']')
	}
	return p.String()
}
