// Package picture draws roll-out plans: the waves over time as a Mermaid gantt, and
// the waves with what they wait for as Mermaid and DOT.
package picture

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"releasegraph/internal/plan/diagram"
	"releasegraph/internal/plan/rollout"
)

// mostSites is how many sites of a plan are drawn one by one: more cannot be read.
const mostSites = 100

// Gantt draws when each wave and its sites have their turn, in UTC. Of large plans it
// draws the waves alone, and says so.
func Gantt(p *rollout.Plan) string {
	var b strings.Builder
	b.WriteString("gantt\n  dateFormat YYYY-MM-DDTHH:mm:ss\n  axisFormat %Y-%m-%d %H:%M\n")
	fmt.Fprintf(&b, "  title %s, times in UTC\n", plain(p.Release))
	whole := len(p.Steps) <= mostSites
	if !whole {
		fmt.Fprintf(&b, "  %%%% %d sites are not drawn one by one\n", len(p.Steps))
	}
	for _, w := range p.Waves {
		fmt.Fprintf(&b, "  section Wave %d\n", w.Ordinal)
		task(&b, fmt.Sprintf("Wave %d with %d sites and %d users", w.Ordinal, w.Sites, w.Users), "crit, ", fmt.Sprintf("w%d", w.Ordinal), w.Window.From, w.Window.To)
		if !whole {
			continue
		}
		for i, s := range p.StepsOf(w.Ordinal) {
			name := s.Site
			if s.Release != p.Release {
				name += " gets " + s.Release
			}
			task(&b, name, "", fmt.Sprintf("s%d", w.First+i), s.Window.From, s.Window.To)
		}
	}
	if p.ActivateAt != nil {
		b.WriteString("  section Activation\n")
		fmt.Fprintf(&b, "  Begins to run : milestone, instant, %s, 0d\n", p.ActivateAt.UTC().Format(form))
	}
	return b.String()
}

const form = "2006-01-02T15:04:05"

func task(b *strings.Builder, name, tags, id string, from, to time.Time) {
	fmt.Fprintf(b, "  %s : %s%s, %s, %s\n", plain(name), tags, id, from.UTC().Format(form), to.UTC().Format(form))
}

// plain leaves out what has a meaning in a gantt: colons, commas, semicolons and
// hashes end a name, and control characters the line.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(":,;#%", r), unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return ' '
		}
		return r
	}, text)
	if text = strings.TrimSpace(text); text == "" {
		return "-"
	}
	return text
}

// Waves draws the waves with those that they wait for: links are by wave, from 1, the
// waves that it waits for by a dependency. A wave without any follows the one before.
func Waves(p *rollout.Plan, links [][]int) diagram.Diagram {
	var d diagram.Diagram
	for i, w := range p.Waves {
		role := diagram.Passed
		if w.Stage != "GENERAL" {
			role = diagram.Degraded
		}
		if w.Ordinal == 1 {
			role = diagram.Source
		}
		d.Nodes = append(d.Nodes, diagram.Node{Role: role, Lines: []string{
			fmt.Sprintf("Wave %d (%s)", w.Ordinal, w.Stage), w.Window.From.UTC().Format("2006-01-02 15:04") + " UTC",
			fmt.Sprintf("%d sites, %d users", w.Sites, w.Users), some(p.StepsOf(w.Ordinal)),
		}})
		for _, before := range links[i] {
			d.Links = append(d.Links, diagram.Link{From: i, To: before - 1, Label: "depends on"})
		}
		if i > 0 && len(links[i]) == 0 {
			d.Links = append(d.Links, diagram.Link{From: i, To: i - 1, Label: "follows"})
		}
	}
	return d
}

// some names the first sites of a wave.
func some(steps []rollout.Step) string {
	const most = 4
	var names []string
	for i, s := range steps {
		if i == most {
			names = append(names, fmt.Sprintf("%d more", len(steps)-most))
			break
		}
		names = append(names, s.Site)
	}
	return strings.Join(names, ", ")
}
