package domain

// Person is somebody whom a record names.
type Person struct {
	Doer
	// Of is the record that names them, nil where none does.
	Of any
	// Beside are the names that stand beside theirs, in the same list.
	Beside []string
}

// PersonOf is the person whom a record names in a field.
func PersonOf(record any, name string, identities ...string) *Person {
	return &Person{Doer: Doer{name, identities}, Of: record}
}

// maybePersonOf is PersonOf of a field that may be empty, nil where it is.
func maybePersonOf(record any, name *string, identities ...string) *Person {
	if name == nil {
		return nil
	}
	return PersonOf(record, *name, identities...)
}

// PeopleOf are the persons whom a record names in a list.
func PeopleOf(record any, names []string) []*Person {
	list := make([]*Person, len(names))
	for i, name := range names {
		list[i] = &Person{Doer: Doer{Name: name}, Of: record, Beside: names}
	}
	return list
}
