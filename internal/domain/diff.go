package domain

// DiffScope limits a comparison of two moments. What is empty limits nothing.
type DiffScope struct {
	// Kinds of record and names of relationships.
	Kinds []string
	// Items: their own changes, and those of the relationships at them.
	Items []*Ref
}

// DiffTotal counts the differences in the records of a kind, or in a
// relationship.
type DiffTotal struct {
	Kind                    string
	Added, Changed, Removed int
}

// Count counts one difference.
func (t *DiffTotal) Count(c ChangeType) {
	switch c {
	case ChangeCreated:
		t.Added++
	case ChangeRemoved:
		t.Removed++
	default:
		t.Changed++
	}
}
