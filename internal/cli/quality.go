package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
)

type qualityCmd struct {
	Status     []string  `placeholder:"STATUS" help:"Only items of these statuses, such as LIVE."`
	StaleSince time.Time `format:"2006-01-02" placeholder:"DATE" help:"Also list what nobody has changed since this date (UTC)."`
	SharedBy   []string  `placeholder:"ATTRIBUTE" help:"Items that share these attributes together are duplicates. Default: name and class."`
	First      int       `default:"5" help:"Name so many of each. Default: ${default}."`

	asking
}

// Help has the examples.
func (qualityCmd) Help() string {
	return `Examples:

    releasegraph quality
    releasegraph quality --status LIVE --stale-since 2026-01-01 --shared-by serial
    releasegraph quality --url http://127.0.0.1:8080 --json | jq .orphans.totalCount`
}

const qualityDocument = `query Quality($filter: ConfigurationItemFilter, $first: Int, $since: DateTime!, $stale: Boolean!, $attributes: [String!]) {
  dataQuality(filter: $filter) {
    withoutOwner(first: $first) { totalCount nodes { key } }
    orphans(first: $first) { totalCount nodes { key } }
    servicesWithoutAgreement(first: $first) { totalCount nodes { key } }
    stale(since: $since, first: $first) @include(if: $stale) { totalCount nodes { key } }
    cycles(first: $first) { totalCount nodes { size items(first: 10) { key } } }
    duplicates(attributes: $attributes, first: $first) { totalCount items nodes { count values { field value } members(first: 10) { nodes { key } } } }
    breaches(first: $first) { totalCount nodes { item { key } definition { key } value message } }
  }
}`

type keyedList struct {
	TotalCount int
	Nodes      []keyed
}

// findings is an answer as the API gives it.
type findings struct {
	WithoutOwner, Orphans, ServicesWithoutAgreement keyedList

	Stale  *keyedList
	Cycles struct {
		TotalCount int
		Nodes      []struct {
			Size  int
			Items []keyed
		}
	}
	Duplicates struct {
		TotalCount int
		Nodes      []struct {
			Members struct{ Nodes []keyed }
		}
	}
	Breaches struct {
		TotalCount int
		Nodes      []struct{ Item, Definition keyed }
	}
}

// Run asks, and prints the answer in the form asked for.
func (c *qualityCmd) Run(r *running) error {
	var got findings
	return c.answer(r, question{document: qualityDocument, variables: c.variables(), field: "dataQuality"}, &got, got.table)
}

func (c *qualityCmd) variables() map[string]any {
	v := map[string]any{"first": c.First, "stale": !c.StaleSince.IsZero(), "since": c.StaleSince.UTC().Format(time.RFC3339)}
	if len(c.Status) > 0 {
		statuses := make([]any, len(c.Status))
		for i, s := range c.Status {
			statuses[i] = upper(s)
		}
		v["filter"] = map[string]any{"status": map[string]any{"in": statuses}}
	}
	if len(c.SharedBy) > 0 {
		v["attributes"] = c.SharedBy
	}
	return v
}

// table prints a line for each check: how many, and the first of them.
func (f *findings) table(w io.Writer) {
	w = legible(w)
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(plain())
	t.AppendHeader(table.Row{"Check", "Found", "Such as"})
	list := func(name string, l keyedList) {
		t.AppendRow(table.Row{name, l.TotalCount, strings.Join(keys(l.Nodes), ", ")})
	}
	list("items without an owner", f.WithoutOwner)
	list("items without any relationship", f.Orphans)
	list("services without an agreement", f.ServicesWithoutAgreement)
	if f.Stale != nil {
		list("items not changed since", *f.Stale)
	}
	var cycles, duplicates, breaches []string
	for _, c := range f.Cycles.Nodes {
		cycles = append(cycles, fmt.Sprintf("%s (%d)", strings.Join(keys(c.Items), " ⇄ "), c.Size))
	}
	for _, d := range f.Duplicates.Nodes {
		duplicates = append(duplicates, strings.Join(keys(d.Members.Nodes), " = "))
	}
	for _, b := range f.Breaches.Nodes {
		breaches = append(breaches, fmt.Sprintf("%s (%s)", b.Item.Key, b.Definition.Key))
	}
	t.AppendRow(table.Row{"dependency cycles", f.Cycles.TotalCount, strings.Join(cycles, ", ")})
	t.AppendRow(table.Row{"groups of duplicates", f.Duplicates.TotalCount, strings.Join(duplicates, ", ")})
	t.AppendRow(table.Row{"breaches of definitions", f.Breaches.TotalCount, strings.Join(breaches, ", ")})
	t.Render()
}
