package domain

import "slices"

// Doer is who did something: under which name, and by what else they are known.
type Doer struct {
	Name string
	// Identities are those by which the doer is known: an issuer with a subject,
	// or a token; of a token its owner's, too. None where nobody has to say who
	// they are.
	Identities []string
}

// Owns reports whether what somebody made is the doer's: they share an identity,
// or have one name, where of one of them no more is known.
func (d Doer) Owns(maker Doer) bool {
	if len(d.Identities) == 0 || len(maker.Identities) == 0 {
		return SameName(d.Name, maker.Name)
	}
	return slices.ContainsFunc(maker.Identities, func(id string) bool { return slices.Contains(d.Identities, id) })
}

// nameMark begins what stands for a person of whom only the name is known.
const nameMark = "name:"

// NameIdentity stands among identities for a person of whom only the name is
// known, such as the owner of a token.
func NameIdentity(name string) string { return nameMark + LookOfName(name) }

// marks are all by which the doer is known. Names that look alike are one mark.
func (d Doer) marks() []string {
	return append([]string{NameIdentity(d.Name)}, d.Identities...)
}

// SamePerson reports whether duties that are to be separate would lie with one
// person: when they share an identity, also under another name, and when their
// names are one or look like one. Who only looks like another is kept from what
// that one may not do; nobody gets anything by it.
func SamePerson(a, b Doer) bool {
	if a.Name == b.Name {
		return true
	}
	marks := a.marks()
	return slices.ContainsFunc(b.marks(), func(m string) bool { return slices.Contains(marks, m) })
}
