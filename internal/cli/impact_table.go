package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
)

// impact is an answer as the API gives it.
type impact struct {
	Summary struct {
		Total, Full, Degraded, Redundant, Services, Sites, Users int
		OpenProblems, KnownErrors, ChangeRequests                int
		Agreements                                               int
	}
	Hits struct {
		TotalCount int
		Nodes      []hit
	}
	ToTell struct {
		TotalCount int
		Nodes      []told
	}
	Cycles    []struct{ Items []keyed }
	Truncated []struct {
		Limit   string
		Omitted int
	}
	Mermaid, Dot string
}

type keyed struct{ Key string }

type told struct {
	Party keyed
	Hits  int
}

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
	w = legible(w)
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
	if s.Redundant > 0 {
		fmt.Fprintf(w, "Beside them %s that others stand in for; --redundancy ignore lists all\n", counted(s.Redundant, "need"))
	}
	if s.OpenProblems+s.KnownErrors+s.ChangeRequests+s.Agreements > 0 {
		fmt.Fprintf(w, "Bearing on them: %s, %s, %s in flight, %s at stake\n", counted(s.OpenProblems, "open problem"),
			counted(s.KnownErrors, "known error"), counted(s.ChangeRequests, "change"), counted(s.Agreements, "agreement"))
	}
	i.tell(w)
}

// counted is a number of things that take an s.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// mostTold is how many parties the table names.
const mostTold = 8

// tell names the parties to tell, each with the number of hits that concern it.
func (i *impact) tell(w io.Writer) {
	w = legible(w)
	if i.ToTell.TotalCount == 0 {
		return
	}
	named := i.ToTell.Nodes[:min(mostTold, len(i.ToTell.Nodes))]
	parts := make([]string, len(named))
	for n, t := range named {
		parts[n] = fmt.Sprintf("%s (%d)", t.Party.Key, t.Hits)
	}
	more := ""
	if rest := i.ToTell.TotalCount - len(named); rest > 0 {
		more = fmt.Sprintf(" and %d more", rest)
	}
	fmt.Fprintf(w, "To tell: %s%s\n", strings.Join(parts, ", "), more)
}

func plain() table.Style {
	style := table.StyleLight
	style.Options = table.OptionsNoBordersAndSeparators
	return style
}

// chain names the items of the chain as the dependencies run.
func (h *hit) chain() string {
	if len(h.Chain) == 0 {
		return ""
	}
	parts := []string{h.Chain[0].From.Key}
	for _, link := range h.Chain {
		parts = append(parts, link.To.Key)
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
