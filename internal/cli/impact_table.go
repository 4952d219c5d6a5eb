package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
)

// impact is an answer as the API gives it.
type impact struct {
	Summary struct{ Total, Full, Degraded, Services, Sites, Users int }
	Hits    struct {
		TotalCount int
		Nodes      []hit
	}
	Cycles    []struct{ Items []keyed }
	Truncated []struct {
		Limit   string
		Omitted int
	}
	Mermaid, Dot string
}

type keyed struct{ Key string }

type hit struct {
	Item     struct{ Key, Name, Class string }
	Strength string
	Depth    int
	Chain    []struct {
		From, To keyed
		Kind     string
	}
}

func upper(s string) string { return strings.ToUpper(s) }

// table prints the hits, the cycles they met, and the totals.
func (i *impact) table(w io.Writer, more string) {
	if len(i.Hits.Nodes) > 0 {
		t := table.NewWriter()
		t.SetOutputMirror(w)
		t.SetStyle(plain())
		t.AppendHeader(table.Row{"Item", "Class", "Strength", "Depth", "Chain"})
		for _, h := range i.Hits.Nodes {
			t.AppendRow(table.Row{h.Item.Key, h.Item.Class, h.Strength, h.Depth, h.chain()})
		}
		t.Render()
	}
	for _, c := range i.Cycles {
		fmt.Fprintf(w, "Cycle: %s\n", strings.Join(keys(c.Items), ", "))
	}
	if rest := i.Hits.TotalCount - len(i.Hits.Nodes); rest > 0 {
		fmt.Fprintf(w, "and %d more%s\n", rest, more)
	}
	s := i.Summary
	fmt.Fprintf(w, "%d hit: %d FULL, %d DEGRADED; %d services, %d sites, %d users\n", s.Total, s.Full, s.Degraded, s.Services, s.Sites, s.Users)
}

func plain() table.Style {
	style := table.StyleLight
	style.Options = table.OptionsNoBordersAndSeparators
	return style
}

// chain names the items from the source to the hit. Arrows point the way the
// analysis went.
func (h *hit) chain() string {
	if len(h.Chain) == 0 {
		return ""
	}
	// Links keep their direction, so the source is the end of the first one
	// that the second one does not share; with one link, the end that is not
	// the hit.
	first := h.Chain[0]
	at := first.To.Key
	if at == h.Item.Key || (len(h.Chain) > 1 && (at == h.Chain[1].From.Key || at == h.Chain[1].To.Key)) {
		at = first.From.Key
	}
	parts := []string{at}
	for _, link := range h.Chain {
		if link.From.Key == at {
			at = link.To.Key
		} else {
			at = link.From.Key
		}
		parts = append(parts, at)
	}
	return strings.Join(parts, " → ")
}

func keys(items []keyed) []string {
	list := make([]string, len(items))
	for i, item := range items {
		list[i] = item.Key
	}
	return list
}
