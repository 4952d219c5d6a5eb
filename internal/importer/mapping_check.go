package importer

import (
	"errors"
	"fmt"
	"path"
	"slices"

	"releasegraph/internal/interchange"
)

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
	known, err := interchange.Fields(o.Node, o.Edge)
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
