package entity

import "reflect"

// Relationship is what may join two records. Several may share a Name, with
// other ends.
type Relationship struct {
	Name     string // "DEPENDS_ON"
	Noun     string // "Dependency": connectDependency, disconnectDependency
	From, To string // kinds

	// Field and Inverse are the GraphQL fields at From and at To; an empty
	// Inverse means that there is none.
	Field, Inverse       string
	FieldDoc, InverseDoc string

	ToOne bool // From has at most one
	// ByVerbs says that it is written by the verbs of the rules and by imports:
	// there is no connect or disconnect.
	ByVerbs bool
	// Deed says that a link follows from who made it and when, as with Kind.Deed.
	Deed bool
	// Plain says of its links what Kind.Plain says of records.
	Plain bool

	// AtSites says which end is at the sites of the other, Supplied which end is
	// supplied by the supplier of the other: who is kept to some sees it so.
	AtSites, Supplied End

	// Properties are those of the link, GoType their struct, nil when the
	// relationship has none.
	Properties []Field
	GoType     reflect.Type
}

// End is an end of a relationship.
type End uint8

// The ends.
const (
	NoEnd End = iota
	FromEnd
	ToEnd
)

// link adds the properties of T to a relationship.
func link[T any](r Relationship) *Relationship {
	r.GoType = reflect.TypeFor[T]()
	r.Properties = fieldsOf(r.GoType)
	return &r
}

// Property finds a property of the link by its name, or returns nil.
func (r *Relationship) Property(name string) *Field { return named(r.Properties, name) }
