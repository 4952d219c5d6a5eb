package domain

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
)

// The sources that are known by name; imports may have any other.
const (
	// SourceImport is the source of an import that names none. It is not kept:
	// what has no source has this one.
	SourceImport = "import"
	// SourceAPI is the source of what people set, through the API.
	SourceAPI = "api"
)

// WholeRecord stands in a FieldSource for the record itself: who brought it,
// and set those of its fields that are not named.
const WholeRecord = "*"

// FieldSource says which source set a field last.
type FieldSource struct{ Field, Source string }

// FieldClaim is a field that a source wants to change: whether it has a value
// before, and would have one after.
type FieldClaim struct {
	Field    string
	Had, Has bool
}

// FieldKept is a field that an import left as it was, since a person had set it
// (C6): what it is, and what the import offered.
type FieldKept struct {
	// Kind is the record's kind, or the relationship's name; Key the record's
	// key, null for a relationship, whose ends From and To name.
	Kind    string     `json:"kind"`
	Key     *string    `json:"key,omitempty"`
	From    *ChangeEnd `json:"from,omitempty"`
	To      *ChangeEnd `json:"to,omitempty"`
	Field   string     `json:"field"`
	Source  string     `json:"source"` // that set it
	Kept    *string    `json:"kept"`
	Offered *string    `json:"offered"`
	// Removed tells that a person removed the relationship that was offered again.
	Removed bool `json:"removed,omitempty"`
}

// MayOverwrite is the rule C6: what a person set, through the API, is kept by
// an import of another source, unless that is told to overwrite. What any
// other source set, the next one sets anew.
func MayOverwrite(owner, source string, overwrite bool) bool {
	return owner != SourceAPI || source == SourceAPI || overwrite
}

// OwnerOf tells which source set a field last. A field that nobody named and
// that has no value belongs to nobody, and so to whoever fills it first.
func OwnerOf(list []FieldSource, field string, has bool) string {
	if i := find(list, field); i >= 0 {
		return list[i].Source
	}
	if i := find(list, WholeRecord); i >= 0 && (has || field == WholeRecord) {
		return list[i].Source
	}
	return SourceImport
}

// Own decides by C6 which of the claims of a source hold. It gives the sources
// of the record's fields afterwards, in the order of the fields, and the fields
// that are kept as they are. The list is not changed.
func Own(list []FieldSource, source string, overwrite bool, claims ...FieldClaim) (after []FieldSource, kept []string) {
	after = slices.Clone(list)
	for _, c := range claims {
		if !MayOverwrite(OwnerOf(list, c.Field, c.Had), source, overwrite) {
			kept = append(kept, c.Field)
			continue
		}
		i := find(after, c.Field)
		switch stands := c.Has && OwnerOf(list, WholeRecord, true) == source; {
		case stands && i >= 0:
			after = slices.Delete(after, i, i+1)
		case stands:
		case i >= 0:
			after[i].Source = source
		default:
			after = append(after, FieldSource{c.Field, source})
		}
	}
	slices.SortFunc(after, func(a, b FieldSource) int { return cmp.Compare(a.Field, b.Field) })
	return after, kept
}

// BroughtBy are the sources of a new record.
func BroughtBy(source string) []FieldSource {
	if source == SourceImport {
		return nil
	}
	return []FieldSource{{WholeRecord, source}}
}

func find(list []FieldSource, field string) int {
	return slices.IndexFunc(list, func(s FieldSource) bool { return s.Field == field })
}

var sourceName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// CheckSource says what is wrong with the name of a source.
func CheckSource(name string) error {
	if !sourceName.MatchString(name) {
		return fmt.Errorf("cannot be %q: a source has a name of up to 64 letters, digits, dots, dashes and underscores, and begins with a letter or digit", name)
	}
	return nil
}
