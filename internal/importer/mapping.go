package importer

import (
	"fmt"
	"os"
	"path"
	"strings"

	"releasegraph/internal/strictyaml"
)

// mapping says what the rows of foreign CSV files become. It is read from
// YAML; examples/mappings/README.md describes it for its writers.
type mapping struct {
	Sheet `yaml:",inline"`
	// Files holds a sheet for each of several files, chosen by name.
	Files []fileSheet `yaml:"files"`
	// Lookups are other CSV files, by the name that values use.
	Lookups map[string]lookup `yaml:"lookups"`
}

// Sheet says what the rows of one file become.
type Sheet struct {
	Delimiter string      `yaml:"delimiter"`
	Header    []string    `yaml:"header"` // of a file whose first row is data
	Where     []condition `yaml:"where"`
	Outputs   []output    `yaml:"outputs"`
}

type fileSheet struct {
	Sheet `yaml:",inline"`
	Name  string `yaml:"name"` // a pattern: dcim_*.csv
}

// lookup gives for the text of a column, Key, that of another, Value, in the
// same row of another file.
type lookup struct {
	File  string `yaml:"file"`
	Key   string `yaml:"key"`
	Value string `yaml:"value"`
}

// output is one record or relationship that a row becomes.
type output struct {
	Node string `yaml:"node"`
	Edge string `yaml:"edge"`
	// Once allows that rows repeat a record, as long as they agree on it.
	Once bool `yaml:"once"`
	// Stub only makes sure that a record exists: other rows that say more of
	// it, and what the store has of it, are left as they are.
	Stub      bool             `yaml:"stub"`
	Each      *each            `yaml:"each"`
	Where     []condition      `yaml:"where"`
	From      *value           `yaml:"from"`
	To        *value           `yaml:"to"`
	Fields    map[string]value `yaml:"fields"`
	Constants map[string]any   `yaml:"constants"`
}

// each repeats an output for every part of a column.
type each struct {
	Column string `yaml:"column"`
	Split  string `yaml:"split"`
	As     string `yaml:"as"` // the column that holds the part
}

// condition must hold for a row to be used.
type condition struct {
	Column  string   `yaml:"column"`
	In      []string `yaml:"in"`
	NotIn   []string `yaml:"notIn"`
	Empty   *bool    `yaml:"empty"`
	Differs string   `yaml:"differs"` // from this other column
	Matches string   `yaml:"matches"` // a regular expression
}

// value makes a text of a row. In YAML a bare text names a column.
type value struct {
	Column   string            `yaml:"column"`
	Template string            `yaml:"template"`
	Constant any               `yaml:"constant"`
	Split    string            `yaml:"split"`
	Part     int               `yaml:"part"` // of the split, from 1; negative ones count from the end
	Lookup   texts             `yaml:"lookup"`
	Map      map[string]string `yaml:"map"`
	Case     string            `yaml:"case"`   // upper, lower
	Prefix   string            `yaml:"prefix"` // of what is not empty
	Default  *string           `yaml:"default"`
	Else     *value            `yaml:"else"` // tried when this one is empty
	Kind     string            `yaml:"kind"` // of the record at an end
}

// UnmarshalYAML reads a column's name or the long form.
func (v *value) UnmarshalYAML(unmarshal func(any) error) error {
	if err := unmarshal(&v.Column); err == nil {
		return nil
	}
	type long value
	return unmarshal((*long)(v))
}

// texts is one text or several.
type texts []string

// UnmarshalYAML reads either.
func (t *texts) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if err := unmarshal(&one); err == nil {
		*t = texts{one}
		return nil
	}
	return unmarshal((*[]string)(t))
}

func readMapping(file, node, edge string) (*mapping, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	m, err := parseMapping(text, node, edge)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return m, nil
}

// parseMapping reads a mapping. Outputs that do not say what they are become
// records of the kind node, or relationships of the name edge.
func parseMapping(text []byte, node, edge string) (*mapping, error) {
	m := &mapping{}
	if err := strictyaml.Read(text, m); err != nil {
		return nil, err
	}
	m.complete(node, edge)
	if err := m.check(); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *mapping) complete(node, edge string) {
	sheets := []*Sheet{&m.Sheet}
	for i := range m.Files {
		sheets = append(sheets, &m.Files[i].Sheet)
	}
	for _, s := range sheets {
		for i := range s.Outputs {
			if o := &s.Outputs[i]; o.Node == "" && o.Edge == "" {
				o.Node, o.Edge = node, edge
			}
		}
	}
}

// sheet finds what is said of a file.
func (m *mapping) sheet(base string) (*Sheet, error) {
	for i := range m.Files {
		if ok, _ := path.Match(m.Files[i].Name, base); ok {
			return &m.Files[i].Sheet, nil
		}
	}
	if len(m.Outputs) > 0 {
		return &m.Sheet, nil
	}
	var names []string
	for _, f := range m.Files {
		names = append(names, f.Name)
	}
	return nil, fmt.Errorf("the mapping says nothing of a file with this name, only of %s", strings.Join(names, ", "))
}
