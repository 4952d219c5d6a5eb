package scalar

import (
	"github.com/99designs/gqlgen/graphql"

	"releasegraph/internal/entity"
)

// MarshalRecordKind writes the name of a kind as an enumeration has it.
func MarshalRecordKind(name string) graphql.Marshaler {
	return graphql.MarshalString(entity.EnumOf(name))
}

// UnmarshalRecordKind reads a kind, and gives its name.
func UnmarshalRecordKind(v any) (string, error) {
	enum, _ := v.(string)
	if k := entity.KindOfEnum(enum); k != nil {
		return k.Name, nil
	}
	return "", invalid("%v is not a valid RecordKind", v)
}

// MarshalGraphKind writes the name of a kind or relationship as an enumeration
// has it.
func MarshalGraphKind(name string) graphql.Marshaler { return MarshalRecordKind(name) }

// UnmarshalGraphKind reads a kind or a relationship, and gives its name.
func UnmarshalGraphKind(v any) (string, error) {
	enum, _ := v.(string)
	name := entity.NameOf(enum)
	if entity.KindNamed(name) == nil && len(entity.RelationshipsNamed(name)) == 0 {
		return "", invalid("%v is not a valid GraphKind", v)
	}
	return name, nil
}
