package importer

import (
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"releasegraph/internal/app"
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
	if err := yaml.UnmarshalWithOptions(text, m, yaml.Strict()); err != nil {
		return nil, errors.New(yaml.FormatError(err, false, true))
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

// check tells all that is wrong with a mapping by itself.
func (m *mapping) check() error {
	var errs []error
	if len(m.Outputs) == 0 && len(m.Files) == 0 {
		errs = append(errs, errors.New(`a mapping has "outputs", or "files" that have them`))
	}
	for name, l := range m.Lookups {
		if l.File == "" || l.Key == "" || l.Value == "" {
			errs = append(errs, fmt.Errorf("lookups.%s: needs file, key and value", name))
		}
	}
	errs = append(errs, m.checkSheet("", &m.Sheet)...)
	for i := range m.Files {
		at := fmt.Sprintf("files[%d].", i)
		if _, err := path.Match(m.Files[i].Name, ""); err != nil || m.Files[i].Name == "" {
			errs = append(errs, fmt.Errorf(`%sname: must be a file name or a pattern such as "dcim_*.csv"`, at))
		}
		if len(m.Files[i].Outputs) == 0 {
			errs = append(errs, fmt.Errorf("%soutputs: are missing", at))
		}
		errs = append(errs, m.checkSheet(at, &m.Files[i].Sheet)...)
	}
	return errors.Join(errs...)
}

func (m *mapping) checkSheet(at string, s *Sheet) []error {
	var errs []error
	if len(s.Delimiter) > 1 {
		errs = append(errs, fmt.Errorf("%sdelimiter: must be one character", at))
	}
	for i := range s.Outputs {
		for _, err := range m.checkOutput(&s.Outputs[i]) {
			errs = append(errs, fmt.Errorf("%soutputs[%d].%w", at, i, err))
		}
	}
	return errs
}

func (m *mapping) checkOutput(o *output) []error {
	var errs []error
	if (o.Node == "") == (o.Edge == "") {
		return []error{errors.New("node: an output is a node or an edge, one of them")}
	}
	known, err := app.ImportFields(o.Node, o.Edge)
	if err != nil {
		return []error{fmt.Errorf("%s: %w", o.sort(), err)}
	}
	if o.Edge != "" && (o.From == nil || o.To == nil) {
		errs = append(errs, errors.New("from: an edge needs from and to"))
	}
	if o.Node != "" && (o.From != nil || o.To != nil) {
		errs = append(errs, errors.New("from: only an edge has from and to"))
	}
	if o.Stub && o.Node == "" {
		errs = append(errs, errors.New("stub: only a node can be one"))
	}
	if o.Each != nil && (o.Each.Column == "" || o.Each.Split == "" || o.Each.As == "") {
		errs = append(errs, errors.New("each: needs column, split and as"))
	}
	for _, name := range o.names() {
		if !known.Has(name) {
			errs = append(errs, fmt.Errorf("fields.%s: %s", name, known.Unknown(name)))
		}
	}
	for name, v := range o.values() {
		if err := m.checkValue(v); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errs
}

// sort is the word that says what an output makes.
func (o *output) sort() string {
	if o.Edge != "" {
		return "edge"
	}
	return "node"
}

// names lists the fields that an output sets, sorted.
func (o *output) names() []string {
	var list []string
	for name := range o.Fields {
		list = append(list, name)
	}
	for name := range o.Constants {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// values lists all values of an output by where they stand.
func (o *output) values() map[string]*value {
	all := map[string]*value{}
	for name, v := range o.Fields {
		all["fields."+name] = &v
	}
	if o.From != nil {
		all["from"] = o.From
	}
	if o.To != nil {
		all["to"] = o.To
	}
	return all
}

func (m *mapping) checkValue(v *value) error {
	if v.Else != nil {
		if err := m.checkValue(v.Else); err != nil {
			return fmt.Errorf("else: %w", err)
		}
	}
	given := 0
	for _, is := range []bool{v.Column != "", v.Template != "", v.Constant != nil} {
		if is {
			given++
		}
	}
	if given != 1 {
		return errors.New("give one of column, template and constant")
	}
	if (v.Split == "") != (v.Part == 0) {
		return errors.New("split and part belong together; parts count from 1")
	}
	if !slices.Contains([]string{"", "upper", "lower"}, v.Case) {
		return errors.New("case is upper or lower")
	}
	for _, name := range v.Lookup {
		if _, ok := m.Lookups[name]; !ok {
			return fmt.Errorf("there is no lookup %q", name)
		}
	}
	return nil
}
