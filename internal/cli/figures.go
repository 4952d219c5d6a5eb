package cli

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
)

type figuresCmd struct {
	From time.Time `required:"" format:"2006-01-02" placeholder:"DATE" help:"The first day of the period (UTC)."`
	To   time.Time `required:"" format:"2006-01-02" placeholder:"DATE" help:"The day behind its last one (UTC)."`
	CSV  bool      `name:"csv" help:"Print CSV (RFC 4180), a figure a row."`

	asking
}

// Help has the examples.
func (figuresCmd) Help() string {
	return `Examples:

    releasegraph figures --from 2026-01-01 --to 2026-04-01
    releasegraph figures --from 2026-01-01 --to 2026-04-01 --csv > quarter.csv
    releasegraph figures --from 2026-01-01 --to 2026-04-01 --url http://127.0.0.1:8080 --json

The columns of the CSV are from, to, figure, of, value, unit and records: the kinds and keys of what a figure is counted from, one a line of the cell.
What a period came to stands first, then what the library and the licences tell as it is now (found).`
}

const figuresDocument = `query Figures($during: TimeRangeInput!) {
  figures(during: $during) { during { from to } rows { ...row } now { ...row } }
}
fragment row on FigureRow { figure of value unit records { __typename ... on Record { key } } }`

// periodFigures is an answer as the API gives it.
type periodFigures struct {
	During struct{ From, To string }
	Rows   []figureRow
	Now    []figureRow
}

type figureRow struct {
	Figure, Of string
	Value      *float64
	Unit       string
	Records    []struct {
		Kind string `json:"__typename"`
		Key  string
	}
}

// Run asks, and prints the answer in the form asked for.
func (c *figuresCmd) Run(r *running) error {
	if c.CSV && c.JSON {
		return usagef("--csv and --json do not go together")
	}
	var got periodFigures
	show, wrong := got.table, error(nil)
	if c.CSV {
		show = func(w io.Writer) { wrong = got.csv(w) }
	}
	during := map[string]any{"from": c.From.UTC().Format(time.RFC3339), "to": c.To.UTC().Format(time.RFC3339)}
	err := c.answer(r, question{document: figuresDocument, variables: map[string]any{"during": during}, field: "figures"}, &got, show)
	if err != nil {
		return err
	}
	return wrong
}

func (p *periodFigures) all() []figureRow { return append(p.Rows[:len(p.Rows):len(p.Rows)], p.Now...) }

// csv writes a figure a row.
func (p *periodFigures) csv(to io.Writer) error {
	w := csv.NewWriter(to)
	lines := [][]string{{"from", "to", "figure", "of", "value", "unit", "records"}}
	for _, row := range p.all() {
		var records []string
		for _, one := range row.Records {
			records = append(records, one.Kind+":"+one.Key)
		}
		lines = append(lines, []string{p.During.From, p.During.To, row.Figure, row.Of, row.value(), row.Unit, strings.Join(records, "\n")})
	}
	return w.WriteAll(lines)
}

// value is what a figure came to, exactly; empty of nothing.
func (f *figureRow) value() string {
	if f.Value == nil {
		return ""
	}
	return strconv.FormatFloat(*f.Value, 'f', -1, 64)
}

// table prints the figures to people.
func (p *periodFigures) table(w io.Writer) {
	t := table.NewWriter()
	t.SetOutputMirror(legible(w))
	t.SetStyle(plain())
	t.AppendHeader(table.Row{"Figure", "Of", "Value", "Unit", "Records"})
	for _, row := range p.all() {
		value := "-"
		if row.Value != nil {
			value = strconv.FormatFloat(*row.Value, 'g', 6, 64)
		}
		t.AppendRow(table.Row{row.Figure, row.Of, value, strings.ToLower(row.Unit), len(row.Records)})
	}
	t.Render()
}
