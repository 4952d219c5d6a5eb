package version

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Template writes texts such as the number of a package, "{year}.{month:02}",
// or the name of a release, "{name} {releaseVersion}". "{{" and "}}" stand for
// the braces themselves.
type Template struct{ pieces []piece }

// piece is a text as it is or, with a field, what stands for the field.
type piece struct {
	text, field string
	width       int // at least so many digits
}

var fieldForm = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9]*)(?::0([1-9]))?$`)

// ParseTemplate reads a template that may name some fields.
func ParseTemplate(text string, fields []string) (*Template, error) {
	t := &Template{}
	rest := text
	for rest != "" {
		at := strings.IndexAny(rest, "{}")
		if at < 0 {
			at = len(rest)
		}
		t.add(rest[:at])
		if rest = rest[at:]; rest == "" {
			break
		}
		if len(rest) > 1 && rest[1] == rest[0] {
			t.add(rest[:1])
			rest = rest[2:]
			continue
		}
		to := strings.IndexByte(rest, '}')
		if rest[0] == '}' || to < 0 {
			return nil, fmt.Errorf("%q has a %q without its other half: write it twice to mean the brace itself", text, rest[0])
		}
		p, err := field(rest[1:to], fields)
		if err != nil {
			return nil, fmt.Errorf("%q has %w", text, err)
		}
		t.pieces = append(t.pieces, p)
		rest = rest[to+1:]
	}
	if len(t.pieces) == 0 {
		return nil, fmt.Errorf("must not be empty")
	}
	return t, nil
}

func (t *Template) add(text string) {
	if text != "" {
		t.pieces = append(t.pieces, piece{text: text})
	}
}

func field(text string, fields []string) (piece, error) {
	m := fieldForm.FindStringSubmatch(text)
	if m == nil {
		return piece{}, fmt.Errorf("{%s}, which is no field such as {%s} or {%s:02}", text, fields[0], fields[0])
	}
	if !slices.Contains(fields, m[1]) {
		return piece{}, fmt.Errorf("the field {%s}, which is none of %s", m[1], strings.Join(fields, ", "))
	}
	p := piece{field: m[1]}
	if m[2] != "" {
		p.width = int(m[2][0] - '0')
	}
	return p, nil
}

// Expand writes the template with what stands for its fields. A width is for
// numbers: a value of digits gets zeros in front, any other stays as it is. A
// field without value is left empty.
func (t *Template) Expand(values map[string]string) string {
	var b strings.Builder
	for _, p := range t.pieces {
		if p.field == "" {
			b.WriteString(p.text)
			continue
		}
		value := values[p.field]
		if value != "" && strings.Trim(value, "0123456789") == "" {
			b.WriteString(strings.Repeat("0", max(0, p.width-len(value))))
		}
		b.WriteString(value)
	}
	return b.String()
}

// PackageFields are those of a template for the number of a package.
var PackageFields = []string{"year", "month", "day"}

// DateValues are the values of PackageFields on a day.
func DateValues(day time.Time) map[string]string {
	return map[string]string{"year": strconv.Itoa(day.Year()), "month": strconv.Itoa(int(day.Month())), "day": strconv.Itoa(day.Day())}
}

// NameFields are those of a template for the name of a release.
var NameFields = []string{"name", "key", "releaseVersion", "type", "category"}
