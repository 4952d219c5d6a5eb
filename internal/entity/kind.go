package entity

import (
	"reflect"
	"strings"

	"releasegraph/internal/domain"
)

// Kind is a kind of record.
type Kind struct {
	Name   string // "ConfigurationItem"
	Plural string // "ConfigurationItems"
	Fields []Field
	GoType reflect.Type // the struct
	// ByVerbs says that its records are written by the verbs of the rules (a
	// vote by casting it) and by imports: there is no create, update or remove.
	ByVerbs bool
	// Deed says that a record follows from who made it and when: an import brings
	// it only as a migration.
	Deed bool
	// Plain says that of an import batches of its records alone do not bear on each other
	// but by what guards hold: one is decided before the other is written.
	Plain bool
	// OutOfUse are the statuses that say that a record is not in use any more; the
	// first is what takes it out (C3). Nil: its records are removed.
	OutOfUse []string
	// Draft are the statuses in which a record is not given out: policies may ask
	// whether it is a draft. Nil: the kind has no drafts.
	Draft []string
}

// draft says by which statuses the kind's records are not given out.
func (k *Kind) draft(statuses ...string) *Kind {
	k.Draft = statuses
	return k
}

// plain says that batches of the kind's records do not bear on each other.
func (k *Kind) plain() *Kind {
	k.Plain = true
	return k
}

// deed says that the kind's records follow from who made them.
func (k *Kind) deed() *Kind {
	k.Deed = true
	return k
}

// named says what a consequence names the kind's records where nobody does.
func (k *Kind) named(what string) *Kind {
	k.Field("name").Follows = what
	return k
}

// outOfUse says by which statuses the kind's records are not in use any more.
func (k *Kind) outOfUse(statuses ...string) *Kind {
	k.OutOfUse = statuses
	return k
}

// EnumName is the kind's name as a value of an enumeration: CONFIGURATION_ITEM.
func (k *Kind) EnumName() string { return UpperSnake(k.Name) }

// UpperSnake writes the name of a type or field as a value of an enumeration.
func UpperSnake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToUpper(b.String())
}

// EnumOf is the name of a kind or relationship as a value of an enumeration:
// CONFIGURATION_ITEM, DEPENDS_ON.
func EnumOf(name string) string {
	if k := KindNamed(name); k != nil {
		return k.EnumName()
	}
	return name // relationships are written so already
}

// NameOf is the name of the kind or relationship that EnumOf writes so.
func NameOf(enum string) string {
	if k := KindOfEnum(enum); k != nil {
		return k.Name
	}
	return enum
}

// KindOfEnum finds the kind by its EnumName, or returns nil.
func KindOfEnum(name string) *Kind {
	for _, k := range kinds {
		if k.EnumName() == name {
			return k
		}
	}
	return nil
}

// Record is any record of the domain: a pointer to a struct that embeds
// domain.Record.
type Record interface{ Meta() *domain.Record }

func newKind[T any](name string) *Kind {
	t := reflect.TypeFor[T]()
	return &Kind{Name: name, Plural: plural(name), GoType: t, Fields: fieldsOf(t)}
}

func (k *Kind) byVerbs() *Kind {
	k.ByVerbs, k.Deed = true, true
	return k
}

// Field finds a tagged field by its name, or returns nil.
func (k *Kind) Field(name string) *Field { return named(k.Fields, name) }

// KindOf finds the kind of a record.
func KindOf(record any) *Kind {
	t := reflect.TypeOf(record)
	if t == nil || t.Kind() != reflect.Pointer {
		return nil
	}
	for _, k := range kinds {
		if k.GoType == t.Elem() {
			return k
		}
	}
	return nil
}

// PersonsIn are the names of all persons whom a record, or what a relationship
// says, names in its fields.
func PersonsIn(v any, fields []Field) (names []string) {
	in := reflect.Indirect(reflect.ValueOf(v))
	for i := range fields {
		if !fields[i].Person {
			continue
		}
		switch name := in.FieldByIndex(fields[i].Index).Interface().(type) {
		case string:
			names = append(names, name)
		case *string:
			if name != nil {
				names = append(names, *name)
			}
		case []string:
			names = append(names, name...)
		}
	}
	return names
}

// MetaFields are the fields that every record has besides the tagged ones: all
// can be filtered on and, the id aside, ordered by; none can be set.
func MetaFields() []Field { return metaFields }

var metaFields = newMetaFields()

func newMetaFields() []Field {
	t := reflect.TypeFor[domain.Record]()
	var fields []Field
	for _, m := range []struct{ name, goName string }{
		{"id", "ID"}, {"version", "Version"}, {"createdAt", "CreatedAt"}, {"updatedAt", "UpdatedAt"},
	} {
		f, _ := t.FieldByName(m.goName)
		field := Field{Name: m.name, Go: m.goName, Index: f.Index, Type: f.Type, Required: true, Filter: true, Sort: m.name != "id"}
		field.classify()
		fields = append(fields, field)
	}
	return fields
}

// plural forms an English plural.
func plural(name string) string {
	switch {
	case strings.HasSuffix(name, "y") && !strings.ContainsAny(name[len(name)-2:len(name)-1], "aeiou"):
		return name[:len(name)-1] + "ies"
	case strings.HasSuffix(name, "s"), strings.HasSuffix(name, "x"), strings.HasSuffix(name, "ch"):
		return name + "es"
	}
	return name + "s"
}
