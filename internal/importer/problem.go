package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/domain"
)

// maxProblems is how many problems of a run are listed; the others are
// counted.
const maxProblems = 100

// Problem is something wrong with one line of a file. Line 0 means the whole
// file, an empty Field the whole line.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"`
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
}

// String is the problem as FILE:LINE: field: what is wrong.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	b.WriteString(": ")
	if p.Field != "" {
		b.WriteString(p.Field + ": ")
	}
	b.WriteString(p.Message)
	return b.String()
}

// Problems is the error of a run whose files have wrong lines. Nothing of
// them was written.
type Problems struct {
	List []Problem // the first hundred, in the order of the files
	More int       // how many others there are
}

func (p *Problems) Error() string {
	lines := make([]string, 0, len(p.List)+1)
	for _, one := range p.List {
		lines = append(lines, one.String())
	}
	if p.More > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", p.More))
	}
	return strings.Join(lines, "\n")
}

// add takes note of a problem.
func (p *Problems) add(one Problem) {
	if len(p.List) < maxProblems {
		p.List = append(p.List, one)
		return
	}
	p.More++
}

// addAll takes note of all that is wrong with one line.
func (p *Problems) addAll(file string, line int, errs domain.Errors) {
	for _, e := range errs {
		p.add(Problem{File: file, Line: line, Field: e.Field, Message: e.Message})
	}
}

// sort puts the problems in the order of the files, since some are found
// later than others.
func (p *Problems) sort(sources []*source) {
	file := func(name string) int {
		return slices.IndexFunc(sources, func(s *source) bool { return s.name == name })
	}
	slices.SortStableFunc(p.List, func(a, b Problem) int {
		return cmp.Or(file(a.File)-file(b.File), a.Line-b.Line)
	})
}

// err is the problems as an error, nil when there are none.
func (p *Problems) err() error {
	if len(p.List) == 0 {
		return nil
	}
	return p
}
