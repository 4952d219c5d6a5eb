package main

import (
	"slices"
	"strings"

	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// operatorsPath is the derived fragment of what all filters share.
const operatorsPath = "graph/schema/filters" + derivedSuffix

var operatorDocs = map[string]string{
	"eq":         "It equals this.",
	"ne":         "It differs from this; what has no value does, too.",
	"in":         "It is one of these.",
	"lt":         "It is less than this.",
	"lte":        "It is at most this.",
	"gt":         "It is greater than this.",
	"gte":        "It is at least this.",
	"notIn":      "It is none of these; what has no value is none, too.",
	"contains":   "It contains this.",
	"startsWith": "It starts with this.",
	"endsWith":   "It ends with this.",
	"isNull":     "It has no value (true), or has one (false).",

	"ignoringCase": "Whether upper and lower case are one for eq, ne, in, notIn, contains, startsWith and endsWith; they differ when absent.",
}

// operatorCosts are of what looks into each text.
var operatorCosts = map[string]string{
	"contains": " @cost(weight: 5000)", "endsWith": " @cost(weight: 5000)", "ignoringCase": " @cost(weight: 5000)",
	"startsWith": " @cost(weight: 2000)",
}

// operators derives the filters of single fields: one for each scalar and for
// each enumeration that a kind or a link can be filtered by.
func (w *deriver) operators() {
	s := w.file(operatorsPath)
	for _, f := range w.filterable() {
		switch name := filterName(f); {
		case f.Map:
			w.attributeOperator(s, f)
		case f.Enum != nil && f.Kind != store.Strings:
			w.operator(w.at(f.EnumName), name, f)
		default:
			w.operator(s, name, f)
		}
	}
	if w.first("OrderDirection") {
		s.open("A direction of ordering.", "enum OrderDirection")
		s.line("The smallest first; what has no value last.", "ASC")
		s.line("The greatest first; what has no value last.", "DESC")
		s.close()
	}
}

func (w *deriver) operator(s *sdl, name string, f entity.Field) {
	if w.first(name) {
		s.open("Compares one field. All that is given must hold.", "input "+name)
		operatorLines(s, strings.TrimSuffix(name, "Filter"), f.Operators())
		s.close()
	}
}

func operatorLines(s *sdl, scalar string, operators []string) {
	for _, op := range operators {
		typ := scalar
		switch op {
		case "in", "notIn":
			typ = "[" + scalar + "!]"
		case "isNull", "ignoringCase":
			typ = "Boolean"
		}
		s.line(operatorDocs[op], op+": "+typ+operatorCosts[op])
	}
}

func (w *deriver) attributeOperator(s *sdl, f entity.Field) {
	if w.first("AttributeFilter") {
		s.open("Compares one attribute, by the type that its definition gives it: INTEGER and DECIMAL as numbers, so that \"9\" is less\nthan \"64\"; otherwise as the texts that they are. All that is given must hold.", "input AttributeFilter")
		s.line("The attribute's name.", "name: String!")
		operatorLines(s, "String", f.Operators())
		s.close()
	}
}

// filterable lists every field that can be filtered on, by the name of its
// filter, so that the derived text does not depend on the Catalog's order.
func (w *deriver) filterable() []entity.Field {
	fields := slices.Clone(entity.MetaFields())
	for _, k := range w.d.kinds {
		fields = append(fields, k.Fields...)
	}
	for _, r := range w.d.relationships {
		fields = append(fields, r.Properties...)
	}
	fields = slices.DeleteFunc(fields, func(f entity.Field) bool { return !f.Filter })
	slices.SortStableFunc(fields, func(a, b entity.Field) int { return strings.Compare(filterName(a), filterName(b)) })
	return fields
}

// filterName names the filter of one field.
func filterName(f entity.Field) string {
	switch {
	case f.Map:
		return "AttributeFilter"
	case f.Enum != nil && f.Kind != store.Strings:
		return f.EnumName + "Filter"
	case f.Name == "id":
		return "IDFilter"
	}
	switch f.Kind {
	case store.Bool:
		return "BooleanFilter"
	case store.Int:
		return "IntFilter"
	case store.Float:
		return "FloatFilter"
	case store.Time:
		return "DateTimeFilter"
	case store.Strings:
		return "StringListFilter"
	}
	return "StringFilter"
}
