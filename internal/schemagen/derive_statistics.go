package main

import (
	"fmt"

	"releasegraph/internal/entity"
)

// statistics derives the field that counts records of the kind, and the
// enumeration of what they can be counted by.
func (w *deriver) statistics(s *sdl, k *entity.Kind) {
	if w.doc.types["Statistics"] == nil {
		return
	}
	field, groups := lowerFirst(k.Plural), k.Name+"GroupField"
	s.extend("type Statistics")
	var arguments []argument
	if len(k.GroupFields()) > 0 {
		arguments = append(arguments, argument{"By which fields; with attributes together at most three.", "by: [" + groups + "!]"})
	}
	if k.HasAttributes() {
		arguments = append(arguments, argument{"By which attributes besides.", "byAttributes: [String!]"})
	}
	arguments = append(arguments,
		argument{"Only those that match.", "filter: " + k.Name + "Filter"},
		argument{"At most so many groups, the largest; 100 when absent.", "first: Int"})
	s.call("Counts "+words(k.Plural)+".", field, "Counts!", arguments...)
	s.close()
	w.resolvers["Statistics."+field] = countBody(k)
	if len(k.GroupFields()) > 0 && w.first(groups) {
		s.open("What "+words(k.Plural)+" can be counted by.", "enum "+groups)
		for _, f := range k.GroupFields() {
			s.line(w.fieldDoc(k.Name, f.Name), entity.EnumCase(f.Name))
		}
		s.close()
	}
}

func countBody(k *entity.Kind) body {
	by := ""
	if len(k.GroupFields()) > 0 {
		by = "By: by, "
	}
	if k.HasAttributes() {
		by += "ByAttributes: byAttributes, "
	}
	return func(use func(string) string) string {
		return fmt.Sprintf("return r.App.Records.CountBy(ctx, %q, %s.Grouping{%sFilter: filter, First: first})", k.Name, use(recordsPackage), by)
	}
}
