package records

// Via names a relationship and the direction in which it is followed. Kind is
// that of the other end, needed when a relationship has several ends.
type Via struct {
	Rel  string
	In   bool
	Kind string
}
