package diagram

import (
	"fmt"
	"strings"
)

// DOT writes the diagram for Graphviz.
func DOT(d Diagram) string {
	d = d.cut(MaxNodes)
	var b strings.Builder
	b.WriteString("digraph impact {\n  rankdir=TB\n  node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica,sans-serif\"]\n")
	b.WriteString("  edge [fontname=\"Helvetica,sans-serif\", fontsize=10, color=\"#6b7280\"]\n")
	for i, n := range d.Nodes {
		dotNode(&b, fmt.Sprintf("n%d", i), dotLabel(n.Lines), n.Role)
	}
	for _, l := range d.Links {
		fmt.Fprintf(&b, "  n%d -> n%d [label=\"%s\"]\n", l.From, l.To, dotLabel([]string{l.Label}))
	}
	if text := d.omission(); text != "" {
		fmt.Fprintf(&b, "  // %s\n", text)
		dotNode(&b, "omitted", text, note)
	}
	b.WriteString("}\n")
	return b.String()
}

func dotNode(b *strings.Builder, id, label string, r Role) {
	c := colours[r]
	fmt.Fprintf(b, "  %s [label=\"%s\", fillcolor=\"%s\", color=\"%s\", fontcolor=\"%s\"]\n", id, label, c[0], c[1], c[2])
}

// dotEscapes are what a quoted string and a label give a meaning: Graphviz
// reads backslash escapes, and HTML entities even in plain labels.
var dotEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `&`, `&amp;`)

func dotLabel(lines []string) string {
	escaped := make([]string, len(lines))
	for i, l := range lines {
		escaped[i] = dotEscapes.Replace(clean(l))
	}
	return strings.Join(escaped, `\n`)
}
