package interchange

import (
	"maps"
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// PrepareTold checks a line of a history: its form, and its fields by their
// types. Rules are for the end of a history, since what was is told as it was
// (C4). Props of the item hold what the line says alone, nil for what it
// empties.
func PrepareTold(r Record) (*Item, domain.Errors) {
	tell := tellNode
	switch {
	case r.Remove && r.Edge != "":
		tell = prepareEdgeRemoval
	case r.Remove:
		tell = prepareNodeRemoval
	case r.Edge != "":
		tell = tellEdge
	}
	item, errs := tell(r)
	if item != nil {
		item.Remove, item.Unlist, item.At, item.Formerly, item.Kept = r.Remove, r.Unlist, r.At, r.Formerly, r.Kept
	}
	return item, errs
}

func tellNode(r Record) (*Item, domain.Errors) {
	k := entity.KindNamed(r.Node)
	if k == nil {
		return prepareNode(r)
	}
	values, errs := typed(r, k.Fields)
	props, err := k.Told(values)
	errs = append(errs, domain.ErrorsOf(err)...)
	key, _ := values["key"].(string)
	if err := domain.CheckKey(key); err != nil {
		errs = append(errs, invalid("key", err.Error()))
	}
	if len(errs) > 0 {
		return nil, errs
	}
	return &Item{Kind: k, Values: values, Props: props, Stub: r.Stub, End: End{k.Name, key}}, nil
}

func tellEdge(r Record) (*Item, domain.Errors) {
	rel, errs := relationshipOf(r)
	if rel == nil {
		return nil, errs
	}
	values, errs := typed(r, rel.Properties)
	props, err := rel.Told(values)
	errs = append(append(errs, domain.ErrorsOf(err)...), checkEnds(r, rel)...)
	if len(errs) > 0 {
		return nil, errs
	}
	return newLink(rel, r, values, props), nil
}

// newLink names a relationship by its ends, and by what tells it from others
// between them: a default, where a line does not say that.
func newLink(rel *entity.Relationship, r Record, values map[string]any, props store.Props) *Item {
	for name, v := range rel.Defaults() {
		if _, said := props[name]; !said && rel.Property(name).Identity {
			props[name] = v
		}
	}
	return &Item{Rel: rel, Values: values, Props: props, From: End{rel.From, r.From.Key}, To: End{rel.To, r.To.Key}}
}

// Merge adds to the properties of a record or link what a line says of it: a
// field is as the last line has it, and attributes are given whole.
func (i *Item) Merge(known store.Props) store.Props { return merge(known, i.Props, i.Values) }

func merge(known, said store.Props, values map[string]any) store.Props {
	props := store.Props{}
	maps.Copy(props, known)
	if _, whole := values[attributesField]; whole {
		maps.DeleteFunc(props, func(name string, _ any) bool { return strings.HasPrefix(name, entity.AttributePrefix) })
	}
	for name, v := range said {
		if v == nil {
			delete(props, name)
		} else {
			props[name] = v
		}
	}
	return props
}

// attributesField is the field that holds attributes.
const attributesField = "attributes"

// Missing lists the fields that a record must have and no line gives.
func (i *Item) Missing() (errs domain.Errors) {
	defaults := i.Kind.Defaults()
	for n := range i.Kind.Fields {
		f := &i.Kind.Fields[n]
		if f.Required && i.Props[f.Name] == nil && defaults[f.Name] == nil {
			errs = append(errs, invalid(f.Name, "is missing"))
		}
	}
	return errs
}
