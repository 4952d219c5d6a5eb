package sheet

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"

	"rsc.io/qr"

	"releasegraph/internal/plan/actionplan"
)

//go:embed sheet.tmpl
var page string

var printed = template.Must(template.New("sheet").Parse(page))

// HTML writes a sheet as a page of its own, to be printed. What records say is escaped:
// it is text.
func (w *Writer) HTML(s *actionplan.Sheet) (string, error) {
	say := w.Speaker(s.Language)
	p := printedSheet{
		Language: w.Nearest(s.Language), Title: title(s, say), When: when(s, say), Place: place(s, say), Back: say.Message("wayBack", nil),
		Steps: say.Message("steps", nil), Intro: say.Message("wayBackIntro", nil), Report: s.Report, ReportText: say.Message("report", nil),
	}
	for _, column := range []string{"hour", "takes", "step", "party", "done"} {
		p.Columns = append(p.Columns, say.Message(column, nil))
	}
	for i, step := range s.Lines {
		p.Rows = append(p.Rows, printedStep{i + 1, hour(s, say, step), long(step.Takes), describe(say, s.Activation, step), by(s, say, step)})
	}
	for _, part := range kept(s) {
		if len(part.list) > 0 {
			p.Kept = append(p.Kept, printedList{say.Message(part.heading, nil), part.list})
		}
	}
	if len(s.WayBack) == 0 {
		p.Intro = say.Message("nothing", nil)
	}
	for _, u := range s.WayBack {
		p.WayBack = append(p.WayBack, undoing(say, u))
	}
	var err error
	if s.Report != "" {
		if p.Code, err = code(s.Report); err != nil {
			return "", err
		}
	}
	var b bytes.Buffer
	if err := printed.Execute(&b, p); err != nil {
		return "", fmt.Errorf("the sheet cannot be written: %w", err)
	}
	return b.String(), say.Err
}

type printedSheet struct {
	Language, Title, When, Place, Steps, Back, Intro string
	Columns                                          []string
	Rows                                             []printedStep
	Kept                                             []printedList
	WayBack                                          []string
	Report, ReportText                               string
	Code                                             template.HTML
}

type printedStep struct {
	Number                   int
	Hour, Takes, Text, Party string
}

type printedList struct {
	Heading string
	List    []string
}

// margin is the white around a code that readers need, in modules.
const margin = 4

// code draws a text as a QR code.
func code(text string) (template.HTML, error) {
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("the address of the report form makes no QR code: %w", err)
	}
	var path strings.Builder
	for y := range c.Size {
		for x := range c.Size {
			if c.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+margin, y+margin)
			}
		}
	}
	size := c.Size + 2*margin
	return template.HTML(fmt.Sprintf( //nolint:gosec // it holds numbers alone
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges" role="img" aria-hidden="true"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>`,
		size, size, size, size, path.String())), nil
}
