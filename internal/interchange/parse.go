package interchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// Parse reads one line of the interchange format. It tells all that
// is wrong with its form; Prepare then tells what is wrong with its
// fields.
func Parse(line []byte) (Record, domain.Errors) {
	fields, err := lineFields(line)
	if err != nil {
		return Record{}, domain.Errors{invalid("", err.Error())}
	}
	return newRecord(fields)
}

// LineIs tells from the beginning of a line, without reading it, that it
// holds a record (or, with edge, a relationship). It says no when in doubt.
func LineIs(line []byte, edge bool) bool {
	prefix := `{"node":`
	if edge {
		prefix = `{"edge":`
	}
	return bytes.HasPrefix(line, []byte(prefix))
}

func invalid(field, message string) *domain.Error {
	return &domain.Error{Code: domain.Invalid, Field: field, Message: message}
}

// lineFields reads a JSON object. The grammar is checked first, by the
// standard library, so that the scanner behind it need not.
func lineFields(line []byte) (map[string]any, error) {
	line = bytes.TrimSpace(line)
	if !utf8.Valid(line) {
		return nil, errors.New("the line is not valid UTF-8")
	}
	if !json.Valid(line) {
		return nil, syntaxError(line)
	}
	if line[0] != '{' {
		return nil, errors.New("a line holds one JSON object, {…}")
	}
	s := scanner{text: line}
	fields := s.object()
	if s.twice != "" {
		return nil, fmt.Errorf("the field %q is given twice", s.twice)
	}
	return fields, nil
}

// syntaxError says where the JSON goes wrong.
func syntaxError(line []byte) error {
	if len(line) == 0 {
		return errors.New("the line is empty")
	}
	var v any
	err := json.Unmarshal(line, &v)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("not valid JSON at character %d: %w", syntax.Offset, err)
	}
	return fmt.Errorf("not valid JSON: %w", err)
}

func newRecord(fields map[string]any) (Record, domain.Errors) {
	var errs domain.Errors
	word := func(name string) string {
		v, ok := fields[name]
		if !ok {
			return ""
		}
		delete(fields, name)
		text, ok := v.(string)
		if !ok || text == "" {
			errs = append(errs, invalid(name, "must be a text that is not empty"))
		}
		return text
	}
	if _, ok := fields["change"]; ok {
		c, errs := parseChange(fields)
		return Record{Change: c}, errs
	}
	_, isNode := fields["node"]
	_, isEdge := fields["edge"]
	switch {
	case isNode && isEdge:
		return Record{}, domain.Errors{invalid("", `a line is a "node" or an "edge", not both`)}
	case isNode:
		r := Record{Node: word("node"), Formerly: word("formerly"), Values: fields}
		errs = append(errs, r.extras()...)
		return r, errs
	case isEdge:
		r := Record{Edge: word("edge"), Values: fields}
		errs = append(errs, r.extras()...)
		for _, end := range []struct {
			name string
			to   *End
		}{{"from", &r.From}, {"to", &r.To}} {
			if _, ok := fields[end.name]; !ok {
				errs = append(errs, invalid(end.name, `is missing: it names a record, as in "Site:par-1"`))
				continue
			}
			*end.to = ParseEnd(word(end.name))
		}
		return r, errs
	}
	return Record{}, domain.Errors{invalid("", `a line says what it is: {"node":"Site",…} or {"edge":"PART_OF",…}`)}
}

// ParseEnd reads "Kind:key". A text that does not begin with the name of
// a kind is a key alone.
func ParseEnd(text string) End {
	if kind, key, ok := strings.Cut(text, ":"); ok && entity.KindNamed(kind) != nil {
		return End{Kind: kind, Key: key}
	}
	return End{Key: text}
}
