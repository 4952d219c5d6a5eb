package entity

// PolicyArea is kinds and relationships that are looked after together, so that a
// policy need not name each of them.
type PolicyArea struct {
	Name          string
	Doc           string
	Kinds         []string
	Relationships []string
	// Placed says that its records are at sites: who is bound to some sites sees only
	// those that are there.
	Placed bool
	// Wide says that whoever has to do with it reaches the whole estate by it: it is not
	// for those who are narrowed to some sites or kinds.
	Wide bool
}

// PolicyAreas lists what areas declare for policies. The list must not be changed.
func PolicyAreas() []PolicyArea { return policyAreas }

// Action is a deed of an area that policies decide about, beside those that all kinds
// have in common.
type Action struct{ Name, Doc string }

// Actions lists the actions that areas declare. The list must not be changed.
func Actions() []Action { return ownActions }
