package entity

import (
	"fmt"
	"reflect"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// typing is what the definitions say of one attribute (C7). The zero value is
// that of an attribute that nobody defined: its values are texts.
type typing []*domain.AttributeDefinition

// typingOf finds the definitions of an attribute.
func typingOf(definitions []*domain.AttributeDefinition, attribute string) (t typing) {
	for _, d := range definitions {
		if d.Attribute == attribute {
			t = append(t, d)
		}
	}
	return t
}

// scale is how the attribute's values compare: as texts, where the definitions
// do not agree.
func (t typing) scale() domain.Scale {
	if len(t) == 0 || t.unlike() != nil {
		return domain.TextScale
	}
	return t[0].Type.Scale()
}

// unlike finds a definition on another scale than the first.
func (t typing) unlike() *domain.AttributeDefinition {
	for _, d := range t {
		if d.Type.Scale() != t[0].Type.Scale() {
			return d
		}
	}
	return nil
}

// operand turns the text that the attribute is to be compared with into what
// the store compares. One definition has to allow it.
func (t typing) operand(text string) (any, *domain.Error) {
	scale := t.scale()
	if scale == domain.TextScale {
		return text, nil
	}
	var first *domain.Error
	for _, d := range t {
		wrong := d.Operand(text)
		if wrong == nil {
			return operandOn(scale, text), nil
		}
		if first == nil {
			first = wrong
		}
	}
	return nil, first
}

// operandOn needs no more than texts, numbers aside: dates are in order as
// texts.
func operandOn(scale domain.Scale, text string) any {
	if n, ok := store.Number(text); ok && scale == domain.NumberScale {
		return n
	}
	return text
}

// order says why the attribute's values have no order, or "".
func (t typing) order() string {
	if d := t.unlike(); d != nil {
		return fmt.Sprintf("the attribute %q has no one order: by the definition %q its values are %s, by %q %s; there are eq, ne and in",
			d.Attribute, t[0].Key, t[0].Type.Scale(), d.Key, d.Type.Scale())
	}
	if t.scale() == domain.TruthScale {
		return fmt.Sprintf("by the definition %q the attribute %q is true or false, which has no order; there are eq, ne and in", t[0].Key, t[0].Attribute)
	}
	return ""
}

// NamesAttributes reports whether the raw input of a filter may compare an
// attribute, so that ParseFilter has to know the definitions.
func NamesAttributes(raw any) bool {
	if m, ok := object(raw); ok {
		for name, inner := range m {
			if name == "attributes" || NamesAttributes(inner) {
				return true
			}
		}
		return false
	}
	if v := reflect.ValueOf(raw); v.Kind() != reflect.Slice || !nests(v.Type().Elem()) {
		return false
	}
	items, _ := elements(raw)
	for _, item := range items {
		if NamesAttributes(item) {
			return true
		}
	}
	return false
}

// nests reports whether values of a type can hold objects: a long list of texts
// need not be looked through.
func nests(t reflect.Type) bool { return t.Kind() == reflect.Map || t.Kind() == reflect.Interface }
