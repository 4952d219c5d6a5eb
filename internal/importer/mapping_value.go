package importer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// columns finds the cells of a row by name.
type columns map[string]int

func newColumns(header []string) (columns, error) {
	c := columns{}
	for i, name := range header {
		if _, ok := c[name]; ok {
			return nil, fmt.Errorf("the column %q stands there twice", name)
		}
		c[name] = i
	}
	return c, nil
}

func (c columns) index(name string) (int, error) {
	i, ok := c[name]
	if ok {
		return i, nil
	}
	var names []string
	for n := range c {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int { return c[a] - c[b] })
	return 0, fmt.Errorf("there is no column %q, there are %s", name, strings.Join(names, ", "))
}

// textOf makes a text of a row; empty stands for nothing.
type textOf func(row []string) (string, error)

// compile prepares a value for rows with these columns.
func (v *value) compile(c columns, tables map[string]*table) (textOf, error) {
	base, err := v.source(c)
	if err != nil {
		return nil, err
	}
	otherwise := func([]string) (string, error) { return "", nil }
	if v.Else != nil {
		if otherwise, err = v.Else.compile(c, tables); err != nil {
			return nil, fmt.Errorf("else: %w", err)
		}
	}
	return func(row []string) (string, error) {
		text, err := v.through(base(row), tables)
		switch {
		case err != nil:
			return "", err
		case text != "":
			return v.Prefix + text, nil
		case v.Default != nil:
			return *v.Default, nil
		}
		return otherwise(row)
	}, nil
}

// through takes a text through all that is said of it, in this order.
func (v *value) through(text string, tables map[string]*table) (string, error) {
	text, err := v.lookedUp(v.part(text), tables)
	if err == nil {
		text, err = v.mapped(text)
	}
	return v.cased(text), err
}

func (v *value) source(c columns) (func(row []string) string, error) {
	switch {
	case v.Constant != nil:
		text := fmt.Sprint(v.Constant)
		return func([]string) string { return text }, nil
	case v.Template != "":
		return compileTemplate(v.Template, c)
	}
	i, err := c.index(v.Column)
	return func(row []string) string { return row[i] }, err
}

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

// compileTemplate prepares a text with {column}s. When one of the columns is
// empty, so is the whole.
func compileTemplate(template string, c columns) (func(row []string) string, error) {
	var literals []string
	var cells []int
	from := 0
	for _, at := range placeholder.FindAllStringIndex(template, -1) {
		i, err := c.index(template[at[0]+1 : at[1]-1])
		if err != nil {
			return nil, err
		}
		literals, cells = append(literals, template[from:at[0]]), append(cells, i)
		from = at[1]
	}
	rest := template[from:]
	return func(row []string) string {
		var b strings.Builder
		for n, i := range cells {
			if row[i] == "" {
				return ""
			}
			b.WriteString(literals[n])
			b.WriteString(row[i])
		}
		b.WriteString(rest)
		return b.String()
	}, nil
}

func (v *value) part(text string) string {
	if v.Split == "" || text == "" {
		return text
	}
	parts := strings.Split(text, v.Split)
	i := v.Part - 1
	if v.Part < 0 {
		i = len(parts) + v.Part
	}
	if i < 0 || i >= len(parts) {
		return ""
	}
	return strings.TrimSpace(parts[i])
}

func (v *value) lookedUp(text string, tables map[string]*table) (string, error) {
	for _, name := range v.Lookup {
		if text == "" {
			return "", nil
		}
		if tables[name].twice[text] {
			return "", fmt.Errorf("%s has several rows with %s %q: which is meant is not said", tables[name].file, tables[name].key, text)
		}
		found, ok := tables[name].rows[text]
		if !ok {
			if v.Default != nil {
				return "", nil
			}
			return "", fmt.Errorf("%s has no row with %s %q", tables[name].file, tables[name].key, text)
		}
		text = found
	}
	return text, nil
}

func (v *value) mapped(text string) (string, error) {
	if v.Map == nil {
		return text, nil
	}
	if to, ok := v.Map[text]; ok {
		return to, nil
	}
	if text == "" || v.Default != nil {
		return "", nil
	}
	return "", fmt.Errorf("the mapping does not say what %q becomes", text)
}

func (v *value) cased(text string) string {
	switch v.Case {
	case "upper":
		return strings.ToUpper(text)
	case "lower":
		return strings.ToLower(text)
	}
	return text
}

// compileWhere prepares conditions, all of which must hold.
func compileWhere(list []condition, c columns) (func(row []string) bool, error) {
	var all []func(row []string) bool
	for i := range list {
		one, err := list[i].compile(c)
		if err != nil {
			return nil, fmt.Errorf("where: %w", err)
		}
		all = append(all, one...)
	}
	return func(row []string) bool {
		for _, holds := range all {
			if !holds(row) {
				return false
			}
		}
		return true
	}, nil
}

func (w *condition) compile(c columns) ([]func(row []string) bool, error) {
	i, err := c.index(w.Column)
	if err != nil {
		return nil, err
	}
	var all []func(row []string) bool
	if w.In != nil {
		all = append(all, func(row []string) bool { return slices.Contains(w.In, row[i]) })
	}
	if w.NotIn != nil {
		all = append(all, func(row []string) bool { return !slices.Contains(w.NotIn, row[i]) })
	}
	if w.Empty != nil {
		all = append(all, func(row []string) bool { return (row[i] == "") == *w.Empty })
	}
	if w.Differs != "" {
		other, err := c.index(w.Differs)
		if err != nil {
			return nil, err
		}
		all = append(all, func(row []string) bool { return row[i] != row[other] })
	}
	if w.Matches != "" {
		pattern, err := regexp.Compile(w.Matches)
		if err != nil {
			return nil, fmt.Errorf("matches: %w", err)
		}
		all = append(all, func(row []string) bool { return pattern.MatchString(row[i]) })
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("the condition on %s says nothing: give in, notIn, empty, differs or matches", w.Column)
	}
	return all, nil
}
