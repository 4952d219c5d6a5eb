// Package entity joins the domain's types to the graph that stores them. Its
// Catalog declares each kind of record and each relationship once; codecs,
// filters, orderings, inputs and the stores' schema follow from it and from
// the struct tags of package domain.
package entity

import (
	"fmt"
	"slices"
	"strings"
)

// area is what an area declares, in a file of its own.
type area struct {
	name string
	// after names the area behind which it stands in lists, such as those of exports; ""
	// is the first. Areas behind the same one stand by name.
	after    string
	enums    []enumeration
	defaults []preset
	// The kinds and relationships are made once all enumerations are known.
	kinds         func() []*Kind
	relationships func() []*Relationship // nil: none
	policies      []PolicyArea
	actions       []Action
}

var (
	areas         []area // as declared
	kinds         []*Kind
	relationships []*Relationship
	policyAreas   []PolicyArea
	ownActions    []Action
)

// declare adds an area to the Catalog.
func declare(a area) struct{} {
	areas = append(areas, a)
	return struct{}{}
}

// init fills the Catalog.
func init() {
	for _, a := range areas {
		for _, e := range a.enums {
			enums[e.of] = append(enums[e.of], e.values...) // areas may add to one
		}
		for _, p := range a.defaults {
			presetOf[p.of] = p.fill
		}
	}
	for _, a := range inOrder(areas) {
		kinds = append(kinds, a.kinds()...)
		if a.relationships != nil {
			relationships = append(relationships, a.relationships()...)
		}
		policyAreas, ownActions = append(policyAreas, a.policies...), append(ownActions, a.actions...)
	}
}

// inOrder returns areas, each behind the one that it names.
func inOrder(all []area) []area {
	behind := map[string][]area{}
	for _, a := range all {
		behind[a.after] = append(behind[a.after], a)
	}
	list := make([]area, 0, len(all))
	var place func(after string)
	place = func(after string) {
		next := behind[after]
		slices.SortFunc(next, func(x, y area) int { return strings.Compare(x.name, y.name) })
		for _, a := range next {
			list = append(list, a)
			place(a.name)
		}
	}
	place("")
	if len(list) != len(all) {
		panic(fmt.Sprintf("entity: %d of %d areas of the Catalog stand behind one that there is", len(list), len(all)))
	}
	return list
}

// Kinds lists all kinds of record. The list must not be changed.
func Kinds() []*Kind { return kinds }

// KindNamed finds a kind, or returns nil.
func KindNamed(name string) *Kind {
	for _, k := range kinds {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// Relationships lists all relationships. The list must not be changed.
func Relationships() []*Relationship { return relationships }

// RelationshipsNamed finds the relationships of a name: more than one when it
// joins several pairs of kinds, none when it is unknown.
func RelationshipsNamed(rel string) []*Relationship {
	var found []*Relationship
	for _, r := range relationships {
		if r.Name == rel {
			found = append(found, r)
		}
	}
	return found
}

// RelationshipsCalled finds the relationships of a name or, where several pairs of
// kinds share one, the one of a noun: "GroupedItem".
func RelationshipsCalled(name string) []*Relationship {
	for _, r := range relationships {
		if r.Noun == name {
			return []*Relationship{r}
		}
	}
	return RelationshipsNamed(name)
}

// Called is by what RelationshipsCalled finds the relationship alone.
func (r *Relationship) Called() string {
	if len(RelationshipsNamed(r.Name)) > 1 {
		return r.Noun
	}
	return r.Name
}

// KindNames lists the kinds, as an error tells them.
func KindNames() string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name
	}
	return strings.Join(names, ", ")
}

// RelationshipNames lists the relationships, as an error tells them.
func RelationshipNames() string {
	var names []string
	for _, r := range relationships {
		if len(names) == 0 || names[len(names)-1] != r.Name {
			names = append(names, r.Name)
		}
	}
	return strings.Join(names, ", ")
}
