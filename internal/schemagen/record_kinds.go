package main

import (
	"maps"
	"slices"
)

// recordKindsPath is the derived fragment that lists the kinds.
const recordKindsPath = "graph/schema/record_kinds" + derivedSuffix

// recordKinds derives the enumerations of all kinds of record, and of what else
// there is in the graph, each by name: where an area stands in the Catalog does
// not move them.
func (w *deriver) recordKinds() {
	if !w.first("RecordKind") {
		return
	}
	kinds, relationships := map[string]string{}, map[string]string{}
	for _, k := range w.d.kinds {
		kinds[k.EnumName()] = upperFirst(words(k.Plural)) + "."
	}
	for _, r := range slices.Backward(w.d.relationships) {
		relationships[r.Name] = r.FieldDoc // of several of a name, the first tells
	}
	s := w.file(recordKindsPath)
	s.open("A kind of record.", "enum RecordKind")
	s.values(kinds)
	s.close()
	s.open("A kind of record, or a relationship.", "enum GraphKind")
	s.values(kinds)
	s.values(relationships)
	s.close()
}

// values writes the values of an enumeration with their descriptions, by name.
func (s *sdl) values(docs map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(docs)) {
		s.line(docs[name], name)
	}
}
