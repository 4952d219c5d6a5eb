// Package picture draws roll-out plans: the waves over time as a Mermaid gantt, and
// the waves with what they wait for as Mermaid and DOT.
package picture

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/diagram"
	"releasegraph/internal/plan/rollout"
)

// mostSites is how many sites of a plan are drawn one by one: more cannot be read.
const mostSites = 100

// Gantt draws when each wave and its sites have their turn, in UTC. Of large plans it
// draws the waves alone, and says so.
func Gantt(p *rollout.Plan) string {
	var b strings.Builder
	head(&b, p.Release, p.Window())
	whole := len(p.Steps) <= mostSites
	if !whole {
		fmt.Fprintf(&b, "  %%%% %d sites are not drawn one by one\n", len(p.Steps))
	}
	for i := range p.Waves {
		w := &p.Waves[i]
		fmt.Fprintf(&b, "  section Wave %d\n", w.Ordinal)
		task(&b, fmt.Sprintf("Wave %d with %s", w.Ordinal, many(w.Sites, w.Users)), "", fmt.Sprintf("w%d", w.Ordinal), w.Window)
		if !whole {
			continue
		}
		for i, s := range p.In(w) {
			name := s.Site
			if s.Release != p.Release {
				name += " gets " + s.Release
			}
			task(&b, name, "active, ", fmt.Sprintf("s%d", w.First+i), s.Window)
		}
	}
	if p.ActivateAt != nil {
		b.WriteString("  section Activation\n")
		fmt.Fprintf(&b, "  Begins to run : milestone, instant, %s, 0d\n", p.ActivateAt.UTC().Format(form))
	}
	return b.String()
}

const form = "2006-01-02T15:04:05"

// task draws a bar; what has no time has none.
func task(b *strings.Builder, name, tags, id string, when domain.TimeRange) {
	if when.Empty() {
		fmt.Fprintf(b, "  %%%% %s has no time\n", plain(name))
		return
	}
	fmt.Fprintf(b, "  %s : %s%s, %s, %s\n", plain(name), tags, id, when.From.UTC().Format(form), when.To.UTC().Format(form))
}

// Bar is a wave as far as it comes to a region.
type Bar struct {
	Section, Release   string
	Wave, Sites, Users int
	Window             domain.TimeRange
	// Over says that the wave has ended, Active that it is under way.
	Over, Active bool
}

// mostBars is how many bars are drawn: more cannot be read.
const mostBars = 200

// Calendar draws when releases come to each region, in UTC: bars stand by region. Of a
// long one it draws the first bars, and says so, as where more of them were left out.
func Calendar(bars []Bar, more bool) string {
	var b strings.Builder
	if len(bars) > mostBars {
		bars, more = bars[:mostBars], true
	}
	var whole domain.TimeRange
	for _, bar := range bars {
		whole = whole.Span(bar.Window)
	}
	head(&b, "Releases by region", whole)
	if more {
		b.WriteString("  %% more waves are not drawn\n")
	}
	for i, bar := range bars {
		if i == 0 || bar.Section != bars[i-1].Section {
			fmt.Fprintf(&b, "  section %s\n", plain(bar.Section))
		}
		tags := ""
		switch {
		case bar.Over:
			tags = "done, "
		case bar.Active:
			tags = "active, "
		}
		name := fmt.Sprintf("%s wave %d with %s", bar.Release, bar.Wave, many(bar.Sites, bar.Users))
		task(&b, name, tags, fmt.Sprintf("b%d", i), bar.Window)
	}
	return b.String()
}

// few is up to how long the hours of a picture are told, not its days alone: more labels
// run into one another.
const few = 3 * 24 * time.Hour

// head begins a gantt.
func head(b *strings.Builder, title string, whole domain.TimeRange) {
	axis := "%m-%d"
	if whole.Length() <= few {
		axis = "%d %H:%M"
	}
	fmt.Fprintf(b, "gantt\n  dateFormat YYYY-MM-DDTHH:mm:ss\n  axisFormat %s\n  title %s, times in UTC\n", axis, plain(title))
}

// many counts sites and users.
func many(sites, users int) string { return plural(sites, "site") + " and " + plural(users, "user") }

func plural(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
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
	place := map[int]int{} // by number
	for i := range p.Waves {
		w := &p.Waves[i]
		place[w.Ordinal] = i
		role := diagram.Passed
		if w.Stage != "GENERAL" {
			role = diagram.Degraded
		}
		if i == 0 {
			role = diagram.Source
		}
		d.Nodes = append(d.Nodes, diagram.Node{Role: role, Lines: []string{
			fmt.Sprintf("Wave %d (%s)", w.Ordinal, w.Stage), begins(w.Window),
			plural(w.Sites, "site") + ", " + plural(w.Users, "user"), some(p.In(w)),
		}})
		for _, before := range links[i] {
			d.Links = append(d.Links, diagram.Link{From: i, To: place[before], Label: "depends on"})
		}
		if i > 0 && len(links[i]) == 0 {
			d.Links = append(d.Links, diagram.Link{From: i, To: i - 1, Label: "follows"})
		}
	}
	return d
}

// begins says when something begins.
func begins(when domain.TimeRange) string {
	if when.Empty() {
		return "no time"
	}
	return when.From.UTC().Format("2006-01-02 15:04") + " UTC"
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
