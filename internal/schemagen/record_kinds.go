package main

// recordKindsPath is the derived fragment that lists the kinds.
const recordKindsPath = "graph/schema/record_kinds" + derivedSuffix

// recordKinds derives the enumerations of all kinds of record, and of what else
// there is in the graph.
func (w *deriver) recordKinds() {
	if !w.first("RecordKind") {
		return
	}
	s := w.file(recordKindsPath)
	s.open("A kind of record.", "enum RecordKind")
	for _, k := range w.d.kinds {
		s.line(upperFirst(words(k.Plural))+".", k.EnumName())
	}
	s.close()
	s.open("A kind of record, or a relationship.", "enum GraphKind")
	for _, k := range w.d.kinds {
		s.line(upperFirst(words(k.Plural))+".", k.EnumName())
	}
	seen := map[string]bool{}
	for _, r := range w.d.relationships {
		if !seen[r.Name] {
			seen[r.Name] = true
			s.line(r.FieldDoc, r.Name)
		}
	}
	s.close()
}
