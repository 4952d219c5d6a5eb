package entity

import (
	"reflect"

	"releasegraph/internal/domain"
)

// enums holds the legal values of each enumeration in the domain.
var enums = map[reflect.Type][]string{}

func init() {
	enum(domain.Classes)
	enum(domain.ItemStatuses)
	enum(domain.Environments)
	enum(domain.Rings)
	enum(domain.PartyTypes)
	enum(domain.AttributeTypes)
	enum(domain.DependencyKinds)
	enum(domain.Impacts)
	enum(domain.ChangeRequestTypes)
	enum(domain.ChangeRequestStatuses)
	enum(domain.ExceptionStatuses)
	enum(domain.BackOutKinds)
	enum(domain.ReviewOutcomes)
	enum(domain.Priorities)
	enum(domain.ProblemStatuses)
	enum(domain.KnownErrorStatuses)
	enum(domain.Risks)
	enum(domain.Verdicts)
	enum(domain.IdentityMethods)
	enum(domain.TaskKinds)
	build()
}

func enum[T ~string](values []T) {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	enums[reflect.TypeFor[T]()] = list
}
