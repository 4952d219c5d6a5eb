package main

import "releasegraph/internal/entity"

// declared is what the Catalog declares.
type declared struct {
	kinds         []*entity.Kind
	relationships []*entity.Relationship
}

func catalog() declared {
	return declared{kinds: entity.Kinds(), relationships: entity.Relationships()}
}

// kind finds a kind by name; the Catalog's relationships name no other.
func (d declared) kind(name string) *entity.Kind {
	for _, k := range d.kinds {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// end is one side of a relationship as a kind sees it: the field by which it
// follows the relationship to the other kind.
type end struct {
	rel    *entity.Relationship
	in     bool
	field  string
	doc    string
	target string
}

// toOne tells that the field leads to one record, not to a list.
func (e end) toOne() bool { return e.rel.ToOne && !e.in }

// ends lists the relationship fields of a kind.
func (d declared) ends(kind string) []end {
	var list []end
	for _, r := range d.relationships {
		if r.From == kind {
			list = append(list, end{rel: r, field: r.Field, doc: r.FieldDoc, target: r.To})
		}
		if r.To == kind && r.Inverse != "" {
			list = append(list, end{rel: r, in: true, field: r.Inverse, doc: r.InverseDoc, target: r.From})
		}
	}
	return list
}
