package importer

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
)

// raw is a line or row as it was read; wrong says why it cannot be parsed.
type raw struct {
	line  int
	text  []byte
	row   []string
	wrong domain.Errors
}

// parsed is a record that a line gave.
type parsed struct {
	record interchange.Record
	errs   domain.Errors
	once   bool // may be repeated, when it is the same
}

// The formats that can be read.
const (
	formatNDJSON    = "ndjson"
	formatCSV       = "csv"
	formatCycloneDX = "cyclonedx"
	formatSPDX      = "spdx"
)

// Formats lists the formats that can be read.
var Formats = []string{formatNDJSON, formatCSV, formatCycloneDX, formatSPDX}

// want tells which records a pass over the files is about.
type want uint8

const (
	everything want = iota
	nodesOnly
	edgesOnly
)

func (w want) includes(edge bool) bool {
	return w == everything || edge == (w == edgesOnly)
}

// format reads the lines of one file. next is called by one goroutine, parse
// by several.
type format interface {
	// next returns io.EOF at the end, and other errors when the file cannot
	// be read any further.
	next() (raw, error)
	parse(r raw, w want) []parsed
}

// reader knows how to read the files of a run.
type reader struct {
	form              string // empty: found out file by file
	nodeKind, edgeRel string
	mapping           *mapping
	tables            map[string]map[string]*table // by directory
	read              atomic.Int64                 // bytes
}

func newReader(o Options, sources []*source) (*reader, error) {
	if o.Format != "" && !slices.Contains(Formats, o.Format) {
		return nil, fmt.Errorf("there is no format %q, there are %s", o.Format, strings.Join(Formats, ", "))
	}
	rd := &reader{form: o.Format, nodeKind: o.NodeKind, edgeRel: o.EdgeRel, tables: map[string]map[string]*table{}}
	if o.NodeKind+o.EdgeRel != "" {
		if _, err := interchange.Fields(o.NodeKind, o.EdgeRel); err != nil {
			return nil, err
		}
	}
	if o.MappingFile == "" {
		return rd, nil
	}
	var err error
	rd.mapping, err = readMapping(o.MappingFile, o.NodeKind, o.EdgeRel)
	return rd, err
}

// open begins to read a file.
func (rd *reader) open(s *source) (format, io.Closer, error) {
	r, closer, err := s.open(&rd.read)
	if err != nil {
		return nil, nil, err
	}
	f, err := rd.openAs(rd.form, s, r)
	if err != nil {
		_ = closer.Close()
		return nil, nil, err
	}
	return f, closer, nil
}

// openAs reads a file of a format; an empty one is found out.
func (rd *reader) openAs(form string, s *source, r *bufio.Reader) (format, error) {
	if form == "" {
		form = sniff(r)
	}
	switch {
	case form == formatCycloneDX:
		return openCycloneDX(r)
	case form == formatSPDX:
		return openSPDX(r)
	case form == formatNDJSON, form == "" && isNDJSON(s, r):
		return &ndjsonFormat{lines: lineReader{r: r}}, nil
	}
	return rd.openCSV(s, r)
}

// isNDJSON goes by the file's name, and where that says nothing by its first
// character.
func isNDJSON(s *source, r *bufio.Reader) bool {
	switch strings.ToLower(filepath.Ext(s.base())) {
	case ".csv", ".tsv":
		return false
	case ".ndjson", ".jsonl", ".json":
		return true
	}
	for n := 1; ; n++ {
		start, err := r.Peek(n)
		if err != nil {
			return errors.Is(err, io.EOF) // blank: nothing to import, either way
		}
		if c := start[n-1]; strings.IndexByte(" \t\r\n", c) < 0 {
			return c == '{'
		}
	}
}

// ndjsonFormat reads the interchange format.
type ndjsonFormat struct{ lines lineReader }

func (f *ndjsonFormat) next() (raw, error) {
	text, line, tooLong, err := f.lines.next()
	if tooLong {
		return raw{line: line, wrong: domain.Errors{{Code: domain.Limit, Message: "the line is longer than 4 MiB"}}}, nil
	}
	return raw{line: line, text: text}, err
}

func (f *ndjsonFormat) parse(r raw, w want) []parsed {
	if w != everything && interchange.LineIs(r.text, w == nodesOnly) {
		return nil // of the other sort, surely
	}
	record, errs := interchange.Parse(r.text)
	if len(errs) == 0 && !w.includes(record.Edge != "") {
		return nil
	}
	return []parsed{{record: record, errs: errs}}
}
