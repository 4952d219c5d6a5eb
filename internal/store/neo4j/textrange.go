package neo4j

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"releasegraph/internal/store"
)

// The server compares strings bytewise in an index, but by UTF-16 units in
// most filters, so that one comparison could have two meanings. They differ
// only where a character from U+E000 to U+FFFF meets one beyond: the text
// before the first such character is compared by the server's operators, which
// then agree, and the rest by a pattern.
const firstUnsafe = '\ue000'

// textRange writes a bytewise comparison of the string at an expression with a
// text. It is null where there is no string.
func (b *builder) textRange(at string, op store.Operator, text string) string {
	safe := safePrefix(text)
	if safe == text {
		return fmt.Sprintf("%s %s %s", at, comparisons[op], b.param(text))
	}
	switch op {
	case store.Lt:
		return fmt.Sprintf("NOT (%s)", b.unsafeAbove(at, text, safe, true))
	case store.Lte:
		return fmt.Sprintf("NOT (%s)", b.unsafeAbove(at, text, safe, false))
	case store.Gte:
		return b.unsafeAbove(at, text, safe, true)
	}
	return b.unsafeAbove(at, text, safe, false)
}

// unsafeAbove holds for strings above the text, or equal to it if asked. The
// first condition follows from the others; it lets an index be used.
func (b *builder) unsafeAbove(at, text, safe string, orEqual bool) string {
	prefix := b.param(safe)
	return fmt.Sprintf("%[1]s >= %[2]s AND (NOT %[1]s STARTS WITH %[2]s OR %[1]s =~ %[3]s)",
		at, prefix, b.param(abovePattern(safe, text[len(safe):], orEqual)))
}

func safePrefix(text string) string {
	if i := strings.IndexFunc(text, func(r rune) bool { return r >= firstUnsafe }); i >= 0 {
		return text[:i]
	}
	return text
}

// abovePattern matches strings that begin with the prefix and go on above the
// rest: at each character either with a higher one and then anything, or with
// the same and then above the remainder.
func abovePattern(prefix, rest string, orEqual bool) string {
	var p strings.Builder
	p.WriteString("(?s)")
	for _, r := range prefix {
		fmt.Fprintf(&p, `\x{%x}`, r)
	}
	depth := 0
	for _, r := range rest {
		depth++
		if r == utf8.MaxRune {
			fmt.Fprintf(&p, `(?:\x{%x}`, r)
			continue
		}
		fmt.Fprintf(&p, `(?:[\x{%x}-\x{10ffff}].*|\x{%x}`, r+1, r)
	}
	if orEqual {
		p.WriteString(".*")
	} else {
		p.WriteString(".+")
	}
	p.WriteString(strings.Repeat(")", depth))
	return p.String()
}
