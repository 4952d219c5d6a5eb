package main

import (
	"fmt"
	"strings"

	"releasegraph/internal/app"
	"releasegraph/internal/app/estate"
)

const rulesPath = "docs/rules_gen.md"

const rulesPreface = `# Whom the rules bind

Made from the code by ` + "`go generate`" + `; do not edit it. [ADR 15](adr/0015-a-room-for-each-area.md) tells how rules and consequences work.
The numbers are those of [domain.md](domain.md). Rules of one record alone (its fields) bind everybody, and stand in ` + "`internal/domain`" + `.

A mutation creates, updates, removes, connects or disconnects; a verb is a mutation of an area, which decides by what the area knows;
a history that is told again is taken as it was.

`

// means are the columns of the tables.
var means = []struct {
	name string
	is   estate.Means
}{{"mutation", estate.ByMutation}, {"verb", estate.ByVerb}, {"import", estate.ByImport}, {"history", estate.ByReplay}}

// rules draws which rule binds whom, and what follows from what, as Markdown.
func rules() string {
	a := app.New(app.Config{})
	var b strings.Builder
	b.WriteString(rulesPreface + "## Rules\n\n" + head("rule") + " minds |\n|---|---|---|---|---|---|\n")
	for _, r := range a.Rules() {
		fmt.Fprintf(&b, "| %s %s %s |\n", r.Name, marks(r.Binds), minds(r.Minds))
	}
	b.WriteString("\n## Consequences\n\nIn the order in which they follow.\n\n" + head("what follows") + " minds | writes |\n|---|---|---|---|---|---|---|\n")
	for _, c := range a.Consequences() {
		fmt.Fprintf(&b, "| %s %s %s | %s |\n", c.Name, marks(c.Binds), minds(c.Minds), strings.Join(c.Owns, ", "))
	}
	return b.String()
}

func head(first string) string {
	line := "| " + first + " |"
	for _, m := range means {
		line += " " + m.name + " |"
	}
	return line
}

func marks(binds estate.Means) string {
	line := "|"
	for _, m := range means {
		mark := "·"
		if binds&m.is != 0 {
			mark = "●"
		}
		line += " " + mark + " |"
	}
	return line
}

func minds(i estate.Interest) string {
	return strings.Join(append(append([]string{}, i.Kinds...), i.Rels...), ", ")
}
