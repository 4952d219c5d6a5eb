package entity

import "reflect"

// enumeration is the legal values of a type of the domain.
type enumeration struct {
	of     reflect.Type
	values []string
}

// enums holds the legal values of each enumeration in the domain.
var enums = map[reflect.Type][]string{}

func enum[T ~string](values []T) enumeration {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	return enumeration{reflect.TypeFor[T](), list}
}
