package diagram

import (
	"fmt"
	"strings"
	"unicode"
)

// Mermaid writes the diagram as a Mermaid flowchart. It stays within the size
// that Mermaid accepts; what does not fit is counted in the drawing (I8).
func Mermaid(d Diagram) string {
	d = d.cut(MaxNodes)
	text := mermaid(d)
	for len(text) > maxText && len(d.Nodes) > 1 {
		d = d.cut(len(d.Nodes) * 3 / 4)
		text = mermaid(d)
	}
	return text
}

func mermaid(d Diagram) string {
	var b strings.Builder
	b.WriteString("flowchart TB\n")
	for i, n := range d.Nodes {
		fmt.Fprintf(&b, "  n%d[\"%s\"]:::%s\n", i, mermaidLabel(n.Lines), n.Role)
	}
	for _, l := range d.Links {
		fmt.Fprintf(&b, "  n%d -->|\"%s\"| n%d\n", l.From, mermaidLabel([]string{l.Label}), l.To)
	}
	if text := d.omission(); text != "" {
		fmt.Fprintf(&b, "  %%%% %s\n  omitted[\"%s\"]:::%s\n", text, text, note)
	}
	for _, r := range roles {
		c := colours[r]
		fmt.Fprintf(&b, "  classDef %s fill:%s,stroke:%s,color:%s\n", r, c[0], c[1], c[2])
	}
	return b.String()
}

func mermaidLabel(lines []string) string {
	escaped := make([]string, len(lines))
	for i, l := range lines {
		escaped[i] = mermaidText(clean(l))
	}
	return strings.Join(escaped, "<br/>")
}

// mermaidText writes every character that Mermaid, or the Markdown and HTML it
// understands in labels, might take for more than itself, by its number.
// Hyphens within a word are harmless, and keys are full of them.
func mermaidText(line string) string {
	var b strings.Builder
	word := false
	for _, r := range line {
		switch {
		case r > unicode.MaxASCII, 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
			word = true
			b.WriteRune(r)
		case r == ' ', '0' <= r && r <= '9', r == '-' && word:
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}
