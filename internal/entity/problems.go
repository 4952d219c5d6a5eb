package entity

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"releasegraph/internal/domain"
)

// problems collects all that is wrong with one input.
type problems struct{ list domain.Errors }

func (p *problems) add(path, format string, args ...any) {
	p.put(&domain.Error{Code: domain.Invalid, Field: path, Message: fmt.Sprintf(format, args...)})
}

func (p *problems) put(e *domain.Error) { p.list = append(p.list, e) }

func (p *problems) limit(path, format string, args ...any) {
	p.add(path, format, args...)
	p.list[len(p.list)-1].Code = domain.Limit
}

// err gives what was found: nil, one *domain.Error, or domain.Errors.
func (p *problems) err() error {
	return p.list.Err()
}

// at joins a path and what lies below it.
func at(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func atIndex(path string, i int) string { return at(path, strconv.Itoa(i)) }

// sorted lists the names of an input in a fixed order, so that errors and
// filters come out the same each time.
func sorted(m map[string]any) []string {
	names := slices.AppendSeq(make([]string, 0, len(m)), maps.Keys(m))
	slices.Sort(names)
	return names
}

// choices names what may stand in a place.
func choices(names []string) string { return strings.Join(names, ", ") }

var errNull = errors.New("cannot be null")
