package importer

import (
	"bufio"
	"errors"
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
)

// openMapped prepares the rules that a mapping has for a file.
func (rd *reader) openMapped(s *source, r *bufio.Reader) (*csvFormat, error) {
	sheet, err := rd.mapping.sheet(s.base())
	if err != nil {
		return nil, err
	}
	tables, err := rd.tablesIn(s.dir())
	if err != nil {
		return nil, err
	}
	f := &csvFormat{rows: newCSV(r, sheet.Delimiter)}
	header, err := f.header(sheet.Header)
	if err != nil {
		return nil, err
	}
	f.rules, err = sheet.compile(header, tables)
	return f, err
}

// tablesIn reads the lookups once for all files of a directory.
func (rd *reader) tablesIn(dir string) (map[string]*table, error) {
	if tables, ok := rd.tables[dir]; ok {
		return tables, nil
	}
	tables, err := rd.mapping.readTables(dir)
	if err == nil {
		rd.tables[dir] = tables
	}
	return tables, err
}

// compile prepares the outputs of a sheet for rows with this header.
func (s *Sheet) compile(header []string, tables map[string]*table) ([]rule, error) {
	c, err := newColumns(header)
	if err != nil {
		return nil, err
	}
	wanted, err := compileWhere(s.Where, c)
	if err != nil {
		return nil, err
	}
	var rules []rule
	for i := range s.Outputs {
		r, err := s.Outputs[i].compile(header, tables)
		if err != nil {
			return nil, fmt.Errorf("outputs[%d]: %w", i, err)
		}
		own := r.where
		r.where = func(row []string) bool { return wanted(row) && own(row) }
		rules = append(rules, r)
	}
	return rules, nil
}

func (o *output) compile(header []string, tables map[string]*table) (rule, error) {
	r := rule{edge: o.Edge != "", once: o.Once}
	if o.Each != nil {
		header = append(header[:len(header):len(header)], o.Each.As)
	}
	c, err := newColumns(header)
	if err != nil {
		return r, err
	}
	if o.Each != nil {
		r.each = &split{by: o.Each.Split}
		if r.each.cell, err = c.index(o.Each.Column); err != nil {
			return r, err
		}
	}
	if r.where, err = compileWhere(o.Where, c); err != nil {
		return r, err
	}
	r.make, err = o.maker(c, tables)
	return r, err
}

// maker prepares the fields and ends of an output.
func (o *output) maker(c columns, tables map[string]*table) (func(row []string) (interchange.Record, domain.Errors), error) {
	compiled := map[string]textOf{}
	var wrong []string
	for at, v := range o.values() {
		text, err := v.compile(c, tables)
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("%s: %v", at, err))
		}
		compiled[at] = text
	}
	if len(wrong) > 0 {
		slices.Sort(wrong)
		return nil, errors.New(strings.Join(wrong, "; "))
	}
	names := o.names()
	return func(row []string) (interchange.Record, domain.Errors) {
		m := making{row: row, compiled: compiled, record: interchange.Record{
			Node: o.Node, Edge: o.Edge, Text: true, Stub: o.Stub, Values: make(map[string]any, len(names)),
		}}
		for _, name := range names {
			if constant, ok := o.Constants[name]; ok {
				setField(m.record.Values, name, fmt.Sprint(constant))
			} else {
				setField(m.record.Values, name, m.text("fields."+name, name))
			}
		}
		if o.Edge != "" {
			m.record.From = interchange.End{Kind: o.From.Kind, Key: m.text("from", "from")}
			m.record.To = interchange.End{Kind: o.To.Kind, Key: m.text("to", "to")}
		}
		return m.record, m.errs
	}, nil
}

// making is a record while it is made of a row.
type making struct {
	row      []string
	compiled map[string]textOf
	record   interchange.Record
	errs     domain.Errors
}

func (m *making) text(at, field string) string {
	text, err := m.compiled[at](m.row)
	if err != nil {
		m.errs = append(m.errs, &domain.Error{Code: domain.Invalid, Field: field, Message: err.Error()})
	}
	return text
}
