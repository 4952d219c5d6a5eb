package entity

import "reflect"

// preset fills what a create of one type need not give.
type preset struct {
	of   reflect.Type // the struct
	fill func(any)
}

// presetOf finds the fill of a type.
var presetOf = map[reflect.Type]func(any){}

func presets[T any](fill func(*T)) preset {
	return preset{reflect.TypeFor[T](), func(v any) { fill(v.(*T)) }}
}

// setDefaults fills what a create need not give; v points to a struct.
func setDefaults(v any) {
	if fill := presetOf[reflect.TypeOf(v).Elem()]; fill != nil {
		fill(v)
	}
}
