// Package diagram draws small graphs as Mermaid flowcharts and Graphviz DOT
// (I9). Any text may stand in a label.
package diagram

import (
	"fmt"
	"strings"
	"unicode"
)

// Diagram is what is drawn. A node that a link needs stands before those that
// only hang on it, so that the first nodes of a diagram are one as well.
type Diagram struct {
	Nodes []Node
	Links []Link
	// Omitted counts the items that are left out, which the drawing says (I8).
	Omitted int
}

// Node is an item.
type Node struct {
	Lines []string
	Role  Role
}

// Link is an arrow between two nodes, named by their positions.
type Link struct {
	From, To int
	Label    string
}

// Role says what a node is in an impact analysis.
type Role string

// The roles.
const (
	Source   Role = "source"
	Full     Role = "full"
	Degraded Role = "degraded"
	// Passed is on the way to a hit, and no hit of the answer itself.
	Passed Role = "passed"
	note   Role = "note"
)

var roles = []Role{Source, Full, Degraded, Passed, note}

// colours are fill, stroke and text.
var colours = map[Role][3]string{
	Source:   {"#1f2937", "#111827", "#ffffff"},
	Full:     {"#fecaca", "#b91c1c", "#450a0a"},
	Degraded: {"#fef3c7", "#b45309", "#451a03"},
	Passed:   {"#f3f4f6", "#9ca3af", "#111827"},
	note:     {"#ffffff", "#9ca3af", "#4b5563"},
}

// MaxNodes is how many items are drawn: more cannot be read.
const MaxNodes = 200

// maxText is what Mermaid accepts with its default settings.
const maxText = 50_000

// maxLine is how many characters of a line of a label are drawn.
const maxLine = 60

// cut keeps the first n nodes and the links between them.
func (d Diagram) cut(n int) Diagram {
	if n >= len(d.Nodes) {
		return d
	}
	c := Diagram{Nodes: d.Nodes[:n], Omitted: d.Omitted + len(d.Nodes) - n}
	for _, l := range d.Links {
		if l.From < n && l.To < n {
			c.Links = append(c.Links, l)
		}
	}
	return c
}

// omission says what is left out, empty if nothing is.
func (d Diagram) omission() string {
	switch d.Omitted {
	case 0:
		return ""
	case 1:
		return "1 more item is not drawn"
	}
	return fmt.Sprintf("%d more items are not drawn", d.Omitted)
}

// clean makes a line of a label fit to be drawn: on one line, of bounded
// length, without characters that control the terminal or the direction of
// writing.
func clean(line string) string {
	var b strings.Builder
	runes := 0
	for _, r := range strings.TrimSpace(line) {
		if runes == maxLine {
			b.WriteRune('…')
			break
		}
		switch {
		case unicode.IsControl(r), unicode.IsSpace(r):
			r = ' '
		case unicode.Is(unicode.Bidi_Control, r), unicode.Is(unicode.Noncharacter_Code_Point, r):
			r = unicode.ReplacementChar
		}
		b.WriteRune(r)
		runes++
	}
	if runes == 0 {
		return " "
	}
	return b.String()
}
