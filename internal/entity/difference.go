package entity

import (
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// OwnedDifference is what has to be set to get from before to after, with the
// changed fields now set by a person (C6), which after tells as well.
func OwnedDifference(k *Kind, before, after Record) store.Props {
	had, has := k.Encode(before), k.Encode(after)
	if had["status"] != has["status"] { // that a prune withdrew it is no longer so
		after.Meta().WithdrawnFrom = ""
		delete(has, WithdrawnFromProperty)
	}
	set := Difference(had, has)
	claimed := Claims(had, set)
	if _, said := set[WithdrawnFromProperty]; said && had["status"] == has["status"] {
		claimed = append(claimed, domain.FieldClaim{Field: "status", Had: true, Has: true}) // a person says so, too
	}
	after.Meta().Sources, _ = domain.Own(before.Meta().Sources, domain.SourceAPI, false, claimed...)
	if sources := EncodeSources(after.Meta().Sources); !store.EqualValues(had[SourcesProperty], sources) {
		set[SourcesProperty] = sources
	}
	return set
}

// Claims are the fields that a difference changes, except the one that belongs
// to no source.
func Claims(had, set store.Props) []domain.FieldClaim {
	list := make([]domain.FieldClaim, 0, len(set))
	for name, value := range set {
		if name == domain.FieldConfirmedAt || Kept(name) {
			continue
		}
		_, before := had[name]
		list = append(list, domain.FieldClaim{Field: name, Had: before, Has: value != nil})
	}
	return list
}

// Difference is what has to be set to get from before to after; nil removes.
func Difference(before, after store.Props) store.Props {
	set := store.Props{}
	for name, v := range after {
		if old, ok := before[name]; !ok || !store.EqualValues(old, v) {
			set[name] = v
		}
	}
	for name := range before {
		if _, stays := after[name]; !stays {
			set[name] = nil
		}
	}
	return set
}

// GivenDifference are the properties that must be set, or with nil be removed, so
// that a record says of its given fields what an item says.
func GivenDifference(have, props store.Props, given map[string]any, fields []Field) store.Props {
	set := store.Props{}
	for i := range fields {
		f := &fields[i]
		if _, ok := given[f.Name]; !ok {
			continue
		}
		if f.Map {
			attributeDifferences(set, have, props, f.Name+".")
			continue
		}
		before, had := have[f.Name]
		after, has := props[f.Name]
		if had != has || had && !store.EqualValues(before, after) {
			set[f.Name] = after
		}
	}
	return set
}

// attributeDifferences compares all properties with the prefix.
func attributeDifferences(set, have, props store.Props, prefix string) {
	for name, value := range props {
		if strings.HasPrefix(name, prefix) && have[name] != value {
			set[name] = value
		}
	}
	for name := range have {
		if _, stays := props[name]; !stays && strings.HasPrefix(name, prefix) {
			set[name] = nil
		}
	}
}
