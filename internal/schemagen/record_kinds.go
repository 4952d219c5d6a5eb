package main

// recordKindsPath is the derived fragment that lists the kinds.
const recordKindsPath = "graph/schema/record_kinds" + derivedSuffix

// recordKinds derives the enumeration of all kinds of record.
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
}
