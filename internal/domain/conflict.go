package domain

// ConflictKind says why two pieces of planned work, or one and a window, do not
// go together (H6).
type ConflictKind string

// The kinds of conflict.
const (
	// ConflictDirect: both touch the same item.
	ConflictDirect ConflictKind = "DIRECT"
	// ConflictDependency: what one touches depends on what the other touches.
	ConflictDependency ConflictKind = "DEPENDENCY"
	// ConflictSite: they meet at the same site.
	ConflictSite ConflictKind = "SITE"
	// ConflictPerson: the same person is to carry out both.
	ConflictPerson ConflictKind = "SAME_PERSON"
	// ConflictOutside: work lies outside the maintenance windows of what it touches.
	ConflictOutside ConflictKind = "OUTSIDE_WINDOW"
	// ConflictFreeze: work lies in a freeze.
	ConflictFreeze ConflictKind = "FREEZE"
)

// ConflictKinds lists all kinds of conflict.
var ConflictKinds = []ConflictKind{
	ConflictDirect, ConflictDependency, ConflictSite, ConflictPerson, ConflictOutside, ConflictFreeze,
}
