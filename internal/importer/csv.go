package importer

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
)

// csvRows reads the rows of a file, each in bounded memory.
type csvRows struct {
	*csv.Reader
	text *rationed
	line int // where the last row begins
}

func newCSV(r *bufio.Reader, delimiter string) *csvRows {
	text := &rationed{r: r}
	c := &csvRows{Reader: csv.NewReader(text), text: text}
	if delimiter != "" {
		c.Comma = rune(delimiter[0])
	}
	return c
}

// Read reads a row.
func (c *csvRows) Read() ([]string, error) {
	c.text.left = maxLine
	row, err := c.Reader.Read()
	switch {
	case errors.Is(err, errRation):
		return nil, fmt.Errorf("the row after line %d is longer than 4 MiB: is the quote that ends a cell missing?", c.line)
	case len(row) > 0:
		c.line, _ = c.FieldPos(0)
	}
	return row, err
}

var errRation = errors.New("nothing more for this row")

// rationed hands out only so much at a time: a quote that is never closed
// makes the rest of a file one cell, however large the file.
type rationed struct {
	r    io.Reader
	left int
}

// Read implements io.Reader.
func (l *rationed) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errRation
	}
	n, err := l.r.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

// csvFormat reads rows and makes records of them by rules: those of a
// mapping, or one that takes every column for the field of its name.
type csvFormat struct {
	rows  *csvRows
	rules []rule
}

// rule makes a record or relationship of a row.
type rule struct {
	edge  bool
	make  func(row []string) (interchange.Record, domain.Errors)
	where func(row []string) bool
	once  bool
	each  *split
}

// split repeats a rule for each part of a cell; the part is added as the last
// cell of the row.
type split struct {
	cell int
	by   string
}

func (f *csvFormat) next() (raw, error) {
	row, err := f.rows.Read()
	var wrong *csv.ParseError
	switch {
	case errors.As(err, &wrong):
		return raw{line: wrong.StartLine, wrong: csvProblem(wrong)}, nil
	case err != nil:
		return raw{}, err
	}
	line, _ := f.rows.FieldPos(0)
	return raw{line: line, row: row}, nil
}

func csvProblem(e *csv.ParseError) domain.Errors {
	message := e.Err.Error()
	if errors.Is(e.Err, csv.ErrFieldCount) {
		message = "the row has not as many cells as the first one"
	}
	return domain.Errors{{Code: domain.Invalid, Message: message}}
}

func (f *csvFormat) parse(r raw, want want) []parsed {
	for _, cell := range r.row {
		if !utf8.ValidString(cell) {
			return []parsed{{errs: domain.Errors{{Code: domain.Invalid, Message: "the row is not valid UTF-8: save the file in that encoding"}}}}
		}
	}
	var list []parsed
	for i := range f.rules {
		if want.includes(f.rules[i].edge) {
			list = f.rules[i].apply(list, r.row)
		}
	}
	return list
}

func (r *rule) apply(list []parsed, row []string) []parsed {
	if r.each == nil {
		return r.applyOne(list, row)
	}
	for _, part := range strings.Split(row[r.each.cell], r.each.by) {
		if part = strings.TrimSpace(part); part != "" {
			list = r.applyOne(list, append(slices.Clip(row), part))
		}
	}
	return list
}

func (r *rule) applyOne(list []parsed, row []string) []parsed {
	if !r.where(row) {
		return list
	}
	record, errs := r.make(row)
	return append(list, parsed{record: record, errs: errs, once: r.once})
}

// openCSV prepares the rules for a file; a problem with the header is told
// once, not for each row.
func (rd *reader) openCSV(s *source, r *bufio.Reader) (*csvFormat, error) {
	if rd.mapping != nil {
		return rd.openMapped(s, r)
	}
	if rd.nodeKind == "" && rd.edgeRel == "" {
		return nil, errors.New("is CSV: say what its rows are with --node KIND or --edge RELATIONSHIP, or how to read them with --map FILE")
	}
	delimiter := ""
	if strings.HasSuffix(strings.ToLower(s.base()), ".tsv") {
		delimiter = "\t"
	}
	f := &csvFormat{rows: newCSV(r, delimiter)}
	header, err := f.header(nil)
	if err != nil {
		return nil, err
	}
	one, err := plainRule(header, rd.nodeKind, rd.edgeRel)
	f.rules = []rule{one}
	return f, err
}

// header reads the first row, unless it is given.
func (f *csvFormat) header(given []string) ([]string, error) {
	if given != nil {
		f.rows.FieldsPerRecord = len(given)
		return given, nil
	}
	header, err := f.rows.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("is empty: the first row names the columns")
	}
	for i := range header {
		if !utf8.ValidString(header[i]) {
			return nil, fmt.Errorf("line %d is not valid UTF-8: save the file in that encoding", f.rows.line)
		}
		header[i] = strings.TrimSpace(header[i])
	}
	if other := f.delimiter(header); other != "" {
		return nil, fmt.Errorf("line %d is one cell, with %q in it: say what parts the cells, by delimiter: %q in a mapping (--map)", f.rows.line, other, other)
	}
	return header, err
}

// delimiter is what seems to part the cells of a first row that was read as one
// cell, empty where that is as it should be.
func (f *csvFormat) delimiter(header []string) string {
	if len(header) != 1 {
		return ""
	}
	for _, other := range []string{";", "\t", ","} {
		if strings.Contains(header[0], other) {
			return other
		}
	}
	return ""
}

// plainRule takes every column for the field of its name.
func plainRule(header []string, node, edge string) (rule, error) {
	known, err := interchange.Fields(node, edge)
	if err != nil {
		return rule{}, err
	}
	c, err := newColumns(header)
	if err != nil {
		return rule{}, err
	}
	ends := map[string]int{"from": -1, "to": -1}
	for _, name := range header {
		if _, end := ends[name]; end && edge != "" {
			ends[name] = c[name]
		} else if !known.Has(name) {
			return rule{}, fmt.Errorf("%s: %s", name, known.Unknown(name))
		}
	}
	from, to := ends["from"], ends["to"]
	if edge != "" && (from < 0 || to < 0) {
		return rule{}, errors.New(`the rows of relationships need the columns "from" and "to"`)
	}
	return rule{edge: edge != "", where: func([]string) bool { return true },
		make: func(row []string) (interchange.Record, domain.Errors) {
			record := interchange.Record{Node: node, Edge: edge, Text: true, Values: make(map[string]any, len(row))}
			for i, cell := range row {
				if edge == "" || i != from && i != to {
					setField(record.Values, header[i], cell)
				}
			}
			if edge != "" {
				record.From, record.To = interchange.ParseEnd(row[from]), interchange.ParseEnd(row[to])
			}
			return record, nil
		}}, nil
}

// setField sets a field, or one attribute. An empty cell says nothing.
func setField(values map[string]any, name, text string) {
	if text == "" {
		return
	}
	group, attribute, ok := strings.Cut(name, ".")
	if !ok {
		values[name] = text
		return
	}
	attributes, ok := values[group].(map[string]any)
	if !ok {
		attributes = map[string]any{}
		values[group] = attributes
	}
	attributes[attribute] = text
}
