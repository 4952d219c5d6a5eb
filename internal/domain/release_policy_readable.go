package domain

import (
	"strings"

	"releasegraph/internal/plan/version"
)

// checkReadable says which schemes and templates of the policy cannot be read
// (R3).
func (p *ReleasePolicy) checkReadable(es *Errors) {
	for _, scheme := range []struct {
		field string
		of    *VersionScheme
	}{{"numbering", p.Numbering}, {"itemNumbering", p.ItemNumbering}} {
		if scheme.of == nil {
			continue
		}
		for _, wrong := range scheme.of.Rules().Check() {
			es.rule("R3", scheme.field+"."+dotted(wrong.Field), wrong.Text)
		}
	}
	for _, template := range []struct {
		field  string
		text   *string
		fields []string
	}{{"packagePattern", p.PackagePattern, version.PackageFields}, {"nameTemplate", p.NameTemplate, version.NameFields}} {
		if template.text == nil {
			continue
		}
		if _, err := version.ParseTemplate(*template.text, template.fields); err != nil {
			es.rule("R3", template.field, err.Error())
		}
	}
}

// dotted writes the place in a scheme as places in an input are written: order.0.
func dotted(field string) string {
	return strings.NewReplacer("[", ".", "]", "", "kind", "scheme").Replace(field)
}

// Rules are the scheme, as versions are read by it.
func (s *VersionScheme) Rules() version.Scheme {
	scheme := version.Scheme{Kind: version.Kind(s.Scheme), Ignore: s.Ignore, Line: s.Line}
	if s.Pattern != nil {
		scheme.Pattern = *s.Pattern
	}
	for _, part := range s.Order {
		group := version.Group{Name: part.Group, As: version.GroupKind(part.Compare), Ranks: part.Ranks}
		if part.Absent != nil {
			group.Absent = version.Absence(*part.Absent)
		}
		scheme.Order = append(scheme.Order, group)
	}
	return scheme
}
