package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
)

type searchCmd struct {
	Text []string `arg:"" name:"text" help:"The words to look for, or their beginnings."`

	Kind  []string `placeholder:"KIND" help:"Only records of these kinds, such as CONFIGURATION_ITEM."`
	First int      `default:"20" help:"List so many. Default: ${default}."`

	asking
}

// Help has the examples.
func (searchCmd) Help() string {
	return `A record is found when each word begins a word of its key, name, description or attributes; case and accents do not
count. The best are listed first. No character has a meaning of its own.

Examples:

    releasegraph search db-orders
    releasegraph search --kind SITE zurich
    releasegraph search --url http://127.0.0.1:8080 --json --first 100 payment gateway | jq -r '.edges[].node.key'`
}

const searchDocument = `query Search($text: String!, $kinds: [RecordKind!], $first: Int) {
  search(text: $text, kinds: $kinds, first: $first) {
    totalCount
    edges { rank node { __typename key name } matched { field text spans { start length } } }
    pageInfo { hasNextPage endCursor }
  }
}`

// found is an answer as the API gives it.
type found struct {
	TotalCount int
	Edges      []struct {
		Node struct {
			Typename  string `json:"__typename"`
			Key, Name string
		}
		Matched matched
	}
}

type matched struct {
	Field, Text string
	Spans       []struct{ Start, Length int }
}

// Run asks, and prints the answer in the form asked for.
func (c *searchCmd) Run(r *running) error {
	var got found
	return c.answer(r, question{document: searchDocument, variables: c.variables(), field: "search"}, &got, got.table)
}

func (c *searchCmd) variables() map[string]any {
	v := map[string]any{"text": strings.Join(c.Text, " "), "first": c.First}
	if len(c.Kind) > 0 {
		kinds := make([]any, len(c.Kind))
		for i, k := range c.Kind {
			kinds[i] = upper(k)
		}
		v["kinds"] = kinds
	}
	return v
}

func (f *found) table(w io.Writer) {
	w = legible(w)
	if len(f.Edges) > 0 {
		t := table.NewWriter()
		t.SetOutputMirror(w)
		t.SetStyle(plain())
		t.AppendHeader(table.Row{"Key", "Kind", "Name", "Found in", "Match"})
		for _, e := range f.Edges {
			t.AppendRow(table.Row{e.Node.Key, e.Node.Typename, e.Node.Name, e.Matched.Field, e.Matched.marked()})
		}
		t.Render()
	}
	if rest := f.TotalCount - len(f.Edges); rest > 0 {
		fmt.Fprintf(w, "and %d more; --first lists more of them\n", rest)
	}
	fmt.Fprintf(w, "%d found\n", f.TotalCount)
}

// marked puts what matched into brackets.
func (m matched) marked() string {
	text := []rune(m.Text)
	for _, s := range slices.Backward(m.Spans) {
		text = slices.Insert(text, s.Start+s.Length, ']')
		text = slices.Insert(text, s.Start, '[')
	}
	return strings.Join(strings.Fields(string(text)), " ")
}
